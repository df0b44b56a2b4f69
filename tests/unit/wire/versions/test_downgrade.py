"""What 1.1 cannot say is put in other words by a named policy, put by, or noted as lost; never lost in silence."""

from __future__ import annotations

import pytest

from digione_sdk.errors import Inexpressible, UsageError
from digione_sdk.model.oneroster import (
    AcademicSession,
    Base,
    Class,
    Demographics,
    Enrollment,
    LineItem,
    Org,
    Resource,
    Result,
    User,
)
from digione_sdk.wire.versions import Action, ConversionPolicy, downgraded, upgraded
from digione_sdk.wire.versions.usernames import PSEUDONYM_PREFIX

COMMON = {"sourcedId": "x1", "status": "active", "dateLastModified": "2026-08-01T00:00:00.000Z"}


def role(name, org="o1", rank="primary", **more):
    return {
        "roleType": rank,
        "role": name,
        "org": {"href": f"https://h.example/{org}", "sourcedId": org, "type": "org"},
    } | more


def user(*roles, **more):
    names = {"enabledUser": "true", "username": "aino", "givenName": "Aino", "familyName": "Testi"}
    return COMMON | names | {"roles": list(roles)} | more


def told(model, record, **policy):
    account = {}
    made = downgraded(
        model, record, policy=ConversionPolicy(**policy), note=lambda kind, _: account.update({kind.field: kind.action})
    )
    return made, account


def test_one_role_in_many_organisations_loses_nothing():
    made, account = told(User, user(role("teacher", "o1"), role("teacher", "o2")))
    assert made["role"] == "teacher"
    assert [org["sourcedId"] for org in made["orgs"]] == ["o1", "o2"]
    assert account == {"role": Action.DERIVED}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (user(role("student"), role("parent", "o2"), primaryOrg=role("", "o2")["org"]), "parent"),
        (user(role("student", rank="secondary"), role("parent", "o2")), "parent"),
        (user(role("student", rank="secondary"), role("parent", rank="secondary")), "student"),
        (user(role("student"), role("parent", "o2")), "student"),
        (user(role("ext:kuraattori"), role("teacher", rank="secondary")), "teacher"),
        (user(role("ext:kuraattori")), "aide"),
        (user(role("counselor")), "aide"),
        (user(role("principal")), "administrator"),
        (user(role("siteAdministrator")), "administrator"),
        (user(role("ext:administrator")), "administrator"),
    ],
)
def test_the_role_is_chosen_by_rank(record, expected):
    assert told(User, record)[0]["role"] == expected


def test_a_role_that_is_put_in_is_noted_as_such():
    assert told(User, user(role("counselor")))[1]["role"] is Action.DEFAULTED
    assert told(User, user(role("teacher")))[1]["role"] is Action.DERIVED


@pytest.mark.parametrize(
    "roles",
    [
        (role("teacher"), role("parent", rank="secondary")),
        (role("teacher", rank="secondary"),),
        (role("teacher", beginDate="2026-08-01"),),
        (role("teacher", userProfile="https://h.example/p"),),
        (role("principal"),),
    ],
)
def test_what_one_role_cannot_say_is_noted(roles):
    record = user(*roles)
    made, account = told(User, record)
    assert account["roles"] is Action.DROPPED
    assert "roles" not in made
    kept, account = told(User, record, park=True)
    assert account["roles"] is Action.KEPT
    assert upgraded(User, kept) == record


def test_fields_that_1_2_added_are_dropped():
    record = user(role("student"), pronouns="hän", preferredFirstName="Aino", userMasterIdentifier="1", agents=[])
    made, account = told(User, record)
    assert {"pronouns", "preferredFirstName", "userMasterIdentifier"} & made.keys() == set()
    assert account["pronouns"] is Action.DROPPED
    assert made["agents"] == []


@pytest.mark.parametrize(
    ("more", "username"),
    [({"email": "a@example.org"}, "a@example.org"), ({}, "x1")],
)
def test_a_username_is_invented_and_flagged(more, username):
    record = user(role("student"), **more)
    del record["username"]
    made, account = told(User, record)
    assert made["username"] == username
    assert account["username"] is Action.DEFAULTED


def test_a_username_may_be_made_that_does_not_tell_the_id():
    record = user(role("student"))
    del record["username"]
    made, account = told(User, record, username_from=("email", "pseudonym"))
    assert made["username"].startswith(PSEUDONYM_PREFIX)
    assert record["sourcedId"] not in made["username"]
    assert account["username"] is Action.DEFAULTED
    assert told(User, record, username_from=("pseudonym",))[0] == made
    assert told(User, record | {"sourcedId": "other"}, username_from=("pseudonym",))[0]["username"] != made["username"]


def test_a_username_may_be_refused():
    record = user(role("student"))
    del record["username"]
    with pytest.raises(Inexpressible, match="username"):
        told(User, record, username_from=("email",))
    with pytest.raises(UsageError, match="username_from"):
        ConversionPolicy(username_from=("givenName",))


@pytest.mark.parametrize(
    ("model", "record", "field", "instead"),
    [
        (Demographics, {"sex": "other"}, "sex", None),
        (Demographics, {"sex": "ext:x"}, "sex", None),
        (Org, {"type": "ext:kuntayhtyma"}, "type", "department"),
        (AcademicSession, {"type": "ext:jakso"}, "type", "term"),
        (Class, {"classType": "ext:kerho"}, "classType", "scheduled"),
        (Enrollment, {"role": "ext:avustaja"}, "role", "proctor"),
    ],
)
def test_a_token_that_1_1_lacks_is_left_out_or_replaced(model, record, field, instead):
    made, account = told(model, COMMON | record)
    assert made.get(field) == instead
    assert account == {field: Action.DROPPED if instead is None else Action.DEFAULTED}


def test_a_token_that_1_1_has_stays():
    assert told(Demographics, COMMON | {"sex": "female"}) == (COMMON | {"sex": "female"}, {})


def test_a_user_told_as_in_1_1_is_left_alone():
    record = COMMON | {"role": "teacher", "orgs": []}
    assert told(User, record) == (record, {})


def test_a_user_without_a_role_is_refused():
    with pytest.raises(Inexpressible, match="roles"):
        told(User, user())


def test_a_model_that_1_1_has_not_is_refused():
    class Timetable(Base):
        """No part of 1.1."""

    with pytest.raises(Inexpressible, match=r"1\.1 has no Timetable"):
        downgraded(Timetable, COMMON)


SESSION = {"href": "https://h.example/g1", "sourcedId": "g1", "type": "academicSession"}
LINE_ITEM = COMMON | {"title": "Koe", "resultValueMin": 4, "resultValueMax": 10, "academicSession": SESSION}
RESULT = COMMON | {"scoreStatus": "fully graded", "scoreDate": "2026-11-01"}


def test_an_academic_session_will_do_for_a_grading_period_if_it_is_one():
    made, account = told(LineItem, LINE_ITEM, type_of_session={"g1": "gradingPeriod"}.get)
    assert made["gradingPeriod"] == SESSION
    assert "academicSession" not in made
    assert account == {"gradingPeriod": Action.DERIVED}
    with pytest.raises(Inexpressible, match="gradingPeriod"):
        told(LineItem, LINE_ITEM, type_of_session={"g1": "term"}.get)
    assert told(LineItem, LINE_ITEM, any_session=True)[0]["gradingPeriod"] == SESSION


def test_a_session_that_is_its_own_grading_period_comes_back_beside_a_school_that_was_put_by():
    school = {"href": "https://h.example/o1", "sourcedId": "o1", "type": "org"}
    record = LINE_ITEM | {"gradingPeriod": SESSION, "school": school}
    made, _ = told(LineItem, record, park=True)
    assert "academicSession" not in made
    assert upgraded(LineItem, made) == record


def test_bounds_that_1_1_demands_are_put_in():
    record = LINE_ITEM | {"gradingPeriod": SESSION}
    del record["resultValueMin"], record["resultValueMax"]
    made, account = told(LineItem, record, result_bounds=(4, 10))
    assert (made["resultValueMin"], made["resultValueMax"]) == (4, 10)
    assert account == {"resultValueMin": Action.DEFAULTED, "resultValueMax": Action.DEFAULTED}


def test_a_result_without_a_number_is_refused():
    with pytest.raises(Inexpressible, match="score"):
        told(Result, RESULT | {"textScore": "hyvä"})
    made, account = told(Result, RESULT | {"score": 9, "textScore": "hyvä", "late": "true"})
    assert made == RESULT | {"score": 9}
    assert account == {"textScore": Action.DROPPED, "late": Action.DROPPED}


def test_a_selection_of_fields_is_not_held_to_what_1_1_demands():
    assert told(Result, {"sourcedId": "x1", "scoreDate": "2026-11-01"})[1] == {}


def test_roles_of_a_resource_that_1_1_lacks_are_dropped():
    made, account = told(Resource, COMMON | {"roles": ["student", "ext:x"], "vendorResourceId": "v"})
    assert made["roles"] == ["student"]
    assert account == {"roles": Action.DROPPED}
