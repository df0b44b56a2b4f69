"""A list: how it is paged, its pages, and what they hold, read no further than somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.rows import Rows
from digione_sdk.wire.paging import links_of


@dataclass(frozen=True)
class Listing:
    """A list as it was paged.

    Attributes:
        endpoint: The endpoint that was read.
        exchanges: One per page.
        total: Last X-Total-Count, or None where the server sent none (or no number).
        complete: Whether paging came to its end rather than to our bound.
        apart: Ids of records that are left aside.
    """

    endpoint: ANY_ENDPOINT
    exchanges: tuple[Exchange, ...]
    total: int | None
    complete: bool
    apart: frozenset[str] = frozenset()

    @cached_property
    def records(self) -> Rows:
        """The records in the order they came."""
        rows = (record for page in self.exchanges for record in page.json[self.endpoint.wrapper_key])
        return Rows(row for row in rows if str(row.get("sourcedId")) not in self.apart) if self.apart else Rows(rows)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The sourcedIds, in order; whoever needs no more than these leaves the records unread."""
        ids = (key for page in self.exchanges for key in page.listed(self.endpoint.wrapper_key) or ())
        return tuple(key for key in ids if key not in self.apart)

    def column(self, field: str) -> tuple[Json, ...]:
        """Return the values of a top-level field, in order; records that lack it are left out."""
        if self.apart:
            return tuple(record[field] for record in self.records if field in record)
        return tuple(v for page in self.exchanges for v in page.told(self.endpoint.wrapper_key, field) or ())


def total_of(exchange: Exchange) -> int | None:
    """Return X-Total-Count as a number, or None where it is absent or no number."""
    text = exchange.headers.get("x-total-count", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def read_list(
    endpoint: ANY_ENDPOINT,
    *,
    at: Callable[[int], str],
    page_at: Callable[[str, int], Exchange],
    rows_of: Callable[[Exchange], int],
    bound: int,
) -> Listing:
    """Read a list page by page: by Link where there is one, else by offset.

    Args:
        endpoint: The list.
        at: Gives the address of the page at an offset.
        page_at: Gives the page at an address, and is told how many came before.
        rows_of: Counts the rows of a page.
        bound: How many pages to read at most.

    Raises:
        CantTell: Paging leads in a circle.
    """
    url, count, total = at(0), 0, None
    exchanges: list[Exchange] = []
    seen: set[str] = set()
    while True:
        if url in seen:
            raise CantTell(f"{endpoint.operation_id}: paging leads in a circle")
        seen.add(url)
        page = page_at(url, len(exchanges))
        arrived = rows_of(page)
        count += arrived
        exchanges.append(page)
        total = total_of(page) if total_of(page) is not None else total
        following = _next(page, url)
        if following is None and arrived and (total is None or count < total):
            following = at(count)
        if following is None or not arrived:
            return Listing(endpoint, tuple(exchanges), total, complete=True)
        if len(exchanges) >= bound:
            return Listing(endpoint, tuple(exchanges), total, complete=False)
        url = following


def _next(page: Exchange, url: str) -> str | None:
    target = links_of(page.headers).get("next")
    return urljoin(url, target) if target else None
