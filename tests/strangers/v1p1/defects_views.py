"""Defects of 1.1 in views and nested reads: who is listed below what, as vendors have it wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import Old


class _Lists(Old, ABC):
    """Lists others than belong below the paths that it spoils."""

    paths: tuple[str, ...] = ()

    @abstractmethod
    def wrong(self, request: Request, route: Route) -> list[Row]:
        """Return who is listed instead."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.path in self.paths:
            return self.wrong(request, route)
        return super().belonging(request, route)


# --- views ------------------------------------------------------------------------------------------------------------


@defect("views", "terms-are-all-sessions")
class TermsAreAllSessions(_Lists):
    """/terms lists years and grading periods too."""

    paths = ("/terms", "/terms/{self}")

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return list(self.tables(request)["academicSessions"].values())


@defect("views", "terms-with-semesters")
class TermsWithSemesters(_Lists):
    """/terms lists semesters too, which the vendor takes for terms."""

    paths = ("/terms", "/terms/{self}")

    def wrong(self, request: Request, route: Route) -> list[Row]:
        sessions = self.tables(request)["academicSessions"].values()
        return [row for row in sessions if row["type"] in {"term", "semester"}]


@defect("views", "grading-periods-by-a-wrong-word")
class PeriodsByAWrongWord(_Lists):
    """/gradingPeriods looks for GradingPeriod, and is empty (pitfall 17)."""

    paths = ("/gradingPeriods", "/gradingPeriods/{self}")

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return []


@defect("views", "schools-with-districts")
class SchoolsWithDistricts(_Lists):
    """/schools lists the district too (pitfall 18)."""

    paths = ("/schools", "/schools/{self}")

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return list(self.tables(request)["orgs"].values())


@defect("views", "teachers-with-administrators")
class TeachersWithAdministrators(_Lists):
    """/teachers lists the staff, administrators among it."""

    paths = ("/teachers", "/teachers/{self}")

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return [row for row in self.tables(request)["users"].values() if row["role"] in {"teacher", "administrator"}]


@defect("views", "students-who-are-active")
class StudentsWhoAreActive(_Lists):
    """/students hides who left, /users does not: the views do not tell the same people."""

    paths = ("/students",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        users = self.tables(request)["users"].values()
        return [row for row in users if row["role"] == "student" and row["status"] == "active"]


@defect("views", "students-of-one-school")
class StudentsOfOneSchool(_Lists):
    """/students lists those of one school alone: the query was written for the pilot."""

    paths = ("/students",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        tables = self.tables(request)
        school = next(id_ for id_, row in tables["orgs"].items() if row["type"] == "school")
        pupils = [row for row in tables["users"].values() if row["role"] == "student"]
        return [row for row in pupils if row["orgs"][0].id == school]


@defect("views", "single-of-another-kind")
class SingleOfAnotherKind(Old):
    """/teachers/{id}, /schools/{id} and /terms/{id} find whatever has the id (rest, 3.1: 404)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "one":
            return list(self.tables(request)[route.table].values())
        return super().belonging(request, route)


@defect("views", "single-thinner")
class SingleThinner(Old):
    """A single user lacks grades and agents, which the list has: two queries were written."""

    def one(self, request: Request, route: Route) -> Any:
        self.thin = route.table == "users"
        try:
            return super().one(request, route)
        finally:
            self.thin = False

    thin = False

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {name: value for name, value in told.items() if not (self.thin and name in {"grades", "agents"})}


# --- below a class ----------------------------------------------------------------------------------------------------

IN_CLASS = ("/classes/{class}/%s", "/schools/{school}/classes/{class}/%s")


def _people(server: Old, request: Request, role: str, **also: str) -> list[Row]:
    tables = server.tables(request)
    there = {
        one["user"].id for one in tables["enrollments"].values()
        if one["class"].id == request.ids["class"] and one["role"] == role
        and all(one.get(name) == value for name, value in also.items())
    }  # fmt: skip
    return [row for id_, row in tables["users"].items() if id_ in there]


@defect("nested", "students-of-a-class-with-teachers")
class StudentsWithTeachers(_Lists):
    """/classes/{id}/students lists everybody in the class."""

    paths = tuple(path % "students" for path in IN_CLASS)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return _people(self, request, "student", status="active") + _people(self, request, "teacher", status="active")


@defect("nested", "teachers-who-are-primary")
class TeachersWhoArePrimary(_Lists):
    """/classes/{id}/teachers lists the primary teacher alone."""

    paths = tuple(path % "teachers" for path in IN_CLASS)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return _people(self, request, "teacher", status="active", primary="true")


@defect("nested", "students-who-were-taken-out")
class StudentsWhoWereTakenOut(_Lists):
    """/classes/{id}/students lists those whose enrolment is to be deleted (active ones make the connection)."""

    paths = tuple(path % "students" for path in IN_CLASS)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return _people(self, request, "student")


@defect("nested", "students-of-the-school")
class StudentsOfTheSchool(_Lists):
    """/schools/{}/classes/{}/students gives the students of the school."""

    paths = ("/schools/{school}/classes/{class}/students",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        users = self.tables(request)["users"].values()
        return [
            row for row in users
            if row["role"] == "student" and any(org.id == request.ids["school"] for org in row["orgs"])
        ]  # fmt: skip


@defect("nested", "class-of-any-school")
class ClassOfAnySchool(Old):
    """/schools/{}/classes/{}/students does not ask whether the class is in the school."""

    def known_parents(self, request: Request, route: Route) -> None:
        ids = request.ids
        if {"school", "class"} <= ids.keys():
            request.ids = {"class": ids["class"]}
            super().known_parents(request, route)
            request.ids = ids
        else:
            super().known_parents(request, route)


@defect("nested", "enrolments-of-the-school")
class EnrolmentsOfTheSchool(_Lists):
    """/schools/{}/classes/{}/enrollments gives those of the whole school."""

    paths = ("/schools/{school}/classes/{class}/enrollments",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        rows = self.tables(request)["enrollments"].values()
        return [row for row in rows if row["school"].id == request.ids["school"]]


# --- below a school, a term, a person ---------------------------------------------------------------------------------


@defect("nested", "teachers-of-the-first-school")
class TeachersOfTheFirstSchool(_Lists):
    """/schools/{id}/teachers goes by the first organisation of a teacher alone."""

    paths = ("/schools/{school}/teachers",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        users = self.tables(request)["users"].values()
        return [row for row in users if row["role"] == "teacher" and row["orgs"][0].id == request.ids["school"]]


@defect("nested", "classes-of-every-school")
class ClassesOfEverySchool(_Lists):
    """/schools/{id}/classes lists the classes of the town."""

    paths = ("/schools/{school}/classes",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return list(self.tables(request)["classes"].values())


@defect("nested", "terms-of-a-school-of-any-type")
class TermsOfAnyType(_Lists):
    """/schools/{id}/terms lists every session."""

    paths = ("/schools/{school}/terms",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return list(self.tables(request)["academicSessions"].values())


@defect("nested", "classes-of-a-term-by-its-first")
class ClassesByFirstTerm(_Lists):
    """/terms/{id}/classes lists classes whose first term it is."""

    paths = ("/terms/{term}/classes",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        rows = self.tables(request)["classes"].values()
        return [row for row in rows if row["terms"][0].id == request.ids["term"]]


@defect("nested", "grading-periods-of-every-term")
class PeriodsOfEveryTerm(_Lists):
    """/terms/{id}/gradingPeriods lists those of all terms."""

    paths = ("/terms/{term}/gradingPeriods",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        return [row for row in self.tables(request)["academicSessions"].values() if row["type"] == "gradingPeriod"]


@defect("nested", "classes-of-a-course-by-subject")
class ClassesBySubject(_Lists):
    """/courses/{id}/classes lists the classes of the subject, of every grade."""

    paths = ("/courses/{course}/classes",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        tables = self.tables(request)
        codes = tables["courses"][request.ids["course"]]["subjectCodes"]
        return [row for row in tables["classes"].values() if row["subjectCodes"] == codes]


@defect("nested", "classes-of-a-teacher-by-school")
class ClassesOfATeacherBySchool(_Lists):
    """/teachers/{id}/classes lists the classes of the teacher's school."""

    paths = ("/teachers/{teacher}/classes",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        tables = self.tables(request)
        orgs = {org.id for org in tables["users"][request.ids["teacher"]]["orgs"]}
        return [row for row in tables["classes"].values() if row["school"].id in orgs]


@defect("nested", "classes-of-a-user-as-student")
class ClassesOfAUserAsStudent(_Lists):
    """/users/{id}/classes looks for students alone: a teacher has none."""

    paths = ("/users/{user}/classes",)

    def wrong(self, request: Request, route: Route) -> list[Row]:
        tables = self.tables(request)
        there = {
            one["class"].id for one in tables["enrollments"].values()
            if one["user"].id == request.ids["user"] and one["role"] == "student" and one["status"] == "active"
        }  # fmt: skip
        return [row for id_, row in tables["classes"].items() if id_ in there]


@defect("nested", "nested-thinner")
class NestedThinner(Old):
    """Users below a class or a school come without their organisations and grades."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.kind == "nested" and route.table == "users":
            rows = [{name: value for name, value in row.items() if name not in {"orgs", "grades"}} for row in rows]
        return super().collection(route, rows)


@defect("nested", "nested-of-enrolments")
class NestedOfEnrolments(Old):
    """/classes/{id}/students answers with enrolments in the envelope of users."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.kind == "nested" and route.table == "users":
            user = [{"href": f"{self.url}/x/{row.get('sourcedId')}", "sourcedId": row.get("sourcedId"), "type": "user"}
                    for row in rows]  # fmt: skip
            rows = [{"sourcedId": f"e-{n}", "status": "active", "role": "student", "user": one}
                    for n, one in enumerate(user)]  # fmt: skip
        return super().collection(route, rows)


@defect("nested", "nested-not-there")
class NestedNotThere(Old):
    """The paths below a person are 501, though the vendor's list of paths has them."""

    def serve(self, request: Request) -> Any:
        if request.path.endswith("/classes") and any(
            f"/{kind}/" in request.path for kind in ("students", "teachers", "users")
        ):
            self.said = []
            raise Refusal(501, "unsupported", "not yet")
        return super().serve(request)
