"""What all checks of one run share, and the door through which they ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.ledger import Ledger
from digione_conformance.probing.listing import Listing
from digione_conformance.probing.schema import Schemas
from digione_conformance.target.claims import Claims


class Door(Protocol):
    """The only way to a target: live and recording, or replaying a record."""

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        """Return the answer; with `fresh`, never one that was remembered from another check."""
        ...

    def forget(self) -> None:
        """Answer anew from here on: something changed the target."""
        ...


@dataclass
class Survey:
    """What all checks of one run share: the door, the claims, the schemas, lists already read, and what they made."""

    door: Door
    claims: Claims
    schemas: Schemas = field(default_factory=Schemas)
    derived: dict[tuple[str, ...], Any] = field(default_factory=dict)
    pause: Callable[[float], None] = lambda _: None
    """Waits for so many seconds; a replay does not wait for answers that it has."""
    ledger: Ledger = field(default_factory=Ledger)
    _lists: dict[tuple[str, ...], Listing] = field(default_factory=dict)
    _locks: dict[tuple[str, ...], threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def once(self, key: tuple[str, ...]) -> threading.Lock:
        """Return the lock under which the list of that key is read, so that two checks never read it twice."""
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def forget(self) -> None:
        """Drop all that is remembered, after something changed the target."""
        with self._guard:
            self._lists.clear()
            self.derived.clear()
        self.door.forget()
