"""Routes made from the endpoint tables of every edition, and the few addresses beside them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from digione_mock_server.auth import Grant
from digione_mock_server.auth.endpoint import TokenEndpoint
from digione_mock_server.auth.guard import require
from digione_mock_server.editions import EDITIONS, Edition
from digione_mock_server.faults import Faults, wire
from digione_mock_server.faults import auth as wrong
from digione_mock_server.front import TEMPLATE, accepts_gzip, header, offered_methods, status_answer
from digione_mock_server.pages import send_page
from digione_mock_server.reads import Reading, page_key, read
from digione_mock_server.refusal import Refusal, method_not_allowed, unknown_object
from digione_mock_server.settings import TOKEN_PATH, tenant_name
from digione_mock_server.state import ServerState
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.model.oneroster import Base, Demographics
from digione_sdk.openapi import discovery_document

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


class ReadRoute:
    """One line of an endpoint table as an ASGI application."""

    def __init__(self, state: ServerState, edition: Edition, endpoint: Endpoint[Base]) -> None:
        self._state = state
        self._edition = edition
        self._endpoint = endpoint
        self._scopes = frozenset(scope.value for scope in endpoint.scopes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for this path."""
        scope[TEMPLATE] = self._endpoint.service.base_path + self._endpoint.path
        try:
            faults = self._state.switches.faults
            if faults and (answer := wire.wrong_method(scope["method"], scope["headers"], faults)) is not None:
                await answer(scope, receive, send)
                return
            offered = offered_methods(self._state.switches)
            if scope["method"] not in offered and not ("post-as-get" in faults and scope["method"] == "POST"):
                raise method_not_allowed(*offered)
            grant = (
                self._wrong_grant(scope)
                if faults
                else require(self._state.tokens, header(scope, b"authorization"), self._scopes, faults=faults)
            )
            reading = Reading(
                edition=self._edition,
                endpoint=self._endpoint,
                parameters={name: unquote(value) for name, value in scope["path_params"].items()},
                path=scope["path"],
                query_string=scope["query_string"],
                grant=grant,
            )
            key = page_key(self._state, grant, reading.path, reading.query_string)
            page = read(self._state, reading)
        except Refusal as refusal:
            asked = unquote(scope["query_string"].decode("latin-1"))
            await status_answer(refusal, faults, query_string=asked)(scope, receive, send)
            return
        self._state.pages.put(key, page)
        await send_page(
            page,
            send,
            known_tags=header(scope, b"if-none-match"),
            accepts_gzip=accepts_gzip(scope) and "no-gzip" not in self._state.switches.dialects,
            head=scope["method"] == "HEAD",
        )

    def _wrong_grant(self, scope: Scope) -> Grant:
        """What the request permits where a fault is on."""
        state, authorization = self._state, header(scope, b"authorization")
        faults = state.switches.faults
        if "doubled-slash-crashes" in faults and (b"//" in scope["raw_path"] or scope["raw_path"].endswith(b"/")):
            raise IndexError
        if "token-in-query-accepted" in faults and not authorization:
            authorization = wrong.from_query(scope["query_string"])
        if "orgs-without-token" in faults and not authorization and self._endpoint.path.startswith("/orgs"):
            first = state.settings.clients[0]
            authorization = b"Bearer " + state.tokens.issue(first, first.scopes).encode()
        grant = require(state.tokens, authorization, self._scopes, faults=faults)
        names = [tenant_name(index) for index in range(state.settings.tenants)]
        hint = header(scope, b"x-tenant") or header(scope, b"x-tenant-id")
        wanted = hint.decode("latin-1").removeprefix("tenant-")
        if "tenant-header-switches" in faults and wanted in names:
            return replace(grant, tenant=names.index(wanted))
        return grant


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
        refusal = unknown_object("Unknown Object: no such address")
        await status_answer(refusal, state.switches.faults)(scope, receive, send)

    return answer


def routes(state: ServerState) -> list[Route]:
    """Return all routes; whole collections first, because they are asked for most and routes are tried in turn."""
    offered = [(edition, e) for edition in EDITIONS for e in edition.endpoints if _is_offered(e, state)]
    in_turn = sorted(offered, key=lambda pair: len(pair[1].path_parameters))
    reads = [
        Route(endpoint.service.base_path + endpoint.path, _asgi(ReadRoute(state, edition, endpoint)))
        for edition, endpoint in in_turn
    ]
    return [*reads, *_beside(state), *_discoveries(state)]


def _is_offered(endpoint: Endpoint[Base], state: ServerState) -> bool:
    if not endpoint.is_read:
        return False
    dialects = state.switches.dialects
    if endpoint.is_nested and "no-nested" in dialects:
        return False
    return not (endpoint.model is Demographics and "no-demographics" in dialects)


def _asgi(app: ReadRoute | Plain) -> Callable[..., Awaitable[None]]:
    """Starlette takes an object, not a function, for an ASGI application that sees every method."""
    return app


def _beside(state: ServerState) -> list[Route]:
    token = TokenEndpoint(state.clients, state.tokens, state.switches)

    async def keys(_request: Request) -> Response:
        return JSONResponse(state.tokens.jwks())

    async def health(_request: Request) -> Response:
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
