"""The server of the bench, in a process and on a core of its own: the reference server full of users, and bare bytes.

The bytes are those of the first page, sent by a Starlette route under the same uvicorn configuration: what a page could
cost at best.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from digione_mock_server.listening import Listener, bind, public_url, serve_in_thread
from digione_mock_server.seed.bench import bench_users
from digione_mock_server.seed.wire import class_link, org_link, user_link
from digione_mock_server.target import write_target
from digione_mock_server.testing import Server, serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digione_sdk.core.scopes import Scope
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, Enrollment, User
from tests.bench.runs import ROOT, on_core

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Door:
    """How to reach the server: addresses, credentials, a token that is good now."""

    url: str
    rostering: str
    token_url: str
    client_id: str
    client_secret: str
    token: str
    static_url: str

    def as_client(self) -> dict[str, str]:
        """The arguments of a client."""
        return {name: getattr(self, name) for name in ("rostering", "token_url", "client_id", "client_secret")}


class Users:
    """Many pupils, and so many enrolments of theirs; nothing else."""

    def __init__(self, count: int, *, full: bool, enrolments: int = 0) -> None:
        self._count, self._full, self._enrolments = count, full, enrolments

    @property
    def name(self) -> str:
        """Says what the objects are."""
        return f"{self._count} users full={self._full}, {self._enrolments} enrolments"

    def records(self, _tenant: int) -> Iterable[tuple[type[Base], dict[str, Json]]]:
        """Give the users, then the enrolments."""
        ids: list[str] = []
        for wire in bench_users(self._count, full=self._full):
            ids.append(wire["sourcedId"])
            yield User, wire
        for number in range(self._enrolments):
            yield Enrollment, _enrolment(number, ids[number % len(ids)])

    def protected(self, _tenant: int) -> frozenset[str]:
        """Nobody."""
        return frozenset()


def _enrolment(number: int, user: str) -> dict[str, Json]:
    return {
        "sourcedId": f"enrolment-{number:07d}",
        "status": "active",
        "dateLastModified": "2026-11-01T08:00:00.000Z",
        "user": user_link(user),
        "class": class_link(f"class-{number // 25:05d}"),
        "school": org_link(f"school-{number // 2500:03d}"),
        "role": "student",
    }


class Served:
    """The running server as the bench sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.door = Door(**self._answer())

    def cpu(self) -> float:
        """Seconds of the processor that the server has used."""
        seconds: float = self._ask("cpu")["cpu"]
        return seconds

    def _ask(self, word: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("bench: the server ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def served(**options: Any) -> Iterator[Served]:
    """Run a server for as long as the block lasts; options as for `main`."""
    command = [sys.executable, "-m", "tests.bench.served", json.dumps(options)]
    with (
        on_core(1),
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            with on_core(0):
                yield Served(process)
        finally:
            process.communicate()  # the end of its input is the end of it


def main(*, users: int | None = None, full: bool = True, enrolments: int = 0, target: str | None = None) -> None:
    """Serve so many users and enrolments, or the synthetic school, until standard input ends."""
    source = None if users is None else Users(users, full=full, enrolments=enrolments)
    with serving(size="school", tenants=2 if source is None else 1, control=source is None, source=source) as server:
        if target is not None:
            write_target(Path(target), server.settings, server.register, ca_file=None)
        token = _token(server)
        first = httpx.get(f"{server.rostering_url}/users?limit=100", headers={"authorization": f"Bearer {token}"})
        with _static(first.raise_for_status().content) as static_url:
            credentials = server.client()
            door = Door(
                server.url,
                server.rostering_url,
                server.token_url,
                credentials.client_id,
                credentials.client_secret,
                token,
                static_url,
            )
            _say(asdict(door))
            for _line in sys.stdin:
                _say({"cpu": time.process_time()})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _token(server: Server) -> str:
    credentials = server.client()
    form = {"grant_type": "client_credentials", "scope": Scope.ROSTER.value}
    answer = httpx.post(server.token_url, data=form, auth=(credentials.client_id, credentials.client_secret))
    token: str = answer.raise_for_status().json()["access_token"]
    return token


@contextmanager
def _static(body: bytes) -> Iterator[str]:
    async def answer(_request: Request) -> Response:
        return Response(body, media_type="application/json")

    ready = threading.Event()
    with bind(LOOPBACK, 0) as bound:
        listener = Listener(Starlette(routes=[Route("/page", answer)]), certificate=None, ready=ready.set)
        thread = serve_in_thread(listener, bound)
        try:
            if not ready.wait(30):
                raise SystemExit("bench: the static server did not start")
            yield f"{public_url(bound, LOOPBACK, tls=False)}/page"
        finally:
            listener.should_exit = True
            thread.join(30)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
