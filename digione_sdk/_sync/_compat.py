"""What differs between the colours beyond `async` and `await`; its twin in `_async` is written by hand too."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ParamSpec, TypeAlias, TypeVar

from digione_sdk.errors import RequestTimedOut

P = ParamSpec("P")
T = TypeVar("T")

TokenSource: TypeAlias = str | Callable[[], str]
"""A ready token, or a function that gives one at each call."""

Semaphore = threading.BoundedSemaphore


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time and chance, so that a test can hold both still."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


CLOCK = Clock()


class Lock:
    """A lock that is waited for only so long: its holder may be stuck in a token request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def held(self, *, within: float) -> Iterator[None]:
        """Hold the lock inside the block.

        Raises:
            RequestTimedOut: It was not free `within` so many seconds.
        """
        if not self._lock.acquire(timeout=within):
            raise RequestTimedOut(f"no token came within {within:g} s")
        try:
            yield
        finally:
            self._lock.release()


def token_from(source: TokenSource) -> str:
    """Return the caller's token of this moment."""
    return source() if callable(source) else source


def in_burst(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Run pure decoding."""
    return work(*args, **options)
