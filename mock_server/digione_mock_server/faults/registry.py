"""The faults the server can be told to have: each is a mistake of some vendor, at the layer where it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from digione_sdk.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate defect.

    Attributes:
        id: Name for `serve --fault`, after the mistake and never after a requirement.
        summary: What the server does wrong, in one sentence.
        layer: Where: parser, sql, pager, serialiser, auth, headers, errors, cache or clock.
        seen_in: Public place where the mistake was seen, as `pitfall 26`, or `plausible`.
    """

    id: str
    summary: str
    layer: str
    seen_in: str


_ALL: Final = (
    Fault(
        "filter-syntax-ignored",
        "A filter that does not parse, or names no known field, is ignored and every row comes back.",
        "parser",
        "pitfall 26",
    ),
    Fault("page-overlap", "Every page but the first begins one row too early.", "pager", "pitfall 23"),
    Fault("scope-by-substring", 'Any scope with "roster" in it opens every rostering read.', "auth", "pitfall 38"),
    Fault("stale-pages", "A page once served is served again, whatever was written since.", "cache", "plausible"),
    Fault("wrapped-status", "Error payloads are wrapped in an imsx_StatusInfo object.", "errors", "pitfall 37"),
    Fault("null-for-absent", "Optional properties that have no value are sent as null.", "serialiser", "pitfall 10"),
)

FAULTS: Final[Mapping[str, Fault]] = {fault.id: fault for fault in _ALL}
"""Every known fault by id."""


class Faults(frozenset[str]):
    """The faults that are switched on: `if "page-overlap" in faults`."""

    @classmethod
    def of(cls, ids: Iterable[str]) -> Faults:
        """Switch on the faults with these ids.

        Raises:
            UsageError: An id is not in the registry.
        """
        chosen = cls(ids)
        if unknown := chosen - FAULTS.keys():
            raise UsageError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}", argument="fault")
        return chosen
