"""What a run has read so far, told page by page to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one kind is; counts only, no value of a record.

    Attributes:
        kind: Its name.
        received: Rows that came so far.
        announced: Rows that there are to come in all, as the provider says; None where it does not.
        done: Whether the kind has been read to its end.
    """

    kind: str
    received: int
    announced: int | None
    done: bool = False


Listener: TypeAlias = Callable[[Progress], None]
"""Is told of each page. Where kinds are read at once it is called from several threads; what it raises ends the run."""


def nobody(_progress: Progress) -> None:
    """Listen to nothing."""
