"""Reads of the small school: views, wrapper keys, singles and the boundaries of what a client sees."""

from __future__ import annotations

import pytest

from digione_sdk.core.endpoints import ENDPOINTS
from tests.unit.server.small import BASE, URL, Door

READS = [e for e in ENDPOINTS if e.is_read]

PARAMETERS = {
    "classSourcedId": "class1",
    "courseSourcedId": "course1",
    "schoolSourcedId": "school1",
    "termSourcedId": "autumn",
    "studentSourcedId": "pupil1",
    "teacherSourcedId": "teacher1",
    "userSourcedId": "pupil2",
    "lineItemSourcedId": "test1",
    "academicSessionSourcedId": "autumn",
}
EXPECTED = {
    "getAllAcademicSessions": "autumn jakso1 spring year",
    "getAllClasses": "class1 class2",
    "getStudentsForClass": "pupil1 pupil2",
    "getTeachersForClass": "teacher1",
    "getAllCourses": "course1",
    "getClassesForCourse": "class1 class2",
    "getAllDemographics": "pupil1",
    "getAllEnrollments": "e1 e2 e3 e4",
    "getAllGradingPeriods": "jakso1",
    "getAllOrgs": "district school1 school2",
    "getAllSchools": "school1 school2",
    "getClassesForSchool": "class1",
    "getEnrollmentsForClassInSchool": "e1 e2 e4",
    "getStudentsForClassInSchool": "pupil1 pupil2",
    "getTeachersForClassInSchool": "teacher1",
    "getCoursesForSchool": "course1",
    "getEnrollmentsForSchool": "e1 e2 e4",
    "getStudentsForSchool": "pupil1 pupil2",
    "getTeachersForSchool": "teacher1",
    "getTermsForSchool": "autumn spring",
    "getAllStudents": "pupil1 pupil2 pupil3",
    "getClassesForStudent": "class1",
    "getAllTeachers": "teacher1 teacher2",
    "getClassesForTeacher": "class1",
    "getAllTerms": "autumn spring",
    "getClassesForTerm": "class1 class2",
    "getGradingPeriodsForTerm": "jakso1",
    "getAllUsers": "guardian1 odd/id|ö pupil1 pupil2 pupil3 teacher1 teacher2",
    "getClassesForUser": "class1",
    "getAllAssessmentLineItems": "national part",
    "getAllAssessmentResults": "ar1",
    "getAllCategories": "tests unused",
    "getAllLineItems": "test1 test2",
    "getAllResults": "r1 r2 r4",
    "getAllScoreScales": "scale1",
    "getCategoriesForClass": "tests",
    "getLineItemsForClass": "test1",
    "getResultsForClass": "r1 r2",
    "getResultsForLineItemForClass": "r1 r2",
    "getResultsForStudentForClass": "r1",
    "getScoreScalesForClass": "scale1",
    "getScoreScalesForSchool": "scale1",
    "getAllResources": "book tool",
    "getResourcesForClass": "book",
    "getResourcesForCourse": "book",
    "getResourcesForUser": "book",
}
COLLECTIONS = [e for e in READS if e.is_collection]
SINGLES = {
    "getAcademicSession": "year",
    "getClass": "class1",
    "getCourse": "course1",
    "getDemographics": "pupil1",
    "getEnrollment": "e1",
    "getGradingPeriod": "jakso1",
    "getOrg": "district",
    "getSchool": "school1",
    "getStudent": "pupil1",
    "getTeacher": "teacher1",
    "getTerm": "autumn",
    "getUser": "guardian1",
    "getAssessmentLineItem": "part",
    "getAssessmentResult": "ar1",
    "getCategory": "tests",
    "getLineItem": "test1",
    "getResult": "r1",
    "getScoreScale": "scale1",
    "getResource": "book",
}


@pytest.mark.parametrize("endpoint", COLLECTIONS, ids=lambda e: e.operation_id)
def test_every_collection_lists_what_its_view_says_under_its_wrapper_key(client: Door, endpoint):
    answer = client.read(endpoint, **PARAMETERS)
    assert answer.status == 200
    assert list(answer.json) == [endpoint.wrapper_key]
    assert answer.ids(endpoint.wrapper_key) == [
        name.replace("|", " ") for name in EXPECTED[endpoint.operation_id].split()
    ]
    assert answer.headers["x-total-count"] == str(len(answer.json[endpoint.wrapper_key]))
    assert f"<{URL}{endpoint.service.base_path}" in answer.headers["link"]
    endpoint.envelope.model_validate_json(answer.body)


@pytest.mark.parametrize("endpoint", [e for e in READS if not e.is_collection], ids=lambda e: e.operation_id)
def test_every_single_read_answers_one_object_under_its_wrapper_key(client: Door, endpoint):
    wanted = SINGLES[endpoint.operation_id]
    answer = client.read(endpoint, sourcedId=wanted)
    assert answer.status == 200
    assert list(answer.json) == [endpoint.wrapper_key]
    assert answer.json[endpoint.wrapper_key]["sourcedId"] == wanted
    endpoint.envelope.model_validate_json(answer.body)
    assert client.read(endpoint, sourcedId="no-such-id").status == 404


@pytest.mark.parametrize("path", ["/teachers/pupil1", "/students/teacher1", "/terms/year", "/schools/district"])
def test_an_id_of_another_kind_is_unknown(client: Door, path):
    answer = client.get(path)
    assert (answer.status, answer.reason) == (404, "unknownobject")


def test_an_unknown_parent_is_unknown_and_so_is_a_class_of_another_school(client: Door):
    assert client.get("/schools/nowhere/classes").status == 404
    assert client.get("/schools/district/classes").status == 404
    assert client.get("/schools/school2/classes/class1/students").status == 404


def test_an_id_may_hold_a_slash_a_space_and_a_letter_outside_ascii(client: Door):
    answer = client.get("/users/odd%2Fid%20%C3%B6")
    assert answer.json["user"]["sourcedId"] == "odd/id ö"
    assert client.get("//users///odd%2fid%20%c3%b6/").status == 200


def test_links_are_absolute(client: Door):
    agent = client.get("/users/pupil1").json["user"]["agents"][0]
    assert agent["href"] == f"{URL}{BASE}/users/guardian1"


def test_a_tombstone_is_served_until_it_is_purged(client: Door):
    assert client.get("/users/pupil3").json["user"]["status"] == "tobedeleted"


def test_a_protected_pupil_is_absent_everywhere(client: Door):
    whole = b"".join(client.read(e, **PARAMETERS, sourcedId="guardian1").body for e in READS)
    for canary in (b"hidden", b"Salattu", b"Salaista", b'"r3"'):
        assert canary not in whole
    assert client.ask("GET", "/results/r3").status == 404
    assert client.ask("GET", "/classes/class1/students/hidden/results").status == 404
    assert client.get("/users/hidden").status == 404
    assert client.get("/enrollments/e5").status == 404
    assert client.get("/demographics/hidden").status == 404
    assert client.get("/students/hidden/classes").status == 404
    for where in ("email='hidden@example.org'", "givenName~'Sal' OR sourcedId='hidden'", "agents.sourcedId='hidden'"):
        answer = client.get("/users", filter=where)
        assert (answer.ids("users"), answer.headers["x-total-count"]) == ([], "0")


def test_an_entitled_client_sees_the_protected_pupil_without_contact_values(anyone: Door):
    entitled = anyone.as_client(exposure="entitled")
    found = entitled.get("/users/hidden").json["user"]
    assert found["givenName"] == "Salattu"
    assert "email" not in found
    assert entitled.get("/users", filter="agents.sourcedId='hidden'").ids("users") == ["guardian1"]


def test_a_minimal_client_sees_no_contact_value_and_cannot_ask_for_one(anyone: Door):
    minimal = anyone.as_client(exposure="minimal")
    assert b"@" not in minimal.get("/users").body
    assert minimal.get("/users", filter="email='ake@example.org'").ids("users") == []
    assert minimal.get("/users", fields="email", limit=1).json == {"users": [{"sourcedId": "guardian1"}]}
    by_mail = minimal.get("/users", sort="email", orderBy="asc").ids("users")
    assert by_mail == sorted(by_mail)


def test_the_token_alone_decides_the_tenant(anyone: Door):
    other = anyone.as_client(tenant="b")
    assert other.get("/users").ids("users") == ["pupil1", "stranger"]
    assert other.get("/users/pupil1").json["user"]["givenName"] == "Toinen"
    for attempt in ({"X-Tenant": "a"}, {"Host": "a.example"}, {"X-Tenant-Id": "0"}):
        assert other.get("/users/guardian1", headers=attempt).status == 404
    assert other.get("/users", filter="sourcedId!='x' OR sourcedId='guardian1'").ids("users") == ["pupil1", "stranger"]
