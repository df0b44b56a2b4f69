"""Legal servers that delete in ways of their own: tombstones, ids that are done with, what is answered of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.second.lists import variant
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Row, Tables


@variant("tombstones")
class Tombstones(Writer):
    """What is deleted stays with `tobedeleted` and a new stamp, its results with it (REST 3.2 and 7)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind != "nested" or route.table != "categories":
            return rows
        items = self.tables(request)["lineItems"].values()
        used = {i["category"].id for i in items if i["class"].id == request.ids["class"] and i["status"] == "active"}
        return [row for row in rows if row["sourcedId"] in used]

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.bury(tables, route.table, id_)

    def bury(self, tables: Tables, table: str, id_: str) -> None:
        tables[table][id_] = {**tables[table][id_], "status": "tobedeleted", "dateLastModified": self.now()}
        for name, link in (
            ("results", "lineItem"),
            ("assessmentResults", "assessmentLineItem"),
            ("lineItems", "category"),
        ):
            if table == {"lineItem": "lineItems", "category": "categories"}.get(link, "assessmentLineItems"):
                for key, row in list(tables[name].items()):
                    if row[link].id == id_ and row["status"] == "active":
                        self.bury(tables, name, key)


@variant("tombstones-deleted-once")
class TombstonesDeletedOnce(Tombstones):
    """A tombstone is not deleted again: 404, for there is nothing to delete."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        row = self.tables(request)[route.table].get(request.ids["self"])
        if row and row["status"] == "tobedeleted":
            raise Refusal(404, "unknownobject", "Unknown Object")
        return super().delete_one(request, route)


@variant("tombstones-by-id")
class TombstonesById(Tombstones):
    """A tombstone is read by its id, and lists show it only to whoever filters by status or stamp (REST 3.2: open)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        asked = "".join(request.params.get("filter", []))
        if route.kind == "one" or "status" in asked or "dateLastModified" in asked or route.service != "gradebook":
            return rows
        return [row for row in rows if row["status"] == "active" or row["sourcedId"] not in self.written]


@variant("tombstones-purged")
class TombstonesPurged(Tombstones):
    """A tombstone is purged after a second, and 404 from then on (REST 7)."""

    def serve(self, request: Request) -> Reply:
        now = self.now() - timedelta(seconds=1)
        for tables in self.towns.values():
            for id_, name in self.written.items():
                row = tables[name].get(id_)
                if row and row["status"] == "tobedeleted" and row["dateLastModified"] < now:
                    del tables[name][id_]
                    self.let_go(tables, name, id_)
        return super().serve(request)


class _Remembering(Writer):
    """Knows what was deleted, by the tables of its tenant, kind and id."""

    def __init__(self) -> None:
        super().__init__()
        self.graves: set[tuple[int, str, str]] = set()

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.graves.add((id(tables), route.table, id_))
        super().remove(tables, route, id_)


@variant("deleted-ids-done-with")
class DeletedIdsDoneWith(_Remembering):
    """The id of what was deleted is not used again: a PUT to it is refused, 422 (REST 7: not silently reused)."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if (id(self.tables(request)), route.table, request.ids["self"]) in self.graves:
            raise Refusal(422, "invaliddata", "this id was used and deleted")
        return super().put_one(request, route, sent)


@variant("deleted-again-204")
class DeletedAgain204(_Remembering):
    """To delete what was deleted is done already: 204 again, for ids that were there once (RFC 9110, 9.2.2)."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        there = request.ids["self"] in self.tables(request)[route.table]
        if not there and (id(self.tables(request)), route.table, request.ids["self"]) in self.graves:
            return Reply(204)
        return super().delete_one(request, route)


@variant("deleted-ids-410")
class DeletedIds410(DeletedIdsDoneWith):
    """What was deleted is Gone, 410, to whoever reads it: under `default` (RFC 9110, 15.5.11). A warning is earned."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        self.graves.discard((id(self.tables(request)), route.table, request.ids["self"]))
        return super().put_one(request, route, sent)

    def one(self, request: Request, route: Route) -> Reply:
        if (id(self.tables(request)), route.table, request.ids["self"]) in self.graves:
            raise Refusal(410, "unknownobject", "Unknown Object: it was deleted")
        return super().one(request, route)
