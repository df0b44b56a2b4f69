"""The server: pages of 100 with their token check against bare bytes, and deep pages against first ones."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from urllib.parse import quote, urlsplit

from tests.bench.load import Question, has_wrk, requests_in
from tests.bench.runs import Cost, Effort, median_cost
from tests.bench.served import Door, Served, served
from tests.bench.table import Row, Target

PAGE = 100
FULL_USERS, SMALL_USERS, DEEP = 50_000, 110_000, 100_000
SECONDS = 2.0
SAMPLES = 40
COLD_RUN = 15_000
"""More cold pages than one run can ask for, so that the next run starts behind them."""

QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("no filter, no sort", {}),
    ("sort=familyName", {"sort": "familyName"}),
    ("sort=dateLastModified, desc", {"sort": "dateLastModified", "orderBy": "desc"}),
    ("filter status, sort=email", {"filter": "status='active'", "sort": "email"}),
    ("filter email~, sort=givenName", {"filter": "email~'esimerkkila'", "sort": "givenName"}),
    ("filter roles.role, sort=username", {"filter": "roles.role='student'", "sort": "username"}),
)


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with 50,000 full users, then with 110,000 small ones; in a quick bench with small ones only."""
    full, small, deep = (round(size * effort.scale) for size in (FULL_USERS, SMALL_USERS, DEEP))
    if effort.whole:
        with served(users=full, full=True) as server:
            yield from _rates(server, "full", full, effort)
    with served(users=small, full=False) as server:
        yield from _rates(server, "small", small, effort)
        yield from _depths(server.door, deep, samples=SAMPLES if effort.whole else 3)


def _rates(server: Served, size: str, users: int, effort: Effort) -> Iterator[Row]:
    door, seconds = server.door, SECONDS if effort.whole else 0.3
    token = {"Authorization": f"Bearer {door.token}"}
    url = f"{door.rostering}/users?limit={PAGE}"
    found: dict[str, list[Cost]] = {"static": [], "remembered": [], "cold": []}
    for number in range(effort.times):
        questions = {
            "static": Question(door.static_url, {}),
            "remembered": Question(url, token),
            "cold": Question(f"{url}&offset=%d", token, span=users - PAGE, first=1 + number * COLD_RUN),
        }
        for name, question in questions.items():
            found[name].append(_rate(server, question, seconds))
    rate = {name: median_cost(costs) for name, costs in found.items()}
    for name, bound in (("remembered", 0.5), ("cold", 0.15)):
        yield _rate_row(f"{name} page, {size} users / static bytes", rate[name], rate["static"], bound)


def _rate(server: Served, question: Question, seconds: float) -> Cost:
    before = server.cpu()
    count, wall = requests_in(question, seconds=seconds)
    return Cost(wall=wall / count, cpu=(server.cpu() - before) / count, count=count)


def _rate_row(what: str, page: Cost, static: Cost, bound: float) -> Row:
    by_wall, by_cpu = static.wall / page.wall, static.cpu / page.cpu
    rates = f"{1 / page.wall:.0f}/s / {1 / static.wall:.0f}/s"
    if has_wrk():
        note = f"{rates}; by the server's processor time {by_cpu:.2f} x"
        return Row("server", what, by_wall, target=Target(bound, at_least=True), note=note)
    # Our own loader is slower than the server, so the clock would compare the loader with itself.
    note = f"no wrk: by the server's processor time; {rates} by the clock"
    return Row("server", what, by_cpu, target=Target(bound, at_least=True), note=note)


@dataclass(frozen=True)
class Depth:
    """Seconds: of the first page, which builds the key array, and of pages at the front and deep inside."""

    first: float
    front: float
    deep: float


def _depths(door: Door, deep: int, *, samples: int) -> Iterator[Row]:
    for name, query in QUESTIONS:
        depth = _depth(door, query, deep, samples=samples)
        note = f"{depth.deep * 1000:.2f} ms / {depth.front * 1000:.2f} ms, each page new to the server"
        yield Row("server", f"offset {deep} / 0, {name}", depth.deep / depth.front, target=Target(1.5), note=note)
        built = (depth.first - depth.front) * 1000
        yield Row("server", f"building the key array, {name}", built, unit="ms", note="once after each write")


def _depth(door: Door, query: dict[str, str], deep: int, *, samples: int) -> Depth:
    parts = urlsplit(door.rostering)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    kept = "".join(f"&{name}={quote(text)}" for name, text in query.items())

    def seconds(offset: int) -> float:
        began = time.perf_counter()
        path = f"{parts.path}/users?limit={PAGE}&offset={offset}{kept}"
        connection.request("GET", path, headers={"Authorization": f"Bearer {door.token}"})
        answer = connection.getresponse()
        size = len(answer.read())
        took = time.perf_counter() - began
        total = int(answer.headers["x-total-count"])
        if answer.status != 200 or total < deep + PAGE or not size:
            raise SystemExit(f"bench: {answer.status} with {total} rows at offset {offset}")
        return took

    first = seconds(0)
    pairs: Sequence[tuple[float, float]] = [(seconds(1 + turn), seconds(deep + turn)) for turn in range(samples)]
    connection.close()
    return Depth(first, median(front for front, _ in pairs), median(far for _, far in pairs))
