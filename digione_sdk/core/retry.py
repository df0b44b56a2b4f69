"""Decides whether a failed request is sent again, and after how long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from digione_sdk.core.http import Request, Response
from digione_sdk.core.outcome import retry_after
from digione_sdk.errors import UsageError

# DELETE is among them: a repeated one may find nothing, and that is then success (`core.writing.deleted`).
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses worth another try. 500 is among them: reads are idempotent, gateways answer 500 to a lost back-end
connection, and the budget ends it where the fault is lasting."""

_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How persistently to try again.

    Attributes:
        attempts: Tries in all, at least 1; 1 switches retries off.
        base: Seconds; the n-th wait is drawn evenly from 0 to base * 2^(n-1) ("full jitter").
        cap: Longest such wait, in seconds.
        longest_retry_after: A server that asks for a longer wait (seconds) is not waited for: its error is raised.
        budget: Retries that a client may spend in a burst; every ten successes earn one back.
    """

    attempts: int = 4
    base: float = 0.5
    cap: float = 30.0
    longest_retry_after: float = 120.0
    budget: int = 20

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise UsageError("at least 1", argument="attempts")
        for name in ("base", "cap", "longest_retry_after", "budget"):
            if getattr(self, name) < 0:
                raise UsageError("not negative", argument=name)


DEFAULT_RETRY: Final = RetryPolicy()
NO_RETRY: Final = RetryPolicy(attempts=1)


class RetryBudget:
    """Bounds the retries of a whole client, so that a server in trouble is not hit four times as hard. Thread-safe."""

    _EARNED: Final = 0.1

    def __init__(self, size: int) -> None:
        self._lock = threading.Lock()
        self._size = float(size)
        self._left = float(size)

    def spend(self) -> bool:
        """Take one retry; False where none is left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def earn(self) -> None:
        """Note a success."""
        with self._lock:
            self._left = min(self._size, self._left + self._EARNED)


def wait_before_retry(
    response: Response | None,
    *,
    attempt: int,
    policy: RetryPolicy,
    random: Callable[[], float],
    now: datetime,
) -> float | None:
    """Return the seconds to wait before the next try, or None where there is to be none.

    Args:
        response: What came back; None where the connection failed.
        attempt: Number of the try that ended, from 1.
        policy: How persistently to try.
        random: Draws evenly from [0, 1).
        now: Present instant, to read a Retry-After date.
    """
    if attempt >= policy.attempts or (response is not None and response.status not in TRANSIENT):
        return None
    asked = retry_after(response, now=now) if response is not None else None
    if asked is None:
        return random() * min(policy.cap, policy.base * 2.0 ** (attempt - 1))
    # A little jitter on top, or all clients that were refused together come back together.
    return asked + random() * policy.base if asked <= policy.longest_retry_after else None


def is_open(response: Response | None) -> bool:
    """Whether a try that failed may have been carried out: no answer came, or the server broke down over it."""
    return response is None or response.status >= _SERVER_ERROR


def is_repeatable(request: Request) -> bool:
    """Whether sending the request twice does the same as sending it once."""
    return request.method in IDEMPOTENT
