"""From the number of a row among those that were read to its number in the file, as a spreadsheet shows it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable


class Lines:
    """Row numbers of one file, the header being 1; a row with a line break inside a field counts once.

    Args:
        skipped: Numbers of the rows that could not be read, and of blank lines: they are few, so the number of any
            other row is counted rather than kept.
    """

    def __init__(self, skipped: Iterable[int] = ()) -> None:
        # The first row that was read below each skipped one.
        self._below = [number - 2 - before for before, number in enumerate(sorted(skipped))]

    def of(self, row: int) -> int:
        """Return the number in the file of the row that was read as the `row`-th, counted from 0."""
        return row + 2 + bisect_right(self._below, row)
