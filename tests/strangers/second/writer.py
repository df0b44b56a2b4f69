"""The stranger's server, its writes cut into steps, so that a vendor may do one of them in a way of his own."""

from __future__ import annotations

import json
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.town import Row, Tables


class Writer(Vendor):
    """A provider that keeps the standard, writes too. It does what `Vendor` does, step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, str] = {}  # the table of what was written, by its id

    def write(self, request: Request, route: Route) -> Reply:
        """Answer PUT, DELETE or POST."""
        if route.kind == "delete":
            return self.delete_one(request, route)
        sent = self.sent(request, route)
        return self.put_one(request, route, sent) if route.kind == "put" else self.post_many(request, route, sent)

    def sent(self, request: Request, route: Route) -> Any:
        """Return what stands in the wrapper of the body."""
        try:
            return self.parsed(request)[route.key]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refusal(400, "invaliddata", "no such JSON") from None

    def parsed(self, request: Request) -> Any:
        """Return the body as JSON."""
        return json.loads(request.body)

    # --- DELETE ---------------------------------------------------------------------------------------------------

    def delete_one(self, request: Request, route: Route) -> Reply:
        """Answer DELETE."""
        tables, id_ = self.tables(request), request.ids["self"]
        if id_ not in tables[route.table]:
            raise Refusal(404, "unknownobject", "Unknown Object")
        self.remove(tables, route, id_)
        return self.deleted(request, route)

    def deleted(self, request: Request, route: Route) -> Reply:
        """Return what a deletion is answered with."""
        return Reply(204)

    # --- PUT ------------------------------------------------------------------------------------------------------

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        """Answer PUT."""
        tables = self.tables(request)
        id_ = self.put_id(request, sent)
        there = id_ in tables[route.table]
        self.store(tables, route, id_, sent)
        return self.kept(request, route, id_, there=there)

    def put_id(self, request: Request, sent: Any) -> str:
        """Return under which id a PUT is kept."""
        id_ = request.ids["self"]
        if not isinstance(sent, dict) or sent.get("sourcedId", id_) != id_:
            raise Refusal(422, "invaliddata", "the id in the path is another one")
        return id_

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        """Return what a PUT is answered with."""
        return Reply(self.put_status(there))

    # --- POST -----------------------------------------------------------------------------------------------------

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        """Answer POST."""
        self.known_parents(request, route)
        if not isinstance(sent, list):
            raise Refusal(422, "invaliddata", "not a list")
        tables, pairs = self.tables(request), list[Row]()
        for one in self.acceptable(tables, request, route, sent):
            id_ = self.allocate_for(tables, route, one)
            self.store(tables, route, id_, {**one, "sourcedId": id_})
            pairs.append({"suppliedSourcedId": one["sourcedId"], "allocatedSourcedId": id_})
        return self.posted(request, route, self.pairs(pairs))

    def acceptable(self, tables: Tables, request: Request, route: Route, sent: list[Row]) -> list[Row]:
        """Return the records of a POST that are taken: all of them, or the request is refused."""
        for one in sent:
            if not isinstance(one, dict):
                raise Refusal(422, "invaliddata", "not an object")
            row = self.taken(tables, route, one)
            if "sourcedId" not in row:
                raise Refusal(422, "invaliddata", "a temporary id is missing")
            self.belongs(tables, request, row)
        return sent

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        """Return an id for a posted record."""
        return self.allocate(route)

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        """Return what a POST is answered with."""
        return self.json(201, {"sourcedIdPairs": pairs})

    # --- keeping --------------------------------------------------------------------------------------------------

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        """Keep a record."""
        old = tables[route.table].get(id_)
        self.written[id_] = route.table
        row = self.taken(tables, route, {**sent, "sourcedId": id_})
        row["status"] = "active"
        row["dateLastModified"] = self.now()
        tables[route.table][id_] = self.fit(route.table, row, old, sent)

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        """Return a record as it is kept: the new one, the one that it replaces, and the JSON that came."""
        return row
