"""Defects of references and data: links that lead nowhere, and records that contradict each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Retold
from tests.strangers.routes import Route
from tests.strangers.server import Request, Vendor
from tests.strangers.town import Ref, Row, Tables


@defect("class-term-dangles")
class SessionsCross(Vendor):
    """A class names a term that is not there any more."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = list(tables["classes"].values())[5]
        row["terms"] = [Ref("academicSession", "lv2019.x.j1")]
        return tables


@defect("class-term-is-a-grading-period")
class TermsAreYears(Vendor):
    """A class has a grading period as its term."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        period = next(s for s in tables["academicSessions"].values() if s["type"] == "gradingPeriod")
        list(tables["classes"].values())[4]["terms"] = [Ref("academicSession", period["sourcedId"])]
        return tables


@defect("enrolments-of-the-deleted")
class EnrolmentsOfTheDeleted(Vendor):
    """A user is purged, the active enrolments stay."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        id_ = next(e["user"].id for e in tables["enrollments"].values() if e["status"] == "active")
        del tables["users"][id_]
        return tables


@defect("active-enrolment-of-a-leaver")
class ActiveEnrolmentOfALeaver(Vendor):
    """A user is marked as deleted, the enrolments are active."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        gone = {u for u, row in tables["users"].items() if row["status"] == "tobedeleted"}
        for row in tables["enrollments"].values():
            if row["user"].id in gone:
                row["status"] = "active"
        return tables


@defect("agents-dangle")
class AgentsDangling(Vendor):
    """A pupil's guardian is not among the users."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(u for u in tables["users"].values() if "agents" in u)
        row["agents"] = [Ref("user", "999999999")]
        return tables


@defect("school-of-another")
class SchoolOfAnother(Vendor):
    """The school of an enrolment is not the school of its class."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        schools = [o for o, row in tables["orgs"].items() if row["type"] == "school"]
        for row in list(tables["enrollments"].values())[:8]:
            row["school"] = Ref("org", next(s for s in schools if s != row["school"].id))
        return tables


@defect("parent-without-child")
class ParentWithoutChild(Vendor):
    """The district lists its schools as children, and lacks one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        district = next(o for o in tables["orgs"].values() if o["type"] == "district")
        district["children"] = district["children"][:-1]
        return tables


@defect("term-outside-parent")
class TermOutsideParent(Vendor):
    """A term begins before its semester."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        term = next(s for s in tables["academicSessions"].values() if s["type"] == "term")
        term["startDate"] -= timedelta(days=30)
        return tables


@defect("ends-before-it-begins")
class EndsBeforeItBegins(Vendor):
    """An enrolment ends before it begins."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(e for e in tables["enrollments"].values() if "beginDate" in e)
        row["endDate"] = row["beginDate"] - timedelta(days=5)
        return tables


@defect("two-primary-teachers")
class TwoPrimaryTeachers(Vendor):
    """Every teacher is the primary one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["enrollments"].values():
            if row["role"] == "teacher":
                row["primary"] = "true"
        return tables


@defect("two-primary-roles")
class TwoPrimaryRoles(Vendor):
    """A user has two primary roles in one org."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["users"].values():
            if len(row["roles"]) > 1:
                row["roles"][1] = {**row["roles"][1], "roleType": "primary", "org": row["roles"][0]["org"]}
        return tables


@defect("demographics-own-ids")
class DemographicsOwnIds(Vendor):
    """Demographics have ids of their own."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables["demographics"] = {
            f"d{id_}": {**row, "sourcedId": f"d{id_}"} for id_, row in tables["demographics"].items()
        }
        return tables


@defect("schools-hold-districts")
class SchoolsHoldDistricts(Vendor):
    """/schools gives all orgs."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.path == "/schools":
            return list(self.tables(request)["orgs"].values())
        return super().belonging(request, route)


@defect("first-role-only")
class FirstRoleOnly(Vendor):
    """/teachers looks at the first role: who teaches as a second role is missing."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.path == "/teachers":
            return [row for row in rows if row["roles"][-1]["role"] == "teacher"]
        return rows


@defect("disabled-missing")
class DisabledMissing(Vendor):
    """Users with enabledUser=false are left out of /students."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["enabledUser"] == "true"] if route.path == "/students" else rows


@defect("hrefs-of-one-kind")
class HrefsWrong(Vendor):
    """Every href leads to /users."""

    def href(self, ref: Ref) -> str:
        return super().href(Ref("user", ref.id))


@defect("users-twice")
class UsersTwice(Vendor):
    """Who has two roles is listed twice."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows for _ in row["roles"]] if route.path == "/users" else rows


@defect("roles-of-others")
class RolesOfOthers(Retold):
    """N+1 with a batch: the roles of the neighbour are attached in lists of more than 50."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.table == "users" and len(rows) > 50:
            rows = [{**row, "roles": rows[n - 1]["roles"]} if "roles" in row else row for n, row in enumerate(rows)]
        return super().collection(route, rows)
