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

PROFILES = ("oneroster-1.1-rostering", "oneroster-1.1-gradebook", "oneroster-1.1-resources")
OWN = sorted(
    check.requirements[0]
    for check in load_checks().checks.values()
    if check.function.__module__.endswith((".checks.v1p1", ".checks.beside"))
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


@pytest.mark.parametrize("profile", PROFILES)
def test_every_requirement_of_1_1_is_decided_and_none_is_binding_without_an_official_source(profile: str) -> None:
    catalogue, checks = load_catalogue(), load_checks()
    for requirement in catalogue.of_profile(profile):
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
@pytest.mark.parametrize("dialect", ["success told first", "sessions of its own", "no categories"])
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
    "users of 1.2": {"ROS-VERS-001"},
    "roles stay": {"ROS-VERS-001"},
    "no orgs": {"ROS-VERS-001"},
    "line items of 1.2": {"GRB-VERS-001"},
    "words of its own": {"VOC-001"},
    "words are unknown": {"VOC-002"},
    "words of 1.2 are found": {"ROS-VOC-002"},
    "links into 1.2": {"HREF-001"},
    "no grading period": {"ITEM-001"},
    "bounds turned round": {"ITEM-001"},
    "results without score": {"ITEM-002"},
    "results cut after counting": {"ITEM-002"},
    "zero for no score": {"EDN-003"},
    "scopes of 1.2 alone": {"SCOPE-006"},
    "scopes told in 1.2": {"SCOPE-006"},
    "a record less": {"EDN-001"},
    "stamp of the export": {"EDN-002"},
    "names cut": {"ROS-EDN-002"},
}
"""What is wrong with a provider -> what it does not meet, in every family or in one; it meets all else of 1.1's own."""


def ids(names: set[str]) -> set[str]:
    """Return the ids that names stand for: `WARN-001` is of every family that has it."""
    return {own for own in OWN for name in names if own == f"OR11-{name}" or own.split("-", 2)[2] == name}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_noticed_by_what_it_is_about_and_by_nothing_else(defect: str) -> None:
    provider = older(defect)
    not_met = {name for name in OWN if judge(name, provider).outcome is Outcome.FAILED}
    assert not_met == ids(DEFECTS[defect])


def test_every_requirement_of_1_1_alone_can_fail() -> None:
    assert {name for names in DEFECTS.values() for name in ids(names)} == set(OWN)


@pytest.mark.parametrize("requirement", sorted(ids({"HREF-001"})))
def test_links_to_another_host_are_not_judged(requirement: str) -> None:
    assert judge(requirement, older("links elsewhere")).outcome is Outcome.INAPPLICABLE
