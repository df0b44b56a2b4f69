"""Defects of 1.1 in moments, links and envelopes, and in where links lead, as vendors have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request
from tests.strangers.town import Ref, Row, Tables
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import BASE, Old

# --- moments ----------------------------------------------------------------------------------------------------------


@defect("moments", "stamps-without-zone")
class StampsWithoutZone(Old):
    """dateLastModified has no zone (pitfall 9)."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")


@defect("moments", "stamps-with-a-space")
class StampsWithASpace(Old):
    """2026-08-10 05:05:21.299Z, as in a published sample."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M:%S.000Z")


@defect("moments", "stamps-as-days")
class StampsAsDays(Old):
    """dateLastModified is a day."""

    def stamp(self, moment: datetime) -> str:
        return moment.date().isoformat()


@defect("moments", "stamps-missing-in-terms")
class StampsMissing(Old):
    """Grading periods are made up for the answer, and were never changed: no dateLastModified (pitfall 9)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if told.get("type") == "gradingPeriod":
            told.pop("dateLastModified", None)
        return told


@defect("moments", "stamps-local-as-utc")
class StampsLocalAsUtc(Old):
    """The local time of the server is told with a Z, while filters go by the true one."""

    def stamp(self, moment: datetime) -> str:
        return super().stamp(moment + timedelta(hours=3))


@defect("moments", "stamps-of-the-answer")
class StampsOfTheAnswer(Old):
    """dateLastModified is the moment of the answer: every row is always new."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"dateLastModified": self.stamp(self.now())} if "dateLastModified" in told else {})


# --- links ------------------------------------------------------------------------------------------------------------


@defect("links", "link-of-source-id")
class LinkOfSourceId(Old):
    """sourceId instead of sourcedId (pitfall 12)."""

    def link(self, name: str, ref: Ref) -> Row:
        told = super().link(name, ref)
        return {"href": told["href"], "sourceId": told["sourcedId"], "type": told["type"]}


@defect("links", "link-without-href")
class LinkWithoutHref(Old):
    """A link has an id and a type, and no address."""

    def link(self, name: str, ref: Ref) -> Row:
        return {"sourcedId": ref.id, "type": super().link(name, ref)["type"]}


@defect("links", "link-type-plural")
class LinkTypePlural(Old):
    """type is orgs, users, academicSessions (pitfall 12)."""

    def link(self, name: str, ref: Ref) -> Row:
        return super().link(name, ref) | {"type": {"class": "classes"}.get(ref.kind, f"{ref.kind}s")}


@defect("links", "link-type-school")
class LinkTypeSchool(Old):
    """A school is linked as school, which no version has as a type."""

    def link(self, name: str, ref: Ref) -> Row:
        return super().link(name, ref) | ({"type": "school"} if name in {"school", "orgs"} else {})


@defect("links", "links-of-a-tilde")
class LinksOfATilde(Old):
    """~/ims/oneroster/v1p1/orgs/1, as Aeries prints them (pitfall 13)."""

    def href(self, ref: Ref) -> str:
        return "~" + super().href(ref)[len(self.url + self.prefix) :]


@defect("links", "links-of-1.2")
class LinksOfLater(Old):
    """Links lead to /ims/oneroster/rostering/v1p2, where nothing is (differences, 2: href must stay)."""

    def href(self, ref: Ref) -> str:
        return super().href(ref).replace(BASE, "/ims/oneroster/rostering/v1p2")


@defect("links", "links-of-the-inner-host")
class LinksOfTheInnerHost(Old):
    """Links name the host behind the gateway."""

    def href(self, ref: Ref) -> str:
        return super().href(ref).replace(self.url, "http://sis-app01.sisaverkko.invalid:8080")


@defect("links", "links-to-lists")
class LinksToLists(Old):
    """A link leads to the collection, and not to the object."""

    def href(self, ref: Ref) -> str:
        return super().href(ref).rpartition("/")[0]


@defect("links", "links-in-the-singular")
class LinksSingular(Old):
    """Links say /user/1 and /org/1, in the singular: a path that is not there."""

    def href(self, ref: Ref) -> str:
        return f"{self.url}{self.prefix}{BASE}/{ref.kind}/{ref.id}"


# --- envelopes --------------------------------------------------------------------------------------------------------


@defect("envelopes", "list-bare")
class ListBare(Old):
    """A list has no envelope (pitfall 1)."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return rows


@defect("envelopes", "list-by-its-path")
class ListByItsPath(Old):
    """/students answers students, /terms terms, /schools schools (users, academicSessions, orgs)."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return {route.path.rpartition("/")[2]: rows}


@defect("envelopes", "list-with-counts")
class ListWithCounts(Old):
    """The envelope counts: totalCount, limit and offset beside the rows (pitfall 15)."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, rows) | {"totalCount": len(rows), "offset": 0}


class _Singles(Old):
    """Spoils the envelope of a single read."""

    def envelope(self, key: str, view: str, row: Any) -> Any:
        """Return the body."""
        return {key: row}

    def json(self, status: int, body: Any) -> Reply:
        if status == 200 and isinstance(body, dict):
            for key, row in body.items():
                if isinstance(row, dict):
                    body = self.envelope(key, self.view, row)
                    break
        return super().json(status, body)

    view = ""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        self.view = route.path.split("/")[1][:-1]
        return super().belonging(request, route)


@defect("envelopes", "single-bare")
class SingleBare(_Singles):
    """A single object has no envelope."""

    def envelope(self, key: str, view: str, row: Any) -> Any:
        return row


@defect("envelopes", "single-by-its-path")
class SingleByItsPath(_Singles):
    """/schools/{id} answers school, /students/{id} student, /terms/{id} term (pitfall 2)."""

    def envelope(self, key: str, view: str, row: Any) -> Any:
        return {view if view in {"school", "student", "teacher", "term", "gradingPeriod"} else key: row}


@defect("envelopes", "single-as-list")
class SingleAsList(_Singles):
    """A single user comes as {"users": [...]}, a list of one."""

    def envelope(self, key: str, view: str, row: Any) -> Any:
        return {"classes" if key == "class" else f"{key}s": [row]}


@defect("envelopes", "demographic-in-the-singular")
class DemographicSingular(_Singles):
    """A single demographics read has the key demographic (pitfall 3)."""

    def envelope(self, key: str, view: str, row: Any) -> Any:
        return {"demographic" if key == "demographics" else key: row}


# --- where links lead -------------------------------------------------------------------------------------------------


@defect("references", "enrolments-of-nobody")
class EnrolmentsOfNobody(Old):
    """Enrolments name people whom /users does not have (pitfall 47)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in list(tables["enrollments"].values())[::25]:
            row["user"] = Ref("user", f"{tenant}-unknown-{row['sourcedId']}")
        return tables


@defect("references", "agents-of-nobody")
class AgentsOfNobody(Old):
    """/users has pupils and teachers alone, and the agents of pupils lead to nobody."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        users = tables["users"]
        tables["users"] = {id_: row for id_, row in users.items() if row["role"] not in {"guardian", "parent"}}
        return tables


@defect("references", "terms-of-nothing")
class TermsOfNothing(Old):
    """Classes name terms of a year that was cleared away."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in list(tables["classes"].values())[::9]:
            row["terms"] = [Ref("academicSession", f"{tenant}-lv2019")]
        return tables


@defect("references", "course-of-nothing")
class CourseOfNothing(Old):
    """A class without a course has one whose id is a nought."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in list(tables["classes"].values())[::9]:
            row["course"] = Ref("course", "0")
        return tables


@defect("references", "parents-of-nothing")
class ParentsOfNothing(Old):
    """Schools have a parent that is no org of this provider."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["orgs"].values():
            if row["type"] == "school":
                row["parent"] = Ref("org", "state-00")
        return tables


@defect("references", "children-forgotten")
class ChildrenForgotten(Old):
    """A district does not list its youngest school as a child, whose parent it is."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["orgs"].values():
            if row.get("children"):
                row["children"] = row["children"][:-1]
        return tables


@defect("references", "school-of-an-enrolment-differs")
class SchoolOfEnrolmentDiffers(Old):
    """The school of an enrolment is that of the pupil, and not that of the class."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        schools = [id_ for id_, row in tables["orgs"].items() if row["type"] == "school"]
        for row in list(tables["enrollments"].values())[::11]:
            other = schools[(schools.index(row["school"].id) + 1) % len(schools)]
            row["school"] = Ref("org", other)
        return tables


@defect("references", "grading-periods-without-parent")
class PeriodsWithoutParent(Old):
    """A grading period does not say to which term it belongs, so /terms/{id}/gradingPeriods is empty."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["academicSessions"].values():
            if row["type"] == "gradingPeriod":
                row.pop("parent", None)
        return tables


@defect("references", "a-class-twice")
class AClassTwice(Old):
    """A class with two teachers stands twice in its lists: a join (pitfall 48)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for id_, row in list(tables["classes"].items())[::4]:
            tables["classes"][f"{id_} again"] = row
        return tables
