"""The lists on which the 1.1 strangers stand: legal variants, and defects by their area."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from tests.strangers.town import Row
from tests.strangers.v1p1.server import Old

VARIANTS: Final[dict[str, type[Old]]] = {}
DEFECTS: Final[dict[str, type[Old]]] = {}
AREAS: Final[dict[str, str]] = {}
_One = TypeVar("_One", bound=type[Old])


def legal(name: str) -> Callable[[_One], _One]:
    """Put a class on the list of legal variants."""

    def add(cls: _One) -> _One:
        assert name not in VARIANTS
        VARIANTS[name] = cls
        return cls

    return add


def defect(area: str, name: str) -> Callable[[_One], _One]:
    """Put a class on the list of defects."""

    def add(cls: _One) -> _One:
        assert name not in DEFECTS
        DEFECTS[name], AREAS[name] = cls, area
        return cls

    return add


_MARKS: Final = {
    "user": "familyName", "class": "course", "course": "courseCode", "org": "name", "session": "startDate",
    "enrollment": "user",
}  # fmt: skip


def is_a(kind: str, row: Row) -> bool:
    """Whether a record is of a kind; what has no mark of any is a demographics record."""
    if kind == "demographics":
        return not any(mark in row for mark in _MARKS.values())
    return _MARKS[kind] in row and not (kind == "class" and "user" in row)
