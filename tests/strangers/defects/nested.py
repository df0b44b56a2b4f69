"""Defects of nested lists: who is listed below a parent and should not be, or the other way round."""

from __future__ import annotations

from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Nested, Retold
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor
from tests.strangers.town import Row


@defect("students-include-teachers")
class StudentsIncludeTeachers(Nested):
    """/classes/{}/students gives everybody in the class."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/students":
            tables = self.tables(request)
            there = {e["user"].id for e in tables["enrollments"].values() if e["class"].id == request.ids["class"]}
            return [u for u in tables["users"].values() if u["sourcedId"] in there]
        return rows


@defect("class-of-another-school")
class ClassOfAnotherSchool(Vendor):
    """/schools/{}/classes/{}/students does not look at the school."""

    def known_parents(self, request: Request, route: Route) -> None:
        if {"school", "class"} <= request.ids.keys():
            ids = request.ids
            request.ids = {"class": ids["class"]}
            super().known_parents(request, route)
            return
        super().known_parents(request, route)


@defect("term-classes-by-first-term")
class TermsOfAllSchools(Nested):
    """/terms/{}/classes gives only classes whose first term it is."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/terms/{term}/classes":
            return [row for row in rows if row["terms"][0].id == request.ids["term"]]
        return rows


@defect("teacher-classes-primary-only")
class TeacherClassesPrimary(Nested):
    """/teachers/{}/classes knows only those where the teacher is the primary one."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/teachers/{teacher}/classes":
            own = {e["class"].id for e in self.tables(request)["enrollments"].values()
                   if e["user"].id == request.ids["teacher"] and e.get("primary") == "true"}  # fmt: skip
            return [row for row in rows if row["sourcedId"] in own]
        return rows


@defect("school-people-by-primary-org")
class SchoolPeopleByPrimaryOrg(Nested):
    """/schools/{}/teachers goes by primaryOrg: who also teaches elsewhere is missing there."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/schools/{school}/teachers":
            return [row for row in rows if row["primaryOrg"].id == request.ids["school"]]
        return rows


@defect("school-enrolments-active-only")
class SchoolEnrolmentsActive(Nested):
    """/schools/{}/enrollments hides tombstones: the list of all does not."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [r for r in rows if r["status"] == "active"] if route.path == "/schools/{school}/enrollments" else rows


@defect("grading-periods-of-all-terms")
class GradingPeriodsOfAll(Nested):
    """/terms/{}/gradingPeriods gives all of them."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/terms/{term}/gradingPeriods":
            return [s for s in self.tables(request)["academicSessions"].values() if s["type"] == "gradingPeriod"]
        return rows


@defect("nested-thinner")
class NestedThinner(Retold):
    """Nested users have no roles beyond the first."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.kind == "nested" and route.table == "users":
            rows = [{**row, "roles": row["roles"][:1]} if "roles" in row else row for row in rows]
        return super().collection(route, rows)


@defect("unknown-parent-500")
class UnknownParent500(Vendor):
    """An unknown parent: a null pointer."""

    def known_parents(self, request: Request, route: Route) -> None:
        try:
            super().known_parents(request, route)
        except Refusal:
            raise Refusal(500, "internal_server_error", "Object reference not set to an instance") from None


@defect("nested-wrong-key")
class NestedWrongKey(Vendor):
    """/classes/{}/students wraps in `students`."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        name = route.path.rsplit("/", 1)[1]
        return {name if route.kind == "nested" and name in {"students", "teachers", "terms"} else route.key: rows}
