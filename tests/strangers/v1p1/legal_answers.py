"""Legal variants of 1.1 in how it is answered: headers, pages, questions, warnings, refusals and tokens."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from tests.strangers import query
from tests.strangers.query import Clause
from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Reply, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import legal
from tests.strangers.v1p1.routes import SCOPE
from tests.strangers.v1p1.server import Old
from tests.strangers.v1p1.tables import LINKS

# --- transport and tokens ---------------------------------------------------------------------------------------------


@legal("prefix-of-aeries")
class PrefixOfAeries(Old):
    """A path of the vendor's own stands before /ims, and the token is elsewhere, with a slash at its end."""

    prefix, token_path = "/piiri/aeries", "/piiri/aeries/token/"


@legal("behind-a-gateway")
class BehindAGateway(Old):
    """A proxy packs what is long, writes headers in small letters and adds its own."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if "gzip" in request.headers.get("accept-encoding", "") and len(reply.body) > 400:
            reply.body = gzip.compress(reply.body)
            reply.header("Content-Encoding", "gzip")
        reply.headers = [(name.lower(), value) for name, value in reply.headers]
        reply.header("via", "1.1 yhdyskaytava")
        reply.header("vary", "accept-encoding")
        return reply


@legal("chunked-and-closing")
class ChunkedAndClosing(Old):
    """Bodies come in chunks, and each connection serves once."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.chunked, reply.close = bool(reply.body), True
        return reply


@legal("charset-told")
class CharsetTold(Old):
    """The type of the body names its charset, as old servers do."""

    content_type = "application/json; charset=UTF-8"


@legal("json-of-another-order")
class OtherOrder(Old):
    """Keys backwards, indented, non-ASCII escaped: the same JSON."""

    def dump(self, body: Any) -> bytes:
        return json.dumps(self._turned(body), indent=2).encode()

    def _turned(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._turned(one) for name, one in reversed(value.items())}
        return [self._turned(one) for one in value] if isinstance(value, list) else value


@legal("bearer-in-small-letters")
class SmallBearer(Old):
    """token_type is bearer, without the scope where all was granted that was asked for (RFC 6749, 5.1).

    Whoever asks for a scope that this vendor does not have gets no token at all (5.2), so the target file names them.
    """

    registered = tuple(f"{SCOPE}{name}.readonly" for name in ("roster", "roster-core", "roster-demographics"))

    def token_body(self, told: Row) -> Reply:
        return super().token_body(
            {name: value for name, value in told.items() if name != "scope"} | {"token_type": "bearer"}
        )

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        found = super().granted(client, asked)
        return found if found == asked or not asked else frozenset()


@legal("no-expiry-told")
class NoExpiryTold(Old):
    """expires_in is recommended, and left out."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "expires_in"})


@legal("token-by-basic-alone")
class BasicAlone(Old):
    """A client authenticates by HTTP Basic; those in a form are refused (RFC 6749, 2.3.1)."""

    def token_reply(self, request: Request) -> Reply:
        if request.headers.get("authorization", "").lower().startswith("basic "):
            return super().token_reply(request)
        reply = self.oauth_problem(401, "invalid_client")
        reply.header("WWW-Authenticate", 'Basic realm="token"')
        return reply


@legal("core-alone")
class CoreAlone(Old):
    """The 22 reads that certification wants: no nested one, no demographics."""

    def routes(self, service: str = "rostering") -> Iterator[Route]:
        for route in super().routes(service):
            if route.kind != "nested" and route.table != "demographics":
                yield route


@legal("no-demographics")
class NoDemographics(Old):
    """Demographics are optional: no scope is granted for them, and nothing stands at their paths."""

    def routes(self, service: str = "rostering") -> Iterator[Route]:
        return (route for route in super().routes(service) if route.table != "demographics")


@legal("busy-at-times")
class BusyAtTimes(Old):
    """After forty requests it is too much for a moment: 429 with Retry-After."""

    asked = 0

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked % 41 == 40:
            self.said = []
            raise Refusal(429, "server_busy", "too many requests", Retry_After="0")
        return super().serve(request)


# --- pages ------------------------------------------------------------------------------------------------------------


@legal("no-links-no-total")
class NoLinksNoTotal(Old):
    """1.1 recommends Link and X-Total-Count; a certified server sent neither."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        pass


@legal("total-alone")
class TotalAlone(Old):
    """The total is told, and no link."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return {}


@legal("next-alone")
class NextAlone(Old):
    """Only next is told, and no total."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        if offset + limit < total:
            reply.header("Link", f'<{self.page_url(request, offset + limit, limit)}>; rel="next"')


@legal("links-each-a-header")
class EachAHeader(Old):
    """Four Link headers instead of one with commas (RFC 9110, 5.3), relations without quotes (RFC 8288, 3)."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        for rel, address in self.links(request, total, offset, limit).items():
            reply.headers.append(("Link", f"<{address}>; rel={rel}"))


@legal("cap-of-forty")
class CapOfForty(Old):
    """No page has more than forty rows, whatever is asked; the links go by what is given."""

    most = 40


@legal("pages-of-25-by-default")
class Default25(Old):
    """A page without a limit has 25 rows; next leads on."""

    default_limit = 25


@legal("bad-limits-are-none")
class BadLimitsAreNone(Old):
    """1.1 has no code for a limit of nought or of letters: it is as if there were none."""

    def bounds(self, params: Params) -> tuple[int, int]:
        def number(name: str, least: int, otherwise: int) -> int:
            text = params.get(name, [""])[-1]
            return int(text) if text.isascii() and text.isdigit() and int(text) >= least else otherwise

        return min(number("limit", 1, self.default_limit), self.most), number("offset", 0, 0)


# --- questions --------------------------------------------------------------------------------------------------------


@legal("order-of-change")
class OrderOfChange(Old):
    """Without sort the latest change comes first: a steady order, and no word says which."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        told = super().ordered(rows, params, route)
        if "sort" in params and not self.said:
            return told
        return sorted(rows, key=lambda row: (row["dateLastModified"], row["sourcedId"]), reverse=True)


@legal("descending-by-default")
class DescendingByDefault(Old):
    """Sorted without orderBy it descends: 1.1 leaves that to the implementation."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {"orderBy": ["desc"]} | params if "sort" in params else params, route)


@legal("sorts-by-plain-fields-alone")
class PlainSortsAlone(Old):
    """Links, lists and metadata are no fields to sort by: the data comes in the order of always, with a warning."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        name = params.get("sort", ["sourcedId"])[-1]
        if name in LINKS[route.table] | {"metadata", "userIds", "grades", "subjects", "subjectCodes", "periods"}:
            self.say("invalid_sort_field")
            params = {}
        return super().ordered(rows, params, route)


@legal("equals-any-case")
class EqualsAnyCase(Old):
    """Texts are compared without case: neither version says otherwise."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, str) and isinstance(wanted, str):
            value, wanted = value.casefold(), wanted.casefold()
        return super().meets(sign, value, wanted)


@legal("contains-minds-case")
class ContainsMindsCase(Old):
    """The predicate ~ minds case."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return str(wanted) in query.spelt(value) if sign == "~" else super().meets(sign, value, wanted)


@legal("what-is-absent-is-not-unequal")
class AbsentIsNotUnequal(Old):
    """SQL: a field that is not there meets no predicate, != among them."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        return any(True for _ in query.values(row, clause.path)) and super().holds(row, clause, wanted)


@legal("no-dots")
class NoDots(Old):
    """No filter leads into a link: 400 says so, as at a certified server."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return len(path) == 1 and super().is_known(table, path)


@legal("filters-links-by-their-name")
class LinksByName(Old):
    """school='id' means school.sourcedId='id', beside the dotted way."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return super().is_known(table, path) or (len(path) == 1 and path[0] in LINKS[table])

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        by_name = len(clause.path) == 1 and any(clause.path[0] in names for names in LINKS.values())
        if by_name and not isinstance(row.get(clause.path[0]), str):
            clause = Clause((*clause.path, "sourcedId"), clause.sign, clause.literal)
        return super().holds(row, clause, wanted)


@legal("only-what-was-asked")
class OnlyWhatWasAsked(Old):
    """fields=givenName gives the given name alone: whether the id comes along is nowhere said."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown if names is None else {name: value for name, value in shown.items() if name in names}


@legal("parents-unheard-of")
class ParentsUnheardOf(Old):
    """Below an unknown parent there is an empty list: no nested read of Rostering declares 404."""

    def known_parents(self, request: Request, route: Route) -> None:
        pass

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "nested":
            try:
                super().known_parents(request, route)
            except Refusal:
                return []
        return super().belonging(request, route)


@legal("ended-is-over")
class EndedIsOver(Old):
    """A class has those whose enrolment has not ended; the enrolment itself is still listed."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind != "nested" or route.table not in {"users", "classes"} or "term" in request.ids:
            return rows
        ones = self.tables(request)["enrollments"].values()
        today, inner = datetime.now(UTC).date(), request.ids.get("class")
        over = [one for one in ones if one.get("endDate", today) < today]
        if inner:
            left = {one["user"].id for one in over if one["class"].id == inner}
            return [row for row in rows if row["sourcedId"] not in left]
        person = next((request.ids[name] for name in ("student", "teacher", "user") if name in request.ids), None)
        left = {one["class"].id for one in over if one["user"].id == person}
        return [row for row in rows if row["sourcedId"] not in left]


# --- what is said -----------------------------------------------------------------------------------------------------


@legal("success-is-told")
class SuccessIsTold(Old):
    """Every answer tells how it went beside its data: full success is a word of 1.1."""

    def json(self, status: int, body: Any) -> Reply:
        if status == 200 and not self.said and isinstance(body, dict):
            body = self.warned(body, [self.info("success", "status", "full success", "ok")])
        return super().json(status, body)


@legal("refusals-at-length")
class RefusalsAtLength(Old):
    """A refusal names the request that it answers, and a second reason."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        for one in told["statusInfoSet"]:
            one["imsx_operationRefIdentifier"] = f"{time.monotonic_ns():x}"
        told["statusInfoSet"].append(self.info("failure", "error", "invalid data", "see above"))
        return told


@legal("refusals-without-reason")
class RefusalsWithoutReason(Old):
    """A refusal has major and severity, which are needed, and no minor code, which is not."""

    def info(self, major: str, severity: str, minor: str, said: str) -> Row:
        told = super().info(major, severity, minor, said)
        return {name: value for name, value in told.items() if name != "imsx_codeMinor" or major == "success"}


@legal("tokens-of-three-seconds")
class ShortTokens(Old):
    """Tokens live for three seconds, as they say."""

    token_seconds = 3


@legal("scopes-of-more")
class ScopesOfMore(Old):
    """The token tells scopes of the vendor's own beside those of 1.1."""

    own: Final = frozenset({"opetus.lue"})

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        found = super().granted(client, asked - self.own)
        return found | self.own if found else found
