"""The checks of writes pass a correct gradebook and every legal dialect, notice defects, and leave nothing behind."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import Check
from digione_conformance.probing.family import GRADEBOOK
from digione_conformance.probing.probe import Probe, Survey
from digione_conformance.probing.workshop import workshop
from digione_conformance.running.engine import Engine, run_check
from digione_conformance.running.plan import Plan
from digione_conformance.running.result import CheckResult

from tests.unit.conformance.checks.gradebook import FakeGradebook, claims
from tests.unit.conformance.checks.gradebook_writing import SCHEMAS
from tests.unit.conformance.checks.school import Record

AREAS = ("PUT", "DEL", "POST", "WAUTH", "WISO", "HOLD")
CHECKS = {
    name: check
    for check in load_checks().checks.values()
    for name in check.requirements
    if name.startswith("OR-GRB-") and name.split("-")[-2] in AREAS
}
CATALOGUE = load_catalogue()


def judge(check: Check, fake: FakeGradebook, **known: object) -> CheckResult:
    return run_check(check, Survey(fake, claims(**known), SCHEMAS, pause=fake.pause))


def gradebook(*on: str) -> FakeGradebook:
    return FakeGradebook(frozenset(on))


def each(requirement: str) -> Iterator[str]:
    """Yield the ids of a requirement in the families that have it."""
    yield from (name for name in (f"OR-GRB-{requirement}", f"OR-GRB-ASM-{requirement}") if name in CHECKS)


@pytest.mark.parametrize("requirement", CHECKS)
def test_a_correct_gradebook_meets_everything_and_is_left_as_it_was(requirement: str) -> None:
    # Without tombstones there are none to judge.
    fake = gradebook(*(("tombstones",) if "DEL-007" in requirement else ()))
    before = {tenant: _living(rows) for tenant, rows in fake.tenants.items()}
    result = judge(CHECKS[requirement], fake)
    assert result.outcome is Outcome.PASSED, (result.message, [finding.message for finding in result.findings])
    assert {tenant: _living(rows) for tenant, rows in fake.tenants.items()} == before
    assert fake.waited < 0.1  # no more than lets two changes have two times


def _living(tenant: dict[str, list[Record]]) -> dict[str, list[Record]]:
    return {name: [dict(row) for row in rows if row["status"] == "active"] for name, rows in tenant.items()}


LEGAL = (
    ("tombstones",),
    ("no nested reads",),
    ("no total",),
    ("no tags",),
    ("always 201",),
    ("path wins",),
    ("ids stay taken",),
    ("delete is 200",),
    ("required only",),
    ("seen later",),
    ("missing is 404", "pull only"),
    ("pull only",),
    ("no DELETE",),
    ("no POST",),
    ("missing is 404", "no POST"),
    ("supplied ids kept",),
    ("pairs backwards",),
    ("links unchecked",),
    ("no wrapper needed",),
)


@pytest.mark.parametrize("dialect", LEGAL, ids=" and ".join)
def test_a_legal_dialect_fails_no_must(dialect: tuple[str, ...]) -> None:
    for requirement, check in CHECKS.items():
        result = judge(check, gradebook(*dialect))
        told = [finding.message for finding in result.findings]
        if CATALOGUE[requirement].level is Level.MUST:
            assert result.outcome in {Outcome.PASSED, Outcome.INAPPLICABLE}, (requirement, result.message, told)


@pytest.mark.parametrize("dialect", [("pull only",), ("missing is 404", "pull only")], ids=" and ".join)
def test_what_is_not_offered_is_inapplicable(dialect: tuple[str, ...]) -> None:
    assert {judge(check, gradebook(*dialect)).outcome for check in CHECKS.values()} == {Outcome.INAPPLICABLE}


DEFECTS = (
    ("lists lag for ever", "PUT-004"),
    ("copies", "PUT-005"),
    ("count sticks", "PUT-005"),
    ("202 to all", "PUT-001"),
    ("always 200", "PUT-003"),
    ("singles lose the comment", "PUT-002"),
    ("lists cut titles", "PUT-002"),
    ("flattens objectives", "PUT-002"),
    ("merges", "PUT-004"),
    ("creates only", "PUT-004"),
    ("ignores the second", "PUT-004"),
    ("creates only", "PUT-005"),
    ("keeps stamps", "PUT-006"),
    ("reads touch", "PUT-006"),
    ("body names the object", "PUT-007"),
    ("touches all", "PUT-008"),
    ("stale index", "PUT-009"),
    ("nested lists forget", "PUT-010"),
    ("ascii only", "PUT-011"),
    ("titles cut", "PUT-012"),
    ("rounds", "PUT-013"),
    ("zero is none", "PUT-013"),
    ("clips", "PUT-014"),
    ("exempt is zero", "PUT-015"),
    ("words mixed up", "PUT-015"),
    ("shifts days", "PUT-016"),
    ("drops zones", "PUT-016"),
    ("nulls kept and anything is stored", "PUT-017"),
    ("drops metadata", "PUT-018"),
    ("bare links refused", "PUT-019"),
    ("crash on bad bodies", "PUT-020"),
    ("anything is stored and nulls kept", "PUT-021"),
    ("says created", "PUT-022"),
    ("bare refusals", "PUT-023"),
    ("refusals echo", "PUT-024"),
    ("links unchecked", "PUT-025"),
    ("one tag", "PUT-026"),
    ("conditions ignored", "PUT-026"),
    ("lists by the class of the result", "HOLD-001"),
    ("graded ones alone", "HOLD-002"),
    ("nested lists keep deleted", "HOLD-003"),
    ("deleted items count", "HOLD-004"),
    ("one result a pupil", "PUT-008"),
    ("nested lists remember", "PUT-010"),
    ("text scores in ascii", "PUT-011"),
    ("negative is zero", "PUT-013"),
    ("commas end numbers", "PUT-013"),
    ("unknown properties dropped", "PUT-022"),
    ("scales sorted", "PUT-027"),
    ("no charsets", "PUT-028"),
    ("405 without a word", "PUT-029"),
    ("delete does nothing", "DEL-001"),
    ("deletes namesakes", "DEL-005"),
    ("categories leave line items", "DEL-006"),
    ("protected is forbidden", "WAUTH-007"),
    ("deleted hidden in lists", "DEL-001"),
    ("deleted hidden in singles", "DEL-002"),
    ("unknown deleted too", "DEL-003"),
    ("crash on second delete", "DEL-004"),
    ("deletes the neighbour", "DEL-005"),
    ("orphans stay", "DEL-006"),
    ("stamp stays on tombstones", "DEL-007"),
    ("comes back deleted", "DEL-008"),
    ("posts are lost", "POST-003"),
    ("pairs of no schema", "POST-001"),
    ("pairs missing", "POST-002"),
    ("one id for all", "POST-002"),
    ("pairs crossed", "POST-003"),
    ("pairs swapped", "POST-002"),
    ("posts are lost", "POST-004"),
    ("posted twice", "POST-004"),
    ("nested lists forget", "POST-004"),
    ("any parent", "POST-005"),
    ("posts replace", "POST-006"),
    ("half is stored", "POST-007"),
    ("crash on bad bodies", "POST-008"),
    ("path ignored", "POST-009"),
    ("open door", "WAUTH-001"),
    ("refused writes are done", "WAUTH-002"),
    ("any scope writes", "WAUTH-002"),
    ("createput deletes", "WAUTH-003"),
    ("service is not told", "WAUTH-004"),
    ("writing needs reading", "WAUTH-005"),
    ("missing scope is 401", "WAUTH-006"),
    ("other tenants see", "WISO-001"),
    ("one wall less", "WISO-002"),
    ("links reach anybody", "WISO-003"),
    ("links reach anybody", "WISO-004"),
    ("Location of the base", "PUT-030"),
    ("ids cut at dots", "PUT-031"),
    ("ids lose their case", "PUT-032"),
    ("uuids only", "PUT-033"),
    ("writes collide", "PUT-034"),
    ("no extensions", "PUT-035"),
    ("local stamps", "PUT-036"),
    ("deletes any kind", "DEL-009"),
    ("titles are keys", "POST-010"),
    ("posts are counted", "POST-011"),
)
PAIRS = pytest.mark.parametrize(("defect", "requirement"), DEFECTS, ids=[": ".join(pair) for pair in DEFECTS])


@PAIRS
def test_a_defect_is_noticed(defect: str, requirement: str) -> None:
    results = [judge(CHECKS[name], gradebook(*defect.split(" and "))) for name in each(requirement)]
    told = [(result.check.name, str(result.outcome), result.message) for result in results]
    assert Outcome.FAILED in {result.outcome for result in results}, told


def test_every_check_notices_some_defect() -> None:
    assert {name for _, requirement in DEFECTS for name in each(requirement)} == set(CHECKS)


@PAIRS
def test_findings_hold_no_values_of_records(defect: str, requirement: str) -> None:
    for name in each(requirement):
        fake = gradebook(*defect.split(" and "))
        told = " ".join(finding.message for finding in judge(CHECKS[name], fake).findings)
        rows = [row for tenant in fake.tenants.values() for kind in tenant.values() for row in kind]
        values = {str(row[key]) for row in rows for key in ("sourcedId", "comment") if key in row}
        assert [value for value in values if len(value) > 3 and value in told] == []


@pytest.mark.parametrize("requirement", CHECKS)
def test_nothing_is_written_without_permission(requirement: str) -> None:
    for known, word in (({"fixtures": "readonly"}, "[fixtures]"), ({"environment": "production"}, "[target]")):
        fake = gradebook()
        result = judge(CHECKS[requirement], fake, **known)
        assert result.outcome is Outcome.UNTESTED
        assert word in result.message
        assert {ask.method for ask in fake.asked} <= {"GET"}


def test_two_runs_ask_the_same() -> None:
    first, second = gradebook(), gradebook()
    for check in CHECKS.values():
        judge(check, first)
        judge(check, second)
    assert Counter(first.asked) == Counter(second.asked)  # some are put at the same time


def test_a_check_that_crashes_leaves_nothing_behind() -> None:
    def crashing(probe: Probe) -> Findings:
        with workshop(probe) as shop:
            for kind, _ in shop.each():
                yield Finding(f"{kind.wrapper_key} is there")
                raise ZeroDivisionError

    fake = gradebook()
    before = copy.deepcopy(fake.tenants)
    survey = Survey(fake, claims(), SCHEMAS)
    result = run_check(Check("a.crash", ("OR-GRB-AAA-001",), crashing, alone=True, family=GRADEBOOK), survey)
    assert result.findings
    assert fake.tenants == before
    assert survey.ledger.open == ()


def test_what_the_target_does_not_take_away_is_told_at_the_end() -> None:
    fake = gradebook("no DELETE")
    check = CHECKS["OR-GRB-PUT-002"]
    plan = Plan(("p",), (CATALOGUE["OR-GRB-PUT-002"],), (check,), (), "c", "0")
    result = Engine(plan, Survey(fake, claims(), SCHEMAS), max_parallel=0).run()
    (left,) = result.advisory
    made = [row["sourcedId"] for rows in fake.tenants["a"].values() for row in rows if len(row["sourcedId"]) == 36]
    assert left.message.startswith(f"{len(made)} objects")
    assert all(key in left.message for key in made)


def test_an_interrupted_run_takes_away_what_it_made() -> None:
    class Interrupting(FakeGradebook):
        def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
            answer = super().ask(ask, check=check, fresh=fresh)
            puts = sum(one.method == "PUT" for one in self.asked)
            if ask.method == "PUT" and puts == 3:
                raise KeyboardInterrupt
            return answer

    fake = Interrupting()
    before = copy.deepcopy(fake.tenants)
    plan = Plan(("p",), (CATALOGUE["OR-GRB-PUT-002"],), (CHECKS["OR-GRB-PUT-002"],), (), "c", "0")
    result = Engine(plan, Survey(fake, claims(), SCHEMAS), max_parallel=0).run()
    assert result.interrupted
    assert fake.tenants == before
