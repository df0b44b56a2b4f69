"""One service at one base URL: makes a checked call, and turns an error status into an exception."""

from __future__ import annotations

import logging
from dataclasses import replace

from digione_sdk._async.session import AsyncSession
from digione_sdk.core.call import Asked, Call, read_call
from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.endpoints.rostering import getClass
from digione_sdk.core.http import Response
from digione_sdk.core.outcome import refuse_error
from digione_sdk.errors import AuthorisationError
from digione_sdk.wire.versions import ConversionReport

_LOGGER = logging.getLogger("digione_sdk")


class AsyncService:
    """Where a service stands, and the session that reaches it."""

    def __init__(
        self,
        session: AsyncSession,
        base_url: str,
        *,
        edition: Edition = V1P2,
        conversion: ConversionReport | None = None,
    ) -> None:
        self.base_url = base_url
        self.edition = edition
        self.conversion = ConversionReport() if conversion is None else conversion
        self._session = session

    async def fetch(
        self, call: Asked, url: str | None = None, *, conversion: ConversionReport | None = None
    ) -> Response:
        """Return the successful answer to a call, for its own URL or for a later page's, told in 1.2.

        Args:
            call: The call.
            url: URL of a later page.
            conversion: Takes the account of what was converted, beside the client's own.

        Raises:
            StatusError: The server answered with an error status.
        """
        response = await self.attempt(call, url)
        self.refuse(response, call)
        retold = self.edition.retold(response.content, call.endpoint) if isinstance(call, Call) else None
        if retold is None:
            return response
        for class_id in self.edition.unknown(retold):
            self.edition.learn(class_id, await self._class(class_id))
        content = retold.told()
        if conversion is not None:
            conversion.add(retold.changes, retold.warnings)
        for warning in self.conversion.add(retold.changes, retold.warnings):
            _LOGGER.warning("%s: a success with a warning (%s)", call.operation_id, ", ".join(warning.status.reasons))
        return replace(response, content=content)

    async def _class(self, class_id: str) -> Response | None:
        """Ask for a class of which only the school is wanted; None where the token permits no such call."""
        call = read_call(getClass, self.base_url, {"class_id": class_id}, edition=self.edition, fields=("school",))
        try:
            return await self.attempt(call)
        except AuthorisationError:
            return None

    async def attempt(self, call: Asked, url: str | None = None) -> Response:
        """Return the answer to a call, whatever its status."""
        return await self._session.send(call.request(url), scopes=call.scopes)

    def refuse(self, response: Response, call: Asked) -> None:
        """Raise the StatusError of an answer that is no success."""
        refuse_error(response, operation_id=call.operation_id, now=self._session.clock.now())
