"""Defects of paging and sorting: repositories, search engines, balanced instances and proxies."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import Asked, Params, data, defect, retell
from tests.strangers.town import Row

# --- where a page begins and ends -------------------------------------------------------------------------------------


@defect("paging", "offset-rounded-to-the-page")
class OffsetRoundedToThePage(Vendor):
    """Spring Data: `PageRequest.of(offset / limit, limit)`; offset is the index of the first record, not of a page."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return super().window(rows, offset // limit * limit, limit)


@defect("paging", "one-more-than-the-limit")
class OneMoreThanTheLimit(Vendor):
    """Reads one row more to see whether there is a next page, and from the second page on forgets to leave it out."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return super().window(rows, offset, limit + (1 if offset else 0))


@defect("paging", "search-window")
class SearchWindow(Vendor):
    """Elasticsearch refuses `from + size > 10000`; limit has no maximum, and 500 is the last resort."""

    def bounds(self, params: Params) -> tuple[int, int]:
        found = super().bounds(params)
        if int(params.get("limit", ["100"])[-1]) + found[1] > 10_000:
            raise Refusal(500, "internal_server_error", "Result window is too large")
        return found


@defect("paging", "large-limit-refused")
class LargeLimitRefused(Vendor):
    """A gateway validates `limit <= 1000`; there is a minimum and no maximum, a server may cap but not refuse."""

    def bounds(self, params: Params) -> tuple[int, int]:
        found = super().bounds(params)
        if int(params.get("limit", ["100"])[-1]) > 1000:
            raise Refusal(400, "invaliddata", "limit is at most 1000")
        return found


@defect("paging", "offset-ignored-descending")
class OffsetIgnoredDescending(Asked):
    """The branch of the query builder for `desc` forgot OFFSET: every page is the first one."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return super().window(rows, 0 if "desc" in self.asked.params.get("orderBy", []) else offset, limit)


@defect("paging", "desc-reverses-the-page")
class DescReversesThePage(Asked):
    """Cuts the page first and turns it round then, so that page one holds the smallest (sort is of the collection)."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {**params, "orderBy": ["asc"]}, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = super().window(rows, offset, limit)
        return page[::-1] if "desc" in self.asked.params.get("orderBy", []) else page


@defect("paging", "limit-over-joined-rows")
class LimitOverJoinedRows(Asked):
    """Entity Framework: `Include(roles)`, then `Take`; who has two roles ends a page and begins the next."""

    def _joined(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows for _ in (row["roles"] if self.way.table == "users" else [0])]

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = self._joined(rows)[offset : offset + limit]
        return list({row["sourcedId"]: row for row in page}.values())

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return len(self._joined(rows))


@defect("paging", "nested-page-two-widens")
class NestedPageTwoWidens(Asked):
    """The cursor of a nested read keeps offset and order and loses the parent: page two is of the whole collection."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = super().window(rows, offset, limit)
        if not offset or self.way.kind != "nested":
            return page
        everything = list(self.tables(self.asked)[self.way.table].values())
        return self.ordered(everything, self.asked.params, self.way)[offset : offset + len(page)]


@defect("paging", "page-two-forgets-fields")
class PageTwoForgetsFields(Asked):
    """The stored cursor does not keep `fields`: from the second page on records are told whole."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        later = self.way.kind != "one" and self.asked.params.get("offset", ["0"])[-1] != "0"
        return super().project(shown, None if later else names)


@defect("paging", "filters-the-page")
class FiltersThePage(Asked):
    """A proxy before a backend without filters: it reads the page and then leaves out of it what does not fit."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        super().filtered(request, route, rows)
        return rows

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return super().filtered(self.asked, self.way, super().window(rows, offset, limit))


@defect("paging", "paging-needs-a-cookie")
class PagingNeedsACookie(Asked):
    """A balancer keeps a client at one instance by cookie; without it page one comes again and again."""

    def bounds(self, params: Params) -> tuple[int, int]:
        limit, offset = super().bounds(params)
        return limit, offset if "ARRAffinity" in self.asked.headers.get("cookie", "") else 0

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.headers.append(("Set-Cookie", "ARRAffinity=7f3a; Path=/; HttpOnly"))
        return super().finish(request, reply)


# --- totals and links -------------------------------------------------------------------------------------------------


@defect("paging", "total-stops-counting")
class TotalStopsCounting(Vendor):
    """Elasticsearch's `track_total_hits`: it counts up to a bound (here 100) and tells the bound as the total."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", str(min(total, 100)))


@defect("paging", "total-told-twice")
class TotalToldTwice(Vendor):
    """Backend and gateway both tell the total, joined by the proxy to one header: `12, 12` is no integer."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", f"{total}, {total}")


@defect("paging", "prev-below-zero")
class PrevBelowZero(Vendor):
    """`prev` is offset less limit, also where that is below zero; offset has the minimum 0."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        if 0 < offset < limit:
            base = found["prev"].rpartition("offset=")[0]
            found["prev"] = f"{base}offset={offset - limit}"
        return found


@defect("paging", "last-is-empty")
class LastIsEmpty(Vendor):
    """`last` is `total / limit * limit`: where pages come out even it leads past the end."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        return {**found, "last": self.page_url(request, total // limit * limit, limit)}


@defect("paging", "first-begins-at-one")
class FirstBeginsAtOne(Vendor):
    """The link to the first page counts from one; offset is zero based."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return {**super().links(request, total, offset, limit), "first": self.page_url(request, 1, limit)}


@defect("paging", "links-encoded-twice")
class LinksEncodedTwice(Vendor):
    """The gateway encodes the query of its links once more: a filter that is followed is another filter."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        path, _, asked = super().page_url(request, offset, limit).partition("?")
        return f"{path}?{asked.replace('%', '%25')}"


@defect("paging", "links-keep-one-of-the-repeated")
class LinksKeepOneOfTheRepeated(Vendor):
    """`fields=a&fields=b` is asked, the link says `fields=b`: a dictionary of parameters holds one value a name."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        kept = [(n, vs[-1]) for n, vs in request.params.items() if n not in {"limit", "offset"}]
        asked = urlencode([*kept, ("limit", limit), ("offset", offset)], quote_via=quote)
        return f"{self.url}{request.path}?{asked}"


@defect("paging", "token-in-links")
class TokenInLinks(Asked):
    """Links carry the access token, so that they work in a browser (RFC 6750, 5.3: no tokens in page URLs)."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        token = request.headers.get("authorization", "").partition(" ")[2]
        return f"{super().page_url(request, offset, limit)}&access_token={quote(token)}"


# --- several instances ------------------------------------------------------------------------------------------------


class Counting(Vendor):
    """A vendor that counts the lists it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.lists = 0

    def many(self, request: Request, route: Route) -> Reply:
        self.lists += 1
        return super().many(request, route)


@defect("paging", "replica-behind")
class ReplicaBehind(Counting):
    """Every second list comes from a replica that lacks the three rows changed last: reads of one state contradict."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind == "one" or self.lists % 2 == 0:
            return rows
        newest = sorted(self.tables(request)[route.table].values(), key=lambda row: row["dateLastModified"])[-3:]
        return [row for row in rows if row not in newest]


@defect("paging", "throttled-is-an-empty-list")
class ThrottledIsAnEmptyList(Counting):
    """Over its rate the facade gives 200 and an empty list, where 429 is the word: a roster that vanishes."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        return [] if route.kind != "one" and self.lists % 40 == 39 else super().belonging(request, route)


# --- sorting ----------------------------------------------------------------------------------------------------------


@defect("sort", "sort-dropped-with-filter")
class SortDroppedWithFilter(Vendor):
    """Filtered reads go to another query, which nobody taught to sort."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "filter" in params:
            params = {name: value for name, value in params.items() if name not in {"sort", "orderBy"}}
        return super().ordered(rows, params, route)


@defect("sort", "sorts-what-fields-left")
class SortsWhatFieldsLeft(Vendor):
    """Sorts after projecting: `fields=givenName&sort=familyName` comes in no order of family names."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        named = [name for value in params.get("fields", []) for name in value.split(",")]
        if named and params.get("sort", [""])[-1] not in named:
            params = {name: value for name, value in params.items() if name not in {"sort", "orderBy"}}
        return super().ordered(rows, params, route)


@defect("sort", "sort-days-by-day-of-month")
class SortDaysByDayOfMonth(Vendor):
    """The export holds days as `10.8.2026` and sorts that text."""

    def sort_key(self, row: Row, name: str) -> Any:
        value = row.get(name)
        shown = value.strftime("%d.%m.%Y") if isinstance(value, date) else value
        return super().sort_key({**row, name: shown} if value is not None else row, name)


@defect("sort", "sort-ignored-on-views")
class SortIgnoredOnViews(Vendor):
    """/students, /teachers, /schools, /terms and /gradingPeriods are views that are read in their own order."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        view = route.kind == "list" and route.members is not None
        return super().ordered(rows, {} if view else params, route)


@defect("paging", "envelope-counts-the-page")
class EnvelopeCountsThePage(Vendor):
    """A paging library adds `count`, `page` and `pages` beside the records; wrappers are closed schemas."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        many = data(request, reply) and request.route is not None and request.route.kind != "one"
        if many and "offset" in request.params:
            retell(self, reply, lambda body: {**body, "count": len(next(iter(body.values()), [])), "page": 1})
        return super().finish(request, reply)
