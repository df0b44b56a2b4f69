"""Reads: one record or a list, and what filter, sort, fields and paging make of it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from tests.strangers import query
from tests.strangers.query import FIELDS, Clause
from tests.strangers.routes import PARENTS, Route
from tests.strangers.server.messages import Params, Refusal, Reply, Request
from tests.strangers.server.telling import Telling
from tests.strangers.town import Row

CONTACT: Final = frozenset({"email", "phone", "sms", "userIds", "username", "identifier", "agents"})
"""What of a person the client of little rights is not given."""


class Reading(Telling):
    """Answers GET."""

    def one(self, request: Request, route: Route) -> Reply:
        """Answer a single read."""
        id_ = request.ids["self"]
        rows = {row["sourcedId"]: row for row in self.belonging(request, route)}
        if id_ not in rows:
            raise Refusal(404, "unknownobject", "Unknown Object")
        names = self.chosen(request, route)
        return self.json(200, {route.key: self.project(self.render(self.seen(request, rows[id_])), names)})

    def many(self, request: Request, route: Route) -> Reply:
        """Answer a list."""
        self.known_parents(request, route)
        names = self.chosen(request, route)
        limit, offset = self.bounds(request.params)
        everything = [self.seen(request, row) for row in self.belonging(request, route)]
        rows = self.ordered(self.filtered(request, route, everything), request.params, route)
        page = self.window(rows, offset, limit)
        reply = self.json(200, self.collection(route, [self.project(self.render(row), names) for row in page]))
        self.announce(request, reply, self.total(request, rows, everything), offset, limit)
        return reply

    def belonging(self, request: Request, route: Route) -> list[Row]:
        """Return the records of a route, before any filter."""
        tables = self.tables(request)
        return route.members(tables, request.ids) if route.members else list(tables[route.table].values())

    def known_parents(self, request: Request, route: Route) -> None:
        """Refuse where a path names a parent that is not there."""
        tables = self.tables(request)
        for name, id_ in request.ids.items():
            table, kind = PARENTS[name]
            row = tables[table].get(id_)
            if row is None or (kind and kind not in [row.get("type"), *(one["role"] for one in row.get("roles", []))]):
                raise Refusal(404, "unknownobject", "Unknown Object")
        for table, inner, outer in (("classes", "class", "school"), ("lineItems", "lineItem", "class")):
            both = {inner, outer} <= request.ids.keys()
            if both and tables[table][request.ids[inner]][outer].id != request.ids[outer]:
                raise Refusal(404, "unknownobject", "Unknown Object")

    def seen(self, request: Request, row: Row) -> Row:
        """Return a record without what the client is not to know."""
        if request.grant and request.grant.client.endswith("suppea") and "roles" in row and "givenName" in row:
            return {name: value for name, value in row.items() if name not in CONTACT}
        return row

    def bounds(self, params: Params) -> tuple[int, int]:
        """Return limit and offset."""
        try:
            limit = int(params["limit"][-1]) if "limit" in params else self.default_limit
            offset = int(params["offset"][-1]) if "offset" in params else 0
        except ValueError:
            raise Refusal(400, "invaliddata", "limit and offset are whole numbers") from None
        if limit < 1 or offset < 0:
            raise Refusal(400, "invaliddata", "limit begins at 1 and offset at 0")
        return min(limit, self.most), offset

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        """Return the names that `fields` asks for."""
        if "fields" not in request.params:
            return None
        names = [name.strip() for value in request.params["fields"] for name in value.split(",")]
        unknown = [name for name in names if name not in FIELDS[route.table]]
        if unknown:
            raise Refusal(400, "invalid_selection_field", "fields names what such records do not have")
        return names

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        """Return the records that a filter lets through."""
        texts = request.params.get("filter")
        if not texts:
            return rows
        clauses, joint = self.parse(texts[-1])
        for clause in clauses:
            if not self.is_known(route.table, clause.path):
                raise Refusal(400, "invalid_filter_field", "the filter names an unknown field")
        ready = [(clause, self.literal(clause)) for clause in clauses]
        return [
            row for row in rows
            if (any if joint == "OR" else all)(self.holds(row, clause, wanted) for clause, wanted in ready)
        ]  # fmt: skip

    def parse(self, text: str) -> tuple[list[Clause], str]:
        """Read a filter."""
        return query.parse(text)

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        """Whether a filter may ask for a field."""
        return query.known(table, path)

    def literal(self, clause: Clause) -> Any:
        """Return what a clause compares with."""
        return clause.literal if clause.sign == "~" else query.literal(clause.path, clause.literal)

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        """Whether a record meets a clause: one element of a list is enough, and what is absent meets nothing but !=."""
        found = list(query.values(row, clause.path))
        if clause.sign == "!=":
            return not any(self.meets("=", value, wanted) for value in found)
        return any(self.meets(clause.sign, value, wanted) for value in found)

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        """Whether a value meets a literal."""
        return query.meets(sign, value, wanted)

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        """Return the records in the order that was asked for, or in that of their ids."""
        name = params.get("sort", [""])[-1]
        order = params.get("orderBy", ["asc"])[-1]
        if order not in {"asc", "desc"}:
            raise Refusal(400, "invaliddata", "orderBy is asc or desc")
        if name not in FIELDS[route.table]:
            name = "sourcedId"
            if "sort" in params:
                order = "asc"
        return sorted(rows, key=lambda row: self.sort_key(row, name), reverse=order == "desc")

    def sort_key(self, row: Row, name: str) -> Any:
        """Return by what a record is sorted."""
        return query.sort_key(row, name)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        """Return a page."""
        return rows[offset : offset + limit]

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        """Return how many records there are to page through."""
        return len(rows)

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        """Tell the total and the neighbouring pages."""
        reply.header("X-Total-Count", str(total))
        links = self.links(request, total, offset, limit)
        if links:
            reply.header("Link", ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items()))

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        """Return the addresses of the neighbouring pages."""
        found = {"first": self.page_url(request, 0, limit)}
        if offset > 0:
            found["prev"] = self.page_url(request, max(0, offset - limit), limit)
        if offset + limit < total:
            found["next"] = self.page_url(request, offset + limit, limit)
        found["last"] = self.page_url(request, max(0, (total - 1) // limit * limit), limit)
        return found

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        """Return the address of a page."""
        kept = [(n, v) for n, vs in request.params.items() for v in vs if n not in {"limit", "offset"}]
        asked = urlencode([*kept, ("limit", limit), ("offset", offset)], quote_via=quote)
        return (
            f"{self.url}{quote(unquote(request.path))}?{asked}"
            if "%2F" not in request.path
            else f"{self.url}{request.path}?{asked}"
        )
