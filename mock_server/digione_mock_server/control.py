"""Test control: the changes that a read-only service cannot be asked for, so that deltas and expiry can be tested.

Mounted only with `--control`, and only for who holds its own token. Addresses, below `/digione/test-control/v1`:

    POST   /reset                                              undo every change since the start, clock included,
                                                               and those made through the services
    PUT    /tenants/{tenant}/objects/{collection}/{sourcedId}  create or replace; body: the bare object
    DELETE /tenants/{tenant}/objects/{collection}/{sourcedId}  leave a tombstone; with ?purge=true leave nothing
    GET    /clock                                              {"now": instant}
    POST   /clock/advance                                      {"seconds": number}
    GET    /log    DELETE /log                                 answered requests without personal data; forget them
"""

from __future__ import annotations

import hmac
import math
from dataclasses import asdict
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digione_mock_server.auth.guard import bearer
from digione_mock_server.changes import instant
from digione_mock_server.receiving import body_of, parsed
from digione_mock_server.refusal import invalid_object, unauthorised, unknown_object
from digione_mock_server.routes import Handler, Plain
from digione_mock_server.settings import CONTROL_PATH, tenant_name
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS_BY_NAME, Kind
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json

_MOST_SECONDS: Final = timedelta(days=3660).total_seconds()


def control_routes(state: ServerState) -> list[Route]:
    """Return the routes of the test control, none where the settings leave it out."""
    token = state.settings.control_token
    if token is None:
        return []
    control = Control(state)
    offered: dict[str, dict[str, Handler]] = {
        "/reset": {"POST": control.reset},
        "/tenants/{tenant}/objects/{collection}/{sourcedId}": {"PUT": control.put, "DELETE": control.delete},
        "/clock": {"GET": control.clock},
        "/clock/advance": {"POST": control.advance},
        "/log": {"GET": control.log, "DELETE": control.forget},
    }
    return [
        Route(
            CONTROL_PATH + path,
            Plain(
                CONTROL_PATH + path,
                state.switches.faults,
                **{method: _guarded(handler, token) for method, handler in handlers.items()},
            ),
        )
        for path, handlers in offered.items()
    ]


def _guarded(handler: Handler, token: str) -> Handler:
    async def guarded(request: Request) -> Response:
        """Answer who has the token."""
        given = bearer(request.headers.get("authorization", "").encode()) or ""
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise unauthorised("The test control's own token is needed", challenge='Bearer realm="test-control"')
        return await handler(request)

    return guarded


class Control:
    """Handlers of the test control."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._changes = state.changes

    async def reset(self, _request: Request) -> Response:
        """Undo every change, those made through the services too."""
        self._changes.undo()
        self._state.clock.reset()
        return Response(status_code=204)

    async def put(self, request: Request) -> Response:
        """Create or replace an object."""
        tenant, kind, sourced_id = self._address(request)
        wire = await _json(request)
        if not isinstance(wire, dict) or wire.setdefault("sourcedId", sourced_id) != sourced_id:
            raise invalid_object("The body must be an object whose sourcedId is that of the address")
        try:
            created = self._changes.put(kind, wire, tenant=tenant)
        except ValidationError as error:
            places = sorted({".".join(str(part) for part in found["loc"]) for found in error.errors()})
            raise invalid_object(f"Not an object of {kind.name}: {', '.join(places)}") from None
        except UsageError as error:
            raise invalid_object(f"Not an object of {kind.name}: {error}") from None
        return Response(status_code=201 if created else 200)

    async def delete(self, request: Request) -> Response:
        """Leave a tombstone, or nothing."""
        tenant, kind, sourced_id = self._address(request)
        purge = request.query_params.get("purge") == "true"
        found = (self._changes.purge if purge else self._changes.bury)(kind, sourced_id, tenant=tenant)
        if not found:
            raise unknown_object()
        return Response(status_code=204)

    async def clock(self, _request: Request) -> Response:
        """Tell the server's time."""
        return JSONResponse({"now": instant(self._state.clock.now())})

    async def advance(self, request: Request) -> Response:
        """Move the clock forward."""
        wire = await _json(request)
        seconds = wire.get("seconds") if isinstance(wire, dict) else None
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            raise invalid_object("seconds must be a number")
        if not 0 <= seconds <= _MOST_SECONDS:
            raise invalid_object("seconds must be between nothing and ten years")
        self._state.clock.advance(timedelta(seconds=seconds))
        return await self.clock(request)

    async def log(self, _request: Request) -> Response:
        """Tell which requests were answered."""
        return JSONResponse({"entries": [asdict(entry) for entry in self._state.recorder.entries()]})

    async def forget(self, _request: Request) -> Response:
        """Forget the log."""
        self._state.recorder.clear()
        return Response(status_code=204)

    def _address(self, request: Request) -> tuple[int, Kind, str]:
        parts = {name: unquote(value) for name, value in request.path_params.items()}
        names = {tenant_name(index): index for index in range(self._state.settings.tenants)}
        if parts["tenant"] not in names or parts["collection"] not in KINDS_BY_NAME:
            raise unknown_object("Unknown Object: no such tenant or collection")
        return names[parts["tenant"]], KINDS_BY_NAME[parts["collection"]], parts["sourcedId"]


async def _json(request: Request) -> Json:
    return parsed(await body_of(request))
