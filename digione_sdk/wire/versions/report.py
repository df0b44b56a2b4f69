"""What conversion did to the data: counted in full, remembered in part, so that a city fits in memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import StatusInfo

REMEMBERED_CHANGES: Final = 10_000
"""Changes whose ids a report remembers, about 2 MB; all are counted."""
REMEMBERED_WARNINGS: Final = 100


class Action(StrEnum):
    """What became of a field."""

    KEPT = "kept"
    """The value has no place in the other version and was put by, where it can be found again."""
    DERIVED = "derived"
    """The value was worked out from others."""
    DEFAULTED = "defaulted"
    """The other version demands a value and the source has none: one was put in by policy."""
    DROPPED = "dropped"
    """The value is gone."""


class Kind(NamedTuple):
    """One kind of change, of which many objects may have one: what is counted."""

    object: str
    """Name of the model, as `User`."""
    field: str
    """Wire name of the field in the version that was made; of the lost field, where it is lost."""
    action: Action
    policy: str
    """The rule that was followed, in words; never a value of the record."""


class Change(NamedTuple):
    """One change to one object."""

    kind: Kind
    sourced_id: str

    def __repr__(self) -> str:
        return f"<Change {self.kind.object}.{self.kind.field} {self.kind.action}>"  # the id may be a person's

    @property
    def object(self) -> str:
        """Name of the model."""
        return self.kind.object

    @property
    def field(self) -> str:
        """Wire name of the field."""
        return self.kind.field

    @property
    def action(self) -> Action:
        """What became of it."""
        return self.kind.action

    @property
    def policy(self) -> str:
        """The rule that was followed."""
        return self.kind.policy


Note: TypeAlias = Callable[[Kind, str], None]
"""Takes the account of one change: its kind and the object's sourcedId."""


def unnoted(kind: Kind, sourced_id: str) -> None:
    """Take no account."""


@dataclass(frozen=True, slots=True)
class ServerWarning:
    """What a 1.1 server said beside its data: a success with reservations.

    Attributes:
        operation_id: The operation that it answered.
        status: What it said. The description is the server's free text and may hold anything.
    """

    operation_id: str
    status: StatusInfo

    def __repr__(self) -> str:
        return f"<ServerWarning {self.operation_id}: {', '.join(self.status.reasons) or 'no reason'}>"


class ConversionReport:
    """The account of a conversion: of one list, of one client, of one file. Thread-safe.

    `counts` holds every change by its kind; `changes` those of the last ten thousand, with their ids. `repr` and `str`
    show no id.
    """

    def __init__(self, *, remember: int = REMEMBERED_CHANGES) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Kind, int] = {}
        self._changes: deque[Change] = deque(maxlen=remember)
        self._warnings: deque[ServerWarning] = deque(maxlen=REMEMBERED_WARNINGS)
        self._warned = 0
        self._said: set[tuple[str, tuple[str, ...]]] = set()

    def add(self, changes: Iterable[Change] = (), warnings: Iterable[ServerWarning] = ()) -> tuple[ServerWarning, ...]:
        """Take the account of a page; return the warnings that say something new of an operation."""
        news: list[ServerWarning] = []
        with self._lock:
            for change in changes:
                self._counts[change.kind] = self._counts.get(change.kind, 0) + 1
                self._changes.append(change)
            for warning in warnings:
                self._warned += 1
                self._warnings.append(warning)
                said = (warning.operation_id, tuple(warning.status.reasons))
                if said not in self._said and len(self._said) < REMEMBERED_WARNINGS:
                    self._said.add(said)
                    news.append(warning)
        return tuple(news)

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many objects had each kind of change, in order of first appearance."""
        with self._lock:
            return dict(self._counts)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that are remembered, oldest first."""
        with self._lock:
            return tuple(self._changes)

    @property
    def warnings(self) -> tuple[ServerWarning, ...]:
        """The last hundred warnings that came beside data."""
        with self._lock:
            return tuple(self._warnings)

    @property
    def warned(self) -> int:
        """How many warnings came in all."""
        return self._warned

    def of(self, record: Base) -> tuple[Change, ...]:
        """Return the changes that are remembered of this record."""
        name, sourced_id = type(record).__name__, record.sourced_id
        return tuple(it for it in self.changes if it.sourced_id == sourced_id and it.kind.object == name)

    @property
    def is_lossless(self) -> bool:
        """Whether nothing was dropped and nothing was put in that the source does not say."""
        return not any(kind.action in {Action.DROPPED, Action.DEFAULTED} for kind in self.counts)

    def __bool__(self) -> bool:
        return bool(self._counts or self._warned)

    def __str__(self) -> str:
        lines = [
            f"{number:>8} {kind.object}.{kind.field} {kind.action}: {kind.policy}"
            for kind, number in self.counts.items()
        ]
        if self._warned:
            lines.append(f"{self._warned:>8} warnings of the server")
        return "\n".join(lines) or "nothing changed"

    def __repr__(self) -> str:
        counts = self.counts
        return f"<ConversionReport {sum(counts.values())} changes of {len(counts)} kinds, {self._warned} warnings>"
