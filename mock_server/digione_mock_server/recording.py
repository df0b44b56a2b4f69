"""What the server remembers of the requests it answered: method, path template, status, time. No ids, no queries."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_LONGEST_LOG: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request; the path is a template, so that it holds no id of a person."""

    method: str
    path: str
    status: int
    ms: float
    request_id: str


class Recorder:
    """Keeps the last entries for the test control, and appends each to a file where one is named."""

    def __init__(self, file: str | None) -> None:
        self._entries: deque[Entry] = deque(maxlen=_LONGEST_LOG)
        self._file = Path(file).open("a", encoding="utf-8", buffering=1) if file else None  # noqa: SIM115 - open as long as the server is

    def add(self, entry: Entry) -> None:
        """Record one request."""
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(asdict(entry)) + "\n")

    def entries(self) -> list[Entry]:
        """Return the last entries, oldest first."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget the entries; the file keeps them."""
        self._entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
