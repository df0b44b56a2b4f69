"""Legal towns: small ones, those that offer less, and people as they come and go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Request, Vendor
from tests.strangers.tables import rows_of
from tests.strangers.town import Row, Tables
from tests.strangers.variants import variant


@variant("one-school")
class OneSchool(Vendor):
    """One school, and nobody works elsewhere."""

    schools = 1


@variant("tiny-town")
class TinyTown(Vendor):
    """A school of eighteen pupils: no list is longer than a page."""

    schools, pupils = 1, 3


@variant("rostering-alone")
class RosteringAlone(Vendor):
    """Only Rostering is offered, no gradebook scope is known."""

    services = ("rostering",)


@variant("core-alone")
class CoreAlone(Vendor):
    """The 22 endpoints of the core and no others, as the discovery document says."""

    services = ("rostering",)

    def routes(self, service: str) -> Iterator[Route]:
        return (r for r in super().routes(service) if r.kind in {"list", "one"} and r.table != "demographics")

    def profiles(self, service: str, all_: Any) -> Any:
        return [name for name in all_ if name.endswith("core")]


@variant("nothing-optional-there")
class NothingOptional(Vendor):
    """All is offered, and what is optional is empty: no demographics, no assessments, no resources, no guardians."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name in ("demographics", "assessmentLineItems", "assessmentResults", "resources"):
            tables[name].clear()
        for row in rows_of(tables):
            row.pop("resources", None)
            row.pop("agents", None)
        gone = {i for i, u in tables["users"].items() if u["roles"][0]["role"] in {"guardian", "parent"}}
        tables["users"] = {id_: row for id_, row in tables["users"].items() if id_ not in gone}
        return tables


@variant("nobody-left")
class NobodyLeft(Vendor):
    """What was deleted is purged."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return {n: {i: r for i, r in table.items() if r["status"] == "active"} for n, table in tables.items()}


@variant("no-primary-teacher")
class NoPrimaryTeacher(Vendor):
    """`primary` is optional; classes without teachers, teachers without classes and pupils without either exist."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in tables["enrollments"].values():
            row.pop("primary", None)
        bare = list(tables["classes"])[::7]
        graded = {row["class"].id for name in ("lineItems", "assessmentLineItems") for row in tables[name].values()}
        tables["enrollments"] = {
            id_: row
            for id_, row in tables["enrollments"].items()
            if row["class"].id not in bare or row["class"].id in graded
        }
        return tables


@variant("deleted-people-in-lists")
class DeletedPeopleInLists(Vendor):
    """A class list may hold whoever is marked for deletion, until the purge."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "nested" and route.path.startswith("/classes/{class}/") and route.table == "users":
            tables, role = self.tables(request), route.path.rsplit("/", 1)[1][:-1]
            there = {
                e["user"].id for e in tables["enrollments"].values()
                if e["class"].id == request.ids["class"] and e["role"] == role
            }  # fmt: skip
            return [u for u in tables["users"].values() if u["sourcedId"] in there]
        return super().belonging(request, route)
