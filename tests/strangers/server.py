"""The stranger's server: one class, one method for each thing that a vendor may do in a way of his own.

A legal variant and a defect are sub-classes that override methods, so that each says in code what it does.
"""

from __future__ import annotations

import base64
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.strangers import intake, query
from tests.strangers.query import FIELDS, Clause, Malformed
from tests.strangers.routes import ALL_SCOPES, BASES, PARENTS, ROUTES, SCOPE, Route
from tests.strangers.town import PLURAL, Ref, Row, Tables, Town

Params = dict[str, list[str]]
CONTACT: Final = frozenset({"email", "phone", "sms", "userIds", "username", "identifier", "agents"})
SECRETS: Final = {"kivi": ("kivi-ohjelma", "kivi-s3cr3t"), "lumi": ("lumi-ohjelma", "lumi-s3cr3t"),
                  "kivi-suppea": ("kivi-suppea", "suppea-s3cr3t")}  # fmt: skip
TENANT: Final = {"kivi-ohjelma": "kivi", "lumi-ohjelma": "lumi", "kivi-suppea": "kivi"}


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    grant: Grant | None = None
    route: Route | None = None
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def params(self) -> Params:
        """The parameters, each with all its values."""
        found: Params = {}
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found


@dataclass
class Reply:
    """What goes back. The length is written where nobody wrote another one."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunked: bool = False
    close: bool = False
    cut: int | None = None

    def header(self, name: str, value: str) -> None:
        """Set a header."""
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()] + [(name, value)]

    def value(self, name: str) -> str | None:
        """Return a header."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


@dataclass(frozen=True)
class Grant:
    """What a token stands for."""

    client: str
    tenant: str
    scopes: frozenset[str]
    until: float


class Refusal(Exception):
    """A request that is answered with a status payload."""

    def __init__(self, status: int, minor: str, said: str, **headers: str) -> None:
        super().__init__(said)
        self.status, self.minor, self.said = status, minor, said
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Vendor:
    """A provider that keeps the standard."""

    prefix = "/svc"
    token_path = "/auth/realms/koulu/token"
    default_limit = 100
    most = 5000
    token_seconds = 1800
    schools = 3
    pupils = 9
    services: Sequence[str] = ("rostering", "gradebook", "resources")
    content_type = "application/json"

    def __init__(self) -> None:
        self.url = ""
        self.tokens: dict[str, Grant] = {}
        self.lock = threading.RLock()
        self.towns = {name: self.settle(name, tables) for name, tables in self.populate().items()}
        self.shown: dict[int, Row] = {}

    # --- data -----------------------------------------------------------------------------------------------------

    def populate(self) -> dict[str, Tables]:
        """Return the tables of each tenant."""
        kivi = Town(7, schools=self.schools, pupils=self.pupils).fill()
        return {"kivi": kivi, "lumi": Town(4, schools=min(2, self.schools), pupils=3).fill()}

    def settle(self, tenant: str, tables: Tables) -> Tables:
        """Change the data once, before anybody asks."""
        return tables

    def tables(self, request: Request) -> Tables:
        """Return what a request may see at all."""
        assert request.grant
        return self.towns[request.grant.tenant]

    # --- tokens ---------------------------------------------------------------------------------------------------

    def token_reply(self, request: Request) -> Reply:
        """Answer at the token endpoint."""
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        given = request.headers.get("authorization", "")
        if given.lower().startswith("basic "):
            try:
                pair = base64.b64decode(given[6:]).decode()
            except ValueError:
                pair = ""
            name, _, secret = (unquote(part) for part in pair.partition(":"))
        if not any(pair == (name, secret) for pair in SECRETS.values()):
            reply = self.oauth_problem(401, "invalid_client")
            reply.header("WWW-Authenticate", 'Basic realm="token"')
            return reply
        if form.get("grant_type") != "client_credentials":
            missing = "grant_type" not in form
            return self.oauth_problem(400, "invalid_request" if missing else "unsupported_grant_type")
        asked = frozenset(form.get("scope", "").split())
        scopes = self.granted(name, asked)
        if not scopes:
            return self.oauth_problem(400, "invalid_scope")
        return self.issue(name, scopes)

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        """Return what a client gets of what it asked for."""
        allowed = frozenset().union(*(r.scopes for r in ROUTES if r.service in self.services))
        if client.endswith("suppea"):
            allowed &= {SCOPE + "roster.readonly", SCOPE + "roster-core.readonly"}
        return (asked & allowed) if asked else allowed

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        """Make a token."""
        token = self.new_token()
        self.tokens[token] = Grant(client, TENANT[client], scopes, time.monotonic() + self.token_seconds)
        return self.token_body(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds,
             "scope": " ".join(sorted(scopes))}
        )  # fmt: skip

    def new_token(self) -> str:
        """Return a token nobody can guess."""
        return secrets.token_urlsafe(24)

    def token_body(self, told: Row) -> Reply:
        """Return the answer that carries a token."""
        reply = Reply(200, self.dump(told), [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        reply.header("Pragma", "no-cache")
        return reply

    def oauth_problem(self, status: int, code: str) -> Reply:
        """Refuse at the token endpoint."""
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return Reply(status, self.dump({"error": code}), headers)

    def authenticate(self, request: Request) -> Grant:
        """Return what the token of a request stands for."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(401, "unauthorisedrequest", "no token", WWW_Authenticate='Bearer realm="oneroster"')
        grant = self.tokens.get(token.strip())
        if grant is None or self.expired(grant):
            raise Refusal(
                401, "unauthorisedrequest", "unknown or expired token",
                WWW_Authenticate='Bearer realm="oneroster", error="invalid_token"',
            )  # fmt: skip
        return grant

    def expired(self, grant: Grant) -> bool:
        """Whether a token is too old."""
        return time.monotonic() >= grant.until

    def authorise(self, request: Request, route: Route) -> None:
        """Refuse where no scope opens the route."""
        assert request.grant
        if not request.grant.scopes & route.scopes:
            raise Refusal(403, "forbidden", "the token has no scope for this")

    # --- requests -------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Reply:
        """Answer a request."""
        with self.lock:
            if request.path == self.token_path:
                reply = (
                    self.token_reply(request)
                    if request.method == "POST"
                    else self.oauth_problem(405, "invalid_request")
                )
                return self.finish(request, reply)
            try:
                reply = self.discovery(request) or self.serve(request)
            except Refusal as refusal:
                reply = self.problem(refusal)
            except Malformed as error:
                reply = self.problem(Refusal(400, "invalid_filter_field", str(error)))
            return self.finish(request, reply)

    def discovery(self, request: Request) -> Reply | None:
        """Return the trimmed OpenAPI document of a service, for anybody."""
        for service, stem in (("rostering", "rosters"), ("gradebook", "gradebook"), ("resources", "resources")):
            base = self.prefix + BASES[service]
            if (
                service in self.services
                and request.path == f"{base}/discovery/onerosterv1p2{stem}service_openapi3_v1p0.json"
            ):
                return Reply(200, json.dumps(self.document(service)).encode(), [("Content-Type", "application/json")])
        return None

    def document(self, service: str) -> Row:
        """Return the OpenAPI document."""
        paths: dict[str, Row] = {}
        for route in self.routes(service):
            paths.setdefault(route.path, {})[route.method.lower()] = {
                "responses": {"200": {"description": "found"}},
                "security": [{"OAuth2CC": [scope]} for scope in sorted(route.scopes)],
            }
        scopes = {scope: scope for route in self.routes(service) for scope in route.scopes}
        flow = {"clientCredentials": {"tokenUrl": self.url + self.token_path, "scopes": scopes}}
        return {
            "openapi": "3.0.1", "info": {"title": service, "version": "1.2"},
            "servers": [{"url": self.url + self.prefix + BASES[service]}], "paths": paths,
            "components": {"securitySchemes": {"OAuth2CC": {"type": "oauth2", "flows": flow}}},
        }  # fmt: skip

    def profiles(self, service: str, all_: Sequence[str]) -> Sequence[str]:
        """Return what the vendor says that it meets, of the profiles of a service."""
        return all_

    def routes(self, service: str) -> Iterator[Route]:
        """Return the operations that are offered."""
        return (route for route in ROUTES if route.service == service)

    def find(self, request: Request) -> Route:
        """Return the route of a request, its ids left in the request."""
        methods = set[str]()
        for service in self.services:
            base = self.prefix + BASES[service]
            if not request.path.startswith(base + "/"):
                continue
            for route in self.routes(service):
                match = route.pattern.fullmatch(request.path[len(base) :])
                if match and route.method == ("GET" if request.method == "HEAD" else request.method):
                    request.ids = {name: unquote(value) for name, value in match.groupdict().items()}
                    return route
                if match:
                    methods.add(route.method)
        if methods:
            raise Refusal(405, "invaliddata", "no such method here", Allow=", ".join(sorted(methods)))
        raise Refusal(404, "unknownobject", "Unknown Object: no such path")

    def serve(self, request: Request) -> Reply:
        """Answer a request to one of the services."""
        route = self.find(request)
        request.route = route
        request.grant = self.authenticate(request)
        self.authorise(request, route)
        if route.kind in {"put", "delete", "post"}:
            return self.write(request, route)
        if route.kind == "one":
            return self.one(request, route)
        return self.many(request, route)

    # --- reads ----------------------------------------------------------------------------------------------------

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
            roles = (
                {role["role"] for role in row["roles"]}
                if row and table == "users"
                else {row.get("type")}
                if row
                else set()
            )
            if row is None or (kind and kind not in roles):
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

    # --- writes ---------------------------------------------------------------------------------------------------

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

    # --- what goes out --------------------------------------------------------------------------------------------

    def render(self, row: Row) -> Row:
        """Return a record as JSON tells it."""
        return {name: self.value_out(name, value) for name, value in row.items()}

    def value_out(self, name: str, value: Any) -> Any:
        """Return a value as JSON tells it."""
        if isinstance(value, datetime):
            return self.stamp(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Ref):
            return self.link(name, value)
        if isinstance(value, list):
            return [self.value_out(name, one) for one in value]
        if isinstance(value, dict):
            return {inner: self.value_out(inner, one) for inner, one in value.items()}
        return value

    def stamp(self, moment: datetime) -> str:
        """Return a moment as text."""
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def link(self, name: str, ref: Ref) -> Row:
        """Return a link."""
        return {"href": self.href(ref), "sourcedId": ref.id, "type": ref.kind}

    def href(self, ref: Ref) -> str:
        """Return the address of a record."""
        table = PLURAL[ref.kind]
        service = "resources" if table == "resources" else "gradebook" if ref.kind in {
            "category", "lineItem", "scoreScale", "assessmentLineItem"} else "rostering"  # fmt: skip
        return f"{self.url}{self.prefix}{BASES[service]}/{table}/{quote(ref.id, safe='')}"

    def project(self, shown: Row, names: list[str] | None) -> Row:
        """Return what `fields` asks for, and the id."""
        return shown if names is None else {n: v for n, v in shown.items() if n in names or n == "sourcedId"}

    def collection(self, route: Route, rows: list[Row]) -> Any:
        """Return the body of a list."""
        return {route.key: rows}

    def json(self, status: int, body: Any) -> Reply:
        """Return a reply of JSON."""
        return Reply(status, self.dump(body), [("Content-Type", self.content_type)])

    def dump(self, body: Any) -> bytes:
        """Return JSON as bytes."""
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def payload(self, refusal: Refusal) -> Any:
        """Return the status payload."""
        minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refusal.minor}
        return {
            "imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": refusal.said,
            "imsx_CodeMinor": {"imsx_codeMinorField": [minor]},
        }  # fmt: skip

    def problem(self, refusal: Refusal) -> Reply:
        """Return a refusal."""
        reply = self.json(refusal.status, self.payload(refusal))
        for name, value in refusal.headers.items():
            reply.header(name, value)
        return reply

    def finish(self, request: Request, reply: Reply) -> Reply:
        """Look at the reply a last time before it goes out."""
        return reply


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    vendor: Vendor

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer(self) -> None:
        path, _, asked = self.path.partition("?")
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.vendor.handle(Request(self.command, path, asked, headers, body))
        self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer  # noqa: N815

    def _send(self, reply: Reply) -> None:
        body = b"" if self.command == "HEAD" else reply.body
        lines = [f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('Status',))[0]}"]
        headers = list(reply.headers)
        if reply.value("content-length") is None and reply.status != 204:
            if reply.chunked:
                headers.append(("Transfer-Encoding", "chunked"))
            else:
                headers.append(("Content-Length", str(len(reply.body))))
        if reply.close:
            headers.append(("Connection", "close"))
            self.close_connection = True
        headers.append(("Date", self.date_time_string()))
        lines += [f"{name}: {value}" for name, value in headers]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if reply.chunked and self.command != "HEAD" and reply.status != 204:
            for start in range(0, len(body), 1000):
                part = body[start : start + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            body = b"0\r\n\r\n"
        self.wfile.write(body if reply.cut is None else body[: reply.cut])
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is none of ours."""


@contextmanager
def running(vendor: Vendor) -> Iterator[Vendor]:
    """Serve on a free port of the loopback for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {"vendor": vendor})
    server = _Server(("127.0.0.1", 0), handler)
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


__all__ = ["ALL_SCOPES", "Clause", "Grant", "Refusal", "Reply", "Request", "Vendor", "running"]
