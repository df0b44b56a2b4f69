"""Puts the municipality together: each step takes what earlier ones made, and records come out in reference order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from digione_mock_server.seed.assessments import Assessments, whole_records
from digione_mock_server.seed.classes import Group, Groups, Seat, class_records, seats
from digione_mock_server.seed.courses import course_records, courses
from digione_mock_server.seed.enrollments import Enrollments
from digione_mock_server.seed.gradebook import Gradebook, category_records
from digione_mock_server.seed.guard import guarded
from digione_mock_server.seed.orgs import org_records, schools
from digione_mock_server.seed.people import People
from digione_mock_server.seed.plan import Plan
from digione_mock_server.seed.resources import Materials
from digione_mock_server.seed.sessions import school_year, session_records
from digione_mock_server.seed.staff import Staff, assign, district_staff, staff
from digione_mock_server.seed.users import Links, Users, demographics, school_users
from digione_mock_server.seed.wire import Calendar
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import (
    AcademicSession,
    AssessmentLineItem,
    AssessmentResult,
    Base,
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

Records: TypeAlias = Iterator[tuple[type[Base], dict[str, Json]]]


class Municipality:
    """The people and groups of a plan in compact form; records are written from it one at a time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.calendar = Calendar(plan)
        self.schools = schools(plan)
        self.this_year = school_year(plan, begins=plan.year)
        self.last_year = school_year(plan, begins=plan.year - 1)
        self.courses = {school.key: courses(plan, school) for school in self.schools}
        self.seats: dict[str, tuple[Seat, ...]] = {}
        self.groups: dict[str, tuple[Group, ...]] = {}
        self.staff: dict[str, list[Staff]] = {}
        for number, school in enumerate(self.schools):
            taken = self.seats[school.key] = seats(plan, school)
            drawn = Groups(plan, school, self.courses[school.key], taken, self.this_year)
            groups = self.groups[school.key] = drawn.all(self.last_year)
            previous = self.schools[number - 1] if number % 2 else None
            self.staff[school.key] = staff(plan, school, groups, previous)
        self.materials = Materials(plan, (course for found in self.courses.values() for course in found.values()))
        self.people = People(plan, self.staff)
        for school in self.schools:
            self.people.settle(school, self.seats[school.key])

    def records(self) -> Records:
        """Yield every record, kinds in reference order."""
        for org in org_records(self.plan, self.calendar, self.schools):
            yield Org, org
        for session in session_records(self.calendar, (self.last_year, self.this_year)):
            yield AcademicSession, session
        for resource in self.materials.records(self.calendar):
            yield Resource, resource
        for school in self.schools:
            found = self.courses[school.key]
            for course, record in zip(
                found.values(), course_records(self.calendar, school, found, self.this_year), strict=True
            ):
                yield Course, _with_resources(record, self.materials.of_course(course))
        for school in self.schools:
            rooms = self.plan.stream("rooms", school.key)
            groups = self.groups[school.key]
            for group, record in zip(groups, class_records(self.calendar, school, groups, rooms), strict=True):
                yield Class, _with_resources(record, self.materials.of_group(group.mark, group.course, gone=group.gone))
        yield from self._users()
        for school in self.schools:
            write = Enrollments(self.plan, self.calendar, school)
            everybody = (person for persons in self.staff.values() for person in persons)
            visiting = [person for person in everybody if school in person.schools[1:]]
            teaching = assign(self.staff[school.key] + visiting, self.groups[school.key])
            for enrollment in write.teachers(teaching):
                yield Enrollment, enrollment
            for enrollment in write.pupils(self.groups[school.key], self.seats[school.key]):
                yield Enrollment, enrollment
        for pupils in self.people.pupils.values():
            for pupil in pupils:
                mark = self.plan.mark("demographics", pupil.seat.key)
                yield Demographics, demographics(self.calendar, pupil, mark)
        yield from self._gradebooks()
        yield from self._assessments()

    def _gradebooks(self) -> Records:
        for swedish in sorted({school.swedish for school in self.schools}):
            for category in category_records(self.plan, self.calendar, swedish=swedish):
                yield Category, category
        books = {
            school.key: Gradebook(self.plan, self.calendar, school, self.this_year, self.groups[school.key])
            for school in self.schools
        }
        for book in books.values():
            for scale in book.scales():
                yield ScoreScale, scale
        for book in books.values():
            for item in book.line_items():
                yield LineItem, item
        for key, book in books.items():
            for result in book.results(self.seats[key]):
                yield Result, result

    def _assessments(self) -> Records:
        for whole in whole_records(self.plan, self.calendar, self.this_year):
            yield AssessmentLineItem, whole
        given = {
            school.key: Assessments(self.plan, self.calendar, school, self.this_year, self.groups[school.key])
            for school in self.schools
        }
        for assessments in given.values():
            for part in assessments.parts():
                yield AssessmentLineItem, part
        for key, assessments in given.items():
            for result in assessments.results(self.seats[key]):
                yield AssessmentResult, result

    def _users(self) -> Records:
        users = Users(self.plan, self.calendar, Links(self.plan, self.people.families), self.materials)
        for person in district_staff(self.plan):
            yield User, users.staff(person)
        for school in self.schools:
            for user in school_users(users, self.people.pupils[school.key], self.staff[school.key], school):
                yield User, user
        for family in self.people.families:
            for adult in family.adults:
                guardian = users.guardian(adult)
                if guardian is not None:
                    yield User, guardian


def _with_resources(record: dict[str, Json], links: list[dict[str, Json]]) -> dict[str, Json]:
    """Add the links to resources, which stand last in every model that has them."""
    if links:
        record["resources"] = links
    return record


def records(plan: Plan) -> Records:
    """Yield the strict wire objects of the plan in reference order, links as paths below the host.

    Orgs, academic sessions, resources, courses, classes, users, enrolments, demographics, then categories, score
    scales, line items, results and assessments: whatever an object refers to comes before it, save links that point
    both ways (parents and children, agents).

    Raises:
        RealIdentityCodeFound: A record holds what reads as an issued identity code; never expected, always checked.
    """
    return guarded(Municipality(plan).records())
