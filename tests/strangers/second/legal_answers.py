"""Legal servers that answer writes in ways of their own: statuses, bodies, headers, order of checks, rights, load."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from urllib.parse import quote

from tests.strangers.routes import BASES, Route
from tests.strangers.second.lists import variant
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Row, Tables


@variant("replaced-201")
class Replaced201(Writer):
    """A replacement is answered 201 as a creation is: it is the one success that is declared (REST 3.2)."""

    def put_status(self, there: bool) -> int:
        return 201


@variant("put-tells-the-object")
class PutTellsTheObject(Writer):
    """The object is told in the answer. No body is declared, and none is forbidden (RFC 9110, 15.3.1 and 15.3.2)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return self.json(self.put_status(there), {route.key: self.render(self.tables(request)[route.table][id_])})


@variant("put-tells-success")
class PutTellsSuccess(Writer):
    """The status payload with success and fullsuccess: the vocabularies hold these words for it (REST 8)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "fullsuccess"}
        told = {"imsx_codeMajor": "success", "imsx_severity": "status",
                "imsx_CodeMinor": {"imsx_codeMinorField": [minor]}}  # fmt: skip
        return self.json(self.put_status(there), told)


@variant("location-absolute")
class LocationAbsolute(Writer):
    """A creation tells where its object is (RFC 9110, 10.2.2)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return Reply(self.put_status(there), headers=[("Location", f"{self.url}{request.path}")])


@variant("location-relative")
class LocationRelative(Writer):
    """Location may be a reference relative to the target (RFC 9110, 10.2.2); it is told on a replacement too."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        base = self.prefix + BASES["gradebook"]
        return Reply(self.put_status(there), headers=[("Location", f"{base}/{route.table}/{quote(id_, safe='')}")])


@variant("empty-and-chunked")
class EmptyAndChunked(Writer):
    """An empty body may be chunked, and have a type (RFC 9112, 7.1)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return Reply(self.put_status(there), b"", [("Content-Type", "application/json")], chunked=True)


@variant("hangs-up-after-writes")
class HangsUpAfterWrites(Writer):
    """A server may close the connection after any answer (RFC 9112, 9.6)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.close = request.method not in {"GET", "HEAD"}
        return super().finish(request, reply)


@variant("deleted-200")
class Deleted200(Writer):
    """DELETE is answered 200 and nothing: consumers take 200 and 204 (pitfall 59). A warning is earned."""

    def deleted(self, request: Request, route: Route) -> Reply:
        return Reply(200)


@variant("pairs-in-any-order")
class PairsInAnyOrder(Writer):
    """The pairs come in another order than the records: each names its record itself (REST 3.2)."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return list(reversed(super().pairs(pairs)))


@variant("free-ids-kept")
class FreeIdsKept(Writer):
    """A temporary id that nobody has is allocated as it is; another is given where it is taken (REST 3.2: open)."""

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        free = all(one["sourcedId"] not in town[route.table] for town in self.towns.values())
        return one["sourcedId"] if free and one["sourcedId"] not in self.written else super().allocate(route)


@variant("allocated-numbers")
class AllocatedNumbers(Writer):
    """Allocated ids are digits, as text (ids are opaque strings)."""

    last = 4_000_000

    def allocate(self, route: Route) -> str:
        self.last += 1
        return str(self.last)


@variant("allocated-urns")
class AllocatedUrns(Writer):
    """Allocated ids hold signs that have to be percent-encoded in a path (REST 2: opaque; encode them)."""

    last = 0

    def allocate(self, route: Route) -> str:
        self.last += 1
        return f"{route.table}/2026:ä {self.last}"


@variant("retries-known")
class RetriesKnown(Writer):
    """A POST that repeats a body is a retry, and gets the pairs of the first: the standard says nothing of retries."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, tuple[float, bytes]] = {}

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        assert request.grant
        key = hashlib.sha256(f"{request.grant} {request.path} ".encode() + request.body).hexdigest()
        at, body = self.known.get(key, (0.0, b""))
        if at > time.monotonic() - 60 and all(
            one["allocatedSourcedId"] in self.tables(request)[route.table] for one in json.loads(body)["sourcedIdPairs"]
        ):
            return Reply(201, body, [("Content-Type", self.content_type)])
        reply = super().post_many(request, route, sent)
        self.known[key] = (time.monotonic(), reply.body)
        return reply


@variant("good-ones-kept")
class GoodOnesKept(Writer):
    """Of a POST those are taken that can be, with a pair for each: partial failure is not defined (REST 3.2)."""

    def acceptable(self, tables: Tables, request: Request, route: Route, sent: list[Row]) -> list[Row]:
        good = list[Row]()
        for one in sent:
            try:
                good += super().acceptable(tables, request, route, [one])
            except Refusal:
                continue
        if sent and not good:
            super().acceptable(tables, request, route, sent)
        return good


@variant("no-more-than-five")
class NoMoreThanFive(Writer):
    """A POST of more than five records is refused, 422: a bound on a batch is a provider's own."""

    def acceptable(self, tables: Tables, request: Request, route: Route, sent: list[Row]) -> list[Row]:
        if len(sent) > 5:
            raise Refusal(422, "invaliddata", "no more than five at a time")
        return super().acceptable(tables, request, route, sent)


# --- refusals ---------------------------------------------------------------------------------------------------------


@variant("broken-json-422")
class BrokenJson422(Writer):
    """Broken JSON is answered 422: no status is declared for it but those of the default (REST 3.2)."""

    def sent(self, request: Request, route: Route) -> Any:
        try:
            return super().sent(request, route)
        except Refusal as refusal:
            raise Refusal(422, "invaliddata", refusal.said) from None


@variant("wrong-data-400")
class WrongData400(Writer):
    """Wrong data is answered 400. 422 is declared, and `default` stands for whatever else. A warning is earned."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        reply.status = 400 if reply.status == 422 else reply.status
        return reply


@variant("conflict-409")
class Conflict409(Writer):
    """Another id in the body than in the path is a conflict, 409, under `default` (RFC 9110, 15.5.10)."""

    def put_id(self, request: Request, sent: Any) -> str:
        try:
            return super().put_id(request, sent)
        except Refusal as refusal:
            raise Refusal(409, "invaliddata", refusal.said) from None


@variant("unknown-link-404")
class UnknownLink404(Writer):
    """A link to what is not there is an unknown object, 404: the status is declared for PUT and POST (REST 3.2, 8)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        known = {id_ for table in tables.values() for id_ in table}
        for value in sent.values():
            if isinstance(value, dict) and isinstance(value.get("sourcedId"), str) and value["sourcedId"] not in known:
                raise Refusal(404, "unknownobject", "Unknown Object: a link leads nowhere")
        return super().taken(tables, route, sent)


@variant("body-before-the-right")
class BodyBeforeTheRight(Writer):
    """The body is looked at before the scope: where both are wrong 422 is as right as 403 (no order is given)."""

    def authorise(self, request: Request, route: Route) -> None:
        if route.kind in {"put", "post"}:
            sent = self.sent(request, route)
            for one in sent if isinstance(sent, list) else [sent]:
                if not isinstance(one, dict):
                    raise Refusal(422, "invaliddata", "not an object")
                self.taken(self.tables(request), route, one)
        super().authorise(request, route)


@variant("there-before-the-right")
class ThereBeforeTheRight(Writer):
    """404 for an unknown id or parent comes before 403: where both are so, either is right."""

    def authorise(self, request: Request, route: Route) -> None:
        if route.kind == "delete" and request.ids["self"] not in self.tables(request)[route.table]:
            raise Refusal(404, "unknownobject", "Unknown Object")
        if route.kind == "post":
            self.known_parents(request, route)
        super().authorise(request, route)


@variant("body-before-the-parent")
class BodyBeforeTheParent(Writer):
    """A POST of wrong data below an unknown parent is answered 422: both are so, and no order is given."""

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        for one in sent if isinstance(sent, list) else ():
            if not isinstance(one, dict):
                raise Refusal(422, "invaliddata", "not an object")
            self.taken(self.tables(request), route, one)
        return super().post_many(request, route, sent)


@variant("own-objects-only")
class OwnObjectsOnly(Writer):
    """A client may replace and delete what it wrote, and nothing else: 403 is declared for what is refused (REST 8)."""

    def write(self, request: Request, route: Route) -> Reply:
        id_ = request.ids.get("self", "")
        if id_ in self.tables(request)[route.table] and id_ not in self.written:
            raise Refusal(403, "forbidden", "not yours")
        return super().write(request, route)


@variant("in-use-422")
class InUse422(Writer):
    """What others link to is not deleted: 422 with `deletefailure`, a word of this service alone (REST 8)."""

    status, minor = 422, "deletefailure"

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        kind = route.key
        for name in ("lineItems", "results", "assessmentLineItems", "assessmentResults"):
            if any(kind in row and row[kind].id == id_ for row in tables[name].values()) or any(
                "parentAssessmentLineItem" in row and row["parentAssessmentLineItem"].id == id_
                for row in tables[name].values()
            ):
                raise Refusal(self.status, self.minor, "something links to it")
        super().remove(tables, route, id_)


@variant("in-use-409")
class InUse409(InUse422):
    """What others link to is not deleted: 409, under `default`."""

    status = 409


@variant("entity-tags")
class EntityTags(Writer):
    """Single objects have an entity tag. If-Match is optional, and kept where it is sent (RFC 9110, 13.1)."""

    def tag(self, row: Row) -> str:
        return (
            f'"{hashlib.sha256(self.dump(self.render(row)) + str(row["dateLastModified"]).encode()).hexdigest()[:16]}"'
        )

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        tag = self.tag(self.tables(request)[route.table][request.ids["self"]])
        if tag in request.headers.get("if-none-match", ""):
            return Reply(304, headers=[("ETag", tag)])
        reply.header("ETag", tag)
        return reply

    def write(self, request: Request, route: Route) -> Reply:
        wanted, rows = request.headers.get("if-match"), self.tables(request)[route.table]
        row = rows.get(request.ids.get("self", ""))
        if wanted and (row is None or (wanted.strip() != "*" and self.tag(row) not in wanted)):
            raise Refusal(412, "invaliddata", "the object has changed")
        if request.headers.get("if-none-match", "").strip() == "*" and row is not None:
            raise Refusal(412, "invaliddata", "the object is there")
        return super().write(request, route)


# --- load -------------------------------------------------------------------------------------------------------------


@variant("writes-counted")
class WritesCounted(Writer):
    """429 with Retry-After for a write now and then: nothing of it was done (REST 8)."""

    writes = 0

    def write(self, request: Request, route: Route) -> Reply:
        self.writes += 1
        if self.writes % 97 == 0:
            raise Refusal(429, "server_busy", "come again", Retry_After="1")
        return super().write(request, route)


@variant("writes-down")
class WritesDown(Writer):
    """503 with Retry-After for a write now and then, from a gateway (RFC 9110, 15.6.4)."""

    writes = 0

    def serve(self, request: Request) -> Reply:
        self.writes += request.method not in {"GET", "HEAD"}
        if request.method not in {"GET", "HEAD"} and self.writes % 89 == 0:
            return Reply(503, b"<h1>back soon</h1>", [("Retry-After", "1"), ("Content-Type", "text/html")])
        return super().serve(request)


@variant("reads-wait-for-writes")
class ReadsWaitForWrites(Writer):
    """Until a slow replica has a write, reads of its kind are 503 with Retry-After (RFC 9110, 15.6.4)."""

    def __init__(self) -> None:
        super().__init__()
        self.wrote: dict[str, float] = {}
        self.writes = 0

    def write(self, request: Request, route: Route) -> Reply:
        reply = super().write(request, route)
        self.writes += 1
        if self.writes % 60 == 0:
            self.wrote.setdefault(route.table, time.monotonic())
        return reply

    def serve(self, request: Request) -> Reply:
        if request.method == "GET":
            table = self.find(request).table
            at = self.wrote.get(table)
            if at is not None and time.monotonic() - at < 0.25:
                raise Refusal(503, "server_busy", "come again", Retry_After="1")
            self.wrote.pop(table, None)
        return super().serve(request)


@variant("lists-a-moment-late")
class ListsAMomentLate(Writer):
    """Lists come from an index that is refreshed four times a second; what is read by its id is there at once.

    Written after the first run. That a list shows a write at once is said nowhere; that it soon does, one may expect.
    """

    def __init__(self) -> None:
        super().__init__()
        self.index: dict[tuple[str, str], tuple[float, dict[str, Row]]] = {}

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind == "one" or route.service != "gradebook":
            return rows
        key = (request.path, str(request.grant))
        at, known = self.index.get(key, (0.0, {}))
        if time.monotonic() - at >= 0.25:
            at, known = time.monotonic(), {row["sourcedId"]: dict(row) for row in rows}
            self.index[key] = (at, known)
        return list(known.values())
