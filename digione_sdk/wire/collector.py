"""Pauses the garbage collector while records are decoded: it costs up to 4.4 times the decode itself (measured.md §1).

A pause is process-wide, so it is counted: the first one in switches the collector off if it was on, the last one out
switches it on again, and a collector that the host program had switched off stays off.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


class _Pauses:
    """How many pauses are open, in all threads, and whether the collector was on before the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._was_on = False

    def enter(self) -> None:
        with self._lock:
            if self._depth == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._depth += 1

    def leave(self) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0 and self._was_on:
                gc.enable()


_PAUSES: Final = _Pauses()


@contextmanager
def paused() -> Iterator[None]:
    """Keep the collector off inside the block; never held across a `yield` to a caller or an `await`."""
    _PAUSES.enter()
    try:
        yield
    finally:
        _PAUSES.leave()
