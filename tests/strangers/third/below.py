"""Defects of views and nested reads: stored procedures, joins by code, lists of this year only."""

from __future__ import annotations

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import defect
from tests.strangers.town import Ref, Row, Tables


class Chosen(Vendor):
    """A vendor whose lists hold other records at some addresses."""

    def here(self, route: Route) -> bool:
        """Whether this route is meant."""
        return False

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        """Return what the list holds instead."""
        return rows

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return self.instead(request, route, rows) if self.here(route) else rows


@defect("nested", "no-rows-is-404")
class NoRowsIs404(Vendor):
    """A parent that is there and has nothing below is 404: a class without teachers, a guardian's classes."""

    def many(self, request: Request, route: Route) -> Reply:
        if route.kind == "nested":
            self.known_parents(request, route)
            if not self.belonging(request, route):
                raise Refusal(404, "unknownobject", "Unknown Object")
        return super().many(request, route)


@defect("nested", "school-terms-of-all-kinds")
class SchoolTermsOfAllKinds(Chosen):
    """/schools/{}/terms lists every session there is; it lists terms."""

    def here(self, route: Route) -> bool:
        return route.path == "/schools/{school}/terms"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return list(self.tables(request)["academicSessions"].values())


@defect("nested", "course-classes-by-code")
class CourseClassesByCode(Chosen):
    """/courses/{}/classes joins by courseCode: classes of other schools with the same code come along."""

    def here(self, route: Route) -> bool:
        return route.path == "/courses/{course}/classes"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        tables = self.tables(request)
        code = tables["courses"][request.ids["course"]]["courseCode"]
        return [c for c in tables["classes"].values() if tables["courses"][c["course"].id]["courseCode"] == code]


@defect("nested", "line-item-results-by-category")
class LineItemResultsByCategory(Chosen):
    """Results below a line item are those of every item of its class and category."""

    def here(self, route: Route) -> bool:
        return route.path == "/classes/{class}/lineItems/{lineItem}/results"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        tables = self.tables(request)
        item = tables["lineItems"][request.ids["lineItem"]]
        alike = {i["sourcedId"] for i in tables["lineItems"].values()
                 if i["class"] == item["class"] and i["category"] == item["category"]}  # fmt: skip
        return [row for row in tables["results"].values() if row["lineItem"].id in alike]


@defect("nested", "school-scales-one-a-title")
class SchoolScalesOneATitle(Chosen):
    """`GROUP BY title`: a school has one scale a title, though each of its classes has its own."""

    def here(self, route: Route) -> bool:
        return route.path == "/schools/{school}/scoreScales"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return list({row["title"]: row for row in rows}.values())


@defect("nested", "grading-periods-view-is-empty")
class GradingPeriodsViewIsEmpty(Chosen):
    """/gradingPeriods asks for the type `grading_period`, which no session has: an empty list."""

    def here(self, route: Route) -> bool:
        return route.path == "/gradingPeriods"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return []


@defect("nested", "teachers-are-all-staff")
class TeachersAreAllStaff(Chosen):
    """/teachers is the table of staff: principals are in it, who teach nothing and have no role of a teacher."""

    def here(self, route: Route) -> bool:
        return route.path == "/teachers"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        users = self.tables(request)["users"].values()
        return [u for u in users if any(role["role"] in {"teacher", "principal"} for role in u["roles"])]


@defect("nested", "nested-lists-of-this-year-only")
class NestedListsOfThisYearOnly(Chosen):
    """Nested lists of classes know the present school year alone, /classes holds the past one as well."""

    def here(self, route: Route) -> bool:
        return route.kind == "nested" and route.table == "classes"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [row for row in rows if any("2027" in term.id for term in row["terms"])]


@defect("nested", "class-line-items-of-the-school")
class ClassLineItemsOfTheSchool(Chosen):
    """/classes/{}/lineItems lists the line items of the whole school."""

    def here(self, route: Route) -> bool:
        return route.path == "/classes/{class}/lineItems" and route.method == "GET"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        tables = self.tables(request)
        school = tables["classes"][request.ids["class"]]["school"]
        return [row for row in tables["lineItems"].values() if row["school"] == school]


@defect("nested", "terms-hold-periods")
class TermsHoldPeriods(Chosen):
    """/terms holds grading periods as well: in Finland both are called jakso."""

    def here(self, route: Route) -> bool:
        return route.path == "/terms"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        sessions = self.tables(request)["academicSessions"].values()
        return [row for row in sessions if row["type"] in {"term", "gradingPeriod"}]


@defect("nested", "student-classes-of-homeroom-only")
class StudentClassesOfHomeroomOnly(Chosen):
    """/students/{}/classes is the register of homerooms: teaching groups are missing that /enrollments has."""

    def here(self, route: Route) -> bool:
        return route.path == "/students/{student}/classes"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row.get("classType") == "homeroom"]


@defect("nested", "guests-missing-in-class")
class GuestsMissingInClass(Chosen):
    """The pupils of a class in a school leave out those whose primary org is another school: guests are lost."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        schools = [row["sourcedId"] for row in tables["orgs"].values() if row["type"] == "school"]
        for row in list(tables["users"].values())[12::13]:
            if "student" in {role["role"] for role in row["roles"]} and len(schools) > 1:
                away = next(id_ for id_ in schools if id_ != row["primaryOrg"].id)
                row["primaryOrg"] = Ref("org", away)
                row["roles"].append({"roleType": "primary", "role": "student", "org": row["primaryOrg"]})
        return tables

    def here(self, route: Route) -> bool:
        return route.path in {"/schools/{school}/classes/{class}/students", "/classes/{class}/students"}

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        school = self.tables(request)["classes"][request.ids["class"]]["school"]
        return [row for row in rows if row["primaryOrg"] == school]


@defect("nested", "course-resources-of-its-classes")
class CourseResourcesOfItsClasses(Chosen):
    """/courses/{}/resources lists what its classes use, and not what the course itself links to."""

    def here(self, route: Route) -> bool:
        return route.path == "/courses/{course}/resources"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        tables, course = self.tables(request), request.ids["course"]
        used = {
            link.id for c in tables["classes"].values() if c["course"].id == course for link in c.get("resources", [])
        }
        return [row for row in tables["resources"].values() if row["sourcedId"] in used]


@defect("nested", "class-teachers-twice")
class ClassTeachersTwice(Chosen):
    """A teacher who is enrolled for two parts of the year stands twice in the list of the class."""

    def here(self, route: Route) -> bool:
        return route.path == "/classes/{class}/teachers"

    def instead(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [row for row in rows for _ in range(1 + (row is rows[0]))]
