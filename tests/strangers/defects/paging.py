"""Defects of pages: rows lost between pages, totals that count something else, links that lead astray."""

from __future__ import annotations

import random
import re
from typing import Any

from tests.strangers import query
from tests.strangers.defects import defect
from tests.strangers.defects.ways import is_read
from tests.strangers.query import FIELDS
from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Reply, Request, Vendor
from tests.strangers.town import Row


@defect("last-row-lost")
class LastRowLost(Vendor):
    """An off-by-one: the last page lacks its last row."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = rows[offset : offset + limit]
        return page[:-1] if len(page) < limit and offset and page else page


@defect("no-link-to-the-last-row")
class LastRowLostWhenFull(Vendor):
    """hasNext is computed with > instead of >=: no link to the very last row where it stands alone."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        if offset + limit == total - 1:
            found.pop("next", None)
        return found


@defect("next-after-the-end")
class NextAfterTheEnd(Vendor):
    """A full last page has a next that leads to nothing."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        if offset + limit == total:
            found["next"] = self.page_url(request, offset + limit, limit)
        return found


@defect("offset-is-a-page")
class OffsetIsAPage(Vendor):
    """Spring Data: page = offset / limit, so that an offset in the middle of a page falls back to its begin."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        begin = offset // limit * limit
        return rows[begin : begin + limit]


@defect("unstable-ties")
class UnstableTies(Vendor):
    """ORDER BY a column with equal values: the database deals ties anew for each page."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        name = params.get("sort", [""])[-1]
        if name in FIELDS[route.table] and name != "sourcedId":
            rows = rows[:]
            random.shuffle(rows)
            down = params.get("orderBy", ["asc"])[-1] == "desc"
            return sorted(rows, key=lambda row: query.sort_key(row, name)[:2], reverse=down)
        return super().ordered(rows, params, route)


@defect("unstable-without-sort")
class UnstableWithoutSort(Vendor):
    """No ORDER BY: after the vacuum the order is another one, seldom."""

    asked = 0

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        self.asked += 1
        found = super().ordered(rows, params, route)
        if "sort" not in params and self.asked % 2:
            return found[3:] + found[:3]
        return found


@defect("lists-cut-at-150")
class ThousandInAll(Vendor):
    """The query has a hard TOP 150 before paging: total and pages end there."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return super().filtered(request, route, rows)[:150]


@defect("nested-never-paged")
class NestedNeverPaged(Vendor):
    """Nested lists ignore limit and offset: every page is the whole list."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows if self.nested else super().window(rows, offset, limit)

    nested = False

    def many(self, request: Request, route: Route) -> Reply:
        self.nested = route.kind == "nested"
        return super().many(request, route)


@defect("nested-cut-at-twenty")
class NestedCut(Vendor):
    """Nested lists are fetched with a page of 20 and never continued; the total says 20."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return rows[:20] if route.kind == "nested" else rows


@defect("total-before-filter")
class TotalBeforeFilter(Vendor):
    """X-Total-Count counts the table."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return len(everything)


@defect("total-of-the-page")
class TotalOfThePage(Vendor):
    """X-Total-Count counts what is on the page."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", str(max(0, min(limit, total - offset))))


@defect("total-from-the-cache")
class TotalCached(Vendor):
    """The count of a path is cached with the first filter it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[tuple[str, str], int] = {}

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        assert request.grant
        return self.counts.setdefault((request.grant.tenant, request.path), len(rows))


@defect("total-only-active")
class TotalOnlyActive(Vendor):
    """The count leaves tombstones out, the list does not."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return sum(row["status"] == "active" for row in rows)


@defect("total-of-two-tenants")
class TotalOfTwoTenants(Vendor):
    """COUNT(*) without the tenant."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        route = request.route
        assert route
        if route.kind == "list" and not request.params.get("filter") and not route.members:
            return sum(len(tables[route.table]) for tables in self.towns.values())
        return len(rows)


@defect("link-loses-filter")
class LinkLosesFilter(Vendor):
    """next forgets the filter."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return re.sub(r"filter=[^&]*&?", "", super().page_url(request, offset, limit))


@defect("link-loses-order")
class LinkLosesOrder(Vendor):
    """next keeps sort and forgets orderBy."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return re.sub(r"orderBy=[^&]*&?", "", super().page_url(request, offset, limit))


@defect("link-not-encoded")
class LinkNotEncoded(Vendor):
    """The link decodes the filter: spaces and quotes stand bare."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        kept = [f"{n}={v}" for n, vs in request.params.items() for v in vs if n not in {"limit", "offset"}]
        text = "&".join([*kept, f"limit={limit}", f"offset={offset}"]).encode("ascii", "replace").decode()
        return f"{self.url}{request.path}?{text}"


@defect("link-of-the-inner-host")
class LinkInnerHost(Vendor):
    """Behind a proxy the links name the inner host."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return super().page_url(request, offset, limit).replace(self.url, "http://app-3.internal:8080")


@defect("links-jump-over-rows")
class LimitOverCapEmpty(Vendor):
    """A limit beyond the cap gives the default of 100, and next goes on by the asked limit: rows are jumped over."""

    most = 100_000

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[offset : offset + (100 if limit > 200 else limit)]


@defect("bad-limit-500")
class BadLimit500(Vendor):
    """limit=abc: 500 with a stack trace."""

    def bounds(self, params: Params) -> tuple[int, int]:
        try:
            return super().bounds(params)
        except Refusal as refusal:
            trace = "java.lang.NumberFormatException at fi.koe.roster.PageController.list(PageController.java:87)"
            raise Refusal(500, "internal_server_error", trace) from refusal


@defect("negative-offset-is-nought")
class NegativeOffset(Vendor):
    """offset=-5 is read from the end."""

    def bounds(self, params: Params) -> tuple[int, int]:
        if params.get("offset", [""])[-1].startswith("-"):
            return super().bounds({**params, "offset": ["0"]})
        return super().bounds(params)


@defect("offset-beyond-404")
class OffsetBeyond404(Vendor):
    """Beyond the end: 404."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        if offset and offset >= len(rows):
            raise Refusal(404, "unknownobject", "no such page")
        return super().window(rows, offset, limit)


@defect("empty-is-204")
class EmptyIs204(Vendor):
    """An empty list: 204."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        return Reply(204) if is_read(request, reply) and re.fullmatch(rb'\{"\w+":\[\]\}', reply.body) else reply


@defect("empty-lacks-key")
class EmptyLacksKey(Vendor):
    """An empty list: {} (omit_empty in Go)."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, rows) if rows else {}


@defect("offset-ignored-with-filter")
class OffsetIgnoredWithFilter(Vendor):
    """With a filter every page is the first."""

    filter_on = False

    def many(self, request: Request, route: Route) -> Reply:
        self.filter_on = "filter" in request.params
        return super().many(request, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[:limit] if self.filter_on else super().window(rows, offset, limit)
