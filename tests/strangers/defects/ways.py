"""Ways of going wrong that defects of several areas share."""

from __future__ import annotations

from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor
from tests.strangers.town import Row, Tables


def is_read(request: Request, reply: Reply) -> bool:
    """Whether a read of a service was answered."""
    return request.method == "GET" and reply.status == 200 and request.route is not None


class Retold(Vendor):
    """Changes each record on its way out."""

    def retell(self, told: Row) -> Row:
        """Return the record as the vendor tells it."""
        return told

    def render(self, row: Row) -> Row:
        return self.retell(super().render(row))


class Nested(Vendor):
    """Changes who belongs to a nested list."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        """Return the members as the vendor finds them."""
        return rows

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return self.nested(request, route, rows) if route.kind == "nested" else rows


class Leaky(Vendor):
    """Looks into all tenants at some places."""

    def leaks(self, request: Request, route: Route) -> bool:
        """Whether this request sees everything."""
        return False

    def tables(self, request: Request) -> Tables:
        if request.route and self.leaks(request, request.route):
            both = self.towns.values()
            return {n: {i: r for t in both for i, r in t[n].items()} for n in self.towns["kivi"]}
        return super().tables(request)
