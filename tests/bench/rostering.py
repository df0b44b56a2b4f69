"""A complete rostering run of the suite: how many requests it takes, and how long against the same requests bare.

Bare means: everything that the run sent, sent again with httpx, as many at a time, the answers read and thrown away.
The contract stage stands apart: it sends as many requests as the service's description makes it. The clock runs from
the plan to the written report, so that it holds what the recorder and the judges cost.

Afterwards the evidence of the run is judged again, and is read without being judged: unpacked, its hashes checked, its
JSON parsed. No judge that looks at every value of the same evidence can be faster than that. And because a run over
loopback waits for nothing, one is measured against the same server 50 ms away as well: each request waits that long.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from digione_conformance.commands.steps import planned
from digione_conformance.evidence.recorder import read_evidence
from digione_conformance.rejudging import rejudge
from digione_conformance.session import certify, opened, write_reports
from digione_conformance.target.file import load_target

from digione_sdk.core.http import Request, Response
from digione_sdk.transport import Connection, Transport
from tests.bench.runs import CORES, Cost, Effort, medians, on_cores, scenario, timed
from tests.bench.served import served
from tests.bench.table import Row, Target

PART = "rostering"
A_FEW = ("OR-ROS-PAGE-001", "OR-ROS-PAGE-004", "OR-ROS-SCHEMA-001")
"""What a quick bench judges."""
STAGES = ("static", "core", "model")
PROFILES = ("oneroster-1.2-rostering-core", "oneroster-1.2-rostering")
"""The reference server claims more; a run of Rostering is what the targets are about."""
AWAY = 0.05
"""Seconds that a request to a target in another town takes."""


def measure(effort: Effort) -> Iterator[Row]:
    """Measure runs against the synthetic school; in a quick bench only a few requirements are judged."""
    only = () if effort.whole else A_FEW
    with tempfile.TemporaryDirectory(prefix="digione-bench-") as folder:
        target, sent = Path(folder) / "sut.toml", Path(folder) / "sent.json"
        with served(target=str(target)):
            parallel = load_target(target).limits.max_parallel
            scenarios = {
                "suite": scenario("rostering", "suite", target=str(target), sent=str(sent), only=only),
                "bare": scenario("rostering", "bare", sent=str(sent), parallel=parallel),
                "far": scenario("rostering", "suite", target=str(target), sent=str(sent), only=only, away=AWAY),
                **{name: scenario("rostering", name, folder=folder, cores=CORES) for name in ("again", "reading")},
            }
            cost = medians(scenarios, effort)
    suite, bare, far, again, reading = (cost[name] for name in ("suite", "bare", "far", "again", "reading"))
    judged = f"{len(only)} requirements" if only else f"stages {', '.join(STAGES)}"
    yield Row(PART, "requests of a run", suite.count, unit="requests", target=Target(1500), note=f"{judged}; school")
    note = f"{suite.wall:.2f} s with report and evidence / {bare.wall:.2f} s; {suite.cpu:.2f} s of the processor"
    yield Row(PART, "a run / the same requests bare", suite.wall / bare.wall, target=Target(2), note=note)
    note = f"{suite.wall:.2f} s / {again.wall:.2f} s; {again.cpu:.2f} s of the processor, {again.peak_mb:.0f} MB"
    yield Row(PART, "a run / rejudge", suite.wall / again.wall, target=Target(20, at_least=True), note=note)
    note = f"{far.wall:.2f} s / {again.wall:.2f} s"
    yield Row(PART, f"a run {AWAY * 1000:.0f} ms away / rejudge", far.wall / again.wall, note=note)
    note = f"{suite.wall:.2f} s / {reading.wall:.2f} s: unpacked, hashed and parsed whole"
    yield Row(PART, "a run / reading its evidence", suite.wall / reading.wall, note=note)


class Recording:
    """The SDK's transport, noting down what it sends."""

    def __init__(self, away: float) -> None:
        self.sent: list[Request] = []
        self._away = away
        self._transport = Transport(Connection())
        self._lock = threading.Lock()

    def send(self, request: Request) -> Response:
        """Send a request."""
        with self._lock:
            self.sent.append(request)
        if self._away:
            time.sleep(self._away)
        return self._transport.send(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def suite(target: str, sent: str, only: list[str], away: float = 0.0) -> Cost:
    """Judge a target so many seconds away, write the report, and leave behind what was sent."""
    recording = Recording(away)
    loaded = load_target(Path(target))

    def work() -> None:
        plan = planned(loaded, profiles=PROFILES, only=only, stages=STAGES)
        folder = Path(target).parent
        with opened(loaded, evidence=folder / "evidence", wire=recording.send) as through:
            write_reports(certify(through, plan), through, folder)

    cost = timed(work)
    recording.close()
    Path(sent).write_text(json.dumps([_noted(request) for request in recording.sent]), encoding="utf-8")
    return Cost(cost.wall, cost.cpu, cost.peak_mb, len(recording.sent))


def _noted(request: Request) -> dict[str, Any]:
    content = None if request.content is None else request.content.decode("latin-1")
    return {"method": request.method, "url": request.url, "headers": dict(request.headers), "content": content}


def bare(sent: str, parallel: int) -> Cost:
    """Send it all again."""
    requests: list[Mapping[str, Any]] = json.loads(Path(sent).read_text(encoding="utf-8"))

    def work() -> None:
        with httpx.Client() as client, ThreadPoolExecutor(parallel) as pool:
            for _answer in pool.map(lambda request: _again(client, request), requests):
                pass

    return timed(work)


def _again(client: httpx.Client, request: Mapping[str, Any]) -> int:
    content = None if request["content"] is None else request["content"].encode("latin-1")
    return client.request(request["method"], request["url"], headers=request["headers"], content=content).status_code


def again(folder: str, cores: list[int]) -> Cost:
    """Judge the evidence of the last run again, with all processors: the server has nothing to do meanwhile."""

    def work() -> None:
        if differing := rejudge(Path(folder)).differences:
            raise SystemExit(f"bench: {len(differing)} requirements are judged otherwise than by the run")

    with on_cores(cores):
        return timed(work)


def reading(folder: str, cores: list[int]) -> Cost:
    """Read the evidence of the last run whole, and judge nothing."""
    with on_cores(cores):
        return timed(lambda: [exchange.json for exchange in read_evidence(Path(folder) / "evidence").values()])


SCENARIOS = {"suite": suite, "bare": bare, "again": again, "reading": reading}
