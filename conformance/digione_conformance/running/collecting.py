"""How often Python looks for cycles while checks run: seldom, since parsed answers are many objects and hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 500_000
"""New objects after which the youngest are looked at: some whole lists, so that answers outlive few looks."""
_WHOLE: Final = 1_000
"""Looks at the middle generation for one at everything: a run ends before that."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look at new objects in larger portions, and at everything hardly ever, for as long as the block lasts.

    By default Python would walk millions of parsed values again and again and free none of them. Cycles that arise on
    the way, as in connections and exceptions, are young and are found all the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, before[1], _WHOLE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
