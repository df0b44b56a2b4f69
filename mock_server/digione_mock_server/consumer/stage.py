"""The application behind `digione consumer serve`: a server a scenario, each at its own first path segment.

/                      the guide page
/{scenario}/...        the reference server as that scenario has it
POST /{scenario}/next  this step is done: note the client's state, go on to the next step
POST /{scenario}/again start the scenario over; what was recorded of it does not count
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from digione_mock_server.app import create_app, state_of
from digione_mock_server.consumer.changing import changed, holding
from digione_mock_server.consumer.page import guide
from digione_mock_server.consumer.record import TrafficRecord
from digione_mock_server.consumer.scenario import Scenario
from digione_mock_server.consumer.seen import Answer, Request, seen, template_of
from digione_mock_server.consumer.state_command import NoState, StateOf, checked
from digione_mock_server.consumer.twisting import Expire, NoEnvelope, Reask, Refuse, Turn, Twisting, Wait
from digione_mock_server.faults import NO_FAULTS
from digione_mock_server.front import TEMPLATE, status_answer, tidy
from digione_mock_server.settings import Settings
from digione_mock_server.store import Store

LATENCY: Final = 0.02
"""Seconds that every read takes at least: a server in this process answers so fast that nothing ever overlaps."""

_NOT_PASSED_ON: Final = frozenset({b"accept-encoding"})
_LONGEST_BODY: Final = 64 * 1024
_UNMATCHED: Final = "unmatched"
_BESIDE: Final = "other"
_STANDARD: Final = "/ims/oneroster/"


@dataclass
class Running:
    """One scenario under way."""

    scenario: Scenario
    app: Starlette
    step: int = 1
    twisting: Twisting = field(default_factory=lambda: Twisting(None))
    finished: bool = False


@dataclass
class Stage:
    """All scenarios and the record.

    Attributes:
        scenarios: What is offered, by id.
        settings: Settings of a scenario's server.
        store: A filled store of its own for a scenario.
        record: What is written down.
        client_id: Shown on the guide page.
        clock: Seconds on a clock that only goes forward.
        state_of_client: Tells what the client holds after a step; None where nobody tells.
        haste: Factor on waiting times, for tests.
    """

    scenarios: Mapping[str, Scenario]
    settings: Callable[[Scenario], Settings]
    store: Callable[[Scenario], Store]
    record: TrafficRecord
    client_id: str
    clock: Callable[[], float]
    state_of_client: StateOf | None = None
    haste: float = 1.0
    _running: dict[str, Running] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        raw = (scope.get("raw_path") or quote(scope["path"]).encode()).split(b"?")[0].decode("ascii", "replace")
        name, _, rest = raw.lstrip("/").partition("/")
        if not name:
            progress = {name: (run.step, run.finished) for name, run in self._running.items()}
            page = guide(self.scenarios, progress, self.settings, self.client_id)
            await HTMLResponse(page)(scope, receive, send)
        elif name not in self.scenarios:
            await JSONResponse({"error": "no such scenario"}, HTTPStatus.NOT_FOUND)(scope, receive, send)
        elif rest in {"next", "again"}:
            await (await self._moved(scope, name, rest))(scope, receive, send)
        else:
            await self._played(self._run(name), f"/{rest}", scope, receive, send)

    def warm(self) -> None:
        """Fill the stores of all scenarios once, so that no client waits for it: later ones are copies."""
        for scenario in {scenario.dialects: scenario for scenario in self.scenarios.values()}.values():
            self.store(scenario).close()

    def close(self) -> None:
        """Close all stores and the record."""
        for running in self._running.values():
            state_of(running.app).close()
        self._running.clear()
        self.record.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    # --- steps -------------------------------------------------------------------------------------------------------

    def _run(self, name: str) -> Running:
        """Return a scenario under way, opened when it is first asked for."""
        if name not in self._running:
            scenario = self.scenarios[name]
            running = Running(scenario, create_app(self.settings(scenario), store=self.store(scenario)))
            self._running[name] = running
            self._begin(running)
        return self._running[name]

    def _begin(self, running: Running) -> None:
        step = running.scenario.step[running.step - 1]
        state = state_of(running.app)
        change = changed(step.change, state) if step.change is not None else {}
        running.twisting = Twisting(step.twist, haste=self.haste)
        facts = {"scenario": running.scenario.id, "step": running.step, "changed": change, "holds": holding(state)}
        self.record.add("step", **facts)

    async def _moved(self, scope: Scope, name: str, where: str) -> Response:
        headers = dict(scope["headers"])
        if scope["method"] != "POST":
            return JSONResponse({"error": "POST only"}, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})
        if headers.get(b"sec-fetch-site", b"same-origin") not in {b"same-origin", b"none"}:
            return JSONResponse({"error": "asked for by another site"}, HTTPStatus.FORBIDDEN)
        if where == "again":
            if name in self._running:
                state_of(self._running.pop(name).app).close()
            self.record.add("again", scenario=name)
            return self._told(scope, {"scenario": name, "step": 1, "finished": False})
        running = self._run(name)
        if not running.finished:
            await self._note_state(running)
            if running.step < len(running.scenario.step):
                running.step += 1
                self._begin(running)
            else:
                running.finished = True
                self.record.add("finished", scenario=name)
        return self._told(scope, {"scenario": name, "step": running.step, "finished": running.finished})

    @staticmethod
    def _told(scope: Scope, facts: Mapping[str, str | int | bool]) -> Response:
        if b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": "/"})
        return JSONResponse(dict(facts))

    async def _note_state(self, running: Running) -> None:
        if self.state_of_client is None:
            return
        name, step = running.scenario.id, running.step
        try:
            held = checked(await asyncio.to_thread(self.state_of_client, name, step))
        except NoState as reason:
            self.record.add("state", scenario=name, step=step, trouble=str(reason))
        else:
            self.record.add("state", scenario=name, step=step, holds=held)

    # --- requests ----------------------------------------------------------------------------------------------------

    async def _played(self, running: Running, raw: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, step = self.record.moment(), running.step
        instant = state_of(running.app).clock.now().isoformat(timespec="milliseconds")
        request = Request(
            scope["method"], tidy(raw), scope["query_string"], tuple(scope["headers"]), await _body(scope, receive)
        )
        inner = {**scope, "path": raw, "raw_path": raw.encode(), "headers": _uncompressed(scope)}
        twisted, answered = await self._answered(running, request, inner)
        nowhere = _UNMATCHED if request.path.startswith(_STANDARD) else _BESIDE
        template = inner.get(TEMPLATE) or template_of(request.path) or nowhere
        facts = seen(self.record, request, answered, template=template)
        await send({"type": "http.response.start", "status": answered.status, "headers": list(answered.headers)})
        await send({"type": "http.response.body", "body": answered.body})
        self.record.add(
            "request",
            scenario=running.scenario.id,
            step=step,
            began=began,
            instant=instant,
            **facts,
            **({"twist": twisted} if twisted else {}),
        )

    async def _answered(self, running: Running, request: Request, inner: Scope) -> tuple[str | None, Answer]:
        query = dict(parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True))
        turn = running.twisting.turn(request.path, query, now=self.clock())
        kind = running.twisting.twist.kind if turn is not None and running.twisting.twist else None
        await asyncio.sleep(turn.seconds if isinstance(turn, Wait) else LATENCY * self.haste)
        if isinstance(turn, Expire):
            state = state_of(running.app)
            state.clock.advance(timedelta(seconds=state.settings.token_lifetime + 1))
        if isinstance(turn, Reask):
            inner["query_string"] = urlencode({**query, **turn.parameters}, quote_via=quote).encode()
        app = _instead(turn) or running.app
        return kind, await _collected(app, inner, request.body)


def _instead(turn: Turn | None) -> Callable[[Scope, Receive, Send], Awaitable[None]] | None:
    """Return what answers in place of the server, where something does."""
    if isinstance(turn, Refuse):
        return status_answer(turn.refusal, NO_FAULTS)
    return JSONResponse({}) if isinstance(turn, NoEnvelope) else None


async def _collected(app: Callable[[Scope, Receive, Send], Awaitable[None]], scope: Scope, body: bytes) -> Answer:
    """Return the whole answer of an application."""
    status, headers, chunks = 500, (), []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        """Hand over the body, once."""
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        """Take a part of the answer."""
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], tuple(message["headers"])
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(status, headers, b"".join(chunks))


async def _body(scope: Scope, receive: Receive) -> bytes:
    body = bytearray()
    more = scope["method"] not in {"GET", "HEAD"}
    while more and len(body) < _LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _uncompressed(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the headers without the wish for compression, so that rows can be counted on the way out."""
    return [(name, value) for name, value in scope["headers"] if name not in _NOT_PASSED_ON]
