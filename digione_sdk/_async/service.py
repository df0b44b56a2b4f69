"""One service at one base URL: makes a checked call, and turns an error status into an exception."""

from __future__ import annotations

from digione_sdk._async.session import AsyncSession
from digione_sdk.core.call import Asked
from digione_sdk.core.http import Response
from digione_sdk.core.outcome import refuse_error


class AsyncService:
    """Where a service stands, and the session that reaches it."""

    def __init__(self, session: AsyncSession, base_url: str) -> None:
        self.base_url = base_url
        self._session = session

    async def fetch(self, call: Asked, url: str | None = None) -> Response:
        """Return the successful answer to a call, for its own URL or for a later page's.

        Raises:
            StatusError: The server answered with an error status.
        """
        response = await self.attempt(call, url)
        self.refuse(response, call)
        return response

    async def attempt(self, call: Asked, url: str | None = None) -> Response:
        """Return the answer to a call, whatever its status."""
        return await self._session.send(call.request(url), scopes=call.scopes)

    def refuse(self, response: Response, call: Asked) -> None:
        """Raise the StatusError of an answer that is no success."""
        refuse_error(response, operation_id=call.operation_id, now=self._session.clock.now())
