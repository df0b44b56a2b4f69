"""What can be done with any collection: iterate, list with conditions, page, gather, count, read what changed."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar, Unpack, overload

from digione_sdk._async.listing import AsyncListing
from digione_sdk._async.service import AsyncService
from digione_sdk.core.call import Call, Query, list_call, read_call
from digione_sdk.core.delta import since
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.writing import Versioned
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.paging import total_of
from digione_sdk.wire.partial import IDENTITY, Partial

M = TypeVar("M", bound=Base)
N = TypeVar("N", bound=Base)


class AsyncCollection(Generic[M]):
    """A collection endpoint, with the ids of the parents that it belongs to."""

    def __init__(self, service: AsyncService, endpoint: Endpoint[M], **parents: str) -> None:
        self._service = service
        self._endpoint = endpoint
        self._parents = parents
        if parents:  # a bad id is refused where it is given
            list_call(endpoint, service.base_url, parents, edition=service.edition)

    @overload
    def list(self, *, fields: None = None, **query: Unpack[Query]) -> AsyncListing[M]: ...
    @overload
    def list(self, *, fields: Iterable[str], **query: Unpack[Query]) -> AsyncListing[Partial[M]]: ...
    def list(self, *, fields: Iterable[str] | None = None, **query: Unpack[Query]) -> AsyncListing[Any]:
        """Return the rows that meet the conditions; nothing is fetched until you iterate.

        Args:
            fields: Fields to ask for, in Python's spelling or the wire's; the rows are then `Partial`. The identity
                comes along always.
            **query: `filter`, `sort`, `order_by`, `limit` (rows a page) and `max_items`: see `Query`.

        Raises:
            UsageError: An argument does not fit; it is named.
        """
        return AsyncListing(self._service, self._call(fields, query))

    @overload
    def changed_since(self, instant: datetime, *, fields: None = None, **query: Unpack[Query]) -> AsyncListing[M]: ...
    @overload
    def changed_since(
        self, instant: datetime, *, fields: Iterable[str], **query: Unpack[Query]
    ) -> AsyncListing[Partial[M]]: ...
    def changed_since(
        self, instant: datetime, *, fields: Iterable[str] | None = None, **query: Unpack[Query]
    ) -> AsyncListing[Any]:
        """Return the rows changed at or after an instant, tombstones (`tobedeleted`) among them, each once.

        Take as the instant the time at which the previous read *began*: what changed at that very moment comes again
        rather than never (rest-1.2 §7). A row that changes during the read may come twice, the second time newer.

        Args:
            instant: With time zone.
            fields: As for `list`.
            **query: As for `list`; a `filter` of one clause is joined by AND.

        Raises:
            UsageError: An argument does not fit; it is named.
        """
        query["filter"] = since(instant, self._endpoint.model, also=query.get("filter"))
        return AsyncListing(self._service, self._call(fields, query), latest_only=True)

    def __aiter__(self) -> AsyncIterator[M]:
        return self.list().__aiter__()

    def pages(self, **query: Unpack[Query]) -> AsyncIterator[tuple[M, ...]]:
        """Iterate page by page: `list(...).pages()`."""
        return self.list(**query).pages()

    async def all(self, **query: Unpack[Query]) -> builtins.list[M]:
        """Fetch and return every row: `list(...).all()`."""
        return await self.list(**query).all()

    async def count(self, **query: Unpack[Query]) -> int:
        """Return how many rows meet the conditions: the server's total, or a count of the ids where it sends none.

        Args:
            **query: As for `list`; with `max_items`, the answer is no higher.
        """
        ids = self.list(fields=(IDENTITY,), **query)
        most = query.get("max_items")
        if most == 0:
            return 0
        query["max_items"] = 1
        probe = self._call((IDENTITY,), query)
        response = await self._service.fetch(probe)
        probe.decoder.page(response.content)
        total = total_of(response.headers)
        if total is None:
            return len(await ids.all())
        return total if most is None else min(total, most)

    def _call(self, fields: Iterable[str] | None, query: Query) -> Call[Any]:
        service = self._service
        return list_call(
            self._endpoint, service.base_url, self._parents, edition=service.edition, fields=fields, **query
        )


class AsyncObjectCollection(AsyncCollection[M]):
    """A collection whose objects can be read one by one."""

    def __init__(self, service: AsyncService, collection: Endpoint[M], single: Endpoint[M]) -> None:
        super().__init__(service, collection)
        self._single = single

    @overload
    async def get(self, sourced_id: str, *, fields: None = None) -> M: ...
    @overload
    async def get(self, sourced_id: str, *, fields: Iterable[str]) -> Partial[M]: ...
    async def get(self, sourced_id: str, *, fields: Iterable[str] | None = None) -> Any:
        """Return one object.

        Args:
            sourced_id: Its id.
            fields: As for `list`.

        Raises:
            NotFound: There is none, or none that this client may see.
            UsageError: An argument does not fit; it is named.
        """
        service = self._service
        ids = {"sourced_id": sourced_id}
        call = read_call(self._single, service.base_url, ids, edition=service.edition, fields=fields)
        response = await service.fetch(call)
        return call.decoder.single(response.content)

    async def versioned(self, sourced_id: str) -> Versioned[M]:
        """Return one object with the tag of its present version, to write it back with `if_match=`.

        Args:
            sourced_id: Its id.

        Raises:
            NotFound: There is none, or none that this client may see.
            UsageError: An argument does not fit; it is named.
        """
        service = self._service
        call = read_call(self._single, service.base_url, {"sourced_id": sourced_id}, edition=service.edition)
        response = await service.fetch(call)
        return Versioned(call.decoder.single(response.content), response.headers.get("etag"))

    def _view(self, endpoint: Endpoint[N], **parents: str) -> AsyncCollection[N]:
        return AsyncCollection(self._service, endpoint, **parents)
