"""The server's one clock, so that a test can move time for tokens and change stamps alike."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta


class Clock:
    """Real time plus an offset; it never goes backwards."""

    def __init__(self, *, not_before: date | None = None) -> None:
        """Start at real time, or at noon UTC of `not_before` where real time has not reached that day.

        A seed anchored in the future must not hold changes that are younger than "now".
        """
        self._start = 0.0
        if not_before is not None:
            noon = datetime(not_before.year, not_before.month, not_before.day, 12, tzinfo=UTC).timestamp()
            self._start = max(0.0, noon - time.time())
        self._offset = self._start

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def advance(self, by: timedelta) -> None:
        """Move time forward.

        Raises:
            ValueError: `by` is negative.
        """
        if by < timedelta(0):
            raise ValueError("the clock does not go backwards")
        self._offset += by.total_seconds()

    def reset(self) -> None:
        """Go back to the time that would be shown had nobody advanced the clock."""
        self._offset = self._start
