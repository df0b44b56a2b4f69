"""Defects of tenants: one query that forgets whose data it reads."""

from __future__ import annotations

import json

from tests.strangers.defects import defect
from tests.strangers.defects.ways import Leaky
from tests.strangers.routes import Route
from tests.strangers.server import CONTACT, TENANT, Reply, Request, Vendor
from tests.strangers.town import Row, Tables


@defect("single-reads-cross")
class SingleReadsCross(Leaky):
    """findById without the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "one"


@defect("single-enrolment-crosses")
class SingleEnrolmentCrosses(Leaky):
    """findById without the tenant, in one repository only."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "one" and route.table in {"enrollments", "results"}


@defect("nested-crosses")
class NestedCrosses(Leaky):
    """Nested lists are found by the parent's id alone."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "nested"


@defect("nested-resources-cross")
class NestedResourcesCross(Leaky):
    """Only the resources of a user are found without the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.path == "/users/{user}/resources"


@defect("filter-or-escapes")
class FilterOrEscapes(Leaky):
    """WHERE tenant = ? AND a OR b."""

    def leaks(self, request: Request, route: Route) -> bool:
        return " OR " in request.params.get("filter", [""])[-1]


@defect("filter-by-id-crosses")
class FilterByIdCrosses(Leaky):
    """A filter on sourcedId takes the path of findById."""

    def leaks(self, request: Request, route: Route) -> bool:
        return request.params.get("filter", [""])[-1].startswith("sourcedId=")


@defect("delta-crosses")
class DeltaCrosses(Leaky):
    """The delta reads the change log of all tenants."""

    def leaks(self, request: Request, route: Route) -> bool:
        return "dateLastModified" in request.params.get("filter", [""])[-1]


@defect("demographics-cross")
class DemographicsCross(Leaky):
    """One collection forgot the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.table == "demographics" and route.kind == "list"


@defect("scales-cross")
class ScalesCross(Leaky):
    """Score scales are shared between tenants."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.table == "scoreScales" and route.kind == "list"


@defect("tenant-of-the-last-token")
class TenantByHeader(Vendor):
    """The tenant is whatever the last token request was: a static field."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        self.last = TENANT[client]
        return super().issue(client, scopes)

    last = "kivi"

    def tables(self, request: Request) -> Tables:
        return self.towns[self.last]


@defect("oracle-by-filter")
class OracleByFilter(Vendor):
    """A client that is not given e-mails can filter by them."""

    def seen(self, request: Request, row: Row) -> Row:
        return row

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return super().project(shown, names)

    def many(self, request: Request, route: Route) -> Reply:
        reply = super().many(request, route)
        return self._thinned(request, route, reply)

    def one(self, request: Request, route: Route) -> Reply:
        return self._thinned(request, route, super().one(request, route))

    def _thinned(self, request: Request, route: Route, reply: Reply) -> Reply:
        if route.table != "users" or not (request.grant and request.grant.client.endswith("suppea")):
            return reply
        body = json.loads(reply.body)
        for told in [body[route.key]] if route.kind == "one" else body[route.key]:
            for name in CONTACT:
                told.pop(name, None)
        reply.body = self.dump(body)
        return reply
