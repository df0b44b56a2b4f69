"""Defects of 1.1 in paging, as vendors have them."""

from __future__ import annotations

import random

from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Reply, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import Old


@defect("paging", "limit-ignored")
class LimitIgnored(Old):
    """Every page has a hundred rows."""

    def bounds(self, params: Params) -> tuple[int, int]:
        return self.default_limit, super().bounds(params)[1]


@defect("paging", "offset-ignored")
class OffsetIgnored(Old):
    """Every page is the first."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[:limit]


@defect("paging", "offset-of-pages")
class OffsetOfPages(Old):
    """offset counts pages, and not rows."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[offset * limit : (offset + 1) * limit]


@defect("paging", "offset-from-one")
class OffsetFromOne(Old):
    """offset counts from one: nought and one are the same page."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        first = max(0, offset - 1)
        return rows[first : first + limit]


@defect("paging", "no-steady-order")
class NoSteadyOrder(Old):
    """Without sort the database gives rows as it finds them (pitfall 23)."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        told = super().ordered(rows, params, route)
        if "sort" not in params:
            random.shuffle(told)
        return told


@defect("paging", "rows-lost-between-pages")
class RowsLostBetweenPages(Old):
    """A page leaves out its last row where it is full: offset is taken for the last row seen."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = rows[offset : offset + limit]
        return page[:-1] if len(page) == limit > 1 else page


@defect("paging", "ten-and-no-more")
class TenAndNoMore(Old):
    """A page without limit has ten rows and leads nowhere; a client that trusts it has ten people."""

    default_limit = 10

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return super().links(request, total, offset, limit) if "limit" in request.params else {}

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return super().total(request, rows, everything) if "limit" in request.params else min(10, len(rows))


@defect("paging", "cap-and-no-next")
class CapAndNoNext(Old):
    """No page has more than fifty rows, and next goes by the limit that was asked for: rows are jumped over."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[offset : offset + min(limit, 50)]


@defect("paging", "total-before-filter")
class TotalBeforeFilter(Old):
    """X-Total-Count counts what is there, and not what the filter leaves (pitfall 22)."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return len(everything)


@defect("paging", "total-of-the-page")
class TotalOfThePage(Old):
    """X-Total-Count counts the rows of this page."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", str(max(0, min(limit, total - offset))))


@defect("paging", "total-as-words")
class TotalAsWords(Old):
    """X-Total-Count is "312 items"."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", f"{total} items")


@defect("paging", "next-for-ever")
class NextForEver(Old):
    """The last page has a next, and so has every empty one behind it."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return super().links(request, total, offset, limit) | {"next": self.page_url(request, offset + limit, limit)}


@defect("paging", "next-forgets-the-filter")
class NextForgetsTheFilter(Old):
    """next has limit and offset alone: behind the first page the filter is gone."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return f"{self.url}{request.path}?limit={limit}&offset={offset}"


@defect("paging", "next-of-the-inner-host")
class NextOfTheInnerHost(Old):
    """next names the host behind the gateway."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return super().page_url(request, offset, limit).replace(self.url, "http://sis-app01.sisaverkko.invalid:8080")


@defect("paging", "next-leads-to-the-whole")
class NextLeadsToTheWhole(Old):
    """The next of /schools/{id}/students is that of /students: the second page is of another list."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        told = super().page_url(request, offset, limit)
        if request.route and request.route.kind == "nested":
            told = told.replace(request.path, request.path[: request.path.index("/v1p1") + 6] + request.route.table)
        return told


@defect("paging", "link-without-brackets")
class LinkWithoutBrackets(Old):
    """Link: next=https://…: no angle brackets, no rel (RFC 8288, 3)."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        links = self.links(request, total, offset, limit)
        reply.header("Link", "; ".join(f"{rel}={address}" for rel, address in links.items()))


@defect("paging", "past-the-end-is-404")
class PastTheEndIs404(Old):
    """An offset behind the last row is not found."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        if rows and offset >= len(rows):
            raise Refusal(404, "unknownobject", "no such page")
        return super().window(rows, offset, limit)


@defect("paging", "nothing-is-204")
class NothingIs204(Old):
    """RICONE: a list without rows is 204 without a body (pitfall 35)."""

    def many(self, request: Request, route: Route) -> Reply:
        reply = super().many(request, route)
        if f'"{route.key}":[]'.encode() in reply.body:
            return Reply(204)
        return reply


@defect("paging", "nothing-is-404")
class NothingIs404(Old):
    """A filter that finds nothing is answered 404."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if rows and not found:
            raise Refusal(404, "unknownobject", "nothing found")
        return found


@defect("paging", "bad-limit-is-500")
class BadLimitIs500(Old):
    """limit=0, -1 or abc is a server error (pitfall 24)."""

    def bounds(self, params: Params) -> tuple[int, int]:
        try:
            return super().bounds(params)
        except Refusal:
            raise Refusal(500, "internal_server_error", "ArgumentOutOfRange") from None


@defect("paging", "nested-never-paged")
class NestedNeverPaged(Old):
    """Nested lists come whole, whatever limit and offset say."""

    def many(self, request: Request, route: Route) -> Reply:
        self.whole = route.kind == "nested"
        return super().many(request, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows if self.whole else super().window(rows, offset, limit)


@defect("paging", "large-pages-refused")
class LargePagesRefused(Old):
    """A limit above a hundred is 400, which SDS and Google ask for."""

    def bounds(self, params: Params) -> tuple[int, int]:
        limit, offset = super().bounds(params)
        if limit > 100:
            raise Refusal(400, "invaliddata", "limit is at most 100")
        return limit, offset
