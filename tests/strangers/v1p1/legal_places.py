"""Legal variants of 1.1 in times and places: sessions, organisations, courses, and how much of a town there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from tests.strangers.routes import Route
from tests.strangers.server import Request
from tests.strangers.town import Ref, Row, Tables
from tests.strangers.v1p1.legal_data import rows_of
from tests.strangers.v1p1.registry import legal
from tests.strangers.v1p1.routes import leads
from tests.strangers.v1p1.server import Old


@legal("stamps-of-helsinki")
class StampsOfHelsinki(Old):
    """Moments are told at the offset of Finland: RFC 3339 lets them."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=3))).isoformat()


@legal("stamps-of-milliseconds")
class StampsOfMilliseconds(Old):
    """Moments have three digits behind the second, and are as fine as that."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["dateLastModified"] += timedelta(milliseconds=number % 1000)
        return tables

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


@legal("all-changed-at-once")
class ChangedAtOnce(Old):
    """Everything was loaded in one night, and has one moment of change."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            row["dateLastModified"] = datetime(2026, 8, 9, 22, 0, tzinfo=UTC)
        return tables


@legal("tall-tree")
class TallTree(Old):
    """National, state, local, district, school and department: the 1.1 words, one above the other."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        orgs = tables["orgs"]
        town = next(row for row in orgs.values() if row["type"] == "district")
        school = next(row for row in orgs.values() if row["type"] == "school")
        bare = {name: value for name, value in town.items() if name != "parent"}
        below = town
        for kind in ("local", "state", "national"):
            id_ = f"{kind}-{tenant}"
            orgs[id_] = bare | {"sourcedId": id_, "type": kind, "name": f"Malli {kind}", "identifier": f"X-{kind}",
                                "children": [Ref("org", below["sourcedId"])]}  # fmt: skip
            below["parent"] = Ref("org", id_)
            below = orgs[id_]
        id_ = f"department-{tenant}"
        orgs[id_] = school | {"sourcedId": id_, "type": "department", "name": "Kielten aineryhmä", "identifier": "X-D",
                              "parent": Ref("org", school["sourcedId"])}  # fmt: skip
        school["children"] = [Ref("org", id_)]
        return tables


@legal("courses-of-the-district")
class CoursesOfTheDistrict(Old):
    """Courses belong to the district, or to nobody; a school has those that its classes are instances of."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        town = next(id_ for id_, row in tables["orgs"].items() if row["type"] == "district")
        for number, row in enumerate(tables["courses"].values()):
            row["org"] = Ref("org", town)
            if number % 4 == 0:
                del row["org"]
        return tables

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.path != "/schools/{school}/courses":
            return super().belonging(request, route)
        tables = self.tables(request)
        given = {one["course"].id for one in tables["classes"].values() if leads(one, "school", request.ids["school"])}
        return [row for id_, row in tables["courses"].items() if id_ in given]


@legal("one-calendar-for-all")
class OneCalendar(Old):
    """Sessions have no organisation, so every school has every term."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.path != "/schools/{school}/terms":
            return super().belonging(request, route)
        return [row for row in self.tables(request)["academicSessions"].values() if row["type"] == "term"]


@legal("years-and-terms-alone")
class YearsAndTerms(Old):
    """A year has terms at once, and no term has parts: /gradingPeriods is an empty list."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        sessions = tables["academicSessions"]
        for id_ in [id_ for id_, row in sessions.items() if row["type"] in {"semester", "gradingPeriod"}]:
            del sessions[id_]
        years = [row for row in sessions.values() if row["type"] == "schoolYear"]
        for row in sessions.values():
            row.pop("children", None)
        for year in years:
            parts = [
                one for one in sessions.values() if one["type"] == "term" and one["schoolYear"] == year["schoolYear"]
            ]
            year["children"] = [Ref("academicSession", one["sourcedId"]) for one in parts]
            for one in parts:
                one["parent"] = Ref("academicSession", year["sourcedId"])
        return tables


@legal("years-long-ago")
class LongAgo(Old):
    """An archive: no session holds this day."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            for name in {"startDate", "endDate", "beginDate"} & row.keys():
                row[name] = date(row[name].year - 20, row[name].month, min(row[name].day, 28))
            if "startDate" in row:
                row["schoolYear"] = str(int(row["schoolYear"]) - 20)
        return tables


@legal("one-school")
class OneSchool(Old):
    """A town with one school."""

    schools = 1


@legal("tiny-town")
class TinyTown(Old):
    """Two pupils in a class: many lists are shorter than any page."""

    schools, pupils = 1, 2


@legal("nobody-left")
class NobodyLeft(Old):
    """What was deleted is purged at once; nothing is marked."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        gone = {id_ for id_, row in tables["users"].items() if row["status"] == "tobedeleted"}
        for name, table in tables.items():
            tables[name] = {
                id_: row for id_, row in table.items()
                if row["status"] == "active" and not (name == "enrollments" and row["user"].id in gone)
            }  # fmt: skip
        return tables


@legal("other-town-is-empty")
class OtherTownIsEmpty(Old):
    """The second tenant has nothing yet."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return tables if tenant == "kivi" else {name: {} for name in tables}
