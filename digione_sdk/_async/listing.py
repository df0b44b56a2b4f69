"""A list that is read as it is iterated: one page in memory, rows typed, an error rather than a short roster."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from digione_sdk._async._compat import in_burst
from digione_sdk._async.service import AsyncService
from digione_sdk.core.backlog import Backlog
from digione_sdk.core.call import Call
from digione_sdk.core.latest import Latest
from digione_sdk.core.paging import Arrived, Deliver, answered, paging, row_mark
from digione_sdk.wire.collector import RELAXED
from digione_sdk.wire.versions import ConversionReport

T = TypeVar("T")


class AsyncListing(Generic[T]):
    """Rows of a collection, fetched while you iterate; iterating again fetches again.

    Iterating raises `TruncatedListError` after the last row where fewer rows came than the server announced, and
    `RepeatedPageError` where it pages in a circle: rows already seen are then not the whole list.
    """

    def __init__(self, service: AsyncService, call: Call[T], *, latest_only: bool = False) -> None:
        self._service = service
        self._call = call
        self._latest_only = latest_only
        self.conversion = ConversionReport()
        """What was converted from another version of the standard, and the server's warnings, in all iterations."""

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for row in page:
                yield row
            del page  # before the next one is made: see `pages`

    async def pages(self) -> AsyncIterator[tuple[T, ...]]:
        """Iterate page by page, as the server cut them.

        The garbage collector is paused while a page is decoded, and less eager while you iterate.
        """
        with RELAXED:
            steps = paging(self._call.url, max_items=self._call.max_items)
            latest: Latest[T] = Latest()
            rows: tuple[T, ...] = ()
            step = next(steps, None)
            while step is not None:
                if isinstance(step, Deliver):
                    rows = rows[: step.rows]
                    yield latest.of(rows) if self._latest_only else rows
                    rows = ()  # one page in memory, not two; and the next one reuses its memory while that is warm
                    step = next(steps, None)
                else:
                    response = await self._service.fetch(self._call, step.url, conversion=self.conversion)
                    rows = self._call.decoder.page(response.content)
                    mark = row_mark([getattr(row, "sourced_id", None) for row in rows], response.content)
                    step = answered(steps, Arrived.of(response.headers, rows=len(rows), marks=(mark,)))

    async def all(self) -> list[T]:
        """Fetch and return every row.

        Pages are gathered as bytes and decoded in one burst under one pause of the garbage collector: holding records
        that are decoded one page at a time costs up to 4.4 times as much, because the collector walks all of them again
        and again (a comprehension over the iterator has that cost). The pause is process-wide, so it is never held
        while a page is on its way: it lasts as long as the decoding, about 20 µs a row.
        """
        call = self._call
        backlog = Backlog(call.url, call.decoder, max_items=call.max_items, latest_only=self._latest_only)
        while backlog.due is not None:
            response = await self._service.fetch(call, backlog.due, conversion=self.conversion)
            if backlog.is_heavy(response.headers):
                await in_burst(backlog.take, response.headers, response.content)
            else:
                backlog.take(response.headers, response.content)
        return backlog.rows
