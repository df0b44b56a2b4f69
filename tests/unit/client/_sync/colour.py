"""What the tests need beyond `async` and `await`; the twin in `_async` is written by hand too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from digione_sdk._sync._compat import Clock

anyio = pytest.mark.filterwarnings("error")
"""Stands where the asynchronous tests are marked for the event loop."""


class StillClock:
    """A clock that moves only by sleeping, and keeps what was slept."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.at, sleep=self._sleep, random=lambda: 1.0)


def served(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    """Return an httpx client whose server is `handler`."""
    return httpx.Client(transport=httpx.MockTransport(handler))


def at_once(work: Callable[[], Any], *, times: int) -> list[Any]:
    """Run `work` several times at once."""
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(times)]]


class Slow(httpx.BaseTransport):
    """Holds every request until others have had their turn, and counts how many are under way."""

    def __init__(self, handler: Callable[[httpx.Request], httpx.Response]) -> None:
        self._handler = handler
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.005)
        with self._lock:
            self._now -= 1
            return self._handler(request)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=self)
