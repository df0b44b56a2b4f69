"""The named cast: who they are, and that nothing but the server knows who is protected."""

import json
from datetime import date

import pytest
from digione_mock_server.seed import Plan, cast, protected, records

TODAYS = [
    date(2026, 11, 23),
    date(2027, 3, 1),
    date(2026, 8, 1),
    date(2026, 12, 31),
    date(2028, 2, 28),
    date(2028, 2, 29),
]


def by_id(plan, kind):
    return {record["sourcedId"]: record for model, record in records(plan) if model.__name__ == kind}


@pytest.fixture(scope="module")
def users(school):
    return {user["sourcedId"]: user for user in school["User"]}


def member(users, name, plan=None):
    return users[cast(plan or Plan())[name]]


@pytest.mark.parametrize("size", ["school", "municipality"])
def test_the_cast_has_the_same_ids_in_every_size(size):
    assert dict(cast(Plan(size=size))) == dict(cast(Plan()))


@pytest.mark.parametrize("tenant", [0, 1, 2])
def test_every_member_is_a_user_with_canaries_of_the_tenant(tenant):
    plan = Plan(tenant=tenant)
    users = by_id(plan, "User")
    for name in cast(plan):
        user = member(users, name, plan)
        assert user["middleName"] == f"cnry-{tenant}-{name}-middleName"
        assert user["username"] == f"cnry-{tenant}-{name}-username"
        assert user["email"].startswith(f"cnry-{tenant}-{name}-email@")


def test_canaries_stand_in_the_cast_alone(school):
    members = set(cast(Plan()).values())
    for kind, found in school.items():
        for record in found:
            if "cnry-" in json.dumps(record):
                assert kind in {"User", "Result"}
                concerned = record["student"] if kind == "Result" else record
                assert concerned["sourcedId"] in members


def test_the_tests_of_the_cast_show_exemption_absence_and_extra_credit(school):
    members = cast(Plan())
    items = {item["sourcedId"]: item for item in school["LineItem"]}
    of = {name: [r for r in school["Result"] if r["student"]["sourcedId"] == key] for name, key in members.items()}
    assert any(r["scoreStatus"] == "exempt" for r in of["restricted_child"])
    assert any(r["scoreStatus"] == "not submitted" and r["missing"] == "true" for r in of["namesake_b"])
    assert any(r["score"] > items[r["lineItem"]["sourcedId"]]["resultValueMax"] for r in of["namesake_a"])
    assert of["protected_pupil"]
    assert not of["merged_old"]


def test_the_protected_pupil_is_marked_nowhere(school):
    (sourced_id,) = protected(Plan())
    assert sourced_id == cast(Plan())["protected_pupil"]
    text = json.dumps(school).lower()
    assert not any(word in text for word in ("turvakielto", "protection", "skyddad"))
    user = next(user for user in school["User"] if user["sourcedId"] == sourced_id)
    assert "metadata" not in user
    assert user["status"] == "active"


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_ages_stand_on_the_limits_on_the_day_of_the_plan(today):
    plan = Plan(today=today)
    born = {key: date.fromisoformat(record["birthDate"]) for key, record in by_id(plan, "Demographics").items()}

    def age(name):
        birth = born[cast(plan)[name]]
        return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))

    assert [age(name) for name in ("age_12y364d", "age_13y0d", "age_17y364d", "age_18y0d")] == [12, 13, 17, 18]


def test_families_of_the_cast_are_linked_both_ways(users):
    def children(name):
        return {link["sourcedId"] for link in member(users, name)["agents"]}

    ids = cast(Plan())
    assert children("protected_guardian") == {ids["protected_pupil"], ids["protected_sibling"]}
    for adult, child in [
        ("guardian_joint_a", "joint_child"),
        ("guardian_joint_b", "joint_child"),
        ("guardian_no_information", "restricted_child"),
        ("care_contact", "child_in_care"),
        ("staff_guardian", "staff_child"),
    ]:
        assert children(adult) == {ids[child]}
        assert ids[adult] in {link["sourcedId"] for link in member(users, child)["agents"]}


def test_nobody_is_guardian_of_the_child_in_care_or_of_an_adult(users):
    (contact,) = member(users, "child_in_care")["agents"]
    assert [role["role"] for role in users[contact["sourcedId"]]["roles"]] == ["ext:yhteyshenkilo"]
    assert "agents" not in member(users, "age_18y0d")
    assert "agents" in member(users, "age_17y364d")


def test_the_moved_pupil_is_a_tombstone_here_and_active_there_under_one_learner_number(users):
    there = Plan(tenant=1)
    old, new = member(users, "moved_pupil"), member(by_id(there, "User"), "moved_pupil", there)
    assert (old["status"], new["status"]) == ("tobedeleted", "active")
    assert old["userIds"] == new["userIds"]
    assert old["sourcedId"] != new["sourcedId"]
    assert "moved_pupil" not in cast(Plan(tenant=2))


def test_the_merged_record_points_to_the_current_one_and_no_two_active_users_share_a_number(users):
    old, new = member(users, "merged_old"), member(users, "merged_current")
    assert old["metadata"] == {"fi.digione.mergedInto": new["sourcedId"]}
    assert (old["status"], new["status"]) == ("tobedeleted", "active")
    assert old["userIds"] != new["userIds"]


def test_namesakes_share_name_school_and_grade(users):
    one, other = (member(users, name) for name in ("namesake_a", "namesake_b"))
    for field in ("givenName", "familyName", "grades", "primaryOrg"):
        assert one[field] == other[field]
    assert one["username"] != other["username"]


def test_the_substitute_has_the_role_code_and_an_end(users):
    substitute = member(users, "substitute_teacher")
    assert substitute["metadata"]["fi.digione.mpassRoleCode"] == "5"
    assert all(role["endDate"] > "2026-11-23" for role in substitute["roles"])


def test_the_teacher_who_is_a_guardian_has_both_roles_and_one_is_primary(users):
    roles = member(users, "staff_guardian")["roles"]
    assert [(role["roleType"], role["role"]) for role in roles] == [("primary", "teacher"), ("secondary", "guardian")]
