"""What differs between the colours beyond `async` and `await`; its twin in `_sync` is written by hand too."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import isawaitable
from typing import ParamSpec, TypeAlias, TypeVar

from digione_sdk.errors import RequestTimedOut

P = ParamSpec("P")
T = TypeVar("T")

TokenSource: TypeAlias = str | Callable[[], str | Awaitable[str]]
"""A ready token, or a function that gives one at each call."""

Semaphore = asyncio.Semaphore


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time and chance, so that a test can hold both still."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random


CLOCK = Clock()


class Lock:
    """A lock that is waited for only so long: its holder may be stuck in a token request."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def held(self, *, within: float) -> AsyncIterator[None]:
        """Hold the lock inside the block.

        Raises:
            RequestTimedOut: It was not free `within` so many seconds.
        """
        try:
            await asyncio.wait_for(self._lock.acquire(), within)
        except TimeoutError:
            raise RequestTimedOut(f"no token came within {within:g} s") from None
        try:
            yield
        finally:
            self._lock.release()


async def token_from(source: TokenSource) -> str:
    """Return the caller's token of this moment."""
    token = source() if callable(source) else source
    return await token if isawaitable(token) else token


async def in_burst(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Run a second or so of pure decoding beside the event loop, so that other tasks go on meanwhile."""
    return await asyncio.to_thread(work, *args, **options)
