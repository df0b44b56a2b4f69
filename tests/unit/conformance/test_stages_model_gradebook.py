"""The model stage writes grades in many orders, passes a correct gradebook, notices stale views, and cleans up."""

from __future__ import annotations

import copy

import pytest
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.probing.family import WRITABLE
from digione_conformance.probing.probe import Probe, Survey
from digione_conformance.probing.workshop import workshop
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult
from digione_conformance.stages.markbook import Markbook

from tests.unit.conformance.checks.gradebook import FakeGradebook, claims
from tests.unit.conformance.checks.gradebook_writing import SCHEMAS
from tests.unit.conformance.checks.test_writes import LEGAL

CHECKS = {
    check.family.name: check
    for check in load_checks().checks.values()
    if check.stage == "model" and check.family in WRITABLE
}
MOST_REQUESTS = 200


def judge(family: str, fake: FakeGradebook, **known: object) -> CheckResult:
    return run_check(CHECKS[family], Survey(fake, claims(older=fake.older, **known), SCHEMAS, pause=fake.pause))


def gradebook(*on: str, family: str = "gradebook") -> FakeGradebook:
    return FakeGradebook(frozenset(on), older=CHECKS[family].family.is_v1p1)


@pytest.mark.parametrize("family", CHECKS)
def test_a_correct_gradebook_passes_and_is_left_as_it_was(family: str) -> None:
    fake = gradebook(family=family)
    before = copy.deepcopy(fake.tenants)
    result = judge(family, fake)
    assert (result.outcome, result.message) == (Outcome.PASSED, result.message)
    assert fake.tenants == before
    assert 50 < len(fake.asked) <= MOST_REQUESTS
    assert {ask.method for ask in fake.asked} == {"GET", "PUT", "DELETE"}


@pytest.mark.parametrize("family", CHECKS)
@pytest.mark.parametrize("dialect", LEGAL, ids=" and ".join)
def test_a_legal_dialect_gives_no_finding(family: str, dialect: tuple[str, ...]) -> None:
    result = judge(family, gradebook(*dialect, family=family))
    assert result.outcome in {Outcome.PASSED, Outcome.INAPPLICABLE}, (result.message, result.findings)


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        ("merges", "comment of the object that was replaced"),
        ("ignores the second", "of the object that was replaced"),
        ("lists lag for ever", "lists"),
        ("copies", "of the object that was replaced"),
        ("count sticks", "X-Total-Count"),
        ("delete does nothing", "after the deletion"),
        ("deleted hidden in singles", "still lists"),
        ("deleted hidden in lists", "after the deletion"),
        ("singles lose the comment", "another comment"),
    ],
)
def test_a_view_that_does_not_follow_is_named_with_the_steps_before(defect: str, words: str) -> None:
    result = judge("gradebook", gradebook(defect))
    assert result.outcome is Outcome.FAILED, result.message
    (finding,) = result.findings
    assert finding.message.startswith("after open 0")
    assert words in finding.message


def test_a_nested_list_that_forgets_is_noticed() -> None:
    assert judge("gradebook", gradebook("nested lists forget")).outcome is Outcome.FAILED


@pytest.mark.parametrize("known", [{"fixtures": "readonly"}, {"environment": "production"}])
def test_nothing_is_written_without_permission(known: dict[str, str]) -> None:
    fake = gradebook()
    assert judge("gradebook", fake, **known).outcome is Outcome.UNTESTED
    assert {ask.method for ask in fake.asked} <= {"GET"}


def test_two_runs_ask_the_same_in_the_same_order() -> None:
    first, second = gradebook(), gradebook()
    judge("gradebook", first)
    judge("gradebook", second)
    assert first.asked == second.asked


def test_a_step_that_is_not_possible_changes_nothing() -> None:
    fake = gradebook()
    probe = Probe(Survey(fake, claims(), SCHEMAS), "test", CHECKS["gradebook"].family)
    with workshop(probe) as shop:
        book = Markbook.within(shop)
        asked = len(fake.asked)
        book.take("unmark 0 0")
        assert book.touched is None
        assert len(fake.asked) == asked
        assert book.enabled() == ["open 0", "open 1"]


def test_a_target_without_deletes_is_judged_by_what_it_puts() -> None:
    result = judge("gradebook", gradebook("no DELETE"))
    assert result.outcome is Outcome.PASSED, result.message
