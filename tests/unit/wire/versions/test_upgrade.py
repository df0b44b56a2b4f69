"""What 1.1 servers send becomes 1.2: roles from role and orgs, and the slips of real servers, each noted."""

from __future__ import annotations

import pytest

from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import Class, Course, Demographics, Enrollment, LineItem, Org, OrgType, User
from digione_sdk.wire.versions import Action, ConversionPolicy, upgraded

COMMON = {"sourcedId": "x1", "status": "active", "dateLastModified": "2026-08-01T00:00:00.000Z"}


def link(kind, sourced_id):
    return {"href": f"https://h.example/ims/oneroster/v1p1/{kind}s/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def user(role="teacher", orgs=("o1", "o2"), **more):
    names = {"enabledUser": "true", "username": "aino", "givenName": "Aino", "familyName": "Testi"}
    return COMMON | names | {"role": role, "orgs": [link("org", org) for org in orgs]} | more


def told(model, record, **policy):
    account = []
    made = upgraded(model, record, policy=ConversionPolicy(**policy), note=lambda kind, it: account.append((kind, it)))
    assert {sourced_id for _, sourced_id in account} <= {"x1"}
    return made, {kind.field: kind.action for kind, _ in account}


def test_the_role_is_primary_in_every_organisation():
    made, account = told(User, user())
    assert [(it["roleType"], it["role"], it["org"]["sourcedId"]) for it in made["roles"]] == [
        ("primary", "teacher", "o1"),
        ("primary", "teacher", "o2"),
    ]
    assert "role" not in made
    assert "orgs" not in made
    assert "primaryOrg" not in made  # the first organisation of 1.1 need not be the main one
    assert account == {"roles": Action.DERIVED}


def test_an_organisation_named_twice_holds_the_role_once():
    made, account = told(User, user(orgs=("o1", "o1")))
    assert len(made["roles"]) == 1
    assert account["orgs"] is Action.DROPPED


@pytest.mark.parametrize(
    ("org_type", "role"),
    [
        ("district", "districtAdministrator"),
        ("state", "districtAdministrator"),
        ("national", "districtAdministrator"),
        ("school", "siteAdministrator"),
        ("department", "ext:administrator"),
        (None, "ext:administrator"),
    ],
)
def test_an_administrator_is_named_by_the_organisation_where_its_type_is_known(org_type, role):
    made, account = told(User, user(role="administrator", orgs=("o1",)), org_type={"o1": org_type}.get)
    assert made["roles"][0]["role"] == role
    assert account["roles.role"] is Action.DERIVED


def test_what_an_administrator_becomes_is_a_choice():
    made, _ = told(User, user(role="administrator"), administrator="systemAdministrator")
    assert {it["role"] for it in made["roles"]} == {"systemAdministrator"}
    with pytest.raises(UsageError, match="administrator"):
        ConversionPolicy(administrator="teacher")


def test_a_role_in_no_organisation_is_kept_as_an_unknown_key():
    made, account = told(User, user(orgs=()))
    assert User.model_validate(made).unknown == {"role": "teacher"}
    assert account == {"role": Action.KEPT}


def test_a_user_told_as_in_1_2_is_left_alone():
    record, _ = told(User, user())
    assert told(User, record) == (record, {"roles": Action.KEPT})


def test_deprecated_fields_beside_roles_are_unknown_keys():
    record, _ = told(User, user())
    made, account = told(User, record | {"role": "student", "orgs": []})
    assert {it["role"] for it in made["roles"]} == {"teacher"}
    assert account == {"roles": Action.KEPT}


@pytest.mark.parametrize("broken", [{"role": 3}, {"orgs": "o1"}, {"orgs": None}])
def test_what_is_no_1_1_user_is_left_for_the_decoder_to_refuse(broken):
    made, _ = told(User, user() | broken)
    assert "roles" not in made


def test_a_selection_needs_both_fields():
    assert told(User, {"sourcedId": "x1", "role": "teacher"})[0] == {"sourcedId": "x1", "role": "teacher"}


def test_inactive_is_a_tombstone():
    made, account = told(Demographics, COMMON | {"status": "inactive"})
    assert made["status"] == "tobedeleted"
    assert account == {"status": Action.DERIVED}


def test_one_grade_as_text_is_an_array_of_one():
    made, account = told(User, user(grades="05"))
    assert made["grades"] == ["05"]
    assert account["grades"] is Action.DERIVED


def test_null_says_nothing():
    record = COMMON | {"name": "Koulu", "type": "school", "identifier": "123", "parent": None, "metadata": None}
    made, account = told(Org, record)
    assert made.keys() == {*COMMON, "name", "type", "identifier"}
    assert account == {}


@pytest.mark.parametrize(
    ("model", "field", "record"),
    [
        (Org, "identifier", {"name": "Koulu", "type": OrgType.SCHOOL, "identifier": None}),
        (Course, "courseCode", {"title": "MA"}),
    ],
)
def test_the_id_stands_in_for_a_code_that_1_2_demands(model, field, record):
    made, account = told(model, COMMON | record)
    assert made[field] == "x1"
    assert account == {field: Action.DEFAULTED}
    assert told(model, {"sourcedId": "x1", "title": "MA"})[1] == {}  # a selection of fields


def test_links_bear_the_type_of_1_2():
    record = COMMON | {
        "title": "5A",
        "course": link("course", "k1"),
        "school": link("school", "o1"),
        "terms": [link("term", "t1"), link("academicSession", "t2")],
    }
    made, account = told(Class, record)
    assert made["school"]["type"] == "org"
    assert [it["type"] for it in made["terms"]] == ["academicSession", "academicSession"]
    assert account == {"school": Action.DERIVED, "terms": Action.DERIVED}
    assert record["school"]["type"] == "school"


def test_a_link_to_a_student_is_a_link_to_a_user():
    record = COMMON | {"user": link("student", "u1"), "class": link("class", "c1"), "school": link("org", "o1")}
    made, _ = told(Enrollment, record | {"role": "student"})
    assert made["user"]["type"] == "user"


def test_a_foreign_link_type_is_left_for_the_decoder_to_refuse():
    made, account = told(Enrollment, COMMON | {"user": link("resource", "u1")})
    assert made["user"]["type"] == "resource"
    assert account == {}


def test_hostile_metadata_is_left_alone():
    for parked in ({"roles": 3}, {"roles": []}, {"roles": [{"role": 1}]}, [], None, {"": {}}):
        record = user(metadata={"fi.digione.oneroster.v1p2": parked})
        made, _ = told(User, record)
        assert [it["role"] for it in made["roles"]] == ["teacher", "teacher"]


LINE_ITEM = COMMON | {"title": "Koe", "class": link("class", "c1"), "gradingPeriod": link("academicSession", "g1")}


def test_a_line_item_is_of_the_school_of_its_class_and_of_its_grading_period():
    made, account = told(LineItem, LINE_ITEM, school_of_class={"c1": link("org", "o1")}.get)
    assert made["school"]["sourcedId"] == "o1"
    assert made["academicSession"] == made["gradingPeriod"] == LINE_ITEM["gradingPeriod"]
    assert account == {"school": Action.DERIVED, "academicSession": Action.DERIVED}


def test_a_school_that_nobody_knows_is_not_invented():
    made, _ = told(LineItem, LINE_ITEM)
    assert "school" not in made
