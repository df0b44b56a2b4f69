"""Defects of deltas: changes and deletions that a client which asks for news never hears of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Retold
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.town import Row, Tables


@defect("tombstones-not-in-delta")
class TombstonesNotInDelta(Vendor):
    """A filter on dateLastModified hides what was deleted."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if "dateLastModified" in request.params.get("filter", [""])[-1]:
            return [row for row in found if row["status"] == "active"]
        return found


@defect("tombstone-is-404")
class TombstoneIs404(Vendor):
    """What is marked for deletion stands in the list, and is 404 alone."""

    def one(self, request: Request, route: Route) -> Reply:
        row = self.tables(request)[route.table].get(request.ids["self"])
        if row and row["status"] != "active":
            raise Refusal(404, "unknownobject", "Unknown Object")
        return super().one(request, route)


@defect("status-inactive")
class StatusInactive(Retold):
    """Deleted is called inactive."""

    def retell(self, told: Row) -> Row:
        return {**told, "status": "inactive"} if told.get("status") == "tobedeleted" else told


@defect("stamp-is-now")
class StampIsNow(Vendor):
    """dateLastModified is the time of the answer."""

    def value_out(self, name: str, value: Any) -> Any:
        return self.stamp(datetime.now(UTC)) if name == "dateLastModified" else super().value_out(name, value)


@defect("stamp-in-the-future")
class StampInTheFuture(Vendor):
    """A clock is wrong: records were changed next year."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for number, row in enumerate(tables["users"].values()):
            if number % 10 == 0:
                row["dateLastModified"] = row["dateLastModified"].replace(year=2031)
        return tables


@defect("delta-on-users-only")
class DeltaOnUsersOnly(Vendor):
    """The filter on dateLastModified works for users, elsewhere it gives everything."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        text = request.params.get("filter", [""])[-1]
        if "dateLastModified" in text and route.table in {"courses", "demographics", "academicSessions"}:
            return rows
        return super().filtered(request, route, rows)
