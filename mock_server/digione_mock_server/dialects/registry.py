"""The dialects the server can speak: legal variants, and tolerances that some consumers need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from digione_sdk.errors import UsageError


@dataclass(frozen=True, slots=True)
class Dialect:
    """One variant in behaviour.

    Attributes:
        id: Name for `serve --dialect`.
        summary: What the server does differently, in one sentence.
        legal: Whether the standard allows it; false marks a tolerance for certain consumers.
    """

    id: str
    summary: str
    legal: bool


LOW_CAP: Final = 50
"""Largest page under `low-cap`."""

_ALL: Final = (
    Dialect("no-link", "No Link header on collections.", legal=True),
    Dialect("no-total", "No X-Total-Count header on collections.", legal=True),
    Dialect("low-cap", f"A limit above {LOW_CAP} is silently lowered to {LOW_CAP}.", legal=True),
    Dialect("unknown-parent-empty", "A nested collection of an unknown parent is 200 and empty, not 404.", legal=True),
    Dialect("extended-filter", "Filters take more than two clauses and a doubled apostrophe in a value.", legal=True),
    Dialect("unknown-sort-200", "An unknown sort field is ignored: 200 in the default order, not 400.", legal=True),
    Dialect("lower-case-bearer", 'The token answer says "bearer" in lower case.', legal=True),
    Dialect("no-scope-echo", "The token answer names no scope where all that was asked for is granted.", legal=True),
    Dialect("empty-body-token", "A token request with an empty body counts as client credentials.", legal=False),
    Dialect("counts-in-body", "Collections carry totalCount, limit and offset beside the rows.", legal=False),
)

DIALECTS: Final[Mapping[str, Dialect]] = {dialect.id: dialect for dialect in _ALL}
"""Every known dialect by id."""


class Dialects(frozenset[str]):
    """The dialects that are switched on: `if "no-link" in dialects`."""

    @classmethod
    def of(cls, ids: Iterable[str]) -> Dialects:
        """Switch on the dialects with these ids.

        Raises:
            UsageError: An id is not in the registry.
        """
        chosen = cls(ids)
        if unknown := chosen - DIALECTS.keys():
            raise UsageError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(DIALECTS)}", argument="dialect")
        return chosen
