"""Reading a large roster over loopback: our clients, with retry, tokens and loop detection on, against another's.

The other is timeback-oneroster on the same server; where there is none, bare httpx and bare decoding.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from digione_sdk import AsyncDigiOne, DigiOne
from digione_sdk.model.oneroster.wrappers import UserSet
from digione_sdk.wire.paging import links_of
from tests.bench.runs import ROOT, Cost, Effort, Scenario, medians, run, scenario, started, timed
from tests.bench.served import Door, served
from tests.bench.table import Row, Target

USERS = 50_000
PAGE = 100
TIMEBACK = ROOT / ".venv-timeback" / "bin" / "python"
READER = Path(__file__).with_name("timeback_list.py")


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with 50,000 users."""
    users = round(USERS * effort.scale)
    with served(users=users) as server:
        yield from _speed(server.door, users, effort)
        yield _memory(server.door, users, effort)


def _speed(door: Door, users: int, effort: Effort) -> Iterator[Row]:
    ours = {name: scenario("client", name, **door.as_client()) for name in OURS}
    other, theirs = _others(door)
    for warm_up in (ours["sync_streamed"], theirs["streamed"]):
        run(warm_up, effort)  # afterwards the server remembers all pages, and measures the clients alone
    cost = medians(ours | theirs, effort)
    bounds = (0.75, 0.95, 0.50, 0.50) if other == "timeback-oneroster" else (1.4, 1.4, 1.4, 1.4)
    for (name, (what, against)), bound in zip(OURS.items(), bounds, strict=True):
        mine, base = cost[name], cost[against]
        note = f"{users} users: {mine.wall:.2f} s / {base.wall:.2f} s; by processor time {mine.cpu / base.cpu:.2f} x"
        yield Row("client", f"{what} / {other}, {against}", mine.wall / base.wall, target=Target(bound), note=note)


def _others(door: Door) -> tuple[str, dict[str, Scenario]]:
    if TIMEBACK.exists():
        arguments = {**door.as_client(), "url": door.url}
        return "timeback-oneroster", {
            name: Scenario((str(TIMEBACK), str(READER), name), arguments) for name in ("streamed", "listed")
        }
    client = door.as_client() | {"token": door.token}
    return "httpx and bare decoding", {
        "streamed": scenario("client", "bare_streamed", **client),
        "listed": scenario("client", "bare_listed", **client),
    }


def _memory(door: Door, users: int, effort: Effort) -> Row:
    tenth = run(scenario("client", "sync_streamed", **door.as_client(), max_items=users // 10), effort).peak_mb
    whole = run(scenario("client", "sync_streamed", **door.as_client()), effort).peak_mb
    pages = users // PAGE
    note = f"{whole:.1f} MB at {pages} pages / {tenth:.1f} MB at {pages // 10}"
    return Row("client", "memory, streamed: all pages / a tenth", whole / tenth, target=Target(1.05), note=note)


OURS = {
    "sync_streamed": ("sync, streamed", "streamed"),
    "async_streamed": ("async, streamed", "streamed"),
    "sync_all": ("sync, collected by .all()", "listed"),
    "async_all": ("async, collected by .all()", "listed"),
}
"""Scenario -> what it is called, and which of the other's it is held against."""


def sync_streamed(max_items: int | None = None, **door: Any) -> Cost:
    """The sync client, each row dropped."""
    with DigiOne(**door) as api:
        listing = api.rostering.users.list(limit=PAGE, max_items=max_items)
        return timed(lambda: _count(iter(listing)))


def _count(rows: Iterator[object]) -> None:
    for _row in rows:
        pass


def sync_all(**door: Any) -> Cost:
    """The sync client, all rows kept."""
    with DigiOne(**door) as api:
        return timed(partial(api.rostering.users.all, limit=PAGE))


def async_streamed(**door: Any) -> Cost:
    """The async client, each row dropped."""

    async def work(api: AsyncDigiOne) -> None:
        async for _row in api.rostering.users.list(limit=PAGE):
            pass

    return asyncio.run(_async_timed(work, door))


def async_all(**door: Any) -> Cost:
    """The async client, all rows kept."""
    return asyncio.run(_async_timed(lambda api: api.rostering.users.all(limit=PAGE), door))


async def _async_timed(work: Callable[[AsyncDigiOne], Awaitable[Any]], door: dict[str, Any]) -> Cost:
    async with AsyncDigiOne(**door) as api:
        read = started()
        held = await work(api)
        cost = read()
        del held
        return cost


def _bare_pages(door: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    gc.disable()
    url: str | None = f"{door['rostering']}/users?limit={PAGE}"
    with httpx.Client(headers={"authorization": f"Bearer {door['token']}"}) as client:
        while url is not None:
            answer = client.get(url)
            yield UserSet.model_validate_json(answer.content).users or ()
            url = links_of(answer.headers).get("next")


def bare_streamed(**door: str) -> Cost:
    """httpx and `validate_json`, the collector paused, each row dropped."""
    return timed(lambda: _count(row for page in _bare_pages(door) for row in page))


def bare_listed(**door: str) -> Cost:
    """The same, all rows kept."""
    return timed(lambda: [row for page in _bare_pages(door) for row in page])


SCENARIOS = {
    "sync_streamed": sync_streamed,
    "async_streamed": async_streamed,
    "sync_all": sync_all,
    "async_all": async_all,
    "bare_streamed": bare_streamed,
    "bare_listed": bare_listed,
}
