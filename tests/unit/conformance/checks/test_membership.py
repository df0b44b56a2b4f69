"""What a view must show and may show, over the tiny school."""

from __future__ import annotations

from datetime import date

import pytest
from digione_conformance.probing.probe import operation
from digione_conformance.relations.membership import World, bounds, by_active_links, current, strictly
from digione_conformance.relations.parents import parent_collections

from digione_sdk.model.oneroster import AcademicSession
from tests.unit.conformance.checks.school import School

WORLD = World(School(0).records, date(2026, 11, 23))


def test_a_pupil_counts_by_any_role() -> None:
    teachers = bounds(operation("getAllTeachers"), {}, WORLD)
    assert "user-16-a" in teachers.must


def test_a_deleted_enrolment_may_show_but_need_not() -> None:
    path = {"classSourcedId": "class-4-a"}
    shown = bounds(operation("getStudentsForClass"), path, WORLD)
    assert "user-0" in shown.may - shown.must
    assert "user-0" not in strictly(operation("getStudentsForClass"), path, WORLD)


def test_an_ended_enrolment_may_show_but_need_not() -> None:
    later = World(WORLD.records, date(2027, 11, 23))
    path = {"classSourcedId": "class-0-a"}
    assert bounds(operation("getStudentsForClass"), path, WORLD).must
    shown = bounds(operation("getStudentsForClass"), path, later)
    assert shown.must == frozenset()
    assert shown.may


def test_a_school_without_terms_of_its_own_may_show_all_terms() -> None:
    shown = bounds(operation("getTermsForSchool"), {"schoolSourcedId": "org-0-a"}, WORLD)
    assert (shown.must, shown.may) == (frozenset(), {"autumn-a", "spring-a"})


def test_active_links_leave_open_what_a_calendar_and_an_end_mean() -> None:
    shown = by_active_links(operation("getTermsForSchool"), {"schoolSourcedId": "org-0-a"}, WORLD)
    assert (shown.must, shown.may) == (frozenset(), {"autumn-a", "spring-a"})
    later = World(WORLD.records, date(2027, 11, 23))
    pupils = by_active_links(operation("getStudentsForClass"), {"classSourcedId": "class-0-a"}, later)
    assert pupils.must == frozenset() != pupils.may


def test_a_class_under_another_school_shows_nothing() -> None:
    path = {"schoolSourcedId": "org-2-a", "classSourcedId": "class-0-a"}
    assert bounds(operation("getStudentsForClassInSchool"), path, WORLD).may == frozenset()


def test_without_today_only_undated_records_surely_hold() -> None:
    assert current({}, None)
    assert not current({"beginDate": "2026-08-01"}, None)
    assert not current({"endDate": "2026-11-23"}, date(2026, 11, 23))


def test_parents_are_read_off_the_path() -> None:
    parents = parent_collections(operation("getStudentsForClassInSchool"))
    assert {name: e.operation_id for name, e in parents.items()} == {
        "schoolSourcedId": "getAllSchools",
        "classSourcedId": "getAllClasses",
    }


@pytest.mark.parametrize(
    ("type_", "may"),
    [("term", True), ("semester", True), ("ext:jakso", True), ("gradingPeriod", False), ("schoolYear", False)],
)
def test_a_semester_and_what_a_vendor_named_may_be_a_term(type_: str, may: bool) -> None:
    session = {"sourcedId": "s", "status": "active", "type": type_}
    shown = bounds(operation("getAllTerms"), {}, World({AcademicSession: [session]}))
    assert (shown.must, shown.may) == (frozenset({"s"} if type_ == "term" else ()), frozenset({"s"} if may else ()))
