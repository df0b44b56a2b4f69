"""Synchronising a large roster into SQLite over loopback, against reading the same pages and dropping each row."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digione_sdk import DigiOne
from digione_sdk.synchronise import Settings, SQLiteStore, synchronise
from tests.bench.runs import Cost, Effort, medians, run, scenario, timed
from tests.bench.served import served
from tests.bench.table import Row, Target

USERS = 50_000
ENROLMENTS = 100_000
PAGE = 1_000
KINDS = ("users", "enrollments")


def measure(effort: Effort) -> Iterator[Row]:
    """Measure with 50,000 full users and 100,000 enrolments."""
    users, enrolments = round(USERS * effort.scale), round(ENROLMENTS * effort.scale)
    with served(users=users, enrolments=enrolments) as server:
        door = server.door.as_client()
        parts = {name: scenario("synchronise", name, **door) for name in SCENARIOS}
        run(parts["read"], effort)  # afterwards the server remembers all pages, and measures the clients alone
        cost = medians(parts, effort)
    read = cost["read"]
    for name, what, target in (
        ("first", "into an empty SQLite file / the paged read alone", Target(2)),
        ("again", "nothing has changed / the paged read alone", Target(2)),
    ):
        mine = cost[name]
        note = f"{users} users, {enrolments} enrolments: {mine.wall:.2f} s / {read.wall:.2f} s; "
        note += f"by processor time {mine.cpu / read.cpu:.2f} x; {mine.peak_mb:.0f} MB"
        yield Row("synchronise", what, mine.wall / read.wall, target=target, note=note)


def read(**door: Any) -> Cost:
    """The paged read alone, each row dropped."""

    def work(api: DigiOne) -> None:
        for kind in KINDS:
            for _page in getattr(api.rostering, kind).pages(limit=PAGE):
                pass

    with DigiOne(**door) as api:
        return timed(lambda: work(api))


def first(**door: Any) -> Cost:
    """Into an empty file."""
    with tempfile.TemporaryDirectory() as folder, DigiOne(**door) as api:
        store = SQLiteStore(Path(folder) / "roster.sqlite")
        return timed(lambda: synchronise(api, store, SETTINGS))


def again(**door: Any) -> Cost:
    """Into a file that holds everything already."""
    with tempfile.TemporaryDirectory() as folder, DigiOne(**door) as api:
        store = SQLiteStore(Path(folder) / "roster.sqlite")
        synchronise(api, store, SETTINGS)
        gc.collect()
        return timed(lambda: synchronise(api, store, SETTINGS))


SETTINGS = Settings(kinds=KINDS, limit=PAGE)
SCENARIOS = {"read": read, "first": first, "again": again}
