"""Servers that differ from the first one as the standard allows: whoever accuses one of them is wrong.

The reason of each stands in its docstring. A marked `warned` names what a provider may do and had better not.
"""

from __future__ import annotations

import email.utils
import gzip
import json
import secrets
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlencode

from tests.strangers import query
from tests.strangers.query import Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import Grant, Refusal, Reply, Request, Vendor
from tests.strangers.town import Ref, Row, Tables, Town

VARIANTS: Final[dict[str, type[Vendor]]] = {}


def variant(name: str) -> Any:
    """Put a class on the list."""

    def add(cls: type[Vendor]) -> type[Vendor]:
        VARIANTS[name] = cls
        return cls

    return add


def rows_of(tables: Tables) -> Iterator[Row]:
    """Return every record."""
    for table in tables.values():
        yield from table.values()


def renamed(tables: Tables, new: dict[tuple[str, str], str]) -> Tables:
    """Return the tables with other ids; the key is the link token of a table and the old id."""
    token = {"academicSessions": "academicSession", "classes": "class", "courses": "course", "orgs": "org",
             "users": "user", "demographics": "user", "resources": "resource", "categories": "category",
             "lineItems": "lineItem", "scoreScales": "scoreScale", "assessmentLineItems": "assessmentLineItem",
             "enrollments": "enrollment", "results": "result", "assessmentResults": "assessmentResult"}  # fmt: skip

    def told(value: Any) -> Any:
        if isinstance(value, Ref):
            return Ref(value.kind, new[value.kind, value.id])
        if isinstance(value, list):
            return [told(one) for one in value]
        if isinstance(value, dict):
            return {name: told(one) for name, one in value.items()}
        return value

    return {
        name: {
            new[token[name], id_]: told(row) | {"sourcedId": new[token[name], id_]} for id_, row in table.items()
        }
        for name, table in tables.items()
    }  # fmt: skip


def ids(tables: Tables) -> Iterator[tuple[str, str]]:
    """Return every id with the link token of its table."""
    from tests.strangers.town import PLURAL

    for token, table in PLURAL.items():
        yield from ((token, id_) for id_ in tables[table])
    for token in ("enrollment", "result", "assessmentResult"):
        yield from ((token, id_) for id_ in tables[f"{token}s"])


# --- transport --------------------------------------------------------------------------------------------------------


@variant("long-prefix")
class LongPrefix(Vendor):
    """A gateway puts several segments before /ims, and the token endpoint elsewhere."""

    prefix = "/kunta/oppilas-api/v7/koe"
    token_path = "/o/token/"


@variant("lower-case-headers")
class LowerCaseHeaders(Vendor):
    """Header names have no case (RFC 9110, 5.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers = [(name.lower(), value) for name, value in reply.headers]
        return reply


@variant("upper-case-headers")
class UpperCaseHeaders(Vendor):
    """Header names have no case (RFC 9110, 5.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers = [(name.upper(), value) for name, value in reply.headers]
        return reply


@variant("chunked")
class Chunked(Vendor):
    """A body of unknown length comes in chunks (RFC 9112, 7.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.chunked = True
        return reply


@variant("closing")
class Closing(Vendor):
    """A server may close after every answer (RFC 9112, 9.6)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.close = True
        return reply


@variant("gzip")
class Gzip(Vendor):
    """Whoever says that gzip is welcome may get it (RFC 9110, 12.5.3)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        if reply.body and "gzip" in request.headers.get("accept-encoding", ""):
            reply.body = gzip.compress(reply.body, 1)
            reply.header("Content-Encoding", "gzip")
            reply.header("Vary", "Accept-Encoding")
        return reply


@variant("charset")
class Charset(Vendor):
    """A media type may carry parameters."""

    content_type = "Application/JSON;charset=UTF-8; ieee754compatible=false"


@variant("headers-of-a-gateway")
class GatewayHeaders(Vendor):
    """Cookies, security headers, tags and tracing: nothing of it is the client's business."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers += [
            ("Set-Cookie", "ROUTE=n3; Path=/; HttpOnly"), ("Set-Cookie", "lang=fi; Path=/"), ("Server", "koe/1.0"),
            ("Strict-Transport-Security", "max-age=31536000"), ("X-Content-Type-Options", "nosniff"),
            ("Vary", "Authorization, Accept-Encoding"), ("ETag", f'W/"{hash(reply.body) & 0xFFFF:x}"'),
            ("X-Request-Id", secrets.token_hex(8)), ("Date", email.utils.formatdate(usegmt=True)),
        ]  # fmt: skip
        return reply


@variant("conditional")
class Conditional(Vendor):
    """Tags that change with the body, and 304 for whoever has it already (RFC 9110, 13)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        if request.method == "GET" and reply.status == 200:
            tag = f'"{hash(reply.body) & 0xFFFFFFFF:x}"'
            reply.header("ETag", tag)
            reply.header("Cache-Control", "private, no-cache")
            if tag in request.headers.get("if-none-match", ""):
                return Reply(304, b"", [("ETag", tag)])
        return reply


@variant("no-head")
class NoHead(Vendor):
    """The standard defines GET alone."""

    def find(self, request: Request) -> Route:
        if request.method == "HEAD":
            raise Refusal(405, "invaliddata", "GET is it", Allow="GET")
        return super().find(request)


@variant("busy")
class Busy(Vendor):
    """Too many requests: 429 with the seconds to wait (RFC 6585, 4)."""

    asked = 0
    wait = "1"

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked in {90, 91, 400}:
            raise Refusal(429, "server_busy", "come again", Retry_After=self.wait)
        return super().serve(request)


@variant("busy-until")
class BusyUntil(Busy):
    """Retry-After may be a date (RFC 9110, 10.2.3)."""

    def serve(self, request: Request) -> Reply:
        self.wait = email.utils.formatdate(time.time() + 1, usegmt=True)
        return super().serve(request)


# --- tokens -----------------------------------------------------------------------------------------------------------


@variant("token-without-scope")
class TokenWithoutScope(Vendor):
    """`scope` may be absent where it is what was asked for (RFC 6749, 5.1)."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "scope"})


@variant("tiny-token")
class TinyToken(Vendor):
    """A token is opaque, its type has no case (RFC 6749, 5.1), and it may come with more than what is known."""

    def new_token(self) -> str:
        return f"k{len(self.tokens) + 1}"

    def token_body(self, told: Row) -> Reply:
        return super().token_body(
            {**told, "token_type": "bearer", "ext_expires_in": 0, "id_token": "", "not-before": 0}
        )


@variant("huge-token")
class HugeToken(Vendor):
    """A token of 3,000 characters of the alphabet of RFC 6750, 2.1."""

    def new_token(self) -> str:
        return "~+/-._" + secrets.token_urlsafe(2200) + "=="


@variant("same-token")
class SameToken(Vendor):
    """Whoever asks again for the same gets the token that is still good."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        for token, grant in self.tokens.items():
            if (grant.client, grant.scopes) == (client, scopes):
                told = {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}
                return self.token_body({**told, "expires_in": int(grant.until - time.monotonic())})
        return super().issue(client, scopes)


@variant("token-first")
class TokenFirst(Vendor):
    """Who shows no token learns not even which paths there are."""

    def serve(self, request: Request) -> Reply:
        self.authenticate(request)
        return super().serve(request)


@variant("scope-on-the-wire")
class ScopeChallenge(Vendor):
    """A 403 may say which scope would do (RFC 6750, 3.1)."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not request.grant.scopes & route.scopes:
            told = f'Bearer error="insufficient_scope", scope="{" ".join(sorted(route.scopes))}"'
            raise Refusal(403, "forbidden", "no scope", WWW_Authenticate=told)


# --- pages ------------------------------------------------------------------------------------------------------------


@variant("links-relative")
class LinksRelative(Vendor):
    """A link target is a URI reference, and `rel` needs no quotes (RFC 8288, 3)."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        told = [f"<{address.removeprefix(self.url)}>;rel={rel}" for rel, address in
                self.links(request, total, offset, limit).items()]  # fmt: skip
        reply.header("Link", ",".join(told))


@variant("links-one-a-header")
class LinksOneAHeader(Vendor):
    """Several fields of one name are one list (RFC 9110, 5.3); parameters in any order, other relations too."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        reply.header("X-Total-Count", str(total))
        for rel, address in reversed(self.links(request, total, offset, limit).items()):
            reply.headers.append(("Link", f'<{address}>; title="sivu; rel=next, <{rel}>"; REL="{rel}"'))
        reply.headers.append(("link", f'<{self.url}/terms-of-use>; rel="terms-of-service describedby"'))


@variant("links-rewritten")
class LinksRewritten(Vendor):
    """A page address is the server's: offset before limit, the filter in other escapes, a session of its own."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        kept = [(n, v) for n, vs in request.params.items() for v in vs if n not in {"limit", "offset", "snapshot"}]
        asked = urlencode([("offset", offset), ("snapshot", "9f+/="), *kept[::-1], ("limit", limit)])  # + for a space
        return f"{self.url}{request.path}?{asked}"


@variant("next-and-no-more")
class NextAlone(Vendor):
    """Only the way on is told, and no total: both headers were never more than recommended."""

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        links = self.links(request, total, offset, limit)
        if "next" in links:
            reply.header("Link", f'<{links["next"]}>; rel="next"')


@variant("total-and-no-links")
class TotalAlone(Vendor):
    """No links: a client counts."""

    def links(self, request: Request, total: int, offset: int, limit: int) -> dict[str, str]:
        return {}


@variant("default-25")
class Default25(Vendor):
    """Fewer than 100 by default: legal by practice, and worth a warning."""

    default_limit = 25


@variant("cap-40")
class Cap40(Vendor):
    """The standard has no rule on a cap: never more than 40 rows."""

    default_limit = most = 40


@variant("order-of-change")
class OrderOfChange(Vendor):
    """The order without `sort` is the server's own: latest first, ties by id."""

    def ordered(self, rows: list[Row], params: dict[str, list[str]], route: Route) -> list[Row]:
        found = super().ordered(rows, params, route)
        if params.get("sort", [""])[-1] in query.FIELDS[route.table]:
            return found
        return sorted(found, key=lambda row: row["dateLastModified"], reverse=True)


@variant("living-town")
class LivingTown(Vendor):
    """A town at work: people are renamed, pupils enrolled, between two requests as between two days."""

    asked = 0

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        tables = self.towns["kivi"]
        if self.asked % 45 == 0:
            users = list(tables["users"].values())
            users[self.asked % len(users)]["dateLastModified"] = self.now().replace(microsecond=0)
        if self.asked % 160 == 0:
            old = list(tables["enrollments"].values())[self.asked % 100]
            new = {**old, "sourcedId": f"en-new-{self.asked}", "dateLastModified": self.now().replace(microsecond=0)}
            tables["enrollments"][new["sourcedId"]] = new
        return super().serve(request)


# --- filter, sort, fields ---------------------------------------------------------------------------------------------


@variant("equals-any-case")
class EqualsAnyCase(Vendor):
    """Whether = minds the case is not specified: a database collation decides."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, str) and isinstance(wanted, str) and sign in {"=", "~"}:
            return super().meets(sign, value.casefold(), wanted.casefold())
        return super().meets(sign, value, wanted)


@variant("contains-minds-case")
class ContainsMindsCase(Vendor):
    """Whether ~ minds the case is not specified."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return str(wanted) in query.spelt(value) if sign == "~" else super().meets(sign, value, wanted)


@variant("null-is-not-unequal")
class NullIsNotUnequal(Vendor):
    """In SQL what is absent is not unequal; the standard is silent."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        found = list(query.values(row, clause.path))
        return bool(found) and super().holds(row, clause, wanted)


@variant("unequal-by-element")
class UnequalByElement(Vendor):
    """On a list any element that differs meets !=: a match on any element counts."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        found = list(query.values(row, clause.path))
        if clause.sign == "!=" and found:
            return any(not self.meets("=", value, wanted) for value in found)
        return super().holds(row, clause, wanted)


@variant("no-paths")
class NoPaths(Vendor):
    """A certified server knows no dotted paths and no lists in filters: 400."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        lists = {"roles", "grades", "subjects", "subjectCodes", "periods", "terms", "agents", "resources", "children"}
        return len(path) == 1 and path[0] not in lists and super().is_known(table, path)


@variant("many-clauses")
class ManyClauses(Vendor):
    """More than two clauses and parentheses are the server's own affair: it reads AND before OR."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        try:
            return super().parse(text)
        except Malformed:
            if text.count("'") >= 6 and " AND " in text and " OR " not in text:
                parts = [query.parse(part)[0][0] for part in text.split(" AND ")]
                return parts, "AND"
            raise


@variant("sort-refused")
class SortRefused(Vendor):
    """An unknown sort field may be refused."""

    def ordered(self, rows: list[Row], params: dict[str, list[str]], route: Route) -> list[Row]:
        if "sort" in params and params["sort"][-1] not in query.FIELDS[route.table]:
            raise Refusal(400, "invaliddata", "no such field to sort by")
        return super().ordered(rows, params, route)


@variant("descending-by-default")
class DescendingByDefault(Vendor):
    """The order without `orderBy` is not stated."""

    def ordered(self, rows: list[Row], params: dict[str, list[str]], route: Route) -> list[Row]:
        if "sort" in params and "orderBy" not in params and params["sort"][-1] in query.FIELDS[route.table]:
            params = {**params, "orderBy": ["desc"]}
        return super().ordered(rows, params, route)


@variant("absent-last")
class AbsentLast(Vendor):
    """Where records without a value stand is not stated; equal ones keep the order of their ids either way."""

    def ordered(self, rows: list[Row], params: dict[str, list[str]], route: Route) -> list[Row]:
        name = params.get("sort", [""])[-1]
        found = super().ordered(rows, params, route)
        if name not in query.FIELDS[route.table]:
            return found
        there = sorted((row for row in found if name in row), key=lambda row: row["sourcedId"])
        down = params.get("orderBy", ["asc"])[-1] == "desc"
        there.sort(key=lambda row: query.sort_key(row, name)[:2], reverse=down)
        return there + sorted((row for row in found if name not in row), key=lambda row: row["sourcedId"])


@variant("only-what-was-asked")
class FieldsExact(Vendor):
    """Whether `fields` forces the id in is not specified."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown if names is None else {name: value for name, value in shown.items() if name in names}


@variant("no-apostrophes")
class NoApostrophes(Vendor):
    """The standard has no escape for an apostrophe in a filter."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        if "''" in text:
            raise Malformed("no apostrophes within a value")
        return super().parse(text)


# --- data -------------------------------------------------------------------------------------------------------------


@variant("stamps-of-helsinki")
class StampsOfHelsinki(Vendor):
    """A moment with an offset is the same moment (RFC 3339)."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=3))).isoformat(timespec="milliseconds")


@variant("stamps-of-six-digits")
class StampsOfSixDigits(Vendor):
    """Microseconds, and none where they are nought."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["dateLastModified"] = row["dateLastModified"].replace(microsecond=(number * 7919) % 1_000_000)
        return tables

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@variant("loaded-at-once")
class LoadedAtOnce(Vendor):
    """A test system that was filled in one night: every record has the same dateLastModified."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            row["dateLastModified"] = datetime(2026, 8, 1, tzinfo=UTC)
        return tables


@variant("odd-ids")
class OddIds(Vendor):
    """Ids of all that CSV permits, and so with / and @ in them: percent-encoded in a path."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(
            tables, {(token, id_): f"{token[:2]}/{id_.replace(':', '_')}@{tenant}" for token, id_ in ids(tables)}
        )


@variant("urn-ids")
class UrnIds(Vendor):
    """Ids are opaque: URNs, with colons, and as long as they like."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(tables, {key: f"urn:x-{tenant}:{key[0].lower()}:{key[1]}:{'0' * 60}" for key in ids(tables)})


@variant("counted-ids")
class CountedIds(Vendor):
    """Ids are numbers of a table each: 17 is a user, a class and an enrolment, and both tenants count alike."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        counts: dict[str, int] = {}
        new: dict[tuple[str, str], str] = {}
        for token, id_ in ids(tables):
            counts[token] = counts.get(token, 0) + 1
            new[token, id_] = str(counts[token])
        return renamed(tables, new)


@variant("required-only")
class RequiredOnly(Vendor):
    """Every optional property is absent."""

    needed = frozenset(
        "sourcedId status dateLastModified title startDate endDate type schoolYear course school "  # noqa: SIM905
        "terms courseCode name identifier enabledUser givenName familyName roles user class role assignDate dueDate "
        "category lineItem student scoreStatus scoreDate scoreScaleValue assessmentLineItem vendorResourceId".split()
    )
    optional: Final = {
        "courses": {"schoolYear"}, "users": {"identifier"}, "results": {"class"}, "scoreScales": {"course"},
        "assessmentLineItems": {"class"}, "resources": {"title", "roles"},
    }  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return {
            name: {
                id_: {k: v for k, v in row.items() if k in self.needed and k not in self.optional.get(name, ())}
                for id_, row in table.items()
            }
            for name, table in tables.items()
        }  # fmt: skip


@variant("empty-lists-told")
class EmptyListsTold(Vendor):
    """An optional array may be there and empty."""

    lists: Final = {
        "users": ("userIds", "userProfiles", "agents", "grades", "resources"), "orgs": ("children",),
        "academicSessions": ("children",), "courses": ("grades", "resources"),
        "classes": ("periods", "resources", "grades"), "lineItems": ("learningObjectiveSet",),
        "results": ("learningObjectiveSet",), "resources": ("roles",),
    }  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name, lists in self.lists.items():
            for row in tables[name].values():
                for one in lists:
                    row.setdefault(one, [])
        return tables


@variant("metadata")
class Metadata(Vendor):
    """Metadata holds whatever JSON the vendor likes, null and false among it."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["metadata"] = {"fi.koe.jono": number, "tyhjä": None, "totta": True, "puu": {"a": [1, {"b": "ö"}]}}
        return tables


@variant("own-words")
class OwnWords(Vendor):
    """Extensible vocabularies are extended with ext:."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["users"].values()):
            if row["roles"][0]["role"] == "principal":
                row["roles"][0]["role"] = "ext:rehtori.koe"
            elif number % 10 == 0:
                row["roles"].append({"roleType": "secondary", "role": "ext:harjoittelija", "org": row["primaryOrg"]})
        for number, row in enumerate(tables["classes"].values()):
            if number % 6 == 0:
                row["classType"] = "ext:valinnainen_7-9"
        for number, row in enumerate(tables["demographics"].values()):
            if number % 6 == 0:
                row["sex"] = "ext:muu"
        for number, row in enumerate(tables["results"].values()):
            if number % 11 == 3:
                row["scoreStatus"] = "ext:uusitaan"
        next(iter(tables["orgs"].values()))["type"] = "ext:kunta"
        return tables


@variant("odd-texts")
class OddTexts(Vendor):
    r"""Titles hold whatever people type: quotes, \, %, _, *, and the words of the filter themselves."""

    odd: Final = (
        'Äidinkieli "S2" \\ A', "50 % _alennus_ *", "Biologia AND maantieto", "x='1' OR y='2'", "C++ & C#?",
        "a<b>=c~d!", "  kaksi  väliä ", "[abc]|(d)^$.", "Davvisámegiella š ž č ŋ đ ŧ", "e\u0301cole", "漢字 🎻🏫",
        "%27%20", "null", "007",
    )  # fmt: skip

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name in ("classes", "courses", "lineItems", "resources", "categories", "assessmentLineItems"):
            for number, row in enumerate(tables[name].values()):
                if "title" in row:
                    row["title"] = self.odd[number % len(self.odd)]
        for number, row in enumerate(tables["users"].values()):
            row["familyName"] = self.odd[number % len(self.odd)] if number % 3 == 0 else row["familyName"]
        return tables


@variant("decomposed")
class Decomposed(Vendor):
    """Names as a Macintosh typed them: letters and marks apart."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in tables["users"].values():
            for name in ("givenName", "familyName"):
                row[name] = unicodedata.normalize("NFD", row[name])
        return tables


@variant("large-records")
class LargeRecords(Vendor):
    """A class of four hundred periods and a note of 20,000 characters."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["classes"].values()):
            if number % 16 == 3:
                row["periods"] = [f"jakso {n}" for n in range(400)]
                row["title"] = "Pitkä " * 150
                row["metadata"] = {"kuvaus": "ä" * 20_000}
        return tables


@variant("json-otherwise")
class JsonOtherwise(Vendor):
    """The same JSON: indented, keys the other way round, letters escaped, numbers with an exponent."""

    def dump(self, body: Any) -> bytes:
        def turned(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: turned(one) for name, one in reversed(value.items())}
            return [turned(one) for one in value] if isinstance(value, list) else value

        text = json.dumps(turned(body), indent=3, ensure_ascii=True)
        return (
            "\n" + text.replace("/", "\\/").replace(": 100,", ": 1E+2,").replace(": 10,", ": 1.00e1,") + "\n"
        ).encode()


@variant("one-school")
class OneSchool(Vendor):
    """One school, and nobody works elsewhere."""

    schools = 1


@variant("tiny-town")
class TinyTown(Vendor):
    """A school of eighteen pupils: no list is longer than a page."""

    schools, pupils = 1, 3


@variant("rostering-alone")
class RosteringAlone(Vendor):
    """Only Rostering is offered, no gradebook scope is known."""

    services = ("rostering",)


@variant("core-alone")
class CoreAlone(Vendor):
    """The 22 endpoints of the core and no others, as the discovery document says."""

    services = ("rostering",)

    def routes(self, service: str) -> Iterator[Route]:
        return (r for r in super().routes(service) if r.kind in {"list", "one"} and r.table != "demographics")

    def profiles(self, service: str, all_: Any) -> Any:
        return [name for name in all_ if name.endswith("core")]


@variant("nothing-optional-there")
class NothingOptional(Vendor):
    """All is offered, and what is optional is empty: no demographics, no assessments, no resources, no guardians."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for name in ("demographics", "assessmentLineItems", "assessmentResults", "resources"):
            tables[name].clear()
        for row in rows_of(tables):
            row.pop("resources", None)
            row.pop("agents", None)
        gone = {i for i, u in tables["users"].items() if u["roles"][0]["role"] in {"guardian", "parent"}}
        tables["users"] = {id_: row for id_, row in tables["users"].items() if id_ not in gone}
        return tables


@variant("nobody-left")
class NobodyLeft(Vendor):
    """What was deleted is purged."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return {n: {i: r for i, r in table.items() if r["status"] == "active"} for n, table in tables.items()}


@variant("parents-unheard-of")
class ParentsUnheardOf(Vendor):
    """In Rostering a nested list declares no 404: an unknown parent has an empty list."""

    def many(self, request: Request, route: Route) -> Reply:
        try:
            return super().many(request, route)
        except Refusal as refusal:
            if refusal.status != 404 or route.kind != "nested" or route.service != "rostering":
                raise
            reply = self.json(200, self.collection(route, []))
            self.announce(request, reply, 0, 0, 100)
            return reply


@variant("short-payload")
class ShortPayload(Vendor):
    """imsx_CodeMinor and the description are optional in the status payload."""

    def payload(self, refusal: Refusal) -> Any:
        return {"imsx_codeMajor": "failure", "imsx_severity": "error"}


@variant("payload-with-charset-and-language")
class SpokenPayload(Vendor):
    """A description may be in any language and of any length; `processing` is not used, several minor fields may be."""

    def payload(self, refusal: Refusal) -> Any:
        body = super().payload(refusal)
        body["imsx_description"] = "Tuntematon kohde (Unknown Object): pyyntöä ei voitu täyttää. " * 20
        fields = body["imsx_CodeMinor"]["imsx_codeMinorField"]
        fields.append({**fields[0], "imsx_codeMinorFieldName": "SourceEndSystem"})
        return body


@variant("no-primary-teacher")
class NoPrimaryTeacher(Vendor):
    """`primary` is optional; classes without teachers, teachers without classes and pupils without either exist."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in tables["enrollments"].values():
            row.pop("primary", None)
        bare = list(tables["classes"])[::7]
        graded = {row["class"].id for name in ("lineItems", "assessmentLineItems") for row in tables[name].values()}
        tables["enrollments"] = {
            id_: row
            for id_, row in tables["enrollments"].items()
            if row["class"].id not in bare or row["class"].id in graded
        }
        return tables


@variant("deleted-people-in-lists")
class DeletedPeopleInLists(Vendor):
    """A class list may hold whoever is marked for deletion, until the purge."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "nested" and route.path.startswith("/classes/{class}/") and route.table == "users":
            tables, role = self.tables(request), route.path.rsplit("/", 1)[1][:-1]
            there = {
                e["user"].id for e in tables["enrollments"].values()
                if e["class"].id == request.ids["class"] and e["role"] == role
            }  # fmt: skip
            return [u for u in tables["users"].values() if u["sourcedId"] in there]
        return super().belonging(request, route)


@variant("minimal-refused")
class MinimalRefused(Vendor):
    """A client that is not given a property may be refused a filter on it, and told that there is no such field."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        from tests.strangers.server import CONTACT

        if request.grant and request.grant.client.endswith("suppea"):
            text = request.params.get("filter", [""])[-1]
            if text and any(clause.path[0] in CONTACT for clause in self.parse(text)[0]):
                raise Refusal(400, "invalid_filter_field", "unknown field")
        return super().filtered(request, route, rows)


@variant("short-lived")
class ShortLived(Vendor):
    """Tokens live for two seconds only, and say so."""

    token_seconds = 2

    def expired(self, grant: Grant) -> bool:
        return time.monotonic() >= grant.until + 0.5  # the leeway that RFC 7519 knows


WARNED: Final = {
    "links-relative": {"PAGE-007"},
    "next-and-no-more": {"PAGE-005"},
    "total-and-no-links": {"PAGE-005"},
    "deleted-people-in-lists": {"NEST-002"},
    "default-25": {"PAGE-009"},
    "cap-40": {"PAGE-009"},
    "short-payload": {"ERR-007"},
}
"""What a variant earns a warning for, by the ends of the ids: legal, and worth a word."""
ACCUSED: Final = {
    "living-town": "a list that grows while it is paged contradicts itself: a run wants a target at rest",
}
"""Variants that the suite does accuse, with the reason why that was left."""

__all__ = ["ACCUSED", "VARIANTS", "WARNED", "Town", "variant"]
