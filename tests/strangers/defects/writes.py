"""Defects of writes: what PUT, POST and DELETE store, lose, or let through."""

from __future__ import annotations

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Leaky
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.town import Row, Tables


@defect("put-merges")
class PutMerges(Vendor):
    """PUT keeps what was left out."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_, {})
        super().store(tables, route, id_, sent)
        tables[route.table][id_] = {**old, **tables[route.table][id_]}


@defect("put-not-stored")
class PutNotStored(Vendor):
    """201, and nothing is there."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        self.taken(tables, route, sent)


@defect("put-keeps-stamp")
class PutKeepsStamp(Vendor):
    """A replacement does not move dateLastModified."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_)
        super().store(tables, route, id_, sent)
        if old:
            tables[route.table][id_]["dateLastModified"] = old["dateLastModified"]


@defect("put-new-id")
class PutNewId(Vendor):
    """PUT stores under an id of its own."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, f"{id_}-1" if id_ not in tables[route.table] else id_, sent)


@defect("delete-does-nothing")
class DeleteDoesNothing(Vendor):
    """204, and it is still there."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        return None


@defect("delete-cascades-too-far")
class DeleteCascades(Vendor):
    """Deleting a line item deletes all line items of its category."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        row = tables[route.table][id_]
        super().remove(tables, route, id_)
        if route.table == "lineItems":
            for other in [i for i, r in tables["lineItems"].items() if r["category"] == row["category"]]:
                del tables["lineItems"][other]


@defect("delete-unknown-204")
class DeleteUnknown204(Vendor):
    """Deleting what is not there: 204."""

    def write(self, request: Request, route: Route) -> Reply:
        try:
            return super().write(request, route)
        except Refusal as refusal:
            if route.kind == "delete" and refusal.status == 404:
                return Reply(204)
            raise


@defect("extra-credit-capped")
class ExtraCreditCapped(Vendor):
    """A score above the maximum becomes the maximum."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if isinstance(row.get("score"), (int, float)):
            row["score"] = min(row["score"], 100)
        return row


@defect("title-cut")
class TitleCut(Vendor):
    """varchar(50)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if "title" in row:
            row["title"] = row["title"][:50]
        return row


@defect("pairs-swapped")
class PairsSwapped(Vendor):
    """Supplied and allocated id are swapped."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [
            {"suppliedSourcedId": p["allocatedSourcedId"], "allocatedSourcedId": p["suppliedSourcedId"]} for p in pairs
        ]


@defect("malformed-json-500")
class MalformedJson500(Vendor):
    """What is no JSON: 500."""

    def write(self, request: Request, route: Route) -> Reply:
        try:
            return super().write(request, route)
        except Refusal as refusal:
            if refusal.status == 400:
                raise Refusal(500, "internal_server_error", "Unexpected token") from None
            raise


@defect("read-scope-writes")
class ReadScopeWrites(Vendor):
    """Whoever may read may write."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not any(scope.endswith("gradebook.readonly") for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("writes-cross-tenants")
class WritesCrossTenants(Leaky):
    """DELETE finds by id alone, in all tenants."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        for town in self.towns.values():
            town[route.table].pop(id_, None)

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "delete"
