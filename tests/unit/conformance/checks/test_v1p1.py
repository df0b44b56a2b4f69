"""What OneRoster 1.1 does otherwise, asked of a provider of both versions that is right, and that errs in one thing."""

from __future__ import annotations

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.checks import load_checks
from digione_conformance.probing.family import ROSTERING, ROSTERING_V1P1
from digione_conformance.probing.probe import Survey
from digione_conformance.relations.membership import with_roles
from digione_conformance.relations.sampling import model_fields
from digione_conformance.running.engine import run_check
from digione_conformance.running.result import CheckResult

from tests.unit.conformance.checks.older import OlderTarget, alone, claims, older

PROFILE = "oneroster-1.1-rostering"
OWN = sorted(
    check.requirements[0]
    for check in load_checks().checks.values()
    if check.function.__module__.endswith(".checks.v1p1")
)
USERS = next(kind for kind in ROSTERING.kinds if kind.operation_id == "getAllUsers")


def test_the_family_of_1_1_reads_what_that_of_1_2_reads() -> None:
    assert ROSTERING_V1P1.core == ROSTERING.core
    assert ROSTERING_V1P1.nested == ROSTERING.nested


def test_an_operation_is_spoken_in_the_version_of_the_family() -> None:
    told = ROSTERING_V1P1.spoken(USERS)
    assert told.service.base_path == "/ims/oneroster/v1p1"
    assert {"role", "orgs"} <= {field.wire_name for field in model_fields(told).values()}
    assert ROSTERING.spoken(USERS) is USERS


def test_reasons_are_understood_in_either_spelling() -> None:
    assert ROSTERING_V1P1.understood({"unknown object", "forbidden"}) == {"unknownobject", "forbidden"}
    assert ROSTERING.understood({"unknown object"}) == {"unknown object"}


def test_a_user_of_1_1_has_the_one_role_in_each_organisation() -> None:
    org = {"sourcedId": "o1", "type": "org", "href": "https://roster.test/orgs/o1"}
    (user,) = with_roles([{"sourcedId": "u1", "role": "student", "orgs": [org]}])
    assert user["roles"] == [{"role": "student", "org": org}]


def test_every_requirement_of_1_1_is_decided_and_none_is_binding_without_an_official_source() -> None:
    catalogue, checks = load_catalogue(), load_checks()
    for requirement in catalogue.of_profile(PROFILE):
        assert checks.deciding(requirement.id), requirement.id
        if requirement.level is Level.MUST:
            assert any(source.document.startswith("RFC") for source in requirement.source)


def judge(requirement: str, provider: OlderTarget, **known: bool) -> CheckResult:
    (check,) = load_checks().deciding(requirement)
    named = claims()
    return run_check(check, Survey(provider, alone(named) if known.get("alone") else named))


@pytest.mark.parametrize("requirement", OWN)
def test_a_right_provider_meets_what_1_1_asks_otherwise(requirement: str) -> None:
    found = judge(requirement, older())
    assert found.outcome is Outcome.PASSED, (found.message, [one.message for one in found.findings])


@pytest.mark.parametrize("requirement", OWN)
def test_a_provider_of_1_1_alone_is_compared_with_nothing(requirement: str) -> None:
    wanted = Outcome.INAPPLICABLE if "-EDN-" in requirement else Outcome.PASSED
    assert judge(requirement, older(), alone=True).outcome is wanted


@pytest.mark.parametrize("requirement", OWN)
@pytest.mark.parametrize("dialect", ["success told first", "sessions of its own"])
def test_a_legal_dialect_is_accused_of_nothing(requirement: str, dialect: str) -> None:
    assert judge(requirement, older(dialect)).outcome is Outcome.PASSED


DEFECTS = {
    "unknown fields are 400": {"WARN-001"},
    "unknown fields left out": {"WARN-001"},
    "no warnings": {"WARN-002", "WARN-004"},
    "warnings without a reason": {"WARN-002", "WARN-004"},
    "unknown sort is 400": {"WARN-003"},
    "unknown sort turns the order": {"WARN-003"},
    "always warns": {"WARN-005"},
    "says all is well, and warns": {"WARN-005"},
    "blank fields are nothing": {"WARN-006"},
    "blank is unknown": {"WARN-006"},
    "reasons of 1.2": {"ERR-006"},
    "users of 1.2": {"VERS-001"},
    "roles stay": {"VERS-001"},
    "no orgs": {"VERS-001"},
    "words of its own": {"VOC-001"},
    "role is unknown": {"VOC-002"},
    "words of 1.2 are found": {"VOC-002"},
    "links into 1.2": {"HREF-001"},
    "no grading period": {"ITEM-001"},
    "bounds turned round": {"ITEM-001"},
    "results without score": {"ITEM-002"},
    "results cut after counting": {"ITEM-002"},
    "zero for no score": {"EDN-003"},
    "scopes of 1.2 alone": {"SCOPE-006"},
    "scopes told in 1.2": {"SCOPE-006"},
    "a class less": {"EDN-001"},
    "stamp of the export": {"EDN-002"},
    "names cut": {"EDN-002"},
}
"""What is wrong with a provider -> what it does not meet; it meets all else that 1.1 has of its own."""


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_noticed_by_what_it_is_about_and_by_nothing_else(defect: str) -> None:
    provider = older(defect)
    not_met = {name for name in OWN if judge(name, provider).outcome is Outcome.FAILED}
    assert not_met == {f"OR11-ROS-{name}" for name in DEFECTS[defect]}


def test_every_requirement_of_1_1_alone_can_fail() -> None:
    assert {f"OR11-ROS-{name}" for names in DEFECTS.values() for name in names} == set(OWN)


GRADES = ("ITEM-001", "ITEM-002", "EDN-003")
NOT_OFFERED = (*(("no gradebook", requirement) for requirement in GRADES), ("links elsewhere", "HREF-001"))


@pytest.mark.parametrize(("dialect", "requirement"), NOT_OFFERED)
def test_what_is_not_offered_is_not_judged(dialect: str, requirement: str) -> None:
    assert judge(f"OR11-ROS-{requirement}", older(dialect)).outcome is Outcome.INAPPLICABLE
