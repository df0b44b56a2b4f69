"""Gathers the pages of a list as bytes, counts their rows as cheaply as paging allows, and decodes them at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Generic, TypeVar

from digione_sdk.core.latest import Latest
from digione_sdk.core.paging import Arrived, page_mark, row_mark
from digione_sdk.wire.collector import PAUSED
from digione_sdk.wire.decode import Decoder

T = TypeVar("T")


class Backlog(Generic[T]):
    """Pages not yet decoded, and the rows of those that are.

    Where links lead on, nothing need be counted; where offsets do, the ids are scanned, at a fifth of a decode.
    """

    def __init__(self, decoder: Decoder[T]) -> None:
        self.rows: list[T] = []
        self._decoder = decoder
        self._bodies: deque[bytes] = deque()
        self._told = 0
        self._uncounted = False

    def must_decode(self, headers: Mapping[str, str]) -> bool:
        """Whether the page with these headers ends a run of uncounted pages, so that `decode` is due after `add`."""
        return self._uncounted and Arrived.of(headers, rows=None, mark=0).next_link is None

    def add(self, content: bytes) -> None:
        """Keep a page."""
        self._bodies.append(content)

    def arrived(self, headers: Mapping[str, str], content: bytes, *, exact: bool) -> Arrived:
        """Say what paging must know of the page that was added last.

        Args:
            headers: Of its answer.
            content: Its body.
            exact: Whether rows must be counted even where a link leads on, as for `max_items`.
        """
        if not self._bodies:  # all decoded: the exact number is known
            rows = len(self.rows) - self._told
            self._told = len(self.rows)
            self._uncounted = False
            return Arrived.of(headers, rows=rows, mark=page_mark(content))
        arrived = Arrived.of(headers, rows=None, mark=page_mark(content))
        if arrived.next_link is not None and not exact:
            self._uncounted = True
            return arrived
        ids = self._decoder.ids(content)
        self._told += len(ids)
        return Arrived.of(headers, rows=len(ids), mark=row_mark(ids, content))

    def decode(self) -> None:
        """Decode all pages gathered so far, under one pause of the garbage collector."""
        with PAUSED:
            while self._bodies:
                self.rows.extend(self._decoder.page(self._bodies.popleft()))

    def finish(self, *, most: int | None, latest_only: bool) -> list[T]:
        """Decode what is left and return the rows.

        Args:
            most: Rows to keep; None keeps all.
            latest_only: Whether a record that came twice is kept once.
        """
        # One pause around it all: the first object made after it sets the collector to walk every row.
        with PAUSED:
            self.decode()
            if most is not None:
                del self.rows[most:]
            if latest_only:
                self.rows[:] = Latest[T]().of(self.rows)
            return self.rows
