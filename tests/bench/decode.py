"""Decoding alone, in processor time: our models against plain ones, our two ways to read a list against bare pydantic.

Between two pages every scenario makes some small objects, as any client does: a bare loop hides what the garbage
collector costs, because it hardly ever runs in one.

Compared are the seconds of the process itself, in which the collector's are, and the memory apart from them. What the
operating system takes to hand out memory is no comparison: for the same 210,000 pages, the first touch of each, one and
the same scenario was charged 0.3 s and 2.1 s a minute later, and once stood at 2.04 times what it was held against.
"""

from __future__ import annotations

import gc
import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from digione_mock_server.seed.bench import bench_users
from pydantic import BaseModel

from digione_sdk._sync.listing import Listing
from digione_sdk._sync.service import Service
from digione_sdk._sync.session import Session
from digione_sdk.core.call import Asked, list_call
from digione_sdk.core.endpoints.rostering import ENDPOINTS
from digione_sdk.core.http import Response
from digione_sdk.wire.versions import ConversionReport
from tests.bench.plain import plain_of
from tests.bench.runs import Cost, Effort, medians, scenario, timed
from tests.bench.table import Row, Target

USERS = 50_000
PAGE = 100
USERS_ENDPOINT = next(e for e in ENDPOINTS if e.operation_id == "getAllUsers")
BASE_URL = "https://roster.example.org/v1p2"


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with 50,000 users."""
    users = round(USERS * effort.scale)
    with tempfile.TemporaryDirectory(prefix="digione-bench-") as folder:
        pages = Path(folder) / "pages.jsonl"
        write_pages(pages, users)
        cost = medians({name: scenario("decode", name, pages=str(pages)) for name in SCENARIOS}, effort)
    for what, name, base, bound in (
        ("models, held / plain models of the same fields", "bare_held", "plain_held", 1.15),
        ("streamed and discarded / bare validate_json", "sdk_streamed", "bare_streamed", 1.15),
        (".all() / bare validate_json, held", "sdk_all", "bare_held", 1.25),
    ):
        mine, bare = cost[name], cost[base]
        beside = f"; of the system {mine.system:.2f} s / {bare.system:.2f} s"
        note = f"{users} users: {mine.user:.3f} s / {bare.user:.3f} s of the processor{beside}"
        yield Row("decode", what, mine.user / bare.user, target=Target(bound), note=note)
    held, bare = cost["sdk_all"].peak_mb, cost["bare_held"].peak_mb
    note = f"{held:.0f} MB / {bare:.0f} MB"
    yield Row("decode", "memory: .all() / bare validate_json, held", held / bare, target=Target(1.05), note=note)


def write_pages(path: Path, users: int) -> None:
    """Write the users as answers of the server, a page a line."""
    rows = bench_users(users)
    with path.open("w", encoding="utf-8") as file:
        while page := list(islice(rows, PAGE)):
            body = {USERS_ENDPOINT.wrapper_key: page}
            file.write(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")


def elsewhere() -> list[object]:
    """Make what a client makes between two pages: some hundred small objects."""
    return [{"n": [number]} for number in range(400)]


def read_pages(path: str) -> list[bytes]:
    """Return the pages of a file."""
    return Path(path).read_bytes().splitlines()


def _rows_of(envelope: type[BaseModel]) -> Callable[[bytes], Any]:
    (name,) = envelope.model_fields
    return lambda body: getattr(envelope.model_validate_json(body), name)


def _held(envelope: type[BaseModel], pages: str) -> Cost:
    rows_of, bodies = _rows_of(envelope), read_pages(pages)

    def work() -> list[Any]:
        held: list[Any] = []
        gc.disable()
        for body in bodies:
            held.extend(rows_of(body))
            elsewhere()
        return held

    return timed(work)


def bare_held(pages: str) -> Cost:
    """Our models, all kept, the collector paused throughout."""
    return _held(USERS_ENDPOINT.envelope, pages)


def plain_held(pages: str) -> Cost:
    """Plain models of the same fields, likewise."""
    return _held(plain_of(USERS_ENDPOINT.envelope), pages)


def bare_streamed(pages: str) -> Cost:
    """Our models, each page dropped, the collector paused throughout."""
    rows_of, bodies = _rows_of(USERS_ENDPOINT.envelope), read_pages(pages)

    def work() -> None:
        gc.disable()
        for body in bodies:
            for _row in rows_of(body):
                pass
            elsewhere()

    return timed(work)


class Stored(Service):
    """A service whose pages are at hand: all of the client but its sockets."""

    def __init__(self, bodies: list[bytes]) -> None:
        super().__init__(Session(token="a-token-of-the-bench"), BASE_URL)
        self._bodies = bodies

    def fetch(self, call: Asked, url: str | None = None, *, conversion: ConversionReport | None = None) -> Response:
        """Return the page at a URL's offset, with the headers of paging."""
        elsewhere()
        asked = url or call.url
        offset = int(parse_qs(urlsplit(asked).query).get("offset", ["0"])[0])
        headers = {"x-total-count": str(len(self._bodies) * PAGE)}
        number = offset // PAGE
        if number + 1 < len(self._bodies):
            headers["link"] = f'<{asked.partition("?")[0]}?limit={PAGE}&offset={offset + PAGE}>; rel="next"'
        return Response(200, headers, self._bodies[number])


def _listing(pages: str) -> Listing[Any]:
    call = list_call(USERS_ENDPOINT, BASE_URL, {}, limit=PAGE)
    return Listing(Stored(read_pages(pages)), call)


def sdk_streamed(pages: str) -> Cost:
    """The SDK's iterator, each row dropped, the collector as the SDK handles it."""
    listing = _listing(pages)

    def work() -> None:
        for _row in listing:
            pass

    return timed(work)


def sdk_all(pages: str) -> Cost:
    """The SDK's `.all()`, the collector as the SDK handles it."""
    return timed(_listing(pages).all)


SCENARIOS = {
    "plain_held": plain_held,
    "bare_held": bare_held,
    "bare_streamed": bare_streamed,
    "sdk_streamed": sdk_streamed,
    "sdk_all": sdk_all,
}
