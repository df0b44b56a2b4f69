"""What `digione sync` shows a person while it reads: one bar a kind, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digione_sdk.synchronise.progress import Listener, Progress


@contextmanager
def shown() -> Iterator[Listener]:
    """Show on stderr how far each kind is; where nobody sits before a terminal, show nothing."""
    from digione_sdk.synchronise.progress import nobody

    if not sys.stderr.isatty():
        yield nobody
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"))
    bars = Bars(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def listen(progress: Progress) -> None:
        """Show how far a kind is."""
        task = tasks.get(progress.kind)
        if task is None:
            task = tasks[progress.kind] = bars.add_task(progress.kind, total=None, count="")
        total = progress.received if progress.done else progress.announced
        bars.update(task, completed=progress.received, total=total, count=count_of(progress))

    with bars:
        yield listen


def count_of(progress: Progress) -> str:
    """Return how many rows came, and of how many where the provider says so."""
    if progress.done or progress.announced is None:
        return f"{progress.received:,}"
    return f"{progress.received:,} of {progress.announced:,}"
