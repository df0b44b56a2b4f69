"""Defects of resources: the wrong ones below a class, and words of another vocabulary."""

from __future__ import annotations

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Nested, Retold
from tests.strangers.routes import Route
from tests.strangers.server import Request, Vendor
from tests.strangers.town import Row


@defect("resources-of-all-classes")
class ResourcesOfAll(Nested):
    """/classes/{}/resources gives every resource."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/resources":
            return list(self.tables(request)["resources"].values())
        return rows


@defect("importance-capital")
class ImportanceCapital(Retold):
    """Primary."""

    def retell(self, told: Row) -> Row:
        return {**told, "importance": told["importance"].capitalize()} if "importance" in told else told


@defect("roles-of-users")
class ResourceRolesWide(Retold):
    """Resource roles use the words of user roles: principal."""

    def retell(self, told: Row) -> Row:
        return {**told, "roles": ["principal"]} if "vendorResourceId" in told else told


@defect("resources-untitled-lost")
class UntitledLost(Vendor):
    """The list of resources leaves out those without a title; each can be read alone."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if "title" in row] if route.path == "/resources" else rows
