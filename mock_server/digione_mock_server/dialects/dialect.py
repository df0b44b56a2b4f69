"""What a dialect is: a name, a difference in behaviour, whether the standard allows it, and what speaks for that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One variant in behaviour.

    Attributes:
        id: Name for `serve --dialect`.
        summary: What the server does differently, in one sentence.
        legal: Whether the standard allows it; false marks a tolerance for certain consumers.
        why: The clause that allows it, or the silence of the standard; for a tolerance, who needs it.
    """

    id: str
    summary: str
    legal: bool
    why: str


def legal(*rows: tuple[str, str, str]) -> tuple[Dialect, ...]:
    """Return dialects that the standard allows, from rows of id, summary and why."""
    return tuple(Dialect(id_, summary, legal=True, why=why) for id_, summary, why in rows)


def tolerances(*rows: tuple[str, str, str]) -> tuple[Dialect, ...]:
    """Return dialects that the standard does not want, from rows of id, summary and who needs them."""
    return tuple(Dialect(id_, summary, legal=False, why=why) for id_, summary, why in rows)


def ids_of(dialects: Iterable[Dialect]) -> frozenset[str]:
    """Return the names of dialects."""
    return frozenset(dialect.id for dialect in dialects)
