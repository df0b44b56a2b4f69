"""What a record writes is what the standard allows: nothing null, nothing unknown, nothing empty that must not be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import (
    BaseStatus,
    Class,
    CourseGUIDRef,
    Credential,
    Demographics,
    Metadata,
    Org,
    OrgGUIDRef,
    OrgType,
    Role,
    RoleName,
    User,
)
from digione_sdk.model.oneroster.common import PrimarySecondary
from digione_sdk.model.oneroster.wrappers import UserSet
from digione_sdk.model.status import CodeMinorValue, StatusInfo

MODIFIED = datetime(2026, 8, 1, 6, tzinfo=UTC)


def org(**more):
    return Org(
        sourced_id="o1",
        status=BaseStatus.ACTIVE,
        date_last_modified=MODIFIED,
        name="Koulu",
        type=OrgType.SCHOOL,
        identifier="1",
        **more,
    )


def user(**more):
    role = Role(role_type=PrimarySecondary.PRIMARY, role=RoleName.STUDENT, org=OrgGUIDRef.to("o1", href="urn:o1"))
    values = {"given_name": "Aino", "family_name": "Testilä", "enabled_user": False, "roles": (role,)} | more
    return User(sourced_id="u1", status=BaseStatus.ACTIVE, date_last_modified=MODIFIED, **values)


def test_absent_values_are_left_out_and_never_null():
    assert org().to_wire() == {
        "sourcedId": "o1",
        "status": "active",
        "dateLastModified": "2026-08-01T06:00:00.000Z",
        "name": "Koulu",
        "type": "school",
        "identifier": "1",
    }


def test_bytes_and_object_agree():
    assert json.loads(user().to_wire_json()) == user().to_wire()


def test_empty_optional_arrays_are_left_out():
    assert "children" not in org(children=()).to_wire()
    assert "children" not in org(children=[]).to_wire()


def test_an_empty_page_keeps_its_wrapper_key():
    assert UserSet(users=()).to_wire() == {"users": []}


def test_truth_values_are_texts_on_the_wire():
    assert user().to_wire()["enabledUser"] == "false"
    shown = Demographics(sourced_id="u1", status=BaseStatus.ACTIVE, date_last_modified=MODIFIED, white=True).to_wire()
    assert shown["white"] == "true"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 8, 1, 9, tzinfo=timezone(timedelta(hours=3))), "2026-08-01T06:00:00.000Z"),
        (datetime(2026, 8, 1, 6, 0, 0, 120_000, tzinfo=UTC), "2026-08-01T06:00:00.120Z"),
        (datetime(2026, 8, 1, 6, 0, 0, 120_001, tzinfo=UTC), "2026-08-01T06:00:00.120001Z"),
    ],
)
def test_instants_are_written_in_utc_with_milliseconds_at_least(instant, text):
    assert org().model_copy(update={"date_last_modified": instant}).to_wire()["dateLastModified"] == text


def test_days_are_written_without_time():
    born = Demographics(
        sourced_id="u1", status=BaseStatus.ACTIVE, date_last_modified=MODIFIED, birth_date=date(2014, 2, 28)
    )
    assert born.to_wire()["birthDate"] == "2014-02-28"


def test_unknown_keys_are_not_written_back_at_any_depth(wire_user):
    wire_user["colour"] = "blue"
    wire_user["roles"][0]["salary"] = 1
    wire_user["roles"][0]["org"]["name"] = "x"
    wire_user["metadata"] = {"fi.digione.homeSchool": "o2"}
    read = User.model_validate_json(json.dumps({**wire_user, "status": "active"}))
    written = read.to_wire()
    assert "colour" not in written
    assert set(written["roles"][0]) == {"roleType", "role", "org"}
    assert set(written["roles"][0]["org"]) == {"href", "sourcedId", "type"}
    assert written["metadata"] == {"fi.digione.homeSchool": "o2"}
    assert json.loads(read.to_wire_json()) == written


def test_a_providers_own_properties_are_written_where_the_standard_is_open():
    own = {"fi.digione.note": None, "x": [1, {"a": True}]}
    assert org(metadata=Metadata.of(own)).to_wire()["metadata"] == own
    credential = Credential.of({"type": "oidc", "username": "n", "issuer": "urn:x"})
    assert credential.to_wire() == {"type": "oidc", "username": "n", "issuer": "urn:x"}


def test_open_properties_survive_beside_unknown_keys(wire_user):
    wire_user |= {"colour": 1, "metadata": {"own": 1}}
    wire_user["userProfiles"] = [
        {
            "profileId": "urn:p",
            "profileType": "t",
            "vendorId": "v",
            "credentials": [{"type": "t", "username": "n", "own": 2}],
        }
    ]
    written = User.model_validate(wire_user).to_wire()
    assert written["metadata"] == {"own": 1}
    assert written["userProfiles"][0]["credentials"] == [{"type": "t", "username": "n", "own": 2}]


def test_extension_tokens_are_written_as_they_came(wire_user):
    wire_user["roles"][0]["role"] = "ext:special-assistant"
    assert User.model_validate(wire_user).to_wire() == wire_user


def test_an_empty_array_that_must_hold_something_is_refused_on_output_naming_the_field(wire_user):
    wire_user["roles"] = []
    read = User.model_validate(wire_user)
    assert read.roles == ()
    for write in (read.to_wire, read.to_wire_json):
        with pytest.raises(UsageError, match=r"^User\.roles: ") as refused:
            write()
        assert "CANARY" not in str(refused.value)


def test_an_empty_required_array_deep_inside_is_found(wire_user):
    page = UserSet.model_validate({"users": [wire_user, {**wire_user, "roles": []}]})
    with pytest.raises(UsageError, match=r"^UserSet\.users\.1\.roles: "):
        page.to_wire()


def test_classes_without_terms_are_refused_on_output():
    group = Class(
        sourced_id="c1",
        status=BaseStatus.ACTIVE,
        date_last_modified=MODIFIED,
        title="7A",
        course=CourseGUIDRef.to("k1", href="urn:k1"),
        school=OrgGUIDRef.to("o1", href="urn:o1"),
        terms=(),
    )
    with pytest.raises(UsageError, match=r"^Class\.terms: "):
        group.to_wire()


def test_the_status_payload_is_bare_and_spelt_as_the_standard_spells_it():
    assert StatusInfo.failure(CodeMinorValue.UNKNOWNOBJECT, "Unknown Object").to_wire() == {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "Unknown Object",
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
            ]
        },
    }
