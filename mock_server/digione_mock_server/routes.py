"""Routes made from the endpoint tables of every edition, and the few addresses beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from digione_mock_server import v1p1
from digione_mock_server.auth import Grant
from digione_mock_server.auth.endpoint import TokenEndpoint
from digione_mock_server.auth.guard import require
from digione_mock_server.auth.registrations import either_version
from digione_mock_server.careless import write_carelessly
from digione_mock_server.dialects import grading
from digione_mock_server.editions import EDITIONS, Edition
from digione_mock_server.faults import Faults, older, refusals, wire
from digione_mock_server.faults import auth as wrong
from digione_mock_server.faults import v1p1 as wrong_v1p1
from digione_mock_server.front import TEMPLATE, accepts_gzip, header, offered_methods, status_answer
from digione_mock_server.listed import Reading
from digione_mock_server.pages import send_page
from digione_mock_server.reads import page_key, read
from digione_mock_server.receiving import body_of, require_json_type
from digione_mock_server.refusal import Refusal, internal_error, method_not_allowed, unknown_object
from digione_mock_server.settings import TOKEN_PATH, tenant_name
from digione_mock_server.state import ServerState
from digione_mock_server.writes import Writing, write
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.model.oneroster import Base, Demographics
from digione_sdk.model.status import CodeMinorValue
from digione_sdk.openapi import discovery_document

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
_A_MOMENT: Final = 0.02


class Address:
    """The operations of one path as an ASGI application."""

    def __init__(self, state: ServerState, edition: Edition, operations: Iterable[Endpoint[Base]]) -> None:
        self._state = state
        self._edition = edition
        self._operations = {endpoint.method: endpoint for endpoint in operations}
        first = next(iter(self._operations.values()))
        self._template = first.service.base_path + first.path
        self._scopes = {
            method: frozenset(scope.value for scope in endpoint.scopes) for method, endpoint in self._operations.items()
        }
        reads = offered_methods(state.switches) if "GET" in self._operations else ()
        self._busy = False
        self._offered = (*reads, *(method for method in self._operations if method != "GET"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for this path."""
        scope[TEMPLATE] = self._template
        method, faults = scope["method"], self._state.switches.faults
        try:
            answer = wire.wrong_method(method, scope["headers"], faults) if faults else None
            if answer is not None and method not in self._operations:
                await answer(scope, receive, send)
            elif method in {"GET", "HEAD"} or method not in self._operations:
                await self._read(scope, send)
            else:
                await self._write(scope, receive, send)
        except Refusal as refusal:
            asked = unquote(scope["query_string"].decode("latin-1"))
            answered = _told_v1p1(refusal, faults, query_string=asked) if self._edition.is_v1p1 else None
            answered = older.reworded(answered, method, faults) if answered and faults else answered
            answered = answered or status_answer(refusal, faults, query_string=asked)
            await answered(scope, receive, send)

    async def _read(self, scope: Scope, send: Send) -> None:
        by_mistake = scope["method"] == "POST" and "post-as-get" in self._state.switches.faults
        if "GET" not in self._operations or (scope["method"] not in self._offered and not by_mistake):
            raise method_not_allowed(*self._offered)
        grant = self._grant(scope, "GET")
        reading = Reading(
            edition=self._edition,
            endpoint=self._operations["GET"],
            parameters=_parameters(scope, self._edition, self._state.switches.faults),
            path=scope["path"],
            query_string=scope["query_string"],
            grant=grant,
        )
        key = page_key(self._state, grant, reading.path, reading.query_string)
        page = read(self._state, reading)
        self._state.pages.put(key, page)
        await send_page(
            page,
            send,
            known_tags=header(scope, b"if-none-match"),
            accepts_gzip=accepts_gzip(scope) and "no-gzip" not in self._state.switches.dialects,
            head=scope["method"] == "HEAD",
        )

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        endpoint, grant = self._operations[method], self._grant(scope, method)
        body = b""
        if endpoint.body is not None:
            request = Request(scope, receive)
            require_json_type(request)
            if "charset-refused" in self._state.switches.faults and ";" in request.headers["content-type"]:
                raise Refusal(415, CodeMinorValue.INVALIDDATA, "The body must be application/json")
            body = await body_of(request)
        writing = Writing(
            edition=self._edition,
            endpoint=endpoint,
            parameters=_parameters(scope, self._edition, self._state.switches.faults),
            path=scope["path"],
            grant=grant,
            body=body,
            if_match=header(scope, b"if-match"),
            if_none_match=header(scope, b"if-none-match"),
        )
        if "writes-collide" in self._state.switches.faults:
            await self._meet_others()
        outcome = (write_carelessly if self._state.switches.faults else write)(self._state, writing)
        answer = Response(
            outcome.body or None,
            status_code=outcome.status,
            media_type="application/json" if outcome.body else None,
            headers={"Cache-Control": "no-store"},
        )
        await answer(scope, receive, send)

    async def _meet_others(self) -> None:
        """Take a moment for a write, and fail where another is under way.

        Raises:
            Refusal: 500.
        """
        if self._busy:
            raise internal_error()
        self._busy = True
        try:
            await asyncio.sleep(_A_MOMENT)
        finally:
            self._busy = False

    def _grant(self, scope: Scope, method: str) -> Grant:
        """What the request's token permits.

        Raises:
            Refusal: 401 or 403.
        """
        state = self._state
        if state.switches.faults:
            return self._wrong_grant(scope, method)
        return require(
            state.tokens, header(scope, b"authorization"), self._scopes[method], faults=state.switches.faults
        )

    def _wrong_grant(self, scope: Scope, method: str) -> Grant:
        """What the request permits where a fault is on."""
        state, authorization = self._state, header(scope, b"authorization")
        faults = state.switches.faults
        if "doubled-slash-crashes" in faults and (b"//" in scope["raw_path"] or scope["raw_path"].endswith(b"/")):
            raise IndexError
        if wrong.sent_elsewhere(header(scope, b"cookie"), scope["query_string"], faults):
            authorization = b""
        if "token-in-query-accepted" in faults and not authorization:
            authorization = wrong.from_query(scope["query_string"])
        unguarded = self._edition.is_v1p1 and "v1p1-without-token" in faults
        if not authorization and (unguarded or wrong.slips_past(self._operations[method], faults)):
            first = state.settings.clients[0]
            authorization = b"Bearer " + state.tokens.issue(first, either_version(first.scopes)).encode()
        grant = require(state.tokens, authorization, self._scopes[method], faults=faults)
        names = [tenant_name(index) for index in range(state.settings.tenants)]
        hint = header(scope, b"x-tenant") or header(scope, b"x-tenant-id")
        wanted = hint.decode("latin-1").removeprefix("tenant-")
        if "tenant-header-switches" in faults and wanted in names:
            return replace(grant, tenant=names.index(wanted))
        return grant


def _told_v1p1(refusal: Refusal, faults: Faults, *, query_string: str) -> Response:
    """The answer of 1.1 to a refused request: a status set instead of a bare payload."""
    major, severity, description = refusal.payload.code_major, refusal.payload.severity, refusal.description
    if faults:
        major, severity, description = refusals.wrong_words(refusal, query_string, faults)
    said = v1p1.said((refusal.reason,), major=major, severity=severity, description=description)
    body = b"{" + said + b"}"
    if faults:
        return wrong_v1p1.wrong_refusal(refusals.told_wrongly(refusal, body, faults), refusal, faults)
    headers = {"Cache-Control": "no-store", **refusal.headers}
    return Response(body, refusal.status, headers, "application/json")


def _parameters(scope: Scope, edition: Edition, faults: Faults) -> dict[str, str]:
    found = {name: unquote(value) for name, value in scope["path_params"].items()}
    return wrong_v1p1.own_ids(found, faults) if faults and edition.is_v1p1 else found


class Plain:
    """A handler at an address of its own, with the same refusals as every other address."""

    def __init__(self, template: str, faults: Faults, **handlers: Handler) -> None:
        """Offer `handlers` by method name."""
        self._template = template
        self._faults = faults
        self._handlers = handlers
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for this address."""
        scope[TEMPLATE] = self._template
        handler = self._handlers.get(scope["method"])
        try:
            if handler is None:
                raise method_not_allowed(*self._handlers)
            answer = await handler(Request(scope, receive, send))
        except Refusal as refusal:
            answer = status_answer(refusal, self._faults)
        await answer(scope, receive, send)


def unmatched(state: ServerState) -> ASGIApp:
    """Return what answers an address that does not exist (pitfall 36)."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse."""
        refusal = unknown_object("Unknown Object: no such address")
        await status_answer(refusal, state.switches.faults)(scope, receive, send)

    return answer


def routes(state: ServerState) -> list[Route]:
    """Return all routes; whole collections first, because they are asked for most and routes are tried in turn."""
    found: list[tuple[int, Route]] = []
    for edition in EDITIONS:
        addresses: dict[str, list[Endpoint[Base]]] = {}
        for endpoint in edition.endpoints:
            if _is_offered(endpoint, state):
                addresses.setdefault(endpoint.service.base_path + endpoint.path, []).append(endpoint)
        for path, operations in addresses.items():
            parameters = len(operations[0].path_parameters)
            found.append((parameters, Route(path, _asgi(Address(state, edition, operations)))))
    in_turn = [route for _, route in sorted(found, key=itemgetter(0))]
    return [*in_turn, *_beside(state), *_discoveries(state)]


def _is_offered(endpoint: Endpoint[Base], state: ServerState) -> bool:
    dialects = state.switches.dialects
    if not grading.offers(endpoint.method, dialects):
        return False
    if endpoint.is_nested and "no-nested" in dialects:
        return False
    return not (endpoint.model is Demographics and "no-demographics" in dialects)


def _asgi(app: Address | Plain) -> Callable[..., Awaitable[None]]:
    """Starlette takes an object, not a function, for an ASGI application that sees every method."""
    return app


def _beside(state: ServerState) -> list[Route]:
    token = TokenEndpoint(state.clients, state.tokens, state.switches)

    async def keys(_request: Request) -> Response:
        """Tell the public keys."""
        return JSONResponse(state.tokens.jwks())

    async def health(_request: Request) -> Response:
        """Say that the server lives."""
        return JSONResponse({"status": "ok"})

    offered: dict[str, dict[str, Handler]] = {
        TOKEN_PATH: {"POST": token.answer},
        "/.well-known/jwks.json": {"GET": keys},
        "/healthz": {"GET": health},
    }
    faults = state.switches.faults
    return [Route(path, _asgi(Plain(path, faults, **handlers))) for path, handlers in offered.items()]


def _discoveries(state: ServerState) -> Iterator[Route]:
    """The discovery document of each service, under each of its names (rest-1.2 §10)."""
    for edition in EDITIONS:
        for service in edition.services:
            handler = _discovery_of(state, edition, service)
            for name in service.discovery_names:
                path = f"{service.base_path}/discovery/{name}"
                yield Route(path, _asgi(Plain(path, state.switches.faults, GET=handler)))


def _discovery_of(state: ServerState, edition: Edition, service: Service) -> Handler:
    async def discovery(_request: Request) -> Response:
        """Serve the service's own document."""
        faults = state.switches.faults
        if "discovery-missing" in faults:
            raise unknown_object("Unknown Object: no such address")
        operations = edition.endpoints_of(service)
        body = _discovery(service, state.settings.service_url(service), state.settings.token_url, operations)
        if faults:
            body = wire.wrong_discovery(body, faults)
        return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=300"})

    return discovery


@lru_cache(maxsize=32)
def _discovery(service: Service, server_url: str, token_url: str, operations: tuple[Endpoint[Any], ...]) -> bytes:
    document = discovery_document(service, server_url=server_url, token_url=token_url, operations=operations)
    return json.dumps(document, ensure_ascii=False).encode()
