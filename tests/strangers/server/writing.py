"""Writes: PUT, DELETE and POST of the gradebook."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

from tests.strangers import intake
from tests.strangers.routes import Route
from tests.strangers.server.messages import Refusal, Reply, Request
from tests.strangers.server.reading import Reading
from tests.strangers.town import PLURAL, Ref, Row, Tables


class Writing(Reading):
    """Answers PUT, DELETE and POST."""

    def write(self, request: Request, route: Route) -> Reply:
        """Answer PUT, DELETE or POST."""
        tables = self.tables(request)
        if route.kind == "delete":
            if request.ids["self"] not in tables[route.table]:
                raise Refusal(404, "unknownobject", "Unknown Object")
            self.remove(tables, route, request.ids["self"])
            return Reply(204)
        try:
            sent = json.loads(request.body)[route.key]
        except (ValueError, KeyError, TypeError):
            raise Refusal(400, "invaliddata", "no such JSON") from None
        if route.kind == "put":
            id_ = request.ids["self"]
            if not isinstance(sent, dict) or sent.get("sourcedId", id_) != id_:
                raise Refusal(422, "invaliddata", "the id in the path is another one")
            status = self.put_status(id_ in tables[route.table])
            self.store(tables, route, id_, sent)
            return Reply(status)
        self.known_parents(request, route)
        if not isinstance(sent, list):
            raise Refusal(422, "invaliddata", "not a list")
        for one in sent:  # all or none
            self.belongs(tables, request, self.taken(tables, route, one))
        pairs = []
        for one in sent:
            id_ = self.allocate(route)
            self.store(tables, route, id_, {**one, "sourcedId": id_})
            pairs.append({"suppliedSourcedId": one["sourcedId"], "allocatedSourcedId": id_})
        return self.json(201, {"sourcedIdPairs": self.pairs(pairs)})

    def belongs(self, tables: Tables, request: Request, row: Row) -> None:
        """Refuse what is posted below another parent than it names."""
        told = [(name, row[name]) for name in ("class", "school", "lineItem") if name in row]
        if "lineItem" in row:
            told.append(("class", tables["lineItems"][row["lineItem"].id]["class"]))
        if any(link.id != request.ids.get(name, link.id) for name, link in told):
            raise Refusal(422, "invaliddata", "it belongs to another parent")

    def put_status(self, there: bool) -> int:
        """Return the status of a PUT."""
        return 200 if there else 201

    def allocate(self, route: Route) -> str:
        """Return a new id."""
        return f"{route.table}-{secrets.token_hex(6)}"

    def pairs(self, pairs: list[Row]) -> list[Row]:
        """Return the ids that were allocated."""
        return pairs

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        """Delete a record, and what hangs on it."""
        del tables[route.table][id_]
        self.let_go(tables, route.table, id_)

    def let_go(self, tables: Tables, table: str, id_: str) -> None:
        """Delete what could not be without a record, and unlink what can."""
        token = next((one for one, plural in PLURAL.items() if plural == table), "")
        gone = Ref(token, id_)
        for name in ("lineItems", "results", "assessmentLineItems", "assessmentResults"):
            for key, row in list(tables[name].items()):
                for one in [one for one, value in row.items() if value == gone]:
                    if one in intake.NEEDED[name]:
                        tables[name].pop(key, None)
                        self.let_go(tables, name, key)
                    else:
                        del row[one]

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        """Keep a record."""
        row = self.taken(tables, route, {**sent, "sourcedId": id_})
        row["status"] = "active"
        row["dateLastModified"] = self.now()
        tables[route.table][id_] = row

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        """Return a record from its JSON."""
        try:
            return intake.read(route.table, sent, tables)
        except ValueError:
            raise Refusal(422, "invaliddata", "a property is missing, unknown or not of its type") from None

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)
