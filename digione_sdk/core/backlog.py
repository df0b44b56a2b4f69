"""Gathers the pages of a list as bytes, counts their rows as cheaply as paging allows, and decodes them at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from digione_sdk.core.latest import Latest
from digione_sdk.core.paging import Arrived, Deliver, Fetch, Step, answered, page_mark, paging, row_mark
from digione_sdk.wire.collector import PAUSED, grow_old
from digione_sdk.wire.decode import Decoder

T = TypeVar("T")

_MANY_ROWS: Final = 1_000
"""Rows that are worth sparing the collector: some ten thousand objects."""


class Backlog(Generic[T]):
    """A list that is being gathered: pages not yet decoded, and the rows of those that are.

    Where links lead on, nothing need be counted; where offsets do, the ids are scanned, at a fifth of a decode.

    Args:
        first_url: URL of the first page.
        decoder: Decodes a page.
        max_items: Most rows to gather; None gathers all.
        latest_only: Whether a record that came twice is kept once.
    """

    def __init__(self, first_url: str, decoder: Decoder[T], *, max_items: int | None, latest_only: bool) -> None:
        self.rows: list[T] = []
        self.due: str | None = None
        """URL of the page that is to be fetched; None when the list is complete."""
        self._decoder = decoder
        self._max_items = max_items
        self._latest_only = latest_only
        self._steps = paging(first_url, max_items=max_items)
        self._bodies: deque[bytes] = deque()
        self._told = 0
        self._uncounted = False
        self._go_on(next(self._steps, None))

    def is_heavy(self, headers: Mapping[str, str]) -> bool:
        """Whether `take` of the page with these headers will decode the backlog: about 20 µs a row."""
        arrived = Arrived.of(headers, rows=None)
        return arrived.next_link is None and (self._uncounted or arrived.has_links or arrived.total is not None)

    def take(self, headers: Mapping[str, str], content: bytes) -> None:
        """Keep a page and move on; at the end of the list, `rows` is complete.

        Raises:
            PagingError: The list cannot be trusted to be whole.
            PayloadError: A page does not fit the model.
        """
        self._bodies.append(content)
        # One pause around it all: the first object made after it sets the collector to walk every row.
        with PAUSED:
            self._go_on(answered(self._steps, self._arrived(headers, content)))

    def _go_on(self, step: Step | None) -> None:
        while isinstance(step, Deliver):
            step = next(self._steps, None)
        self.due = step.url if isinstance(step, Fetch) else None
        if self.due is None:
            self._decode()
            if self._max_items is not None:
                del self.rows[self._max_items :]
            if self._latest_only:
                self.rows[:] = Latest[T]().of(self.rows)
            if len(self.rows) >= _MANY_ROWS:
                grow_old()

    def _arrived(self, headers: Mapping[str, str], content: bytes) -> Arrived:
        uncounted = Arrived.of(headers, rows=None, marks=(page_mark(content),))
        if uncounted.next_link is not None and self._max_items is None:
            self._uncounted = True
            return uncounted
        if self._uncounted:
            self._decode()
            rows, self._told, self._uncounted = len(self.rows) - self._told, len(self.rows), False
            return Arrived.of(headers, rows=rows, marks=uncounted.marks)
        ids = self._decoder.ids(content)
        self._told += len(ids)
        return Arrived.of(headers, rows=len(ids), marks=(*uncounted.marks, row_mark(ids, content)))

    def _decode(self) -> None:
        while self._bodies:
            self.rows.extend(self._decoder.page(self._bodies.popleft()))
