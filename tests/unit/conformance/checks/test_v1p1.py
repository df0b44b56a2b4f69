"""What OneRoster 1.1 does otherwise, asked of the reference server, which mounts it beside 1.2."""

from __future__ import annotations

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Level
from digione_conformance.checks import load_checks
from digione_conformance.probing.family import ROSTERING, ROSTERING_V1P1
from digione_conformance.relations.membership import with_roles
from digione_conformance.relations.sampling import model_fields

PROFILE = "oneroster-1.1-rostering"
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
