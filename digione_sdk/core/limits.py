"""Spaces requests out, so that a pull does not take a school's server down in school hours (pitfall 67)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from digione_sdk.errors import UsageError

MAX_PARALLEL: Final = 5
"""Requests that a client has under way at once, by default (consumers.md: no more than five parallel pulls)."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `per_second` requests a second on average, after a burst of `burst`."""

    per_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        if not self.per_second > 0:
            raise UsageError("above 0", argument="per_second")
        if self.burst < 1:
            raise UsageError("at least 1", argument="burst")


class Pauses:
    """Until when a server wants to be left alone, by host: what one request is told in Retry-After holds for all.

    A server that refuses one of five requests under way would otherwise be asked by the other four at once.
    Thread-safe, no I/O, no clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def ask(self, url: str, *, until: float) -> None:
        """Note that the host of `url` is to be left alone until that monotonic time, in seconds."""
        with self._lock:
            host = urlsplit(url).netloc
            self._until[host] = max(until, self._until.get(host, until))

    def left(self, url: str, *, now: float) -> float:
        """Return the seconds for which the host of `url` is still to be left alone."""
        with self._lock:
            return max(0.0, self._until.get(urlsplit(url).netloc, now) - now)


class TokenBucket:
    """Hands out turns at a rate: each caller is told how long to wait for its own. Thread-safe, no I/O, no clock."""

    def __init__(self, limit: RateLimit) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._tokens = float(limit.burst)
        self._at: float | None = None

    def reserve(self, now: float) -> float:
        """Take the next turn at monotonic time `now` (seconds); return the seconds until it comes."""
        with self._lock:
            if self._at is not None:
                self._tokens += max(0.0, now - self._at) * self._limit.per_second
            self._at = now
            self._tokens = min(self._tokens, float(self._limit.burst)) - 1.0
            return max(0.0, -self._tokens / self._limit.per_second)
