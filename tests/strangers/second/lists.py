"""The lists on which defects and legal variants of writing servers stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.strangers.second.writer import Writer

DEFECTS: Final[dict[str, type[Writer]]] = {}
AREAS: Final[dict[str, str]] = {}
VARIANTS: Final[dict[str, type[Writer]]] = {}

Listed = Callable[[type[Writer]], type[Writer]]


def defect(area: str, name: str) -> Listed:
    """Put a class on the list of defects."""

    def add(cls: type[Writer]) -> type[Writer]:
        assert name not in DEFECTS
        DEFECTS[name], AREAS[name] = cls, area
        return cls

    return add


def variant(name: str) -> Listed:
    """Put a class on the list of legal servers."""

    def add(cls: type[Writer]) -> type[Writer]:
        assert name not in VARIANTS
        VARIANTS[name] = cls
        return cls

    return add
