"""What real stacks do wrong, one class each: Java, .NET, PHP, Node, Go and SQL as they are found behind OneRoster.

Written before the checks of the suite were read. `area` groups them for the table.
"""

from __future__ import annotations

import json
import random
import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import quote

from tests.strangers import query
from tests.strangers.query import DAYS, FIELDS, NUMBERS, STAMPS, Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import TENANT, Grant, Refusal, Reply, Request, Vendor
from tests.strangers.town import Ref, Row, Tables

DEFECTS: Final[dict[str, type[Vendor]]] = {}
AREAS: Final[dict[str, str]] = {}
Params = dict[str, list[str]]


def defect(area: str, name: str) -> Any:
    """Put a class on the list."""

    def add(cls: type[Vendor]) -> type[Vendor]:
        assert name not in DEFECTS
        DEFECTS[name], AREAS[name] = cls, area
        return cls

    return add


def _is_get(request: Request, reply: Reply) -> bool:
    return request.method == "GET" and reply.status == 200 and request.route is not None


# --- transport --------------------------------------------------------------------------------------------------------


@defect("transport", "bom-before-json")
class BomBeforeJson(Vendor):
    """.NET writes UTF-8 with a mark (RFC 8259, 8.1: must not)."""

    def dump(self, body: Any) -> bytes:
        return b"\xef\xbb\xbf" + super().dump(body)


@defect("transport", "latin-1-body")
class Latin1Body(Vendor):
    """An old servlet container writes ISO-8859-1."""

    def dump(self, body: Any) -> bytes:
        return super().dump(body).decode().encode("latin-1", "replace")


@defect("transport", "twice-encoded-utf8")
class Mojibake(Vendor):
    """UTF-8 read as Latin-1 from the database: Ã¤ for ä."""

    def value_out(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and name != "sourcedId":
            return value.encode().decode("latin-1")
        return super().value_out(name, value)


@defect("transport", "astral-lost")
class AstralLost(Vendor):
    """MySQL utf8 holds three bytes a character: what is beyond becomes ?."""

    def value_out(self, name: str, value: Any) -> Any:
        return re.sub(r"[^\u0000-\uffff]", "?", value) if isinstance(value, str) else super().value_out(name, value)


@defect("transport", "lone-surrogates")
class LoneSurrogates(Vendor):
    """A text is cut in UTF-16: half a pair is left."""

    def dump(self, body: Any) -> bytes:
        return re.sub(r"(\\ud8[0-9a-f]{2})\\ud[c-f][0-9a-f]{2}", r"\1", json.dumps(body)).encode()


@defect("transport", "text-html-type")
class TextHtml(Vendor):
    """PHP's default type."""

    content_type = "text/html; charset=UTF-8"


@defect("transport", "length-too-short")
class LengthTooShort(Vendor):
    """Content-Length counts characters, the body has bytes: the end is cut."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if _is_get(request, reply):
            size = len(reply.body.decode())
            reply.header("Content-Length", str(size))
            reply.cut = size
        return reply


@defect("transport", "gzip-claimed")
class GzipClaimed(Vendor):
    """The proxy says gzip and sends plain text, on long answers."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if _is_get(request, reply) and len(reply.body) > 40_000:
            reply.header("Content-Encoding", "gzip")
        return reply


@defect("transport", "nan-in-json")
class NanInJson(Vendor):
    """A weight that was never set is NaN."""

    def value_out(self, name: str, value: Any) -> Any:
        return float("nan") if name == "weight" and value == 12.5 else super().value_out(name, value)


@defect("transport", "same-tag-for-all")
class SameTag(Vendor):
    """The tag is made of the path alone: other pages of the list are `not modified`."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if _is_get(request, reply):
            tag = f'"{hash(request.path) & 0xFFFFFF:x}"'
            reply.header("ETag", tag)
            if request.headers.get("if-none-match") == tag:
                return Reply(304, b"", [("ETag", tag)])
        return reply


@defect("transport", "publicly-cached")
class PubliclyCached(Vendor):
    """Framework default: public, max-age."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if _is_get(request, reply):
            reply.header("Cache-Control", "public, max-age=600")
        return reply


@defect("transport", "cache-ignores-query")
class CacheIgnoresQuery(Vendor):
    """A cache in front keys on the path without the query, for a moment."""

    kept: tuple[str, str, float, Reply] | None = None

    def serve(self, request: Request) -> Reply:
        auth = request.headers.get("authorization", "")
        if self.kept and self.kept[:2] == (request.path, auth) and time.monotonic() - self.kept[2] < 0.05:
            return Reply(self.kept[3].status, self.kept[3].body, list(self.kept[3].headers))
        reply = super().serve(request)
        self.kept = (request.path, auth, time.monotonic(), reply)
        return reply


@defect("transport", "cache-ignores-token")
class CacheIgnoresToken(Vendor):
    """A cache in front keys on the address and forgets who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, Reply] = {}

    def serve(self, request: Request) -> Reply:
        key = f"{request.path}?{request.raw_query}"
        if key in self.cache and request.headers.get("authorization"):
            return Reply(200, self.cache[key].body, list(self.cache[key].headers))
        reply = super().serve(request)
        if reply.status == 200:
            self.cache[key] = reply
        return reply


@defect("transport", "head-length-nought")
class HeadHasBody(Vendor):
    """HEAD tells a length of nought, where GET has a body."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if request.method == "HEAD":
            reply.header("Content-Length", "0")
        return reply


@defect("transport", "any-method-reads")
class MethodOverride(Vendor):
    """Any method is read as GET: POST to a list gives the list."""

    def find(self, request: Request) -> Route:
        if request.method in {"POST", "PUT", "DELETE", "PATCH"} and "/rostering/" in request.path:
            request.method = "GET"
        return super().find(request)


@defect("transport", "versions-in-headers")
class StackTraceHeaders(Vendor):
    """The server tells its stack and its versions in headers."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.headers += [("X-Powered-By", "PHP/7.2.1"), ("X-AspNet-Version", "4.0.30319"), ("Server", "Apache/2.4.29")]
        return reply


# --- tokens and scopes ------------------------------------------------------------------------------------------------


@defect("auth", "any-token")
class AnyToken(Vendor):
    """A token is decoded and never verified."""

    def authenticate(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token and token not in self.tokens:
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("auth", "token-by-prefix")
class TokenByPrefix(Vendor):
    """The column of the token holds 20 characters: what comes after is not compared."""

    def authenticate(self, request: Request) -> Grant:
        token = request.headers.get("authorization", "").partition(" ")[2]
        for known, grant in self.tokens.items():
            if token and token[:20] == known[:20]:
                return grant
        return super().authenticate(request)


@defect("auth", "token-of-any-case")
class TokenOfAnyCase(Vendor):
    """The database compares tokens without case."""

    def authenticate(self, request: Request) -> Grant:
        token = request.headers.get("authorization", "").partition(" ")[2]
        for known, grant in self.tokens.items():
            if token.casefold() == known.casefold():
                return grant
        return super().authenticate(request)


@defect("auth", "never-expires")
class NeverExpires(Vendor):
    """Tokens live two seconds by their word, and for ever in truth."""

    token_seconds = 2

    def expired(self, grant: Grant) -> bool:
        return False


@defect("auth", "token-in-query")
class TokenInQuery(Vendor):
    """?access_token= opens as well, and lands in logs."""

    def authenticate(self, request: Request) -> Grant:
        told = request.params.get("access_token", [""])[0]
        return self.tokens[told] if told in self.tokens else super().authenticate(request)


@defect("auth", "basic-opens-data")
class BasicOpensData(Vendor):
    """The resource server takes client id and secret too."""

    def authenticate(self, request: Request) -> Grant:
        given = request.headers.get("authorization", "")
        if given.startswith("Basic "):
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("auth", "no-token-on-head")
class NoTokenOnHead(Vendor):
    """The filter chain guards GET, not HEAD."""

    def authenticate(self, request: Request) -> Grant:
        if request.method == "HEAD":
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("auth", "no-token-with-slash")
class NoTokenWithSlash(Vendor):
    """Spring guards /users and not /users/."""

    def authenticate(self, request: Request) -> Grant:
        if request.path.endswith("/"):
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("auth", "no-token-on-nested")
class NoTokenOnNested(Vendor):
    """A controller without its annotation: nested resources are open."""

    def authenticate(self, request: Request) -> Grant:
        if request.route and request.route.service == "resources" and request.route.kind == "nested":
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("auth", "401-is-403")
class Unauthorised403(Vendor):
    """No token: 403."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(403, "forbidden", refusal.said) from None


@defect("auth", "401-is-redirect")
class LoginPage(Vendor):
    """No token: 302 to a login page."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(302, "unauthorisedrequest", refusal.said, Location=f"{self.url}/login") from None


@defect("auth", "no-challenge")
class NoChallenge(Vendor):
    """401 without WWW-Authenticate (RFC 9110, 15.5.2: must)."""

    def problem(self, refusal: Refusal) -> Reply:
        refusal.headers.pop("WWW-Authenticate", None)
        return super().problem(refusal)


@defect("auth", "secret-not-checked")
class SecretNotChecked(Vendor):
    """The token endpoint looks for the client and not for its secret."""

    def token_reply(self, request: Request) -> Reply:
        reply = super().token_reply(request)
        if reply.status == 401:
            return self.issue("kivi-ohjelma", self.granted("kivi-ohjelma", frozenset()))
        return reply


@defect("auth", "any-grant-type")
class AnyGrantType(Vendor):
    """grant_type is not read."""

    def token_reply(self, request: Request) -> Reply:
        body = re.sub(rb"grant_type=[^&]*", b"grant_type=client_credentials", request.body)
        if b"grant_type" not in body:
            body += b"&grant_type=client_credentials"
        request.body = body
        return super().token_reply(request)


@defect("auth", "token-cacheable")
class TokenCacheable(Vendor):
    """The token goes out without no-store."""

    def token_body(self, told: Row) -> Reply:
        reply = super().token_body(told)
        reply.headers = [(n, v) for n, v in reply.headers if n not in {"Cache-Control", "Pragma"}]
        return reply


@defect("auth", "expires-in-text")
class ExpiresInText(Vendor):
    """expires_in is a text."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({**told, "expires_in": str(told["expires_in"])})


@defect("auth", "expires-in-milliseconds")
class ExpiresInMilliseconds(Vendor):
    """expires_in is in milliseconds."""

    token_seconds = 2

    def token_body(self, told: Row) -> Reply:
        return super().token_body({**told, "expires_in": told["expires_in"] * 1000})


@defect("scopes", "scope-not-enforced-on-nested")
class ScopeNotOnNested(Vendor):
    """Core-only tokens open nested paths."""

    def authorise(self, request: Request, route: Route) -> None:
        if route.kind != "nested":
            super().authorise(request, route)


@defect("scopes", "scope-by-substring")
class ScopeBySubstring(Vendor):
    """`roster` is in `roster-demographics`: contains() instead of equals()."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        family = {"rostering": "roster", "gradebook": "gradebook", "resources": "resource"}[route.service]
        if not any(family in scope.rsplit("/", 1)[1] for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("scopes", "single-demographics-open")
class SingleDemographicsOpen(Vendor):
    """The list of demographics is guarded, the single read is not."""

    def authorise(self, request: Request, route: Route) -> None:
        if not (route.table == "demographics" and route.kind == "one"):
            super().authorise(request, route)


@defect("scopes", "assessment-under-gradebook")
class AssessmentUnderGradebook(Vendor):
    """gradebook.readonly opens the assessment objects."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not any(scope.endswith("gradebook.readonly") for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("scopes", "core-opens-nothing")
class CoreOpensNothing(Vendor):
    """Both scopes are demanded: AND, as the files can be read."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not route.scopes <= request.grant.scopes:
            raise Refusal(403, "forbidden", "no scope")


@defect("scopes", "scope-missing-is-401")
class ScopeMissing401(Vendor):
    """A missing scope is answered as a missing token."""

    def authorise(self, request: Request, route: Route) -> None:
        try:
            super().authorise(request, route)
        except Refusal:
            raise Refusal(401, "unauthorisedrequest", "no", WWW_Authenticate="Bearer") from None


@defect("scopes", "more-scopes-than-asked")
class MoreScopes(Vendor):
    """A token carries all scopes of the client, whatever was asked for."""

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        return super().granted(client, frozenset())


@defect("scopes", "write-scope-reads")
class WriteScopeReads(Vendor):
    """gradebook.createput also reads."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not (route.service == "gradebook" and any("createput" in s for s in request.grant.scopes)):
            super().authorise(request, route)


# --- pages ------------------------------------------------------------------------------------------------------------


@defect("paging", "last-row-lost")
class LastRowLost(Vendor):
    """An off-by-one: the last page lacks its last row."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        page = rows[offset : offset + limit]
        return page[:-1] if len(page) < limit and offset and page else page


@defect("paging", "no-link-to-the-last-row")
class LastRowLostWhenFull(Vendor):
    """hasNext is computed with > instead of >=: no link to the very last row where it stands alone."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        if offset + limit == total - 1:
            found.pop("next", None)
        return found


@defect("paging", "next-after-the-end")
class NextAfterTheEnd(Vendor):
    """A full last page has a next that leads to nothing."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        found = super().links(request, total, offset, limit)
        if offset + limit == total:
            found["next"] = self.page_url(request, offset + limit, limit)
        return found


@defect("paging", "offset-is-a-page")
class OffsetIsAPage(Vendor):
    """Spring Data: page = offset / limit, so that an offset in the middle of a page falls back to its begin."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        begin = offset // limit * limit
        return rows[begin : begin + limit]


@defect("paging", "unstable-ties")
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


@defect("paging", "unstable-without-sort")
class UnstableWithoutSort(Vendor):
    """No ORDER BY: after the vacuum the order is another one, seldom."""

    asked = 0

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        self.asked += 1
        found = super().ordered(rows, params, route)
        if "sort" not in params and self.asked % 2:
            return found[3:] + found[:3]
        return found


@defect("paging", "lists-cut-at-150")
class ThousandInAll(Vendor):
    """The query has a hard TOP 150 before paging: total and pages end there."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return super().filtered(request, route, rows)[:150]


@defect("paging", "nested-never-paged")
class NestedNeverPaged(Vendor):
    """Nested lists ignore limit and offset: every page is the whole list."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows if self.nested else super().window(rows, offset, limit)

    nested = False

    def many(self, request: Request, route: Route) -> Reply:
        self.nested = route.kind == "nested"
        return super().many(request, route)


@defect("paging", "nested-cut-at-twenty")
class NestedCut(Vendor):
    """Nested lists are fetched with a page of 20 and never continued; the total says 20."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return rows[:20] if route.kind == "nested" else rows


@defect("paging", "total-before-filter")
class TotalBeforeFilter(Vendor):
    """X-Total-Count counts the table."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return len(everything)


@defect("paging", "total-of-the-page")
class TotalOfThePage(Vendor):
    """X-Total-Count counts what is on the page."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("X-Total-Count", str(max(0, min(limit, total - offset))))


@defect("paging", "total-from-the-cache")
class TotalCached(Vendor):
    """The count of a path is cached with the first filter it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[tuple[str, str], int] = {}

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        assert request.grant
        return self.counts.setdefault((request.grant.tenant, request.path), len(rows))


@defect("paging", "total-only-active")
class TotalOnlyActive(Vendor):
    """The count leaves tombstones out, the list does not."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        return sum(row["status"] == "active" for row in rows)


@defect("paging", "total-of-two-tenants")
class TotalOfTwoTenants(Vendor):
    """COUNT(*) without the tenant."""

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        route = request.route
        assert route
        if route.kind == "list" and not request.params.get("filter") and not route.members:
            return sum(len(tables[route.table]) for tables in self.towns.values())
        return len(rows)


@defect("paging", "link-loses-filter")
class LinkLosesFilter(Vendor):
    """next forgets the filter."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return re.sub(r"filter=[^&]*&?", "", super().page_url(request, offset, limit))


@defect("paging", "link-loses-order")
class LinkLosesOrder(Vendor):
    """next keeps sort and forgets orderBy."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return re.sub(r"orderBy=[^&]*&?", "", super().page_url(request, offset, limit))


@defect("paging", "link-not-encoded")
class LinkNotEncoded(Vendor):
    """The link decodes the filter: spaces and quotes stand bare."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        kept = [f"{n}={v}" for n, vs in request.params.items() for v in vs if n not in {"limit", "offset"}]
        text = "&".join([*kept, f"limit={limit}", f"offset={offset}"]).encode("ascii", "replace").decode()
        return f"{self.url}{request.path}?{text}"


@defect("paging", "link-of-the-inner-host")
class LinkInnerHost(Vendor):
    """Behind a proxy the links name the inner host."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return super().page_url(request, offset, limit).replace(self.url, "http://app-3.internal:8080")


@defect("paging", "links-jump-over-rows")
class LimitOverCapEmpty(Vendor):
    """A limit beyond the cap gives the default of 100, and next goes on by the asked limit: rows are jumped over."""

    most = 100_000

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[offset : offset + (100 if limit > 200 else limit)]


@defect("paging", "bad-limit-500")
class BadLimit500(Vendor):
    """limit=abc: 500 with a stack trace."""

    def bounds(self, params: Params) -> tuple[int, int]:
        try:
            return super().bounds(params)
        except Refusal as refusal:
            trace = "java.lang.NumberFormatException at fi.koe.roster.PageController.list(PageController.java:87)"
            raise Refusal(500, "internal_server_error", trace) from refusal


@defect("paging", "negative-offset-is-nought")
class NegativeOffset(Vendor):
    """offset=-5 is read from the end."""

    def bounds(self, params: Params) -> tuple[int, int]:
        if params.get("offset", [""])[-1].startswith("-"):
            return super().bounds({**params, "offset": ["0"]})
        return super().bounds(params)


@defect("paging", "offset-beyond-404")
class OffsetBeyond404(Vendor):
    """Beyond the end: 404."""

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        if offset and offset >= len(rows):
            raise Refusal(404, "unknownobject", "no such page")
        return super().window(rows, offset, limit)


@defect("paging", "empty-is-204")
class EmptyIs204(Vendor):
    """An empty list: 204."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        return Reply(204) if _is_get(request, reply) and re.fullmatch(rb'\{"\w+":\[\]\}', reply.body) else reply


@defect("paging", "empty-lacks-key")
class EmptyLacksKey(Vendor):
    """An empty list: {} (omit_empty in Go)."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, rows) if rows else {}


@defect("paging", "offset-ignored-with-filter")
class OffsetIgnoredWithFilter(Vendor):
    """With a filter every page is the first."""

    filter_on = False

    def many(self, request: Request, route: Route) -> Reply:
        self.filter_on = "filter" in request.params
        return super().many(request, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        return rows[:limit] if self.filter_on else super().window(rows, offset, limit)


# --- filter -----------------------------------------------------------------------------------------------------------


@defect("filter", "like-wildcards")
class LikeWildcards(Vendor):
    """~ becomes LIKE, % and _ unescaped."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            pattern = re.escape(str(wanted)).replace("%", ".*").replace("_", ".")
            return bool(re.search(pattern, query.spelt(value), re.IGNORECASE))
        return super().meets(sign, value, wanted)


@defect("filter", "contains-is-prefix")
class ContainsIsPrefix(Vendor):
    """~ is startsWith."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            return query.spelt(value).casefold().startswith(str(wanted).casefold())
        return super().meets(sign, value, wanted)


@defect("filter", "contains-ascii-only")
class ContainsAsciiOnly(Vendor):
    """lower() of SQLite knows ASCII; the literal is lowered in Java: 'Ä' never matches."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            low = "".join(c.lower() if c.isascii() else c for c in query.spelt(value))
            return str(wanted).lower() in low
        return super().meets(sign, value, wanted)


@defect("filter", "equals-strips-accents")
class EqualsStripsAccents(Vendor):
    """utf8_general_ci: ä is a."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        def bare(text: Any) -> str:
            return "".join(c for c in unicodedata.normalize("NFD", str(text)) if not unicodedata.combining(c)).lower()

        if isinstance(wanted, str) and sign in {"=", "!="}:
            return (bare(value) == bare(wanted)) == (sign == "=")
        return super().meets(sign, value, wanted)


@defect("filter", "plus-stays-plus")
class PlusStaysPlus(Vendor):
    """The filter is decoded twice: %2B becomes a space, %25 breaks."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(text.replace("+", " "))


@defect("filter", "dates-as-text-local")
class DatesLocal(Vendor):
    """dateLastModified is compared in the server's local time zone."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        return wanted + timedelta(hours=2) if isinstance(wanted, datetime) else wanted


@defect("filter", "dates-as-text")
class DatesAsText(Vendor):
    """Moments are compared as text: an offset or a missing fraction makes a difference."""

    def literal(self, clause: Clause) -> Any:
        return clause.literal if clause.path[-1] in STAMPS else super().literal(clause)

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, datetime) and isinstance(wanted, str):
            value = self.stamp(value)
        return super().meets(sign, value, wanted)


@defect("filter", "dates-by-the-day")
class DatesByTheDay(Vendor):
    """The time of a literal is cut off: > means the day after, >= the whole day."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, datetime) and isinstance(wanted, datetime):
            return super().meets(sign, value.date(), wanted.date())
        return super().meets(sign, value, wanted)


@defect("filter", "delta-ten-minutes-late")
class DelayedDelta(Vendor):
    """dateLastModified>'T' leaves out what changed within ten minutes after T."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        if clause.path[-1] == "dateLastModified" and clause.sign == ">" and isinstance(wanted, datetime):
            return wanted + timedelta(minutes=10)
        return wanted


@defect("filter", "greater-is-greater-or-equal")
class GreaterIsGreaterOrEqual(Vendor):
    """> includes the value."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return super().meets(">=" if sign == ">" else sign, value, wanted)


@defect("filter", "less-or-equal-is-less")
class LessOrEqualIsLess(Vendor):
    """<= excludes the value."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return super().meets("<" if sign == "<=" else sign, value, wanted)


@defect("filter", "numbers-as-text")
class NumbersAsText(Vendor):
    """Scores are compared as text: 10 before 9."""

    def literal(self, clause: Clause) -> Any:
        return clause.literal if clause.path[-1] in NUMBERS else super().literal(clause)


@defect("filter", "or-is-and")
class OrIsAnd(Vendor):
    """OR is read as AND."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        return clauses, "AND" if joint else ""


@defect("filter", "second-clause-lost")
class SecondClauseLost(Vendor):
    """Only the first clause counts, where both name the same field."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if len(clauses) == 2 and clauses[0].path == clauses[1].path:
            return clauses[:1], ""
        return clauses, joint


@defect("filter", "and-within-quotes")
class AndWithinQuotes(Vendor):
    """The filter is split at AND before quotes are looked at."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        if re.search(r"'[^']* (AND|OR) [^']*'$", text) and text.count("'") == 2:
            raise Malformed("bad clause")
        return super().parse(text)


@defect("filter", "sign-within-quotes")
class SignWithinQuotes(Vendor):
    """The predicate is looked for in the whole clause: >= in a value wins."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if any(re.search("[=<>~]", clause.literal) for clause in clauses):
            return [Clause(c.path, c.sign, re.split("[=<>~]", c.literal)[-1]) for c in clauses], joint
        return clauses, joint


@defect("filter", "unknown-field-ignored")
class UnknownFieldIgnored(Vendor):
    """A clause on an unknown field is skipped: everything comes."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            return rows


@defect("filter", "unknown-field-empty")
class UnknownFieldEmpty(Vendor):
    """An unknown field matches nothing: 200 and an empty list."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            return []


@defect("filter", "syntax-ignored")
class SyntaxIgnored(Vendor):
    """A filter that cannot be read is no filter."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            return rows


@defect("filter", "syntax-500")
class Syntax500(Vendor):
    """A filter that cannot be read reaches the database."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            raise Refusal(500, "internal_server_error", "SQLSTATE[42000]: Syntax error near '''") from None


@defect("filter", "injection")
class Injection(Vendor):
    """The literal goes into the SQL as it is: a doubled quote ends it, and OR 1=1 follows."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        text = request.params.get("filter", [""])[-1]
        if "''" in text or re.search(r"'\s*or\s*'?1'?\s*=\s*'?1", text, re.IGNORECASE):
            return rows
        return super().filtered(request, route, rows)


@defect("filter", "filter-ignored-on-nested")
class FilterIgnoredOnNested(Vendor):
    """Nested lists take no filter, and do not say so."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return rows if route.kind == "nested" else super().filtered(request, route, rows)


@defect("filter", "first-element-only")
class FirstElementOnly(Vendor):
    """A filter on a list looks at its first element."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        cut = {n: v[:1] if isinstance(v, list) else v for n, v in row.items()} if len(clause.path) > 1 else row
        return super().holds(cut, clause, wanted)


@defect("filter", "join-multiplies")
class JoinMultiplies(Vendor):
    """A filter on roles joins: whoever has two roles that match comes twice."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        text = request.params.get("filter", [""])[-1]
        if "roles." in text:
            return [row for row in found for _ in row.get("roles", [0])]
        return found


@defect("filter", "inner-join-loses")
class InnerJoinLoses(Vendor):
    """With any filter an inner join runs: who has no e-mail is lost."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if "filter" in request.params and route.table == "users":
            return [row for row in found if "email" in row]
        return found


@defect("filter", "filter-hides-tombstones")
class FilterHidesTombstones(Vendor):
    """A global query filter on status comes with every filter."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        return [row for row in found if row["status"] == "active"] if "filter" in request.params else found


@defect("filter", "day-shifted")
class DayShifted(Vendor):
    """birthDate and other days pass through a time zone in the filter and arrive a day early."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        if clause.path[-1] in DAYS and isinstance(wanted, date):
            return wanted - timedelta(days=1)
        return wanted


@defect("filter", "status-unequal-finds-nothing")
class StatusAnyWord(Vendor):
    """status!='active' gives nothing: != is not known and read as =, on status."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.path == ("status",) and clause.sign == "!=":
            return False
        return super().holds(row, clause, wanted)


# --- sort and fields --------------------------------------------------------------------------------------------------


@defect("sort", "desc-ignored")
class DescIgnored(Vendor):
    """orderBy is ignored on dates."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if params.get("sort", [""])[-1] in STAMPS | DAYS:
            params = {**params, "orderBy": ["asc"]}
        return super().ordered(rows, params, route)


@defect("sort", "sort-by-page")
class SortByPage(Vendor):
    """The page is cut first, then sorted."""

    asked: Params = {}  # noqa: RUF012
    at: Route | None = None

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        self.asked, self.at = params, route
        return super().ordered(rows, {}, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        assert self.at
        return super().ordered(super().window(rows, offset, limit), self.asked, self.at)


@defect("sort", "sort-numbers-as-text")
class SortNumbersAsText(Vendor):
    """Scores are sorted as text."""

    def sort_key(self, row: Row, name: str) -> Any:
        if name in NUMBERS:
            return (name in row, str(row.get(name, "")), row["sourcedId"])
        return super().sort_key(row, name)


@defect("sort", "sort-any-case")
class SortAnyCase(Vendor):
    """The order ignores case and marks: a collation, not Unicode."""

    def sort_key(self, row: Row, name: str) -> Any:
        there, value, id_ = super().sort_key(row, name)
        return (there, value.casefold() if isinstance(value, str) else value, id_)


@defect("sort", "absent-dropped")
class AbsentDropped(Vendor):
    """Who lacks the value is not in the sorted list."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        name = params.get("sort", [""])[-1]
        if name in FIELDS[route.table]:
            rows = [row for row in rows if name in row]
        return super().ordered(rows, params, route)


@defect("sort", "unknown-sort-500")
class UnknownSort500(Vendor):
    """An unknown sort field reaches the database."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params and params["sort"][-1] not in FIELDS[route.table]:
            raise Refusal(500, "internal_server_error", "column not found")
        return super().ordered(rows, params, route)


@defect("sort", "sort-ignored-on-nested")
class SortIgnoredOnNested(Vendor):
    """Nested lists ignore sort."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {} if route.kind == "nested" else params, route)


@defect("fields", "fields-ignored-on-single")
class FieldsIgnoredOnSingle(Vendor):
    """Single reads ignore fields."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        return None if route.kind == "one" else super().chosen(request, route)


@defect("fields", "unknown-fields-ignored")
class UnknownFieldsIgnored(Vendor):
    """Unknown names in fields are ignored."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        try:
            return super().chosen(request, route)
        except Refusal:
            return [
                n.strip() for v in request.params["fields"] for n in v.split(",") if n.strip() in FIELDS[route.table]
            ]


@defect("fields", "unknown-fields-ignored-if-any-known")
class UnknownFieldsIgnoredIfAnyKnown(UnknownFieldsIgnored):
    """An unknown name is refused only where no other is known."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        found = super().chosen(request, route)
        if found == []:
            raise Refusal(400, "invalid_selection_field", "unknown")
        return found


@defect("fields", "fields-null-filled")
class FieldsNullFilled(Vendor):
    """What fields leaves out comes as null."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown if names is None else {n: v if n in names or n == "sourcedId" else None for n, v in shown.items()}


@defect("fields", "fields-first-only")
class FieldsFirstOnly(Vendor):
    """The second name after a comma and a space is lost: no trim."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        return names[:1] if names else names


@defect("fields", "fields-drop-links")
class FieldsDropLinks(Vendor):
    """The projection knows columns, no relations: links are left out."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        if names is None:
            return found
        return {n: v for n, v in found.items() if not isinstance(v, dict)}


@defect("fields", "fields-change-filter")
class FieldsChangeFilter(Vendor):
    """The filter sees the projected columns only: with fields it finds nothing."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        names = self.chosen(request, route)
        if names is not None and "filter" in request.params:
            rows = [{n: v for n, v in row.items() if n in {*names, "sourcedId"}} for row in rows]
        return super().filtered(request, route, rows)


# --- shapes -----------------------------------------------------------------------------------------------------------


class Retold(Vendor):
    """Changes each record on its way out."""

    def retell(self, told: Row) -> Row:
        """Return the record as the vendor tells it."""
        return told

    def render(self, row: Row) -> Row:
        return self.retell(super().render(row))


@defect("schema", "nulls")
class Nulls(Retold):
    """Absent properties are null."""

    def retell(self, told: Row) -> Row:
        if "givenName" in told:
            return {"email": None, "phone": None, **told}
        return told


@defect("schema", "empty-texts")
class EmptyTexts(Retold):
    """Absent dates are empty texts."""

    def retell(self, told: Row) -> Row:
        return {"beginDate": "", **told} if "user" in told and "class" in told else told


@defect("schema", "real-booleans")
class RealBooleans(Retold):
    """enabledUser is a boolean."""

    def retell(self, told: Row) -> Row:
        return {**told, "enabledUser": told["enabledUser"] == "true"} if "enabledUser" in told else told


@defect("schema", "capital-booleans")
class CapitalBooleans(Retold):
    """.NET says "True"."""

    def retell(self, told: Row) -> Row:
        return {**told, "primary": told["primary"].capitalize()} if "primary" in told else told


@defect("schema", "numeric-ids")
class NumericIds(Retold):
    """The ids that are digits go out as numbers, in links only."""

    def link(self, name: str, ref: Ref) -> Row:
        found = super().link(name, ref)
        return {**found, "sourcedId": int(ref.id)} if ref.id.isdigit() else found


@defect("schema", "scores-as-text")
class ScoresAsText(Retold):
    """Decimal columns come out as text (PHP)."""

    def retell(self, told: Row) -> Row:
        return {**told, "score": f"{told['score']:.2f}"} if "score" in told else told


@defect("schema", "school-year-number")
class SchoolYearNumber(Retold):
    """schoolYear is a number."""

    def retell(self, told: Row) -> Row:
        year = told.get("schoolYear")
        return {**told, "schoolYear": int(year)} if isinstance(year, str) else told


@defect("schema", "list-of-one-unwrapped")
class SingleElementUnwrapped(Retold):
    """A list of one is no list (XML to JSON)."""

    def retell(self, told: Row) -> Row:
        roles = told.get("terms")
        return {**told, "terms": roles[0]} if isinstance(roles, list) and len(roles) == 1 else told


@defect("schema", "link-type-plural")
class LinkTypePlural(Vendor):
    """Links say `users`."""

    def link(self, name: str, ref: Ref) -> Row:
        return {**super().link(name, ref), "type": "users" if ref.kind == "user" else ref.kind}


@defect("schema", "link-type-school")
class LinkTypeSchool(Vendor):
    """Links to a school say `school`."""

    def link(self, name: str, ref: Ref) -> Row:
        return {**super().link(name, ref), "type": "school" if name == "school" else ref.kind}


@defect("schema", "empty-parent")
class EmptyParent(Retold):
    """Who has no parent has an empty one."""

    def retell(self, told: Row) -> Row:
        return {**told, "parent": {}} if told.get("type") in {"district", "schoolYear"} else told


@defect("schema", "role-upper-case")
class RoleUpperCase(Retold):
    """An enum of Java: STUDENT, in enrolments."""

    def retell(self, told: Row) -> Row:
        return {**told, "role": told["role"].upper()} if "role" in told and "class" in told else told


@defect("schema", "extra-property")
class ExtraProperty(Retold):
    """The internal id leaks out beside the others."""

    def retell(self, told: Row) -> Row:
        return {**told, "_id": 4711} if "courseCode" in told else told


@defect("schema", "role-of-1-1")
class RoleOf11(Retold):
    """user.role and user.orgs of 1.1 are still there."""

    def retell(self, told: Row) -> Row:
        if "roles" in told and "givenName" in told:
            return {**told, "role": told["roles"][0]["role"], "orgs": [told["roles"][0]["org"]]}
        return told


@defect("schema", "stamp-without-zone")
class StampWithoutZone(Vendor):
    """LocalDateTime: no zone."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")


@defect("schema", "stamp-says-z-in-local")
class StampLocalAsZ(Vendor):
    """Local time with a Z behind it: what is served is not what the filter compares."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=2))).strftime("%Y-%m-%dT%H:%M:%SZ")


@defect("schema", "stamp-rounded-up")
class StampRoundedUp(Vendor):
    """Stamps go out rounded to the next minute: a delta from the last one loses rows."""

    def stamp(self, moment: datetime) -> str:
        return (moment + timedelta(seconds=59)).strftime("%Y-%m-%dT%H:%M:00Z")


@defect("schema", "date-with-time")
class DateWithTime(Vendor):
    """Dates carry midnight."""

    def value_out(self, name: str, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value.isoformat()}T00:00:00Z"
        return super().value_out(name, value)


@defect("schema", "date-finnish")
class DateFinnish(Vendor):
    """birthDate as people write it."""

    def value_out(self, name: str, value: Any) -> Any:
        return f"{value.day}.{value.month}.{value.year}" if name == "birthDate" else super().value_out(name, value)


@defect("schema", "wrong-single-key")
class WrongSingleKey(Vendor):
    """A single term comes as `term`, a single school as `school`."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        name = {"/terms/{self}": "term", "/schools/{self}": "school", "/students/{self}": "student"}.get(route.path)
        return self.json(200, {name: next(iter(json.loads(reply.body).values()))}) if name else reply


@defect("schema", "single-is-thinner")
class SingleThinner(Vendor):
    """The list view and the single view are two DTOs: the single one lacks what the list tells."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        body = json.loads(reply.body)
        told = body[route.key]
        for name in ("agents", "grades", "resources", "periods", "comment"):
            told.pop(name, None)
        return self.json(200, body)


@defect("schema", "list-is-thinner")
class ListThinner(Vendor):
    """Lists leave out what needs a join: agents and userIds."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, [{n: v for n, v in r.items() if n not in {"agents", "userIds"}} for r in rows])


@defect("schema", "duplicate-keys")
class DuplicateKeys(Vendor):
    """A serialiser writes a key twice."""

    def dump(self, body: Any) -> bytes:
        return super().dump(body).replace(b'"status":"active"', b'"status":"active","status":"active"', 1)


@defect("schema", "subject-codes-uneven")
class SubjectCodesUneven(Retold):
    """subjects and subjectCodes are of different length."""

    def retell(self, told: Row) -> Row:
        return {**told, "subjectCodes": [*told["subjectCodes"], "X"]} if "subjectCodes" in told else told


# --- references and data ----------------------------------------------------------------------------------------------


@defect("references", "class-term-dangles")
class SessionsCross(Vendor):
    """A class names a term that is not there any more."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = list(tables["classes"].values())[5]
        row["terms"] = [Ref("academicSession", "lv2019.x.j1")]
        return tables


@defect("references", "class-term-is-a-grading-period")
class TermsAreYears(Vendor):
    """A class has a grading period as its term."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        period = next(s for s in tables["academicSessions"].values() if s["type"] == "gradingPeriod")
        list(tables["classes"].values())[4]["terms"] = [Ref("academicSession", period["sourcedId"])]
        return tables


@defect("references", "enrolments-of-the-deleted")
class EnrolmentsOfTheDeleted(Vendor):
    """A user is purged, the active enrolments stay."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        id_ = next(e["user"].id for e in tables["enrollments"].values() if e["status"] == "active")
        del tables["users"][id_]
        return tables


@defect("references", "active-enrolment-of-a-leaver")
class ActiveEnrolmentOfALeaver(Vendor):
    """A user is marked as deleted, the enrolments are active."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        gone = {u for u, row in tables["users"].items() if row["status"] == "tobedeleted"}
        for row in tables["enrollments"].values():
            if row["user"].id in gone:
                row["status"] = "active"
        return tables


@defect("references", "agents-dangle")
class AgentsDangling(Vendor):
    """A pupil's guardian is not among the users."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(u for u in tables["users"].values() if "agents" in u)
        row["agents"] = [Ref("user", "999999999")]
        return tables


@defect("references", "school-of-another")
class SchoolOfAnother(Vendor):
    """The school of an enrolment is not the school of its class."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        schools = [o for o, row in tables["orgs"].items() if row["type"] == "school"]
        for row in list(tables["enrollments"].values())[:8]:
            row["school"] = Ref("org", next(s for s in schools if s != row["school"].id))
        return tables


@defect("references", "parent-without-child")
class ParentWithoutChild(Vendor):
    """The district lists its schools as children, and lacks one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        district = next(o for o in tables["orgs"].values() if o["type"] == "district")
        district["children"] = district["children"][:-1]
        return tables


@defect("references", "term-outside-parent")
class TermOutsideParent(Vendor):
    """A term begins before its semester."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        term = next(s for s in tables["academicSessions"].values() if s["type"] == "term")
        term["startDate"] -= timedelta(days=30)
        return tables


@defect("references", "ends-before-it-begins")
class EndsBeforeItBegins(Vendor):
    """An enrolment ends before it begins."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(e for e in tables["enrollments"].values() if "beginDate" in e)
        row["endDate"] = row["beginDate"] - timedelta(days=5)
        return tables


@defect("references", "two-primary-teachers")
class TwoPrimaryTeachers(Vendor):
    """Every teacher is the primary one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["enrollments"].values():
            if row["role"] == "teacher":
                row["primary"] = "true"
        return tables


@defect("references", "two-primary-roles")
class TwoPrimaryRoles(Vendor):
    """A user has two primary roles in one org."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["users"].values():
            if len(row["roles"]) > 1:
                row["roles"][1] = {**row["roles"][1], "roleType": "primary", "org": row["roles"][0]["org"]}
        return tables


@defect("references", "demographics-own-ids")
class DemographicsOwnIds(Vendor):
    """Demographics have ids of their own."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables["demographics"] = {
            f"d{id_}": {**row, "sourcedId": f"d{id_}"} for id_, row in tables["demographics"].items()
        }
        return tables


@defect("references", "schools-hold-districts")
class SchoolsHoldDistricts(Vendor):
    """/schools gives all orgs."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.path == "/schools":
            return list(self.tables(request)["orgs"].values())
        return super().belonging(request, route)


@defect("references", "first-role-only")
class FirstRoleOnly(Vendor):
    """/teachers looks at the first role: who teaches as a second role is missing."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.path == "/teachers":
            return [row for row in rows if row["roles"][-1]["role"] == "teacher"]
        return rows


@defect("references", "disabled-missing")
class DisabledMissing(Vendor):
    """Users with enabledUser=false are left out of /students."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["enabledUser"] == "true"] if route.path == "/students" else rows


@defect("references", "hrefs-of-one-kind")
class HrefsWrong(Vendor):
    """Every href leads to /users."""

    def href(self, ref: Ref) -> str:
        return super().href(Ref("user", ref.id))


@defect("references", "users-twice")
class UsersTwice(Vendor):
    """Who has two roles is listed twice."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows for _ in row["roles"]] if route.path == "/users" else rows


@defect("references", "roles-of-others")
class RolesOfOthers(Retold):
    """N+1 with a batch: the roles of the neighbour are attached in lists of more than 50."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.table == "users" and len(rows) > 50:
            rows = [{**row, "roles": rows[n - 1]["roles"]} if "roles" in row else row for n, row in enumerate(rows)]
        return super().collection(route, rows)


# --- nested -----------------------------------------------------------------------------------------------------------


class Nested(Vendor):
    """Changes who belongs to a nested list."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        """Return the members as the vendor finds them."""
        return rows

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return self.nested(request, route, rows) if route.kind == "nested" else rows


@defect("nested", "students-include-teachers")
class StudentsIncludeTeachers(Nested):
    """/classes/{}/students gives everybody in the class."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/students":
            tables = self.tables(request)
            there = {e["user"].id for e in tables["enrollments"].values() if e["class"].id == request.ids["class"]}
            return [u for u in tables["users"].values() if u["sourcedId"] in there]
        return rows


@defect("nested", "class-of-another-school")
class ClassOfAnotherSchool(Vendor):
    """/schools/{}/classes/{}/students does not look at the school."""

    def known_parents(self, request: Request, route: Route) -> None:
        if {"school", "class"} <= request.ids.keys():
            ids = request.ids
            request.ids = {"class": ids["class"]}
            super().known_parents(request, route)
            return
        super().known_parents(request, route)


@defect("nested", "term-classes-by-first-term")
class TermsOfAllSchools(Nested):
    """/terms/{}/classes gives only classes whose first term it is."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/terms/{term}/classes":
            return [row for row in rows if row["terms"][0].id == request.ids["term"]]
        return rows


@defect("nested", "teacher-classes-primary-only")
class TeacherClassesPrimary(Nested):
    """/teachers/{}/classes knows only those where the teacher is the primary one."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/teachers/{teacher}/classes":
            own = {e["class"].id for e in self.tables(request)["enrollments"].values()
                   if e["user"].id == request.ids["teacher"] and e.get("primary") == "true"}  # fmt: skip
            return [row for row in rows if row["sourcedId"] in own]
        return rows


@defect("nested", "school-people-by-primary-org")
class SchoolPeopleByPrimaryOrg(Nested):
    """/schools/{}/teachers goes by primaryOrg: who also teaches elsewhere is missing there."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/schools/{school}/teachers":
            return [row for row in rows if row["primaryOrg"].id == request.ids["school"]]
        return rows


@defect("nested", "school-enrolments-active-only")
class SchoolEnrolmentsActive(Nested):
    """/schools/{}/enrollments hides tombstones: the list of all does not."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [r for r in rows if r["status"] == "active"] if route.path == "/schools/{school}/enrollments" else rows


@defect("nested", "grading-periods-of-all-terms")
class GradingPeriodsOfAll(Nested):
    """/terms/{}/gradingPeriods gives all of them."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/terms/{term}/gradingPeriods":
            return [s for s in self.tables(request)["academicSessions"].values() if s["type"] == "gradingPeriod"]
        return rows


@defect("nested", "nested-thinner")
class NestedThinner(Retold):
    """Nested users have no roles beyond the first."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if route.kind == "nested" and route.table == "users":
            rows = [{**row, "roles": row["roles"][:1]} if "roles" in row else row for row in rows]
        return super().collection(route, rows)


@defect("nested", "unknown-parent-500")
class UnknownParent500(Vendor):
    """An unknown parent: a null pointer."""

    def known_parents(self, request: Request, route: Route) -> None:
        try:
            super().known_parents(request, route)
        except Refusal:
            raise Refusal(500, "internal_server_error", "Object reference not set to an instance") from None


@defect("nested", "nested-wrong-key")
class NestedWrongKey(Vendor):
    """/classes/{}/students wraps in `students`."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        name = route.path.rsplit("/", 1)[1]
        return {name if route.kind == "nested" and name in {"students", "teachers", "terms"} else route.key: rows}


# --- delta ------------------------------------------------------------------------------------------------------------


@defect("delta", "tombstones-not-in-delta")
class TombstonesNotInDelta(Vendor):
    """A filter on dateLastModified hides what was deleted."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if "dateLastModified" in request.params.get("filter", [""])[-1]:
            return [row for row in found if row["status"] == "active"]
        return found


@defect("delta", "tombstone-is-404")
class TombstoneIs404(Vendor):
    """What is marked for deletion stands in the list, and is 404 alone."""

    def one(self, request: Request, route: Route) -> Reply:
        row = self.tables(request)[route.table].get(request.ids["self"])
        if row and row["status"] != "active":
            raise Refusal(404, "unknownobject", "Unknown Object")
        return super().one(request, route)


@defect("delta", "status-inactive")
class StatusInactive(Retold):
    """Deleted is called inactive."""

    def retell(self, told: Row) -> Row:
        return {**told, "status": "inactive"} if told.get("status") == "tobedeleted" else told


@defect("delta", "stamp-is-now")
class StampIsNow(Vendor):
    """dateLastModified is the time of the answer."""

    def value_out(self, name: str, value: Any) -> Any:
        return self.stamp(datetime.now(UTC)) if name == "dateLastModified" else super().value_out(name, value)


@defect("delta", "stamp-in-the-future")
class StampInTheFuture(Vendor):
    """A clock is wrong: records were changed next year."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for number, row in enumerate(tables["users"].values()):
            if number % 10 == 0:
                row["dateLastModified"] = row["dateLastModified"].replace(year=2031)
        return tables


@defect("delta", "delta-on-users-only")
class DeltaOnUsersOnly(Vendor):
    """The filter on dateLastModified works for users, elsewhere it gives everything."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        text = request.params.get("filter", [""])[-1]
        if "dateLastModified" in text and route.table in {"courses", "demographics", "academicSessions"}:
            return rows
        return super().filtered(request, route, rows)


# --- errors -----------------------------------------------------------------------------------------------------------


@defect("errors", "html-404")
class Html404(Vendor):
    """The web server's own page for what it does not know."""

    def problem(self, refusal: Refusal) -> Reply:
        if refusal.status in {404, 405}:
            return Reply(refusal.status, b"<html><h1>Not Found</h1></html>", [("Content-Type", "text/html")])
        return super().problem(refusal)


@defect("errors", "problem-json")
class ProblemJson(Vendor):
    """Errors as RFC 9457."""

    def problem(self, refusal: Refusal) -> Reply:
        body = {"title": "error", "status": refusal.status, "detail": refusal.said}
        reply = super().problem(refusal)
        reply.body = self.dump(body)
        reply.header("Content-Type", "application/problem+json")
        return reply


@defect("errors", "errors-are-200")
class ErrorsAre200(Vendor):
    """Errors come with 200."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        if refusal.status in {400, 404}:
            reply.status = 200
        return reply


@defect("errors", "wrapped-payload")
class WrappedPayload(Vendor):
    """The payload is wrapped."""

    def payload(self, refusal: Refusal) -> Any:
        return {"imsx_StatusInfo": super().payload(refusal)}


@defect("errors", "minor-as-text")
class MinorAsText(Vendor):
    """imsx_CodeMinor is a text."""

    def payload(self, refusal: Refusal) -> Any:
        return {**super().payload(refusal), "imsx_CodeMinor": refusal.minor}


@defect("errors", "minor-of-1-1")
class MinorOf11(Vendor):
    """The words of 1.1."""

    def payload(self, refusal: Refusal) -> Any:
        return super().payload(Refusal(refusal.status, refusal.minor.replace("unknownobject", "unknown object"), ""))


@defect("errors", "success-in-failure")
class SuccessInFailure(Vendor):
    """codeMajor says success."""

    def payload(self, refusal: Refusal) -> Any:
        return {**super().payload(refusal), "imsx_codeMajor": "success"}


@defect("errors", "minor-always-the-same")
class MinorAlways(Vendor):
    """Every refusal is invaliddata."""

    def payload(self, refusal: Refusal) -> Any:
        return super().payload(Refusal(refusal.status, "invaliddata", refusal.said))


@defect("errors", "unknown-id-200-empty")
class UnknownId200(Vendor):
    """An unknown id: 200 and an empty object."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return self.json(200, {route.key: {}})


@defect("errors", "unknown-id-400")
class UnknownId400(Vendor):
    """An id that is not of the vendor's shape: 400."""

    def one(self, request: Request, route: Route) -> Reply:
        try:
            return super().one(request, route)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            raise Refusal(400, "invaliddata", "no such id") from None


@defect("errors", "wrong-kind-200")
class WrongKind200(Vendor):
    """/teachers/{id of a student} gives the student."""

    def one(self, request: Request, route: Route) -> Reply:
        row = self.tables(request)[route.table].get(request.ids["self"])
        if row:
            return self.json(200, {route.key: self.project(self.render(row), self.chosen(request, route))})
        return super().one(request, route)


@defect("errors", "filter-echoed")
class FilterEchoed(Vendor):
    """The description repeats the literal of the filter, and with it a name."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal as refusal:
            raise Refusal(400, refusal.minor, f"bad filter {request.params['filter'][-1]}") from None


@defect("errors", "ids-any-case")
class IdsAnyCase(Vendor):
    """Ids are looked up without case, and with spaces around them."""

    def one(self, request: Request, route: Route) -> Reply:
        wanted = request.ids["self"].strip().casefold()
        for id_ in self.tables(request)[route.table]:
            if id_.casefold() == wanted:
                request.ids["self"] = id_
        return super().one(request, route)


# --- tenants ----------------------------------------------------------------------------------------------------------


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


@defect("tenants", "single-reads-cross")
class SingleReadsCross(Leaky):
    """findById without the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "one"


@defect("tenants", "single-enrolment-crosses")
class SingleEnrolmentCrosses(Leaky):
    """findById without the tenant, in one repository only."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "one" and route.table in {"enrollments", "results"}


@defect("tenants", "nested-crosses")
class NestedCrosses(Leaky):
    """Nested lists are found by the parent's id alone."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "nested"


@defect("tenants", "nested-resources-cross")
class NestedResourcesCross(Leaky):
    """Only the resources of a user are found without the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.path == "/users/{user}/resources"


@defect("tenants", "filter-or-escapes")
class FilterOrEscapes(Leaky):
    """WHERE tenant = ? AND a OR b."""

    def leaks(self, request: Request, route: Route) -> bool:
        return " OR " in request.params.get("filter", [""])[-1]


@defect("tenants", "filter-by-id-crosses")
class FilterByIdCrosses(Leaky):
    """A filter on sourcedId takes the path of findById."""

    def leaks(self, request: Request, route: Route) -> bool:
        return request.params.get("filter", [""])[-1].startswith("sourcedId=")


@defect("tenants", "delta-crosses")
class DeltaCrosses(Leaky):
    """The delta reads the change log of all tenants."""

    def leaks(self, request: Request, route: Route) -> bool:
        return "dateLastModified" in request.params.get("filter", [""])[-1]


@defect("tenants", "demographics-cross")
class DemographicsCross(Leaky):
    """One collection forgot the tenant."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.table == "demographics" and route.kind == "list"


@defect("tenants", "scales-cross")
class ScalesCross(Leaky):
    """Score scales are shared between tenants."""

    def leaks(self, request: Request, route: Route) -> bool:
        return route.table == "scoreScales" and route.kind == "list"


@defect("tenants", "tenant-of-the-last-token")
class TenantByHeader(Vendor):
    """The tenant is whatever the last token request was: a static field."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        self.last = TENANT[client]
        return super().issue(client, scopes)

    last = "kivi"

    def tables(self, request: Request) -> Tables:
        return self.towns[self.last]


@defect("tenants", "oracle-by-filter")
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
        from tests.strangers.server import CONTACT

        if route.table != "users" or not (request.grant and request.grant.client.endswith("suppea")):
            return reply
        body = json.loads(reply.body)
        for told in [body[route.key]] if route.kind == "one" else body[route.key]:
            for name in CONTACT:
                told.pop(name, None)
        reply.body = self.dump(body)
        return reply


# --- gradebook --------------------------------------------------------------------------------------------------------


@defect("gradebook", "scores-rounded")
class ScoresRounded(Vendor):
    """The single read rounds: numeric(5,1)."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        body = json.loads(reply.body)
        if "score" in body[route.key]:
            body[route.key]["score"] = round(body[route.key]["score"], 0)
            return self.json(200, body)
        return reply


@defect("gradebook", "scores-as-floats")
class ScoresAsFloat32(Retold):
    """float instead of decimal: 7.1 is 7.099999904632568."""

    def retell(self, told: Row) -> Row:
        import struct

        if "score" in told:
            return {**told, "score": struct.unpack("f", struct.pack("f", told["score"]))[0]}
        return told


@defect("gradebook", "zero-is-absent")
class ZeroIsAbsent(Retold):
    """A bound of nought is falsy and left out (JavaScript), in lists."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, [{n: v for n, v in row.items() if v != 0} for row in rows])


@defect("gradebook", "results-of-all-classes")
class ResultsOfAllClasses(Nested):
    """The results of a student in a class are those of the student everywhere."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/students/{student}/results":
            return [r for r in self.tables(request)["results"].values() if r["student"].id == request.ids["student"]]
        return rows


@defect("gradebook", "line-item-of-another-class")
class LineItemOfAnotherClass(Nested):
    """The results of a line item do not look at the class of the path."""

    def known_parents(self, request: Request, route: Route) -> None:
        if {"lineItem", "class"} <= request.ids.keys():
            return
        super().known_parents(request, route)

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/lineItems/{lineItem}/results":
            return [r for r in self.tables(request)["results"].values() if r["lineItem"].id == request.ids["lineItem"]]
        return rows


@defect("gradebook", "class-categories-are-all")
class ClassCategoriesAll(Nested):
    """/classes/{}/categories gives all categories."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/categories":
            return list(self.tables(request)["categories"].values())
        return rows


@defect("gradebook", "exempt-missing")
class ExemptMissing(Nested):
    """Results without a score are not in the list of their line item."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return [r for r in rows if "score" in r] if "lineItem" in request.ids else rows


@defect("gradebook", "result-student-unknown")
class ResultStudentUnknown(Vendor):
    """Results of pupils who are not in the class of the line item."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(iter(tables["results"].values()))
        teacher = next(u for u, r in tables["users"].items() if r["roles"][0]["role"] == "teacher")
        row["student"] = Ref("user", teacher)
        return tables


@defect("gradebook", "score-status-underscored")
class ScoreStatusUnderscored(Retold):
    """An enum of Java: fully_graded."""

    def retell(self, told: Row) -> Row:
        return {**told, "scoreStatus": told["scoreStatus"].replace(" ", "_")} if "scoreStatus" in told else told


@defect("gradebook", "due-date-only")
class DueDateOnly(Retold):
    """dueDate is a date."""

    def retell(self, told: Row) -> Row:
        return {**told, "dueDate": told["dueDate"][:10]} if "dueDate" in told else told


@defect("gradebook", "scale-values-plural")
class ScaleValuesPlural(Retold):
    """The array is called scoreScaleValues."""

    def retell(self, told: Row) -> Row:
        return {("scoreScaleValues" if n == "scoreScaleValue" else n): v for n, v in told.items()}


@defect("gradebook", "assessment-parent-dangles")
class AssessmentParentDangles(Vendor):
    """parentAssessmentLineItem leads nowhere."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        row = next(r for r in tables["assessmentLineItems"].values() if "parentAssessmentLineItem" in r)
        row["parentAssessmentLineItem"] = Ref("assessmentLineItem", "gone")
        return tables


@defect("gradebook", "results-twice")
class ResultsInnerJoin(Vendor):
    """/results joins enrolments: once for each enrolment of the pupil in the class."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows for _ in range(2 if "comment" in row else 1)] if route.path == "/results" else rows


# --- gradebook writes -------------------------------------------------------------------------------------------------


@defect("writes", "put-merges")
class PutMerges(Vendor):
    """PUT keeps what was left out."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_, {})
        super().store(tables, route, id_, sent)
        tables[route.table][id_] = {**old, **tables[route.table][id_]}


@defect("writes", "put-not-stored")
class PutNotStored(Vendor):
    """201, and nothing is there."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        self.taken(tables, route, sent)


@defect("writes", "put-keeps-stamp")
class PutKeepsStamp(Vendor):
    """A replacement does not move dateLastModified."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_)
        super().store(tables, route, id_, sent)
        if old:
            tables[route.table][id_]["dateLastModified"] = old["dateLastModified"]


@defect("writes", "put-new-id")
class PutNewId(Vendor):
    """PUT stores under an id of its own."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, f"{id_}-1" if id_ not in tables[route.table] else id_, sent)


@defect("writes", "delete-does-nothing")
class DeleteDoesNothing(Vendor):
    """204, and it is still there."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        return None


@defect("writes", "delete-cascades-too-far")
class DeleteCascades(Vendor):
    """Deleting a line item deletes all line items of its category."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        row = tables[route.table][id_]
        super().remove(tables, route, id_)
        if route.table == "lineItems":
            for other in [i for i, r in tables["lineItems"].items() if r["category"] == row["category"]]:
                del tables["lineItems"][other]


@defect("writes", "delete-unknown-204")
class DeleteUnknown204(Vendor):
    """Deleting what is not there: 204."""

    def write(self, request: Request, route: Route) -> Reply:
        try:
            return super().write(request, route)
        except Refusal as refusal:
            if route.kind == "delete" and refusal.status == 404:
                return Reply(204)
            raise


@defect("writes", "extra-credit-capped")
class ExtraCreditCapped(Vendor):
    """A score above the maximum becomes the maximum."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if isinstance(row.get("score"), (int, float)):
            row["score"] = min(row["score"], 100)
        return row


@defect("writes", "title-cut")
class TitleCut(Vendor):
    """varchar(50)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if "title" in row:
            row["title"] = row["title"][:50]
        return row


@defect("writes", "pairs-swapped")
class PairsSwapped(Vendor):
    """Supplied and allocated id are swapped."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [
            {"suppliedSourcedId": p["allocatedSourcedId"], "allocatedSourcedId": p["suppliedSourcedId"]} for p in pairs
        ]


@defect("writes", "malformed-json-500")
class MalformedJson500(Vendor):
    """What is no JSON: 500."""

    def write(self, request: Request, route: Route) -> Reply:
        try:
            return super().write(request, route)
        except Refusal as refusal:
            if refusal.status == 400:
                raise Refusal(500, "internal_server_error", "Unexpected token") from None
            raise


@defect("writes", "read-scope-writes")
class ReadScopeWrites(Vendor):
    """Whoever may read may write."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not any(scope.endswith("gradebook.readonly") for scope in request.grant.scopes):
            super().authorise(request, route)


@defect("writes", "writes-cross-tenants")
class WritesCrossTenants(Leaky):
    """DELETE finds by id alone, in all tenants."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        for town in self.towns.values():
            town[route.table].pop(id_, None)

    def leaks(self, request: Request, route: Route) -> bool:
        return route.kind == "delete"


# --- resources --------------------------------------------------------------------------------------------------------


@defect("resources", "resources-of-all-classes")
class ResourcesOfAll(Nested):
    """/classes/{}/resources gives every resource."""

    def nested(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if route.path == "/classes/{class}/resources":
            return list(self.tables(request)["resources"].values())
        return rows


@defect("resources", "importance-capital")
class ImportanceCapital(Retold):
    """Primary."""

    def retell(self, told: Row) -> Row:
        return {**told, "importance": told["importance"].capitalize()} if "importance" in told else told


@defect("resources", "roles-of-users")
class ResourceRolesWide(Retold):
    """Resource roles use the words of user roles: principal."""

    def retell(self, told: Row) -> Row:
        return {**told, "roles": ["principal"]} if "vendorResourceId" in told else told


@defect("resources", "resources-untitled-lost")
class UntitledLost(Vendor):
    """The list of resources leaves out those without a title; each can be read alone."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if "title" in row] if route.path == "/resources" else rows


STRUCK: Final = {
    "active-enrolment-of-a-leaver": "no clause says that an enrolment falls with its user; tobedeleted obliges nobody",
    "term-outside-parent": "the model bounds enrolments and roles by their session, and no session by its parent",
    "ids-any-case": "nothing says whether an id minds its case, and many databases do not",
    "sort-any-case": "differs from code points only where a name begins small, which OR-ROS-SORT-003 leaves open",
    "result-student-unknown": "the model wants a user; who has a result may have left the class, or never sat in it",
    "versions-in-headers": "no clause forbids a server to name itself",
}
"""Legal after all, with the reason."""
LEFT: Final = {
    "head-length-nought": "HEAD is HTTP's, not the standard's: only a server error counts",
    "stamp-in-the-future": "would need a clock that the suite and the target both trust",
    "never-expires": "without test control nobody waits for a token to expire: the requirement is untested, not met",
    "delete-cascades-too-far": "where it takes what a check needs, the check cannot tell: the verdict is incomplete",
    "term-classes-by-first-term": "two terms are sampled, and in both of them the slip makes no difference",
}
"""Not noticed, with the reason."""


def names_by_area() -> Iterator[tuple[str, list[str]]]:
    """Return the defects by area."""
    for area in dict.fromkeys(AREAS.values()):
        yield area, [name for name, one in AREAS.items() if one == area]


__all__ = ["AREAS", "DEFECTS", "LEFT", "STRUCK", "names_by_area", "quote"]
