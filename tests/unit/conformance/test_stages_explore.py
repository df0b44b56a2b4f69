"""The explore stage is advisory: it reports what replays, decides nothing, and asks the same in every run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.probe import Probe, Survey
from digione_conformance.probing.schema import Schemas
from digione_conformance.running.engine import Engine
from digione_conformance.running.plan import Plan
from digione_conformance.stages.explore import explored

from tests.unit.conformance.checks.fake import FakeTarget, claims, target

SCHEMAS = Schemas()


def found(fake: FakeTarget, **how: int) -> list[str]:
    return [finding.message for finding in explored(Probe(Survey(fake, claims(), SCHEMAS), "explore"), **how)]


def test_a_correct_target_gives_no_findings_and_is_only_read() -> None:
    fake = target()
    assert found(fake) == []
    assert {ask.method for ask in fake.asked} == {"GET"}
    assert len(fake.asked) < 500


def test_two_runs_ask_the_same_and_another_seed_asks_something_else() -> None:
    first, second, third = target(), target(), target()
    found(first)
    found(second)
    found(third, seed=7)
    assert first.asked == second.asked
    assert first.asked != third.asked


@pytest.mark.parametrize("dialect", ["no link", "no total", "low cap", "any case", "absent first", "id always"])
def test_a_legal_dialect_gives_no_findings(dialect: str) -> None:
    assert found(target(dialect)) == []


@pytest.mark.parametrize("defect", ["and is or", "limit ignored", "offset ignored", "fields add status"])
def test_a_defect_of_combinations_is_come_upon_and_named_without_values(defect: str) -> None:
    messages = found(target(defect))
    assert messages
    assert not any("'" in message for message in messages)


class Moody(FakeTarget):
    """Fails once in a while, never twice for the same question."""

    def _exchange(self, ask: Ask) -> Exchange:
        exchange = super()._exchange(ask)
        first = sum(earlier.url == ask.url for earlier in self.asked) == 1
        return replace(exchange, status=500) if first and "sort=" in ask.url else exchange


def test_what_does_not_replay_is_not_reported() -> None:
    assert found(Moody()) == []


class Restless(FakeTarget):
    """Answers another error each time, whatever is asked with a sort."""

    def _exchange(self, ask: Ask) -> Exchange:
        exchange = super()._exchange(ask)
        return replace(exchange, status=500 + len(self.asked) % 7) if "sort=" in ask.url else exchange


def test_what_is_wrong_in_another_way_each_time_is_not_reported() -> None:
    assert found(Restless()) == []


def test_a_run_lists_it_as_advisory_and_only_where_it_was_asked_for() -> None:
    for stages, expected in ((("explore",), True), (("core",), False)):
        plan = Plan(("p",), (), (), (), "hash", "0", stages=stages)
        result = Engine(plan, Survey(target("limit ignored"), claims(), SCHEMAS)).run()
        assert bool(result.advisory) is expected
        assert result.requirements == ()


def test_an_empty_target_is_no_news() -> None:
    fake = target()
    for rows in fake.tenants["a"].values():
        rows.clear()
    assert found(fake) == []
