"""A list as it was paged: its pages, and what they hold, read no further than somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.rows import Rows


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
