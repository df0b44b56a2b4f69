"""What goes wrong during a step: decisions without I/O, one answer for each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from digione_mock_server.consumer.scenario import Twist
from digione_mock_server.refusal import Refusal, server_busy, server_failing, unknown_object
from digione_sdk.core.endpoints.rostering import ENDPOINTS, ROSTERING

_COLLECTIONS = frozenset(ROSTERING.base_path + e.path for e in ENDPOINTS if e.is_collection and not e.path_parameters)
_FAR_AWAY = "999999999"
_NOBODY = "sourcedId='there-is-none'"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with an error."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Wait:
    """Answer as usual, after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Expire:
    """Let every token that was given out expire, then answer."""


@dataclass(frozen=True, slots=True)
class Reask:
    """Answer another question than was asked: these parameters replace those of the request."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoEnvelope:
    """Answer 200 and an empty object."""


Turn: TypeAlias = Refuse | Wait | Expire | Reask | NoEnvelope


@dataclass
class Twisting:
    """The twist of one step and what it did so far.

    Attributes:
        twist: What goes wrong.
        haste: Factor on the seconds of a slow answer, so that tests need not wait.
    """

    twist: Twist | None
    haste: float = 1.0
    _done: set[str] = field(default_factory=set)
    _busy_until: float | None = None

    def turn(self, path: str, query: Mapping[str, str], *, now: float) -> Turn | None:
        """Return what happens to a read, or None where it is answered as usual.

        Args:
            path: Path below the scenario's address, in canonical spelling.
            query: The request's parameters.
            now: Seconds on a clock that only goes forward.
        """
        twist = self.twist
        if twist is None or not path.startswith(f"{ROSTERING.base_path}/") or "/discovery/" in path:
            return None
        if twist.kind == "busy":
            return self._busy(twist, query, now)
        if not _meets(twist, path, query):
            return None
        return self._turn(twist, path)

    def _turn(self, twist: Twist, path: str) -> Turn | None:
        match twist.kind:
            case "empty":
                return Reask({"filter": _NOBODY, "offset": "0"})
            case "short":
                return Reask({"offset": _FAR_AWAY})
            case "no-envelope":
                return NoEnvelope() if self._first(path) else None
            case "missing":
                # The object stays away: only the first address with an id is about it.
                gone = path in self._done or (not self._done and self._first(path))
                return Refuse(unknown_object()) if gone else None
        if not self._first(""):
            return None
        if twist.kind == "fail":
            return Refuse(server_failing())
        return Expire() if twist.kind == "expire" else Wait(twist.seconds * self.haste)

    def _busy(self, twist: Twist, query: Mapping[str, str], now: float) -> Turn | None:
        if self._busy_until is None:
            if not _is_later(query):
                return None
            self._busy_until = now + twist.seconds
        return Refuse(server_busy(retry_after=twist.seconds)) if now < self._busy_until else None

    def _first(self, mark: str) -> bool:
        """Whether this happens for the first time."""
        if mark in self._done:
            return False
        self._done.add(mark)
        return True


def _meets(twist: Twist, path: str, query: Mapping[str, str]) -> bool:
    match twist.when:
        case "later-page":
            return _is_later(query)
        case "any-page":
            return path in _COLLECTIONS
        case "courses":
            return path == f"{ROSTERING.base_path}/courses"
        case "below-an-object":
            return path not in _COLLECTIONS


def _is_later(query: Mapping[str, str]) -> bool:
    offset = query.get("offset", "")
    return offset.isascii() and offset.isdigit() and int(offset) > 0
