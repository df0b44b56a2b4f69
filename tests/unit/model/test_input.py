"""Reading forgives what is harmless, keeps what is unknown, and refuses what would have to be guessed."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from digione_sdk.model.oneroster import BaseStatus, Demographics, Enrollment, Org, Role, User
from digione_sdk.model.places import places

CANARY = "CANARY-VALUE"


def read(wire):
    """Read both ways, and see that they agree."""
    by_bytes = User.model_validate_json(json.dumps(wire))
    assert User.model_validate(wire) == by_bytes
    return by_bytes


def refusal(wire, model=User):
    """Return the places of a refusal, the same both ways, and see that nothing echoes the value."""
    found = []
    for attempt in (lambda: model.model_validate(wire), lambda: model.model_validate_json(json.dumps(wire))):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert "CANARY" not in str(refused.value)
        assert "CANARY" not in repr(refused.value)
        assert "CANARY" not in "".join(traceback.format_exception(refused.value))
        found.append(places(refused.value))
    assert found[0] == found[1]
    assert "CANARY" not in "".join(found[0])
    return found[0]


def test_unknown_keys_are_kept_apart_at_every_depth(wire_user):
    wire_user["colour"] = {"deep": [1]}
    wire_user["roles"][0]["salary"] = 1
    wire_user["roles"][0]["org"]["name"] = "x"
    user = read(wire_user)
    assert user.unknown == {"colour": {"deep": [1]}}
    assert user.roles[0].unknown == {"salary": 1}
    assert user.roles[0].org.unknown == {"name": "x"}


def test_unknown_keys_cannot_be_changed(wire_user):
    with pytest.raises(TypeError):
        read(wire_user | {"colour": 1}).unknown["colour"] = 2  # type: ignore[index]  # the point of the test


def test_own_properties_of_an_open_record_are_values_not_unknowns(wire_user):
    metadata = read(wire_user | {"metadata": {"fi.digione.x": 1, "nothing": None}}).metadata
    assert metadata is not None
    assert metadata.unknown == {}
    assert metadata["fi.digione.x"] == 1
    assert "nothing" in metadata
    assert metadata.get("absent", "default") == "default"
    assert metadata.as_dict() == {"fi.digione.x": 1, "nothing": None}
    with pytest.raises(KeyError):
        metadata["absent"]


@pytest.mark.parametrize("optional", ["middleName", "primaryOrg", "metadata", "email"])
def test_null_is_read_as_absent(wire_user, optional):
    assert read(wire_user | {optional: None}) == read(wire_user)


@pytest.mark.parametrize("array", ["grades", "agents", "userIds", "userProfiles", "resources"])
def test_null_is_read_as_the_empty_array(wire_user, array):
    user = read(wire_user | {array: None})
    assert user == read(wire_user)
    assert array not in user.to_wire()


def test_null_is_refused_where_a_value_is_required(wire_user):
    assert refusal(wire_user | {"givenName": None}) == ("givenName: Input should be a valid string",)
    assert refusal(wire_user | {"roles": None}) == ("roles: not an array",)


@pytest.mark.parametrize(("token", "value"), [("true", True), ("false", False), (True, True), (False, False)])
def test_truth_values_are_read_as_text_and_as_json_boolean(wire_user, token, value):
    assert read(wire_user | {"enabledUser": token}).enabled_user is value


@pytest.mark.parametrize("token", ["True", "1", "yes", "", CANARY, 1, 0, 1.0, [], {}])
def test_other_truth_values_are_refused(wire_user, token):
    assert refusal(wire_user | {"enabledUser": token}) == ('enabledUser: neither "true" nor "false"',)


def test_extension_tokens_are_read_in_open_vocabularies(wire_user):
    wire_user["roles"][0]["role"] = "ext:Special.assistant_1-a"
    role = read(wire_user).roles[0].role
    assert role == "ext:Special.assistant_1-a"
    assert role.is_extension


@pytest.mark.parametrize(
    "token", ["Student", "ext:", "ext:a b", "ext:å", "fooext:x", "ext:x\n", "EXT:x", "", CANARY, "ext:" + "a" * 300, 5]
)
def test_other_tokens_are_refused_without_echo(wire_user, token):
    wire_user["roles"][0]["role"] = token
    (place,) = refusal(wire_user)
    assert place.startswith("roles.0.role: ")


def test_closed_vocabularies_take_no_extension(wire_user):
    assert refusal(wire_user | {"status": "ext:archived"}) == ("status: not a value of BaseStatus",)


def test_the_old_status_inactive_is_read_as_a_tombstone(wire_user):
    user = read(wire_user | {"status": "inactive"})
    assert user.status is BaseStatus.TOBEDELETED
    assert user.to_wire()["status"] == "tobedeleted"


@pytest.mark.parametrize(
    "text", ["2026-08-01T06:00:00Z", "2026-08-01T09:00:00.000+03:00", "2026-08-01 06:00:00Z", "2026-08-01t06:00:00z"]
)
def test_instants_with_a_zone_are_read(wire_user, text):
    assert read(wire_user | {"dateLastModified": text}).date_last_modified == datetime(2026, 8, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2026-08-01T06:00:00", "2026-08-01", "1785564000", 1785564000, 1785564000.5, "", CANARY, None]
)
def test_instants_without_a_zone_and_numbers_are_refused(wire_user, value):
    assert refusal(wire_user | {"dateLastModified": value}) == (
        "dateLastModified: not an instant with a zone, as 2026-11-23T08:00:00Z",
    )


@pytest.mark.parametrize(
    "value", ["2014-02-28T00:00:00Z", "2014-02-28T00:00:00", "20140228", "1393545600", 1393545600, "2014-02-30", CANARY]
)
def test_days_with_a_time_part_and_numbers_are_refused(wire_user, value):
    born = {key: wire_user[key] for key in ("sourcedId", "status", "dateLastModified")} | {"birthDate": value}
    assert refusal(born, Demographics) == ("birthDate: not a calendar day, as 2026-11-23",)


def test_days_are_read(wire_user):
    born = {key: wire_user[key] for key in ("sourcedId", "status", "dateLastModified")} | {"birthDate": "2014-02-28"}
    assert Demographics.model_validate(born).birth_date == date(2014, 2, 28)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sourcedId": 5}, "sourcedId: Input should be a valid string"),
        ({"agents": [{}]}, "agents.0.href: Field required"),
        ({"primaryOrg": {}}, "primaryOrg.href: Field required"),
        ({"grades": "5,6"}, "grades: not an array"),
        ({"grades": ["5", 6]}, "grades.1: Input should be a valid string"),
        ({"agents": [{"href": CANARY, "sourcedId": CANARY, "type": CANARY}]}, "agents.0.type: Input should be 'user'"),
    ],
)
def test_a_refusal_names_the_place_in_wire_names(wire_user, change, place):
    assert refusal(wire_user | change)[0] == place


def test_python_names_are_unknown_keys_on_the_wire(wire_user):
    user = read(wire_user | {"middle_name": "x"})
    assert user.middle_name is None
    assert user.unknown == {"middle_name": "x"}


def test_a_keyword_of_python_is_plain_on_the_wire(wire_user):
    link = {"href": "urn:x", "sourcedId": "x"}
    enrollment = Enrollment.model_validate(
        {key: wire_user[key] for key in ("sourcedId", "status", "dateLastModified")}
        | {"user": link | {"type": "user"}, "class": link | {"type": "class"}}
        | {"school": link | {"type": "org"}, "role": "student", "primary": "false"}
    )
    assert enrollment.class_.sourced_id == "x"
    assert "class" in enrollment.to_wire()


def test_at_most_twenty_places_are_named(wire_user):
    assert len(refusal(wire_user | {"agents": [{}] * 30})) == 20


def test_a_bare_array_is_refused():
    with pytest.raises(ValidationError) as refused:
        Org.model_validate_json("[]")
    assert places(refused.value) == ("not an object",)


def test_a_role_keeps_its_period(wire_user):
    role = Role.model_validate(wire_user["roles"][0] | {"beginDate": "2026-08-10", "endDate": "2027-06-05"})
    assert (role.begin_date, role.end_date) == (date(2026, 8, 10), date(2027, 6, 5))
