"""The seeded municipality in wire form: strict, complete in kinds, recognisably Finnish."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime

import pytest
from digione_mock_server.seed import Plan, records
from digione_mock_server.seed.bench import bench_users
from digione_mock_server.seed.orgs import schools

from digione_sdk.errors import UsageError
from digione_sdk.model.facts import fields_of
from digione_sdk.model.identifiers import BusinessId, Oid
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    AssessmentResult,
    Category,
    Class,
    Course,
    Demographics,
    Enrollment,
    LineItem,
    Org,
    Resource,
    Result,
    ScoreScale,
    User,
)
from digione_sdk.rules.grading import GradingScale, grade_of

WRITTEN = (Category, ScoreScale, LineItem, Result, AssessmentLineItem, AssessmentResult)
"""Kinds that the service itself deletes; of these the seed leaves tombstones of line items alone."""
KINDS = (Org, AcademicSession, Resource, Course, Class, User, Enrollment, Demographics, *WRITTEN)


def strings(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    else:
        yield value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_record_is_the_strict_wire_form_of_its_model(school, kind):
    for record in school[kind.__name__]:
        model = kind.model_validate_json(json.dumps(record))
        assert not model.unknown
        assert model.to_wire() == record
        order = [facts.wire_name for facts in fields_of(kind).values() if facts.wire_name in record]
        assert list(record) == order


def test_kinds_come_in_reference_order():
    seen = list(dict.fromkeys(kind for kind, _ in records(Plan())))
    assert seen == list(KINDS)


def test_there_are_three_of_every_kind_and_tombstones_where_they_show_something(school):
    for kind in KINDS:
        statuses = Counter(record["status"] for record in school[kind.__name__])
        assert statuses["active"] >= 3
        assert (statuses["tobedeleted"] >= 1) == (kind not in WRITTEN or kind is LineItem)
    assert sum(org["type"] == "school" and org["status"] == "active" for org in school["Org"]) == 3


def test_what_is_deleted_alone_links_something(school):
    """Else nobody could tell a server that follows links of deleted records from one that does not."""
    given = {"active": set(), "tobedeleted": set()}
    for item in school["LineItem"]:
        given[item["status"]].add((item["class"]["sourcedId"], item["category"]["sourcedId"]))
    assert len(given["tobedeleted"]) == 3
    assert not given["active"] & given["tobedeleted"]
    assert all(group["resources"] for group in school["Class"] if group["status"] == "tobedeleted")


def test_nothing_is_null_empty_or_a_bare_boolean_and_all_text_is_nfc(school):
    for found in school.values():
        for record in found:
            for value in strings(record):
                if isinstance(value, int | float):
                    assert not isinstance(value, bool)
                    continue
                assert value
                assert value == value.strip()
                assert value == unicodedata.normalize("NFC", value)
                assert ";" not in value  # MPASSid attributes (finnish-school-data.md rule 29)


def test_changes_are_spread_over_four_hundred_days_and_none_is_in_the_future(school):
    days = sorted(
        (date(2026, 11, 23) - datetime.fromisoformat(record["dateLastModified"]).date()).days
        for found in school.values()
        for record in found
    )
    assert days[0] >= 1
    assert days[-1] <= 400
    assert days[-1] > 300
    for record in school["User"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["dateLastModified"])


def test_every_grade_is_read_from_its_scale_without_loss_and_every_scale_is_used(school):
    scales = {record["sourcedId"]: told(ScoreScale, record) for record in school["ScoreScale"]}
    grades = Counter()
    for record in school["Result"]:
        if "scoreScale" in record:
            grade = grade_of(told(Result, record), scales[record["scoreScale"]["sourcedId"]])
            assert (grade is not None) == record["scoreStatus"].endswith("graded")
            grades[grade and (grade.scale, grade.code)] += 1
    assert {scale for scale, _ in grades.keys() - {None}} == set(GradingScale)
    assert {code for _, code in grades.keys() - {None}} >= {"4", "5", "6", "7", "8", "9", "10", "S", "H"}


def told(model, record):
    return model.model_validate_json(json.dumps(record))


def test_names_hold_the_letters_that_break_programs(school):
    names = " ".join(
        f"{user['givenName']} {user.get('middleName', '')} {user['familyName']}" for user in school["User"]
    )
    for letter in "åäöÅáŊŠŽ'-Ọ":
        assert letter in names.replace("cnry-", "")
    assert any(unicodedata.combining(letter) for letter in names)
    assert "Áile" in names
    assert max(len(user["familyName"]) for user in school["User"]) > 35


def test_usernames_and_mail_addresses_are_unique_and_some_people_have_none(school):
    for field in ("username", "email"):
        values = [user[field] for user in school["User"] if field in user]
        assert len(values) == len(set(values))
        assert len(values) < len(school["User"])
    assert all(user["email"].endswith(".invalid") for user in school["User"] if "email" in user)


def test_users_show_every_role_and_a_few_extensions(school):
    roles = {role["role"] for user in school["User"] for role in user["roles"]}
    assert {"student", "teacher", "guardian", "parent", "principal", "counselor", "aide"} <= roles
    assert {"districtAdministrator", "systemAdministrator", "ext:yhteyshenkilo", "ext:tietosuojavastaava"} <= roles
    assert {"homeroom", "scheduled", "ext:vastuuryhma"} == {record["classType"] for record in school["Class"]}
    assert "ext:koulunkayntiohjaaja" in {record["role"] for record in school["Enrollment"]}


def test_some_users_are_disabled_some_have_profiles_some_teach_in_two_schools(school):
    active = [user for user in school["User"] if user["status"] == "active"]
    assert any(user["enabledUser"] == "false" for user in active)
    assert any("userProfiles" in user for user in active)
    assert any("userMasterIdentifier" in user for user in active)
    assert any("preferredFirstName" in user for user in active)
    schools = [{role["org"]["sourcedId"] for role in user["roles"] if role["role"] == "teacher"} for user in active]
    assert max(map(len, schools)) == 2


def test_a_used_name_is_one_of_the_given_names(school):
    for user in school["User"]:
        if "preferredFirstName" in user:
            parts = f"{user['givenName']} {user.get('middleName', '')}".replace("-", " ").split()
            assert user["preferredFirstName"] in parts


def test_no_object_holds_support_contact_numbers_or_origin(school):
    keys = {key for found in school.values() for record in found for key in record}
    assert not keys & {"sms", "phone", "password", "pronouns", "identifier_"}
    assert {key for record in school["Demographics"] for key in record} <= {
        "sourcedId", "status", "dateLastModified", "birthDate", "sex",
    }  # fmt: skip


def test_metadata_are_flat_keys_of_the_profile(school):
    for found in school.values():
        for record in found:
            for key, value in record.get("metadata", {}).items():
                assert re.fullmatch(r"fi\.digione\.[A-Za-z]+", key)
                assert isinstance(value, str)


def test_national_identifiers_are_of_test_nodes_and_check(school):
    for user in school["User"]:
        for one in user.get("userIds", []):
            if one["type"] == "fi.digione.learnerNumber":
                oid = Oid.parse(one["identifier"])
                assert (oid.node, oid.check_digit_fits, oid.arc[0]) == (98, True, "0")
    for org in school["Org"]:
        metadata = org.get("metadata", {})
        if "fi.digione.orgOid" in metadata:
            assert Oid.parse(metadata["fi.digione.orgOid"]).node == 99
        if "fi.digione.businessId" in metadata:
            assert BusinessId.parse(metadata["fi.digione.businessId"]).value.startswith("99")
        if "fi.digione.schoolNumber" in metadata:
            assert re.fullmatch(r"\d{5}", metadata["fi.digione.schoolNumber"])


def test_home_classes_are_of_a_real_size_and_combined_ones_list_their_grades(school):
    sizes = Counter(record["class"]["sourcedId"] for record in school["Enrollment"] if record["role"] == "student")
    this_year = [
        record for record in school["Class"] if record["classType"] == "homeroom" and "(" not in record["title"]
    ]
    assert all(18 <= sizes[record["sourcedId"]] <= 26 for record in this_year)
    assert any(len(record["grades"]) >= 2 for record in this_year)


def test_religion_and_ethics_are_not_told_apart(school):
    for record in (*school["Course"], *school["Class"]):
        assert "ET" not in record.get("subjectCodes", [])
    assert {name for record in school["Class"] for name in record.get("subjects", []) if "Uskonto" in name} == {
        "Uskonto/Elämänkatsomustieto"
    }


def test_two_tenants_share_some_ids_and_no_person():
    def users(tenant):
        return {record["sourcedId"]: record for kind, record in records(Plan(tenant=tenant)) if kind is User}

    here, there = users(0), users(1)
    shared = here.keys() & there.keys()
    assert 3 <= len(shared) < len(here) / 10
    assert all(here[key] != there[key] for key in shared)
    mail = {user["email"] for user in here.values() if "email" in user}
    assert not mail & {user["email"] for user in there.values() if "email" in user}


def test_two_seeds_differ_and_one_seed_is_the_same_to_the_byte():
    def text(seed):
        return json.dumps([record for _, record in records(Plan(seed=seed))])

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_bench_users_are_full_strict_users_of_the_measured_size():
    users = list(bench_users(200))
    assert users == list(bench_users(200))
    assert 1500 < sum(len(json.dumps(user, ensure_ascii=False, separators=(",", ":"))) for user in users) / 200 < 1850
    for record in users[:20]:
        assert User.model_validate_json(json.dumps(record)).to_wire() == record
        assert {facts.wire_name for facts in fields_of(User).values()} - set(record) == {"password"}
    assert all(re.fullmatch("[1-9]", user["grades"][0]) for user in users)
    with pytest.raises(UsageError):
        bench_users(-1)


def test_small_bench_users_are_strict_too():
    for record in bench_users(5, full=False):
        assert User.model_validate_json(json.dumps(record)).to_wire() == record


@pytest.mark.parametrize("size", ["school", "municipality", "city"])
def test_no_two_schools_bear_one_name_or_number(size):
    found = schools(Plan(size=size))
    assert len({one.name for one in found}) == len({one.number for one in found}) == len(found)
