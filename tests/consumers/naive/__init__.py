"""Consumers as they are met: one plain httpx client that does well enough, and one subclass for each bad habit.

Each module is what its habits are about; all are imported here, so that `habits` knows them.
"""

from __future__ import annotations

from tests.consumers.naive import changes, paging, tokens, trouble, wording
from tests.consumers.naive.plain import Plain

__all__ = ["changes", "habits", "paging", "tokens", "trouble", "wording"]


def habits() -> list[type[Plain]]:
    """Every bad habit that can be noticed, in the order in which they are defined."""
    found, waiting = [], [Plain]
    while waiting:
        below = waiting.pop(0).__subclasses__()
        found += [habit for habit in below if habit.fails]
        waiting += below
    return found
