"""Puts the municipality together: each step takes what earlier ones made, and records come out in reference order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from digione_mock_server.seed.classes import Group, Groups, Seat, class_records, seats
from digione_mock_server.seed.courses import course_records, courses
from digione_mock_server.seed.enrollments import Enrollments
from digione_mock_server.seed.guard import guarded
from digione_mock_server.seed.orgs import org_records, schools
from digione_mock_server.seed.people import People
from digione_mock_server.seed.plan import Plan
from digione_mock_server.seed.sessions import school_year, session_records
from digione_mock_server.seed.staff import Staff, assign, district_staff, staff
from digione_mock_server.seed.users import Links, Users, demographics, school_users
from digione_mock_server.seed.wire import Calendar
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import AcademicSession, Base, Class, Course, Demographics, Enrollment, Org, User

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
        self.people = People(plan, self.staff)
        for school in self.schools:
            self.people.settle(school, self.seats[school.key])

    def records(self) -> Records:
        """Yield every record, kinds in reference order."""
        for org in org_records(self.plan, self.calendar, self.schools):
            yield Org, org
        for session in session_records(self.calendar, (self.last_year, self.this_year)):
            yield AcademicSession, session
        for school in self.schools:
            for course in course_records(self.calendar, school, self.courses[school.key], self.this_year):
                yield Course, course
        for school in self.schools:
            rooms = self.plan.stream("rooms", school.key)
            for group in class_records(self.calendar, school, self.groups[school.key], rooms):
                yield Class, group
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

    def _users(self) -> Records:
        users = Users(self.plan, self.calendar, Links(self.plan, self.people.families))
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


def records(plan: Plan) -> Records:
    """Yield the strict wire objects of the plan in reference order, links as paths below the host.

    Orgs, academic sessions, courses, classes, users, enrolments, demographics: whatever an object refers to comes
    before it, save links that point both ways (parents and children, agents).

    Raises:
        RealIdentityCodeFound: A record holds what reads as an issued identity code; never expected, always checked.
    """
    return guarded(Municipality(plan).records())
