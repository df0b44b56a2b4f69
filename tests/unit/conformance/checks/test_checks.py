"""The checks pass a correct target and every legal dialect, and notice each defect."""

from __future__ import annotations

import dataclasses

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.checks import load_checks
from digione_conformance.probing.check import Check
from digione_conformance.probing.probe import Survey
from digione_conformance.probing.schema import Schemas
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult

from tests.unit.conformance.checks.fake import FakeTarget, claims, target

CHECKS = {
    c.requirements[0]: c
    for c in load_checks().checks.values()
    if c.requirements[0].startswith("OR-ROS-") and c.stage == "core"
}
CATALOGUE = load_catalogue()
SCHEMAS = Schemas()
"""Compiled once for all tests: they depend on nothing but the committed document."""


def judge(check: Check, fake: FakeTarget, **known: object) -> CheckResult:
    return run_check(check, Survey(fake, claims(**known), SCHEMAS))


def judge_all(fake: FakeTarget, **known: object) -> dict[str, CheckResult]:
    survey = Survey(fake, claims(**known), SCHEMAS)
    return {requirement: run_check(check, survey) for requirement, check in CHECKS.items()}


@pytest.fixture(scope="module")
def clean() -> dict[str, CheckResult]:
    return judge_all(target())


@pytest.mark.parametrize("requirement", CHECKS)
def test_a_correct_target_fails_nothing(clean: dict[str, CheckResult], requirement: str) -> None:
    result = clean[requirement]
    assert result.outcome is not Outcome.FAILED, [f.message for f in result.findings]
    assert result.outcome is not Outcome.CANT_TELL, result.message


def test_a_correct_target_leaves_hardly_anything_untested(clean: dict[str, CheckResult]) -> None:
    undecided = {requirement for requirement, result in clean.items() if result.outcome is not Outcome.PASSED}
    # The fake sends no ETag and has no test control.
    assert undecided == {"OR-ROS-CACHE-002", "OR-ROS-TOKEN-006"}


LEGAL = (
    ("no link",),
    ("no total",),
    ("no link", "no total"),
    ("low cap",),
    ("unknown scopes left out",),
    ("low cap", "no total"),
    ("relative links",),
    ("no nested reads",),
    ("unknown parent is 404",),
    ("extra metadata",),
    ("ext vocabularies",),
    ("any case",),
    ("sort any case",),
    ("absent first",),
    ("absent is not unequal",),
    ("id always",),
    ("no dotted paths",),
    ("wrapped errors",),
    ("default of ten",),
    ("tombstones enrol",),
    ("relative href",),
    ("tags",),
    ("any origin",),
    ("head not implemented",),
)


@pytest.mark.parametrize("dialect", LEGAL, ids=" and ".join)
def test_a_legal_dialect_fails_no_must(dialect: tuple[str, ...]) -> None:
    results = judge_all(target(*dialect))
    failed = {
        requirement: [finding.message for finding in result.findings]
        for requirement, result in results.items()
        if result.outcome in {Outcome.FAILED, Outcome.CANT_TELL} and CATALOGUE[requirement].level is Level.MUST
    }
    assert failed == {}


DEFECTS = (
    ("bare arrays", "SHAPE-001"),
    ("count in the body", "SHAPE-001"),
    ("path wrapper", "SHAPE-002"),
    ("null fields", "SCHEMA-001"),
    ("json booleans", "SCHEMA-001"),
    ("vendor field", "SCHEMA-001"),
    ("unknown role", "SCHEMA-001"),
    ("naive time", "SCHEMA-003"),
    ("date with time", "SCHEMA-003"),
    ("latin-1", "JSON-001"),
    ("keys twice", "JSON-002"),
    ("stale single reads", "READ-001"),
    ("unstable pages", "PAGE-001"),
    ("offset ignored", "PAGE-001"),
    ("limit ignored", "PAGE-003"),
    ("total before filter", "PAGE-004"),
    ("total of the page", "PAGE-004"),
    ("no link", "PAGE-005"),
    ("no total", "PAGE-005"),
    ("link drops filter", "PAGE-006"),
    ("link skips", "PAGE-006"),
    ("relative links", "PAGE-007"),
    ("links with spaces", "PAGE-007"),
    ("empty is 404", "PAGE-008"),
    ("default of ten", "PAGE-009"),
    ("accents folded", "TEXT-003"),
    ("greater is at least", "FILT-003"),
    ("and is or", "FILT-004"),
    ("or leaves the view", "FILT-005"),
    ("contains is a pattern", "FILT-006"),
    ("naive split", "FILT-007"),
    ("decoded twice", "FILT-007"),
    ("bad filters ignored", "FILT-008"),
    ("wrong reason", "FILT-009"),
    ("sort ignored", "SORT-001"),
    ("always ascending", "SORT-002"),
    ("fields ignored", "FIELD-001"),
    ("fields add status", "FIELD-002"),
    ("unknown fields ignored", "FIELD-004"),
    ("open door", "AUTH-001"),
    ("unsigned tokens", "AUTH-002"),
    ("no challenge", "AUTH-004"),
    ("scopes echoed", "TOKEN-005"),
    ("token in query", "TOKEN-007"),
    ("header chooses tenant", "ISO-006"),
    ("any secret", "TOKEN-002"),
    ("all scopes granted", "TOKEN-004"),
    ("scope by substring", "SCOPE-004"),
    ("core opens nested", "SCOPE-003"),
    ("wrong kind found", "ERR-002"),
    ("html errors", "ERR-001"),
    ("wrapped errors", "ERR-003"),
    ("no reasons", "ERR-007"),
    ("talkative errors", "PRIV-001"),
    ("class twice", "ID-001"),
    ("id is an e-mail", "ID-002"),
    ("dangling course", "REF-001"),
    ("relative href", "REF-002"),
    ("enrolment of another school", "REF-003"),
    ("children of another", "REF-004"),
    ("two primary roles", "ROLE-001"),
    ("no primary role", "ROLE-001"),
    ("ends before it begins", "DATE-001"),
    ("demographics of nobody", "DEMO-002"),
    ("tenants share users", "ISO-001"),
    ("foreign ids found", "ISO-002"),
    ("cache without tenant", "ISO-002"),
    ("or leaves the tenant", "ISO-003"),
    ("dates as text", "DELTA-002"),
    ("hidden tombstones", "DELTA-003"),
    ("encoded twice", "TEXT-001"),
    ("plus is plus", "TEXT-004"),
    ("first role only", "VIEW-001"),
    ("views show all", "VIEW-001"),
    ("nested ignores role", "NEST-001"),
    ("nested ignores school", "NEST-003"),
    ("tombstones enrol", "NEST-002"),
    ("nested reads ignore filter", "NEST-005"),
    ("nested reads ignore sort", "NEST-005"),
    ("nested reads ignore limit", "NEST-005"),
    ("nested reads retell", "NEST-001"),
    ("sorted page by page", "PAGE-002"),
    ("large pages are cut", "PAGE-006"),
    ("spare slash opens", "AUTH-001"),
    ("child not listed", "REF-004"),
    ("subject without a code", "SCHEMA-005"),
    ("school year of its autumn", "DATE-002"),
    ("class at the district", "REF-006"),
    ("profile of nobody", "REF-007"),
    ("end of days", "DATE-003"),
    ("periods joined", "SCHEMA-006"),
    ("title of two lines", "TEXT-005"),
    ("birth date in metadata", "SCOPE-006"),
    ("bad clients are 403", "TOKEN-008"),
    ("password in a user", "PRIV-002"),
    ("class in a grading period", "REF-005"),
    ("demographic in singular", "DEMO-001"),
    ("bad limits guessed", "PAGE-011"),
    ("empty texts", "SCHEMA-004"),
    ("last clause of a field wins", "FILT-004"),
    ("digits as numbers", "FILT-007"),
    ("views ignore filters", "FILT-001"),
    ("unequal is equal", "FILT-002"),
    ("dotted paths find nothing", "FILT-010"),
    ("third clause dropped", "FILT-011"),
    ("projected first", "FIELD-003"),
    ("repeated fields lost", "FIELD-005"),
    ("nested open", "AUTH-003"),
    ("mac tokens", "TOKEN-001"),
    ("no lifetime", "TOKEN-003"),
    ("core needs full scope", "SCOPE-001"),
    ("scope by substring", "SCOPE-002"),
    ("missing scope is 401", "SCOPE-005"),
    ("ties in any order", "PAGE-002"),
    ("crash on bad limit", "PAGE-010"),
    ("query in latin-1", "TEXT-002"),
    ("days only", "DELTA-001"),
    ("sparse lists", "READ-002"),
    ("crash on odd input", "ERR-005"),
    ("html errors", "ERR-004"),
    ("writes accepted", "METH-001"),
    ("shuffled", "CACHE-001"),
    ("one tag for all", "CACHE-002"),
    ("tags and tag before token", "CACHE-002"),
    ("public caches", "CACHE-003"),
    ("pages by address", "ISO-004"),
    ("nested over the wall", "ISO-005"),
    ("crash on unknown sort", "SORT-004"),
    ("folded order", "SORT-003"),
    ("numeric school year", "SCHEMA-002"),
    ("errors say success", "HYG-001"),
    ("errors of severity status", "HYG-001"),
    ("errors repeat the query", "HYG-002"),
    ("traces in errors", "HYG-003"),
    ("java traces in errors", "HYG-003"),
    ("paths in errors", "HYG-003"),
    ("exceptions in errors", "HYG-003"),
    ("label of gzip alone", "HYG-004"),
    ("packed twice", "HYG-004"),
    ("any origin with credentials", "HYG-005"),
    ("crash on head", "HYG-006"),
    ("trace echoes", "HYG-007"),
    ("crash on slashes", "HYG-008"),
    ("protected person is readable", "EXPO-001"),
    ("protected person is enrolled", "EXPO-002"),
    ("minimal client asks in the dark", "EXPO-003"),
    ("minimal client asks in the dark", "EXPO-004"),
    ("minimal client gets what it asks for", "EXPO-005"),
)
PAIRS = pytest.mark.parametrize(("defect", "requirement"), DEFECTS, ids=[": ".join(pair) for pair in DEFECTS])


@PAIRS
def test_a_defect_is_noticed(defect: str, requirement: str) -> None:
    result = judge(CHECKS[f"OR-ROS-{requirement}"], target(*defect.split(" and ")))
    assert result.outcome is Outcome.FAILED, result.message


NEEDS_A_CLOCK = {"OR-ROS-TOKEN-006"}
"""Proved in test_expiry.py, on a fake whose clock test control moves."""


def test_every_check_notices_some_defect() -> None:
    proved = {f"OR-ROS-{requirement}" for _, requirement in DEFECTS}
    assert set(CHECKS) == proved | NEEDS_A_CLOCK


@PAIRS
def test_findings_hold_no_values_of_records(defect: str, requirement: str) -> None:
    fake = target(*defect.split(" and "))
    result = judge(CHECKS[f"OR-ROS-{requirement}"], fake)
    told = " ".join(finding.message for finding in result.findings)
    rows = [row for tenant in fake.tenants.values() for kind in tenant.values() for row in kind]
    values = {str(row[key]) for row in rows for key in ("sourcedId", "familyName", "email") if key in row}
    assert [value for value in values if len(value) > 3 and value in told] == []


def test_a_list_too_long_to_be_read_whole_accuses_nobody() -> None:
    known = dataclasses.replace(claims(), most_pages=4, page_size=5)
    survey = Survey(target("low cap"), known, SCHEMAS)
    results = {requirement: run_check(check, survey) for requirement, check in CHECKS.items()}
    assert {r for r, result in results.items() if result.outcome in {Outcome.FAILED, Outcome.CANT_TELL}} == {
        "OR-ROS-PAGE-009"  # a default page of five instead of a hundred
    }


def test_one_tenant_leaves_isolation_inapplicable() -> None:
    result = judge(CHECKS["OR-ROS-ISO-001"], target(), tenants=("a",))
    assert result.outcome is Outcome.INAPPLICABLE


@pytest.mark.parametrize("number", [3, 4, 5])
def test_without_a_client_that_gets_less_nothing_is_known_of_what_is_withheld(number: int) -> None:
    result = judge(CHECKS[f"OR-ROS-EXPO-00{number}"], target(), clients=())
    assert result.outcome is Outcome.UNTESTED
    assert "[tenants.a.clients.minimal]" in result.message


def test_missing_nested_reads_are_untested_and_not_failed() -> None:
    result = judge(CHECKS["OR-ROS-NEST-001"], target("no nested reads"))
    assert result.outcome is Outcome.UNTESTED


def test_an_empty_target_is_untested_and_says_what_to_seed() -> None:
    fake = target()
    for rows in fake.tenants["a"].values():
        rows.clear()
    result = judge(CHECKS["OR-ROS-FILT-001"], fake)
    assert result.outcome is Outcome.UNTESTED
    assert "seed" in result.message


def test_two_runs_ask_the_same() -> None:
    first, second = target(), target()
    judge_all(first)
    judge_all(second)
    assert first.asked == second.asked


def test_every_check_names_requirements_of_the_catalogue_and_every_requirement_a_check() -> None:
    decided = {name for check in load_checks().checks.values() for name in check.requirements}
    assert {r.id for r in CATALOGUE if r.id.startswith("OR-ROS-") and r.status == "active"} <= decided
    assert {name for name in decided if name.startswith("OR-ROS-")} <= {r.id for r in CATALOGUE}


def test_a_time_out_is_no_proof_of_bad_compression() -> None:
    assert judge(CHECKS["OR-ROS-HYG-004"], target("time-out of packed answers")).outcome is Outcome.CANT_TELL
