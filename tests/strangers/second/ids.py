"""Defects of ids, deletions and concurrent writes: what one write does to other objects."""

from __future__ import annotations

import copy
import threading
import time
from typing import Any
from urllib.parse import unquote

from tests.strangers.routes import Route
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Ref, Row, Tables

# --- ids --------------------------------------------------------------------------------------------------------------


@defect("ids", "case-of-ids")
class CaseOfIds(Writer):
    """A collation without case: an id that differs in case alone replaces the other object (ids are opaque)."""

    def put_id(self, request: Request, sent: Any) -> str:
        id_ = super().put_id(request, sent)
        alike = (one for one in self.written if one.lower() == id_.lower())
        return next(alike, id_)


@defect("ids", "cut-at-the-dot")
class CutAtTheDot(Writer):
    """Spring cuts a path variable at its last dot: a.1 and a.2 are one object, a."""

    def put_id(self, request: Request, sent: Any) -> str:
        id_ = super().put_id(request, sent)
        return id_.rpartition(".")[0] if "." in id_ else id_

    def find(self, request: Request) -> Route:
        route = super().find(request)
        id_ = request.ids.get("self", "")
        if route.kind in {"one", "delete"} and id_.rpartition(".")[0] in self.written:
            request.ids["self"] = id_.rpartition(".")[0]
        return route


@defect("ids", "decoded-twice")
class DecodedTwice(Writer):
    """The path is decoded by the gateway and by the framework: an id with %41 in it is another one."""

    def find(self, request: Request) -> Route:
        route = super().find(request)
        if route.kind in {"put", "delete"}:
            request.ids = {name: unquote(id_) for name, id_ in request.ids.items()}
        return route


@defect("ids", "no-slash-in-ids")
class NoSlashInIds(Writer):
    """Tomcat answers %2F in a path with 400 and a page of HTML (REST 2: ids are percent-encoded; CSV allows /)."""

    def handle(self, request: Request) -> Reply:
        if "%2f" in request.path.lower():
            return Reply(400, b"<h1>HTTP Status 400</h1>", [("Content-Type", "text/html")])
        return super().handle(request)


@defect("ids", "plus-is-a-blank")
class PlusIsABlank(Writer):
    """The path is decoded as a form is: + in an id becomes a blank."""

    def find(self, request: Request) -> Route:
        route = super().find(request)
        if route.kind in {"put", "delete"} and "+" in request.path:
            request.ids = {name: id_.replace("+", " ") for name, id_ in request.ids.items()}
        return route


@defect("ids", "put-twice-is-two")
class PutTwiceIsTwo(Writer):
    """INSERT without a unique key: after a replacement lists hold the object twice, the old one too."""

    def __init__(self) -> None:
        super().__init__()
        self.older: list[tuple[str, Row]] = []

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if old:
            self.older.append((table, old))
        return super().fit(table, row, old, sent)

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind != "list":
            return rows
        there = {row["sourcedId"] for row in rows}
        return rows + [row for table, row in self.older if table == route.table and row["sourcedId"] in there]


@defect("ids", "old-version-as-tombstone")
class OldVersionAsTombstone(Writer):
    """Copy on write: a replacement leaves the old version as a tombstone under an id of its own."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_)
        super().store(tables, route, id_, sent)
        if old:
            name = f"{id_}~{len(tables[route.table])}"
            tables[route.table][name] = {
                **old,
                "sourcedId": name,
                "status": "tobedeleted",
                "dateLastModified": self.now(),
            }


@defect("ids", "counted-ids")
class CountedIds(Writer):
    """COUNT(*) + 1: after a deletion the next allocated id is one that is there, and its object is overwritten."""

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        return f"{route.table}-{len(tables[route.table]) + 1}"


@defect("ids", "ids-given-again")
class IdsGivenAgain(Writer):
    """MAX(id) + 1: the id of the last object is given again when it was deleted (REST 7: not silently reused)."""

    def allocate_for(self, tables: Tables, route: Route, one: Row) -> str:
        numbers = [int(id_[2:]) for id_ in tables[route.table] if id_.startswith("n-") and id_[2:].isdigit()]
        return f"n-{max(numbers, default=0) + 1}"


@defect("ids", "one-pupil-one-result")
class OnePupilOneResult(Writer):
    """ON CONFLICT (line_item, student) DO UPDATE: a second result takes the place of the first, whose id is gone."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table][id_]
        if route.table == "results":
            for other, its in list(tables["results"].items()):
                if other != id_ and (its["lineItem"], its["student"]) == (row["lineItem"], row["student"]):
                    del tables["results"][other]


# --- deletions --------------------------------------------------------------------------------------------------------


@defect("deletions", "results-left-dangling")
class ResultsLeftDangling(Writer):
    """No cascade, no foreign key: the results of a deleted line item are told with a link to nothing (pitfall 47)."""

    def let_go(self, tables: Tables, table: str, id_: str) -> None:
        pass

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "nested" and route.table == "results":
            items, request.ids = self.tables(request)["lineItems"], dict(request.ids)
            lasting = {id_: row for id_, row in self.tables(request)["results"].items() if row["lineItem"].id in items}
            assert route.members
            return route.members({**self.tables(request), "results": lasting}, request.ids)
        return super().belonging(request, route)


@defect("deletions", "line-item-goes-too")
class LineItemGoesToo(Writer):
    """CascadeType.ALL on the wrong side: with a result its line item is deleted, and all its other results."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        item = tables[route.table][id_].get("lineItem")
        super().remove(tables, route, id_)
        if isinstance(item, Ref) and item.id in tables["lineItems"]:
            del tables["lineItems"][item.id]
            self.let_go(tables, "lineItems", item.id)


@defect("deletions", "siblings-go-too")
class SiblingsGoToo(Writer):
    """DELETE FROM results WHERE student = ? AND class = ?: the pupil's other results in the class go with one."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        row = tables[route.table][id_]
        super().remove(tables, route, id_)
        if route.table == "results":
            for other, its in list(tables["results"].items()):
                if its["student"] == row["student"] and its.get("class") == row.get("class"):
                    del tables["results"][other]


@defect("deletions", "whatever-begins-so")
class WhateverBeginsSo(Writer):
    """DELETE ... WHERE id LIKE 'x%': ids that begin with that of the deleted object go with it."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        for other in [other for other in tables[route.table] if other.startswith(id_)]:
            if other in tables[route.table]:
                super().remove(tables, route, other)


@defect("deletions", "any-kind-deleted")
class AnyKindDeleted(Writer):
    """One table of objects: DELETE /categories/{id of a line item} deletes the line item (404: no such category)."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        tables, id_ = self.tables(request), request.ids["self"]
        for name in ("categories", "lineItems", "results", "scoreScales", "assessmentLineItems", "assessmentResults"):
            if id_ in tables[name] and id_ not in tables[route.table]:
                del tables[name][id_]
                self.let_go(tables, name, id_)
                return Reply(204)
        return super().delete_one(request, route)


class _Tombstones(Writer):
    """A vendor who marks what is deleted."""

    def marked(self, row: Row) -> Row:
        return {**row, "status": "tobedeleted", "dateLastModified": self.now()}

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        tables[route.table][id_] = self.marked(tables[route.table][id_])


@defect("deletions", "tombstone-without-a-stamp")
class TombstoneWithoutAStamp(_Tombstones):
    """A tombstone keeps its old `dateLastModified`: whoever reads by delta never hears of the deletion (REST 7)."""

    def marked(self, row: Row) -> Row:
        return {**row, "status": "tobedeleted"}


@defect("deletions", "tombstone-inactive")
class TombstoneInactive(_Tombstones):
    """A tombstone is told as "deleted" (pitfall 55: active or tobedeleted)."""

    def marked(self, row: Row) -> Row:
        return {**super().marked(row), "status": "deleted"}


@defect("deletions", "tombstone-of-three-fields")
class TombstoneOfThreeFields(_Tombstones):
    """A tombstone is its id, status and stamp alone (required properties are required of it too)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if row["status"] == "active" or row["sourcedId"] not in self.written:
            return told
        return {name: value for name, value in told.items() if name in {"sourcedId", "status", "dateLastModified"}}


@defect("deletions", "old-life-returns")
class OldLifeReturns(Writer):
    """A soft-deleted row is revived by PUT: what the new object leaves out comes back from the old one."""

    def __init__(self) -> None:
        super().__init__()
        self.graves: dict[tuple[str, str], Row] = {}

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.graves[route.table, id_] = tables[route.table][id_]
        super().remove(tables, route, id_)

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        grave = self.graves.pop((table, row["sourcedId"]), {})
        return super().fit(table, {**grave, **row}, old, sent)


@defect("deletions", "deleted-id-breaks")
class DeletedIdBreaks(Writer):
    """The unique key counts soft-deleted rows too: PUT to a deleted id is answered 500."""

    def __init__(self) -> None:
        super().__init__()
        self.graves: set[str] = set()

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.graves.add(id_)
        super().remove(tables, route, id_)

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if request.ids["self"] in self.graves and request.ids["self"] not in self.tables(request)[route.table]:
            raise Refusal(500, "internal_server_error", "duplicate key value violates unique constraint")
        return super().put_one(request, route, sent)


# --- at the same time -------------------------------------------------------------------------------------------------


@defect("concurrency", "last-document-wins")
class LastDocumentWins(Writer):
    """All results in one document, read, changed, written: of two PUTs at a time one is lost, both have a 201."""

    def handle(self, request: Request) -> Reply:
        if request.method != "PUT":
            return super().handle(request)
        with self.lock:
            before = {tenant: {n: dict(t) for n, t in tables.items()} for tenant, tables in self.towns.items()}
            known = copy.copy(self.written)
            reply = super().handle(request)
            mine = {id_: table for id_, table in self.written.items() if id_ not in known}
        if mine:
            time.sleep(0.03)
            with self.lock:
                for tenant, tables in self.towns.items():
                    for id_, table in mine.items():
                        if id_ in tables[table]:
                            row = tables[table][id_]
                            self.towns[tenant][table] = {**before[tenant][table], id_: row}
        return reply


@defect("concurrency", "database-is-locked")
class DatabaseIsLocked(Writer):
    """SQLite without a timeout: of two writes at a time one is answered 500."""

    def __init__(self) -> None:
        super().__init__()
        self.writing = threading.Lock()

    def handle(self, request: Request) -> Reply:
        if request.method not in {"PUT", "POST", "DELETE"} or request.path == self.token_path:
            return super().handle(request)
        if not self.writing.acquire(blocking=False):
            return self.problem(Refusal(500, "internal_server_error", "database is locked"))
        try:
            time.sleep(0.01)
            return super().handle(request)
        finally:
            self.writing.release()


@defect("concurrency", "created-twice-at-once")
class CreatedTwiceAtOnce(Writer):
    """Look, then insert: of two equal PUTs at a time the second violates the key and is answered 500."""

    def __init__(self) -> None:
        super().__init__()
        self.busy: set[str] = set()

    def handle(self, request: Request) -> Reply:
        if request.method != "PUT":
            return super().handle(request)
        if request.path in self.busy:
            return self.problem(Refusal(500, "internal_server_error", "duplicate key"))
        self.busy.add(request.path)
        try:
            time.sleep(0.01)
            return super().handle(request)
        finally:
            self.busy.discard(request.path)


@defect("concurrency", "if-match-not-looked-at")
class IfMatchNotLookedAt(Writer):
    """Objects are told with an ETag, and If-Match of an older one is not looked at (RFC 9110, 13.1.1)."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        reply.header("ETag", f'"{hash(reply.body) & 0xFFFFFFFF:x}"')
        return reply


@defect("concurrency", "if-match-never-met")
class IfMatchNeverMet(Writer):
    """The tag is made anew for every read: If-Match of what was read a moment ago is answered 412."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        reply.header("ETag", f'"{time.monotonic_ns():x}"')
        return reply

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if request.headers.get("if-match", "*") != "*":
            raise Refusal(412, "invaliddata", "the object has changed")
        return super().put_one(request, route, sent)
