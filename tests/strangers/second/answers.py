"""Defects in how a write is answered: statuses, bodies, addresses, pairs of ids, and the words of a refusal."""

from __future__ import annotations

from typing import Any

from tests.strangers.routes import Route
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import PLURAL, Row, Tables

_PLAIN = [("Content-Type", "text/plain; charset=utf-8")]
_HTML = [("Content-Type", "text/html; charset=utf-8")]


@defect("answers", "created-200")
class Created200(Writer):
    """A creation is answered 200 (REST 3.2: 201 is declared; Google demands it)."""

    def put_status(self, there: bool) -> int:
        return 200


@defect("answers", "put-204")
class Put204(Writer):
    """Whatever has no body is answered 204, PUT as well (201 is declared)."""

    def put_status(self, there: bool) -> int:
        return 204


@defect("answers", "put-202")
class Put202(Writer):
    """202 and a queue: nobody tells whether it was taken (201 is declared, and 202 is not)."""

    def put_status(self, there: bool) -> int:
        return 202


@defect("answers", "put-303")
class Put303(Writer):
    """POST, redirect, GET as for a form: 303 to the object."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return Reply(303, headers=[("Location", f"{self.url}{request.path}")])


@defect("answers", "put-in-plain-text")
class PutInPlainText(Writer):
    """ResponseEntity.ok("Created"): a text as text/plain (REST 1: all bodies are JSON; 201 is empty)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return Reply(self.put_status(there), b"Created", _PLAIN)


@defect("answers", "put-tells-another-object")
class PutTellsAnotherObject(Writer):
    """The object is told in the answer as it was before the write (a body of 201 describes what was made)."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        old = self.tables(request)[route.table].get(request.ids["self"])
        reply = super().put_one(request, route, sent)
        shown = self.render(old) if old else {}
        return self.json(reply.status, {route.key: shown})


@defect("answers", "location-of-the-inside")
class LocationOfTheInside(Writer):
    """Location names the host behind the gateway and the collection (RFC 9110, 15.3.2: the resource that was made)."""

    def kept(self, request: Request, route: Route, id_: str, *, there: bool) -> Reply:
        return Reply(self.put_status(there), headers=[("Location", f"http://app-01.internal:8080/{route.table}")])


@defect("answers", "no-content-and-a-body")
class NoContentAndABody(Writer):
    """204 with the four bytes of null behind it, which the next answer on the connection begins with."""

    def deleted(self, request: Request, route: Route) -> Reply:
        return Reply(204, b"null", [("Content-Type", "application/json")])


@defect("answers", "deleted-201")
class Deleted201(Writer):
    """One helper answers every write: DELETE is answered 201 (204 is declared)."""

    def deleted(self, request: Request, route: Route) -> Reply:
        return Reply(201)


@defect("answers", "deleted-with-a-tale")
class DeletedWithATale(Writer):
    """DELETE is answered 200 and {"deleted": true} (204 and nothing are declared)."""

    def deleted(self, request: Request, route: Route) -> Reply:
        return self.json(200, {"deleted": True})


@defect("answers", "unknown-deleted")
class UnknownDeleted(Writer):
    """DELETE of an id that never was is answered 204 (404 is declared for an unknown id)."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        known = request.ids["self"] in self.tables(request)[route.table]
        return super().delete_one(request, route) if known else Reply(204)


@defect("answers", "unknown-deletion-breaks")
class UnknownDeletionBreaks(Writer):
    """EmptyResultDataAccessException: DELETE of an unknown id is answered 500."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        if request.ids["self"] not in self.tables(request)[route.table]:
            raise Refusal(500, "internal_server_error", "an unexpected error occurred")
        return super().delete_one(request, route)


@defect("answers", "refused-with-200")
class RefusedWith200(Writer):
    """As in SOAP: a refused write is answered 200, its failure told in the body (422 is declared)."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        reply.status = 200 if refusal.minor == "invaliddata" else reply.status
        return reply


@defect("answers", "refused-with-500")
class RefusedWith500(Writer):
    """An exception of the validation is nobody's: wrong data is answered 500 (422 is declared)."""

    def problem(self, refusal: Refusal) -> Reply:
        wrong = refusal.status == 422
        return super().problem(Refusal(500, "internal_server_error", "unexpected error") if wrong else refusal)


@defect("answers", "refused-as-problem-details")
class RefusedAsProblemDetails(Writer):
    """The framework answers wrong data itself: {"title": ..., "errors": ...} (REST 8: the status payload)."""

    def problem(self, refusal: Refusal) -> Reply:
        if refusal.status != 422:
            return super().problem(refusal)
        return self.json(422, {"title": "One or more errors", "status": 422, "errors": {"$": [refusal.said]}})


@defect("answers", "refused-with-unknown-word")
class RefusedWithUnknownWord(Writer):
    """`invalid_data`: a code of its own (REST 8: a closed vocabulary, `invaliddata`)."""

    def problem(self, refusal: Refusal) -> Reply:
        if refusal.status == 422:
            refusal.minor = "invalid_data"
        return super().problem(refusal)


@defect("answers", "broken-json-in-html")
class BrokenJsonInHtml(Writer):
    """The body parser stands before the application: broken JSON is answered with a page of HTML."""

    def sent(self, request: Request, route: Route) -> Any:
        try:
            self.parsed(request)
        except ValueError:
            raise _Page from None
        return super().sent(request, route)

    def serve(self, request: Request) -> Reply:
        try:
            return super().serve(request)
        except _Page:
            return Reply(400, b"<!doctype html><h1>Bad Request</h1>", _HTML)


class _Page(Exception):
    """A page of HTML is due."""


@defect("answers", "broken-json-breaks")
class BrokenJsonBreaks(Writer):
    """Broken JSON is answered 500."""

    def sent(self, request: Request, route: Route) -> Any:
        try:
            self.parsed(request)
        except ValueError:
            raise Refusal(500, "internal_server_error", "Unexpected end of JSON input") from None
        return super().sent(request, route)


@defect("answers", "odd-link-breaks")
class OddLinkBreaks(Writer):
    """A null pointer: a link without an id, or that is a bare text, is answered 500."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        for name in (*PLURAL, "school", "student", "gradingPeriod"):
            if name in sent and not (isinstance(sent[name], dict) and isinstance(sent[name].get("sourcedId"), str)):
                raise Refusal(500, "internal_server_error", "an unexpected error occurred")
        return super().taken(tables, route, sent)


@defect("answers", "unknown-link-breaks")
class UnknownLinkBreaks(Writer):
    """A violated foreign key is answered 500: a link to what is not there is wrong data (422)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        known = {id_ for table in tables.values() for id_ in table}
        for value in sent.values():
            if isinstance(value, dict) and isinstance(value.get("sourcedId"), str) and value["sourcedId"] not in known:
                raise Refusal(500, "internal_server_error", "FOREIGN KEY constraint failed")
        return super().taken(tables, route, sent)


# --- pairs of ids -----------------------------------------------------------------------------------------------------


@defect("pairs", "posted-200")
class Posted200(Writer):
    """POST is answered 200 (201 is declared)."""

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        return self.json(200, {"sourcedIdPairs": pairs})


@defect("pairs", "pairs-swapped")
class PairsSwapped(Writer):
    """The two ids of a pair are mixed up."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [
            {"suppliedSourcedId": one["allocatedSourcedId"], "allocatedSourcedId": one["suppliedSourcedId"]}
            for one in pairs
        ]


@defect("pairs", "pairs-crossed")
class PairsCrossed(Writer):
    """Keys come back from a bulk insert in no order: each supplied id is paired with the id of another record."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        ids = [one["allocatedSourcedId"] for one in pairs]
        return [{**one, "allocatedSourcedId": id_} for one, id_ in zip(pairs, reversed(ids), strict=True)]


@defect("pairs", "first-pair-only")
class FirstPairOnly(Writer):
    """RETURNING id, and fetchone(): all records are kept, one pair is told."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return pairs[:1]


@defect("pairs", "pairs-bare")
class PairsBare(Writer):
    """The pairs come as a bare list (pitfall 1: the key is `sourcedIdPairs`)."""

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        return self.json(201, pairs)


@defect("pairs", "pairs-misspelt")
class PairsMisspelt(Writer):
    """`suppliedSourceId`, as in so many places (pitfall 12)."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [{name.replace("Sourced", "Source"): id_ for name, id_ in one.items()} for one in pairs]


@defect("pairs", "posted-objects-told")
class PostedObjectsTold(Writer):
    """POST is answered with the objects and not with the pairs."""

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        rows = self.tables(request)[route.table]
        return self.json(201, {route.key: [self.render(rows[one["allocatedSourcedId"]]) for one in pairs]})


@defect("pairs", "allocated-as-number")
class AllocatedAsNumber(Writer):
    """The allocated id is told as a number (`allocatedSourcedId` is a string)."""

    last = 55_000

    def allocate(self, route: Route) -> str:
        self.last += 1
        return str(self.last)

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [{**one, "allocatedSourcedId": int(one["allocatedSourcedId"])} for one in pairs]


@defect("pairs", "allocated-of-the-database")
class AllocatedOfTheDatabase(Writer):
    """The primary key of the row is told, and no read knows it: the object has another id outside."""

    def pairs(self, pairs: list[Row]) -> list[Row]:
        return [{**one, "allocatedSourcedId": str(900 + n)} for n, one in enumerate(pairs)]


@defect("pairs", "supplied-overwrites")
class SuppliedOverwrites(Writer):
    """POST keeps the temporary id as it is: where an object has that id already, it is replaced."""

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        return str(one["sourcedId"])


@defect("pairs", "same-title-same-object")
class SameTitleSameObject(Writer):
    """get_or_create(title=...): two line items of one title become one, and both pairs name it."""

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        alike = (id_ for id_, row in tables[route.table].items() if "title" in row and row["title"] == one.get("title"))
        return next(alike, "") or super().allocate_for(tables, route, one)


@defect("pairs", "ten-of-them")
class TenOfThem(Writer):
    """Flushed by tens, and the rest forgotten: the eleventh record has a pair and was never kept."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        self.count = getattr(self, "count", 0) + 1
        if route.kind == "post" and self.count > 10:
            del tables[route.table][id_]

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        self.count = 0
        return super().post_many(request, route, sent)


@defect("pairs", "any-class")
class AnyClass(Writer):
    """The parents in the path are never looked up: line items go below a class that is not there (404 is declared)."""

    def known_parents(self, request: Request, route: Route) -> None:
        if route.kind != "post":
            super().known_parents(request, route)

    def belongs(self, tables: Tables, request: Request, row: Row) -> None:
        pass


@defect("pairs", "any-session")
class AnySession(Writer):
    """The session in the path of a POST is not looked at."""

    def known_parents(self, request: Request, route: Route) -> None:
        session = request.ids.pop("session", None)
        super().known_parents(request, route)
        if session is not None:
            request.ids["session"] = session


@defect("pairs", "posted-and-not-there")
class PostedAndNotThere(Writer):
    """The pairs are told before the transaction, which is rolled back: nothing was kept."""

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        for one in pairs:
            del self.tables(request)[route.table][one["allocatedSourcedId"]]
        return super().posted(request, route, pairs)


@defect("pairs", "nothing-breaks")
class NothingBreaks(Writer):
    """VALUES without a row: an empty list is answered 500."""

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        if sent == []:
            raise Refusal(500, "internal_server_error", "syntax error at end of input")
        return super().post_many(request, route, sent)


@defect("pairs", "second-below-the-first")
class SecondBelowTheFirst(Writer):
    """A variable outside the loop: every result of a POST is kept for the pupil of the first."""

    def post_many(self, request: Request, route: Route, sent: Any) -> Reply:
        if isinstance(sent, list) and sent and all(isinstance(one, dict) and "student" in one for one in sent):
            sent = [{**one, "student": sent[0]["student"]} for one in sent]
        return super().post_many(request, route, sent)
