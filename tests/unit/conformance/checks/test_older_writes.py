"""The checks of writes in 1.1 pass a correct gradebook of 1.1, accuse no legal one, and notice what is wrong."""

from __future__ import annotations

import copy

import pytest
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.probing.probe import Survey
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult

from tests.unit.conformance.checks import test_writes as newer
from tests.unit.conformance.checks.gradebook import FakeGradebook, claims
from tests.unit.conformance.checks.gradebook_writing import SCHEMAS

CHECKS = {
    name: check
    for check in load_checks().checks.values()
    for name in check.requirements
    if name.startswith("OR11-GRB-") and (name.split("-")[2] in newer.AREAS or name == "OR11-GRB-ERR-008")
}
OLDER_LEGAL = (*newer.LEGAL, ("204 to all",), ("no categories",), ("no categories", "no nested reads", "no total"))
DEFECTS = (
    *((defect, name) for defect, rule in newer.DEFECTS if (name := f"OR11-GRB-{rule}") in CHECKS),
    ("words of 1.2", "OR11-GRB-ERR-008"),
)
OF_1_2 = {
    ("flattens objectives", "OR11-GRB-PUT-002"),
    ("text scores in ascii", "OR11-GRB-PUT-011"),
    ("exempt is zero", "OR11-GRB-PUT-015"),
}
"""Defects that lie in what 1.1 does not have."""


def judge(requirement: str, *on: str, **known: object) -> tuple[CheckResult, FakeGradebook]:
    fake = FakeGradebook(frozenset(on), older=True)
    found = claims(older=True, **known)
    return run_check(CHECKS[requirement], Survey(fake, found, SCHEMAS, pause=fake.pause)), fake


@pytest.mark.parametrize("requirement", CHECKS)
def test_a_correct_gradebook_meets_everything_and_is_left_as_it_was(requirement: str) -> None:
    # Without tombstones there are none to judge.
    result, fake = judge(requirement, *(("tombstones",) if "DEL-007" in requirement else ()))
    assert result.outcome is Outcome.PASSED, (result.message, [finding.message for finding in result.findings])
    if "DEL-007" not in requirement:
        assert fake.tenants == copy.deepcopy(FakeGradebook(older=True).tenants)


@pytest.mark.parametrize("dialect", OLDER_LEGAL, ids=" and ".join)
def test_a_legal_dialect_earns_no_more_than_in_1_2(dialect: tuple[str, ...]) -> None:
    for requirement in CHECKS:
        result, _ = judge(requirement, *dialect)
        told = [finding.message for finding in result.findings]
        rule = requirement.replace("OR11", "OR")
        as_newer = newer.judge(newer.CHECKS[rule], newer.gradebook(*dialect)) if rule in newer.CHECKS else None
        allowed = {Outcome.PASSED, Outcome.INAPPLICABLE} | ({as_newer.outcome} if as_newer else set())
        if not set(dialect) <= {word for known in newer.LEGAL for word in known}:
            allowed = {Outcome.PASSED, Outcome.INAPPLICABLE}
        assert result.outcome in allowed, (requirement, result.message, told)


@pytest.mark.parametrize(("defect", "requirement"), DEFECTS, ids=[": ".join(pair) for pair in DEFECTS])
def test_a_defect_is_noticed(defect: str, requirement: str) -> None:
    result, _ = judge(requirement, *defect.split(" and "))
    assert (result.outcome is Outcome.FAILED) is ((defect, requirement) not in OF_1_2), result.message


def test_every_check_notices_some_defect() -> None:
    assert {name for defect, name in DEFECTS if (defect, name) not in OF_1_2} == set(CHECKS)
