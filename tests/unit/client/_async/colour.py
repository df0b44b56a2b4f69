"""What the tests need beyond `async` and `await`; the twin in `_sync` is written by hand too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from digione_sdk._async._compat import Clock

anyio = pytest.mark.anyio
"""Marks a module's tests for the event loop."""


class StillClock:
    """A clock that moves only by sleeping, and keeps what was slept."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.at, sleep=self._sleep, random=lambda: 1.0)


def served(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """Return an httpx client whose server is `handler`."""
    return httpx.AsyncClient(transport=httpx.MockTransport(handler))


async def at_once(work: Callable[[], Awaitable[Any]], *, times: int) -> list[Any]:
    """Run `work` several times at once."""
    return list(await asyncio.gather(*(work() for _ in range(times))))


class Slow(httpx.AsyncBaseTransport):
    """Holds every request until others have had their turn, and counts how many are under way."""

    def __init__(self, handler: Callable[[httpx.Request], httpx.Response]) -> None:
        self._handler = handler
        self._now = 0
        self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0.005)
        self._now -= 1
        return self._handler(request)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self)
