"""Keeps the garbage collector from walking records over and over: it costs up to 4.4 times the decode itself.

Records are trees, so reference counts free them; but a full user is 38 objects that the collector counts and walks
(measured.md §1). Two guards, both process-wide and therefore counted: the first one in changes a setting, the last
one out restores it, and only what it changed.

- `PAUSED` switches the collector off. For bursts of pure decoding; never held across a `yield` or an `await`.
- `RELAXED` leaves it on, but lets more young objects gather before it looks, so that a page of records that is about
  to be thrown away does not set it off. For the life of a stream.

And one act for what is to be kept: `grow_old` spares the collector its first walk over it.
"""

from __future__ import annotations

import gc
import threading
from abc import ABC, abstractmethod
from typing import Final

YOUNG_OBJECTS: Final = 50_000
"""How many young objects may gather while a list is streamed: a dozen pages of 100 full users."""


class _Guard(ABC):
    """Counts its holders in all threads. Leaving makes no object, so that leaving itself sets off no collection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._holders == 0:
                self._change()
            self._holders += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                self._restore()

    @abstractmethod
    def _change(self) -> None: ...

    @abstractmethod
    def _restore(self) -> None: ...


class _Pause(_Guard):
    """Switches the collector off; one that the host program had off stays off."""

    _was_on = False

    def _change(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()

    def _restore(self) -> None:
        if self._was_on:
            gc.enable()


class _Relaxation(_Guard):
    """Raises the first threshold; one that the host program sets meanwhile is left alone, as is a higher one or 0."""

    _before: tuple[int, int, int] = (0, 0, 0)
    _ours: tuple[int, int, int] = (0, 0, 0)

    def _change(self) -> None:
        self._before = gc.get_threshold()
        young, *older = self._before
        self._ours = (max(young, YOUNG_OBJECTS) if young else 0, older[0], older[1])
        gc.set_threshold(*self._ours)

    def _restore(self) -> None:
        if gc.get_threshold() == self._ours:
            gc.set_threshold(*self._before)


PAUSED: Final = _Pause()
RELAXED: Final = _Relaxation()


def grow_old() -> None:
    """Count everything that lives among the oldest objects, without walking it.

    Whatever was made during a pause is young, so the first object made after the pause sets the collector to walk all
    of it: a second for 50,000 full users, in the middle of the caller's own work. Frozen and thawed, it is old: two
    joins of lists. The caller's own garbage waits for the next full collection instead of the next small one. A program
    that has frozen objects of its own keeps them frozen: then nothing is done.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
