"""What can be done with a collection that the provider lets one write: put, delete, and in some places post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from digione_sdk._async.collection import AsyncObjectCollection
from digione_sdk._async.service import AsyncService
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.writing import Written, allocated, delete_call, deleted, post_call, put_call
from digione_sdk.model.oneroster import Base, GUIDPair

M = TypeVar("M", bound=Base)


class AsyncEditableCollection(AsyncObjectCollection[M]):
    """A collection whose objects can be read, put and deleted one by one."""

    def __init__(
        self,
        service: AsyncService,
        collection: Endpoint[M],
        single: Endpoint[M],
        put: Endpoint[M],
        delete: Endpoint[M],
    ) -> None:
        super().__init__(service, collection, single)
        self._put = put
        self._delete = delete

    async def put(self, record: M, *, if_match: str | None = None) -> Written:
        """Create or replace a record at its own `sourced_id`, whole: what it leaves out is gone.

        A failed PUT is tried again, because twice does the same as once; the answer is then that of the last try.

        Args:
            record: The record. It is checked once more, also what `model_copy` put into it.
            if_match: Tag of the version that is to be replaced, from `versioned`. Without it the last writer wins.

        Raises:
            UsageError: The record or the tag does not fit; nothing was sent.
            Inexpressible: The version that the provider speaks has no words for it; nothing was sent.
            PreconditionFailed: The record has another tag by now.
            InvalidData: The provider takes the values for wrong.
        """
        service = self._service
        call = put_call(self._put, service.base_url, record, if_match=if_match, edition=service.edition)
        service.conversion.add(call.changes)
        return Written.of(await service.fetch(call))

    async def delete(self, sourced_id: str, *, if_match: str | None = None) -> None:
        """Delete a record; afterwards it is gone, or there with the status `tobedeleted`.

        A failed DELETE is tried again. Where the answer to the first try was lost and the second finds nothing, the
        first was carried out, and that is success.

        Args:
            sourced_id: Its id.
            if_match: As for `put`.

        Raises:
            NotFound: There is none, or none that this client may see.
            PreconditionFailed: The record has another tag by now.
            UsageError: An argument does not fit; it is named.
        """
        service = self._service
        call = delete_call(self._delete, service.base_url, sourced_id, if_match=if_match, edition=service.edition)
        response = await self._service.attempt(call)
        if not deleted(response):
            self._service.refuse(response, call)

    async def _post(self, endpoint: Endpoint[M], records: Iterable[M], **parents: str) -> tuple[GUIDPair, ...]:
        service = self._service
        call = post_call(endpoint, service.base_url, parents, records, edition=service.edition)
        return allocated(await self._service.fetch(call), call, endpoint)
