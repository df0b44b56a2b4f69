"""The model stage finds what shows after writes only, replays what it finds, and leaves nothing behind."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.probe import Survey
from digione_conformance.probing.schema import Schemas
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult
from digione_conformance.stages.hypothesis_shim import Bounds, search
from digione_conformance.stages.school import PREFIX

from digione_sdk.model.oneroster import Enrollment, User
from tests.unit.conformance.checks.fake import FakeTarget, claims
from tests.unit.conformance.checks.school import School as Records

CHECKS = {c.requirements[0]: c for c in load_checks().checks.values() if c.stage == "model"}
SCHEMAS = Schemas()
CONTROL = "https://roster.invalid/control"
KINDS = {"users": User, "enrollments": Enrollment}


@dataclass
class Controlled(FakeTarget):
    """The fake target with test control; `on` may hold defects of writing."""

    seconds: int = 0
    resets: int = 0
    counted: dict[str, str] = field(default_factory=dict)

    def forget(self) -> None:
        self.answers.clear()

    def _exchange(self, ask: Ask) -> Exchange:
        if ask.url.startswith(CONTROL):
            return Exchange(f"c{len(self.asked)}", ask, self._controlled(ask), {}, b"")
        exchange = super()._exchange(ask)
        if "stale counts" in self.on and "x-total-count" in exchange.headers and "limit=1&" in ask.url:
            total = self.counted.setdefault(ask.url, exchange.headers["x-total-count"])
            return replace(exchange, headers={**exchange.headers, "x-total-count": total})
        return exchange

    def _controlled(self, ask: Ask) -> int:
        path = ask.url.removeprefix(CONTROL)
        if path == "/reset":
            self.resets += 1
            if "no reset" in self.on:
                return 404
            if not ("flaky" in self.on and self.resets > 1):
                self.tenants["a"] = Records(0).records
            return 204
        if path == "/clock/advance":
            self.seconds += json.loads(ask.content or b"")["seconds"]
            return 200
        match = re.fullmatch(r"/tenants/a/objects/(\w+)/([^/?]+)(\?purge=true)?", path)
        assert match is not None
        rows = self.tenants["a"][KINDS[match[1]]]
        if ask.method == "PUT":
            return self._put(rows, json.loads(ask.content or b""))
        return self._deleted(rows, match[2], purge=bool(match[3]) or "purges" in self.on)

    def _put(self, rows: list[dict[str, Any]], record: dict[str, Any]) -> int:
        old = next((row for row in rows if row["sourcedId"] == record["sourcedId"]), None)
        stamp = self._now()
        if old and "arrays keep the stamp" in self.on and old["status"] == record["status"]:
            same = all(old.get(key) == value for key, value in record.items() if isinstance(value, str))
            stamp = old["dateLastModified"] if same else stamp
        rows[:] = [row for row in rows if row is not old] + [{**record, "dateLastModified": stamp}]
        return 200 if old else 201

    def _deleted(self, rows: list[dict[str, Any]], key: str, *, purge: bool) -> int:
        found = [row for row in rows if row["sourcedId"] == key]
        for row in found:
            if purge and "keeps all" not in self.on:
                rows.remove(row)
            elif "keeps all" not in self.on:
                row.update(status="tobedeleted", dateLastModified=self._now())
        return 204 if found else 404

    def _now(self) -> str:
        return f"2026-11-23T{10 + self.seconds // 3600:02}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}Z"


def judge(fake: FakeTarget, number: int) -> CheckResult:
    known = replace(claims(), control_url=CONTROL)
    return run_check(CHECKS[f"OR-ROS-MODEL-00{number}"], Survey(fake, known, SCHEMAS))


def controlled(*on: str) -> Controlled:
    return Controlled(frozenset(on))


def ours(fake: FakeTarget) -> list[str]:
    return [r["sourcedId"] for rows in fake.tenants["a"].values() for r in rows if r["sourcedId"].startswith(PREFIX)]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_correct_target_passes_and_is_left_as_it_was(number: int) -> None:
    fake = controlled()
    result = judge(fake, number)
    assert result.outcome is Outcome.PASSED, (result.message, result.findings)
    assert ours(fake) == []
    assert len(fake.asked) < 600


@pytest.mark.parametrize("number", [1, 2, 3])
def test_two_runs_ask_the_same(number: int) -> None:
    first, second = controlled(), controlled()
    judge(first, number)
    judge(second, number)
    assert first.asked == second.asked


@pytest.mark.parametrize("dialect", ["no nested reads", "no total", "no link", "low cap"])
def test_a_legal_dialect_passes(dialect: str) -> None:
    assert judge(controlled(dialect), 1).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("defect", "number"),
    [
        ("stale counts", 1),
        ("tombstones enrol", 1),
        ("purges", 1),
        ("arrays keep the stamp", 2),
        ("purges", 3),
        ("keeps all", 3),
    ],
)
def test_a_defect_of_writing_is_noticed(defect: str, number: int) -> None:
    result = judge(controlled(defect), number)
    assert result.outcome is Outcome.FAILED
    assert result.findings[0].message.startswith("after arrive 0")
    assert result.findings[0].exchanges


@pytest.mark.parametrize(
    ("dialect", "outcome"),
    [("tags", Outcome.PASSED), ("one tag for all", Outcome.FAILED), ("no tags", Outcome.INAPPLICABLE)],
)
def test_a_tag_must_change_with_the_object(dialect: str, outcome: Outcome) -> None:
    fake = controlled(dialect)
    assert judge(fake, 4).outcome is outcome
    assert ours(fake) == []


def test_a_target_without_test_control_is_untested_and_told_what_to_add() -> None:
    result = run_check(CHECKS["OR-ROS-MODEL-001"], Survey(FakeTarget(), claims(), SCHEMAS))
    assert result.outcome is Outcome.UNTESTED
    assert "[control]" in result.message


def test_a_target_that_is_no_test_environment_is_not_changed() -> None:
    fake = controlled()
    known = replace(claims(), control_url=CONTROL, environment="staging")
    result = run_check(CHECKS["OR-ROS-MODEL-001"], Survey(fake, known, SCHEMAS))
    assert result.outcome is Outcome.UNTESTED
    assert {ask.method for ask in fake.asked} <= {"GET"}


def test_where_reset_fails_the_check_says_so_and_still_removes_its_objects() -> None:
    fake = controlled("no reset")
    result = judge(fake, 1)
    assert result.outcome is Outcome.CANT_TELL
    assert ours(fake) == []


def test_what_could_not_be_removed_is_named() -> None:
    class Unwilling(Controlled):
        def _controlled(self, ask: Ask) -> int:
            last = self.resets and ask.url.endswith("/reset") and ours(self)
            return 503 if last or ask.method == "DELETE" else super()._controlled(ask)

    result = judge(Unwilling(), 1)
    assert result.outcome is Outcome.CANT_TELL
    assert result.message.startswith(f"left behind in the target: {PREFIX}")
    assert "answered 503" in result.message


@dataclass
class Counter:
    """Goes wrong when `b` follows two `a`; at most every other time where it is flaky."""

    flaky: bool = False
    log: list[str] = field(default_factory=list)
    seen: int = 0

    def begin(self) -> None:
        self.log.append("|")
        self.seen = 0

    def enabled(self) -> list[str]:
        return ["a", "b"]

    def take(self, step: str) -> str | None:
        self.log.append(step)
        wrong = step == "b" and self.seen == 2
        self.seen = self.seen + 1 if step == "a" else 0
        return "wrong" if wrong else None


BOUNDS = Bounds(walks=20, length=8, steps=200)


def test_a_search_finds_the_shortest_sequence() -> None:
    found = search(Counter(), BOUNDS)
    assert found is not None
    assert found.steps == ("a", "a", "b")


def test_a_search_is_the_same_every_time_and_whatever_is_loaded() -> None:
    first, second = Counter(), Counter()
    search(first, BOUNDS)
    import wave  # noqa: F401 - one more module: hypothesis alone would draw other constants

    search(second, BOUNDS)
    assert first.log == second.log


def test_a_search_stops_at_its_bound_of_steps() -> None:
    walk = Counter()
    search(walk, replace(BOUNDS, steps=10))
    assert sum(step != "|" for step in walk.log) <= 10


def test_what_a_walk_raises_ends_the_search_and_is_not_shrunk() -> None:
    class Broken(Counter):
        def take(self, step: str) -> str | None:
            self.log.append(step)
            raise CantTell("the control refuses")

    walk = Broken()
    with pytest.raises(CantTell, match="the control refuses"):
        search(walk, BOUNDS)
    assert len(walk.log) == 2
