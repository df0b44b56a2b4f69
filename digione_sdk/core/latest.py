"""Keeps a record from being handed over twice when rows move between pages during a delta read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Lets a record through once by `sourced_id`, and again only in a later version of it."""

    def __init__(self) -> None:
        self._versions: dict[str, datetime | None] = {}

    def of(self, rows: Iterable[T]) -> tuple[T, ...]:
        """Return the rows that are new, in their order."""
        return tuple(row for row in rows if self._is_new(row))

    def _is_new(self, row: T) -> bool:
        sourced_id: str | None = getattr(row, "sourced_id", None)
        if sourced_id is None:
            return True  # a server that leaves the id out of a selection: nothing to compare
        version: datetime | None = getattr(row, "date_last_modified", None)
        if sourced_id in self._versions:
            known = self._versions[sourced_id]
            if version is None or known is None or version <= known:
                return False
        self._versions[sourced_id] = version
        return True
