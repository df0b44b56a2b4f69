"""The client that people import: one object, its services as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self, Unpack

from digione_sdk._async.options import SessionOptions
from digione_sdk._async.rostering import AsyncRostering
from digione_sdk._async.service import AsyncService
from digione_sdk._async.session import AsyncSession
from digione_sdk.core.call import checked_base_url
from digione_sdk.core.endpoints import rostering as table
from digione_sdk.errors import UsageError


class AsyncDigiOne:
    """A client of one provider's OneRoster services (community profile, not an official DigiOne specification).

    Use it as a context manager, or call `aclose()`.

    Args:
        rostering: Base URL of the Rostering service, as `https://host/ims/oneroster/rostering/v1p2`.
        allow_http: Let plain http be used beyond this machine, in a test network.
        **options: Token endpoint, credentials, scopes, connections, retries and limits: see `AsyncSession`. Either
            `token_url`, `client_id` and `client_secret` are needed, or `token`.

    Raises:
        UsageError: An argument does not fit; it is named.
    """

    def __init__(self, *, rostering: str, allow_http: bool = False, **options: Unpack[SessionOptions]) -> None:
        base_url = checked_base_url(rostering, argument="rostering", allow_http=allow_http)
        token_url = options.get("token_url")
        if token_url is not None:
            checked_base_url(token_url, argument="token_url", allow_http=allow_http)
        elif options.get("token") is None:
            raise UsageError("needed with client_id and client_secret, unless token is given", argument="token_url")
        self.session = AsyncSession(**options)
        self.base_urls: Mapping[str, str] = {table.ROSTERING.name: base_url}
        """Name of each configured service -> its base URL."""
        self.rostering = AsyncRostering(AsyncService(self.session, base_url))

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used any more."""
        await self.session.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
