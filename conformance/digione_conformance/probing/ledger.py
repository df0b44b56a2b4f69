"""What a run made in the target and has not taken away yet: kept beside the checks, so that nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from digione_conformance.catalogue.undecided import Undecided
from digione_conformance.evidence.exchange import Ask, Exchange

ABSENT: Final = frozenset({404, 410})
"""Statuses of a DELETE by which there is nothing to take away."""


@dataclass
class Ledger:
    """The DELETE of every object that was made or may have been, in the order of making. Safe to use from threads."""

    _open: dict[tuple[str, str], Ask] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, removal: Ask) -> None:
        """Remember how an object is taken away, before it is made."""
        with self._lock:
            self._open[removal.url, removal.auth] = removal

    def strike(self, removal: Ask, answered: Exchange) -> None:
        """Forget an object if the answer to its removal says that it is gone, or never was there."""
        if answered.ok or answered.status in ABSENT:
            with self._lock:
                self._open.pop((removal.url, removal.auth), None)

    @property
    def open(self) -> tuple[Ask, ...]:
        """How what is left is taken away, the last made first: what is linked to goes after what links to it."""
        with self._lock:
            return tuple(reversed(self._open.values()))

    def settle(self, ask: Callable[[Ask], Exchange]) -> tuple[Ask, ...]:
        """Take away what is left, and return what could not be."""
        for removal in self.open:
            try:
                self.strike(removal, ask(removal))
            except Undecided:  # a replay without that answer: then it is not known to be gone
                continue
        return self.open
