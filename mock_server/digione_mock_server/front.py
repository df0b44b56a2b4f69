"""What stands before the routes: request ids, headers of every answer, tidy paths, remembered pages, the last resort.

Plain ASGI, because a remembered page must cost little more than its bytes (measured.md §3).
"""

from __future__ import annotations

import logging
import secrets
import time
from itertools import count
from typing import Final
from urllib.parse import quote, unquote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digione_mock_server.auth.guard import bearer, permits
from digione_mock_server.dialects.access import BUSY_EVERY
from digione_mock_server.editions import BASE_PATHS
from digione_mock_server.faults import Faults, refusals, wire
from digione_mock_server.pages import send_page
from digione_mock_server.reads import page_key
from digione_mock_server.recording import Entry
from digione_mock_server.refusal import Refusal, internal_error, server_busy
from digione_mock_server.state import ServerState
from digione_mock_server.switches import Switches

_log = logging.getLogger(__name__)

TEMPLATE: Final = "digione.template"
"""Key of the ASGI scope under which a route leaves its path template."""

_ON_EVERY_ANSWER: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-synthetic-data", b"true"),
]


def header(scope: Scope, name: bytes) -> bytes:
    """Return the first header of that name, which is in lower case, or nothing."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client takes gzip (RFC 9110 §12.5.3)."""
    for coding in header(scope, b"accept-encoding").split(b","):
        name, _, quality = coding.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return quality.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


def offered_methods(switches: Switches) -> tuple[str, ...]:
    """The methods that a read answers."""
    return ("GET",) if "no-head" in switches.dialects else ("GET", "HEAD")


def status_answer(refusal: Refusal, faults: Faults, *, query_string: str = "") -> Response:
    """The answer to a refused request: the status payload, bare, which nobody may keep."""
    body = refusal.payload.to_wire_json()
    if faults:
        return refusals.wrong_answer(refusal, query_string, faults)
    return Response(
        body,
        status_code=refusal.status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **refusal.headers},
    )


class Envelope:
    """Gives every answer its request id and headers, records it, and turns a crash into a status payload."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._state = state
        self._prefix = secrets.token_hex(4)
        self._headers = list(_ON_EVERY_ANSWER)
        if state.settings.public_url.startswith("https:"):
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))
        self._numbers = count(1)
        self._reads = count(1) if "busy-now-and-then" in state.switches.dialects else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"{self._prefix}-{next(self._numbers):x}"
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            """Send on, with the headers that every answer has."""
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (b"x-request-id", request_id.encode())
                message["headers"] = [*message["headers"], *self._headers, own]
            await send(message)

        try:
            if self._is_busy(scope):
                await status_answer(server_busy(), self._state.switches.faults)(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - the last resort of rest-1.2 §8; nothing may reach the client
            # Type and place only: the text of an error may hold values of a record.
            _log.error("request %s failed: %s at %s", request_id, type(error).__name__, _place(error))
            if status == 0:
                await status_answer(internal_error(), self._state.switches.faults)(scope, receive, send_with_headers)
        ms = round((time.perf_counter() - began) * 1000, 3)
        template = scope.get(TEMPLATE, "unmatched")
        self._state.recorder.add(Entry(scope["method"], template, status, ms, request_id))

    def _is_busy(self, scope: Scope) -> bool:
        if self._reads is None or not scope["path"].startswith(BASE_PATHS):
            return False
        return next(self._reads) % BUSY_EVERY == 0


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


class TidyPaths:
    """Takes out empty segments (doubled and trailing slashes) and spells each segment in one way.

    Segments stay percent-encoded for the router, so that an id may hold a slash.
    """

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._exact = "slashes-count" in state.switches.dialects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tidy the path and pass on."""
        if scope["type"] == "http":
            raw = (scope.get("raw_path") or quote(scope["path"]).encode()).split(b"?")[0].decode("ascii", "replace")
            scope["path"] = spelt(raw) if self._exact else tidy(raw)
        await self._app(scope, receive, send)


def tidy(raw: str) -> str:
    """Return the path without empty segments, each segment in the one canonical percent-encoding."""
    if "%" not in raw and "//" not in raw and not raw.endswith("/"):
        return raw
    return "/" + "/".join(quote(unquote(segment), safe="") for segment in raw.split("/") if segment)


def spelt(raw: str) -> str:
    """Return the path with each segment in the one canonical percent-encoding, empty segments kept."""
    return "/".join(quote(unquote(segment), safe="") for segment in raw.split("/"))


class RememberedPages:
    """Answers a read from memory, after the same check of token and scope as any other read."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._state = state
        # A page that depends on more than its key, as one with a fault may, is made anew each time.
        self._methods = offered_methods(state.switches)
        self._gzip = "no-gzip" not in state.switches.dialects
        self._remembers = state.switches.faults.isdisjoint(wire.NOT_REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on."""
        if scope["type"] != "http" or scope["method"] not in self._methods or not self._remembers:
            await self._app(scope, receive, send)
            return
        token = bearer(header(scope, b"authorization"))
        grant = None if token is None else self._state.tokens.check(token)
        if grant is not None:
            page = self._state.pages.get(page_key(self._state, grant, scope["path"], scope["query_string"]))
            if page is not None and permits(grant, page.scopes, self._state.switches.faults):
                scope[TEMPLATE] = page.template
                await send_page(
                    page,
                    send,
                    known_tags=header(scope, b"if-none-match"),
                    accepts_gzip=self._gzip and accepts_gzip(scope),
                    head=scope["method"] == "HEAD",
                )
                return
        await self._app(scope, receive, send)
