"""`python -m tests.property.killed_sync`: a synchronisation that ends itself with SIGKILL at the point it is told.

The point is a phase and a number. `answer n`: n answers were staged, and one more has come. `staged n`: n pages were
staged, and one more. `apply n`: SQLite's machine has done n times a hundred steps of applying. `cursor 0`: the changes
are applied, the cursor is not written yet.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from digione_sdk import DigiOne
from digione_sdk.synchronise import Settings, SQLiteStore, run, staging, synchronise
from digione_sdk.synchronise.difference import Difference

_STEPS = 100


def die() -> None:
    """End here, as a power cut would: nothing is flushed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def counted(function: Callable[..., Any], number: int, *, before: bool = False) -> Callable[..., Any]:
    """Let the function work until its call of that number, which is the last."""
    calls = 0

    def call(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls > number:
            die()
        answer = function(*args, **options)
        if not before and calls > number:
            die()
        return answer

    return call


def arm(phase: str, number: int, api: DigiOne) -> None:
    """Set the point."""
    if phase == "answer":
        api.session.send = counted(api.session.send, number)  # type: ignore[method-assign]
    elif phase == "staged":
        staging.Staging.add = counted(staging.Staging.add, number)  # type: ignore[method-assign]
    elif phase == "apply":
        whole = Difference.apply

        def apply(self: Difference) -> None:
            tick = counted(lambda: 0, number)
            self._connection.set_progress_handler(tick, _STEPS)
            whole(self)
            self._connection.set_progress_handler(None, 0)

        Difference.apply = apply  # type: ignore[method-assign]
    elif phase == "cursor":
        run.write_cursors = counted(run.write_cursors, number, before=True)  # type: ignore[assignment]


def main() -> None:
    """Read what to do as JSON from standard input, and do it."""
    told = json.load(sys.stdin)
    with DigiOne(**told["client"]) as api:
        arm(told["phase"], told["number"], api)
        synchronise(api, SQLiteStore(told["store"]), Settings(**told["settings"]))


if __name__ == "__main__":
    main()
