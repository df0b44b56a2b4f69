"""Defects of caches, replicas, queues and indexes: what was written is not, or not for long, what is read."""

from __future__ import annotations

import time
from typing import Any

from tests.strangers.routes import Route
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Row, Tables

_READS = frozenset({"GET", "HEAD"})


class Behind(Writer):
    """A vendor who keeps how the tables were before each write, for reads that are late."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[tuple[float, str, Tables]] = []

    def write(self, request: Request, route: Route) -> Reply:
        assert request.grant
        copy = {name: {id_: dict(row) for id_, row in table.items()} for name, table in self.tables(request).items()}
        reply = super().write(request, route)
        self.before.append((time.monotonic(), request.grant.tenant, copy))
        return reply

    def as_it_was(self, tenant: str, seconds: float) -> Tables:
        """Return the tables as they were some seconds ago."""
        self.before = [one for one in self.before if one[0] > time.monotonic() - 10]
        since = time.monotonic() - seconds
        return next((t for at, name, t in self.before if name == tenant and at > since), self.towns[tenant])


@defect("late", "replica-behind")
class ReplicaBehind(Behind):
    """Reads go to a replica 1.5 seconds behind, and nothing says so: after a 201 there is a 404 (RFC 9110, 15.3.2)."""

    def tables(self, request: Request) -> Tables:
        assert request.grant
        if request.method in _READS:
            return self.as_it_was(request.grant.tenant, 1.5)
        return super().tables(request)


@defect("late", "one-replica-of-two")
class OneReplicaOfTwo(Behind):
    """Every second read meets a replica three seconds behind: what was there is gone, and is there again."""

    reads = 0

    def tables(self, request: Request) -> Tables:
        assert request.grant
        if request.method in _READS:
            return self.as_it_was(request.grant.tenant, 3 if self.reads % 2 else 0)
        return super().tables(request)

    def serve(self, request: Request) -> Reply:
        self.reads += request.method in _READS
        return super().serve(request)


@defect("late", "lists-cached")
class ListsCached(Writer):
    """Lists are cached for a minute by their address, and no write throws them away; nothing tells a cache of it."""

    def __init__(self) -> None:
        super().__init__()
        self.cached: dict[tuple[str, str, str, str], tuple[float, Reply]] = {}

    def many(self, request: Request, route: Route) -> Reply:
        assert request.grant
        key = (request.grant.tenant, request.path, request.raw_query, " ".join(sorted(request.grant.scopes)))
        at, reply = self.cached.get(key, (0.0, None))
        if reply is None or at < time.monotonic() - 60:
            reply = super().many(request, route)
            self.cached[key] = (time.monotonic(), reply)
        return reply


@defect("late", "objects-cached")
class ObjectsCached(Writer):
    """A second-level cache of single objects: after a replacement the old one is read for half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.cached: dict[tuple[str, str], tuple[float, Row]] = {}

    def one(self, request: Request, route: Route) -> Reply:
        assert request.grant
        key, rows = (request.grant.tenant, request.path), self.tables(request)[route.table]
        at, row = self.cached.get(key, (0.0, {}))
        id_ = request.ids["self"]
        if route.kind == "one" and row and at > time.monotonic() - 30 and id_ in rows:
            names = self.chosen(request, route)
            return self.json(200, {route.key: self.project(self.render(row), names)})
        reply = super().one(request, route)
        self.cached[key] = (time.monotonic(), dict(rows[id_]))
        return reply


@defect("late", "gone-and-cached")
class GoneAndCached(Writer):
    """A deleted object that somebody had read is read from the cache as if it were there."""

    def __init__(self) -> None:
        super().__init__()
        self.cached: dict[tuple[str, str], Reply] = {}

    def one(self, request: Request, route: Route) -> Reply:
        assert request.grant
        key = (request.grant.tenant, request.path)
        try:
            self.cached[key] = super().one(request, route)
        except Refusal:
            if key not in self.cached:
                raise
        return self.cached[key]


@defect("late", "unread-and-cached")
class UnreadAndCached(Writer):
    """404 is cached: whoever asked for an id before it was written is told for ten seconds that it is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: dict[tuple[str, str], float] = {}

    def one(self, request: Request, route: Route) -> Reply:
        assert request.grant
        key = (request.grant.tenant, request.path)
        if self.missed.get(key, 0) > time.monotonic() - 10:
            raise Refusal(404, "unknownobject", "Unknown Object")
        try:
            return super().one(request, route)
        except Refusal:
            self.missed[key] = time.monotonic()
            raise


@defect("late", "total-of-this-morning")
class TotalOfThisMorning(Writer):
    """X-Total-Count is counted once in a while: what was written since is not in it (REST 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[tuple[str, str, str], int] = {}

    def total(self, request: Request, rows: list[Row], everything: list[Row]) -> int:
        assert request.grant
        key = (request.grant.tenant, request.path, "".join(request.params.get("filter", [])))
        return self.counts.setdefault(key, super().total(request, rows, everything))


@defect("late", "index-of-titles")
class IndexOfTitles(Writer):
    """Filters ask a search index which a replacement does not reach: it finds the object by its old title."""

    def __init__(self) -> None:
        super().__init__()
        self.indexed: dict[str, str] = {}

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        if "title" in row:
            self.indexed.setdefault(row["sourcedId"], row["title"])
        return super().fit(table, row, old, sent)

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        stale = [
            {**row, "title": self.indexed[row["sourcedId"]]} if row["sourcedId"] in self.indexed else row
            for row in rows
        ]
        found = {row["sourcedId"] for row in super().filtered(request, route, stale)}
        return [row for row in rows if row["sourcedId"] in found]


@defect("late", "delta-of-the-night")
class DeltaOfTheNight(Writer):
    """The journal for delta reads is written at night: a filter by `dateLastModified` misses new writes (REST 7)."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if "dateLastModified" in "".join(request.params.get("filter", [])):
            rows = [row for row in rows if row["sourcedId"] not in self.written]
        return super().filtered(request, route, rows)


@defect("late", "nested-of-the-night")
class NestedOfTheNight(Writer):
    """A materialised view: lists below a class or school never hold what was written since."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["sourcedId"] not in self.written] if route.kind == "nested" else rows


@defect("late", "posted-by-school-not-by-class")
class PostedBySchoolNotByClass(Writer):
    """Line items posted to a school have no row in the table of classes: the list of their class misses them."""

    def __init__(self) -> None:
        super().__init__()
        self.of_schools: set[str] = set()

    def posted(self, request: Request, route: Route, pairs: list[Row]) -> Reply:
        if "school" in request.ids:
            self.of_schools |= {one["allocatedSourcedId"] for one in pairs}
        return super().posted(request, route, pairs)

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["sourcedId"] not in self.of_schools] if route.kind == "nested" else rows


@defect("late", "every-seventh-lost")
class EverySeventhLost(Writer):
    """A full queue drops what comes: every seventh PUT is answered and never done."""

    puts = 0

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        self.puts += 1
        if self.puts % 7 == 0:
            self.taken(tables, route, {**sent, "sourcedId": id_})
            return
        super().store(tables, route, id_, sent)


@defect("late", "second-within-two-seconds")
class SecondWithinTwoSeconds(Writer):
    """A guard against double clicks: a second PUT to an address within two seconds is answered 200 and dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[str, float] = {}

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        before, self.last[request.path] = self.last.get(request.path, 0.0), time.monotonic()
        if before > time.monotonic() - 2 and request.ids["self"] in self.tables(request)[route.table]:
            return Reply(200)
        return super().put_one(request, route, sent)


@defect("late", "deleted-some-day")
class DeletedSomeDay(Writer):
    """204, and a job at night: until then the object is there as if nothing had been (REST 3.2)."""

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        pass


@defect("late", "deleted-from-lists-alone")
class DeletedFromListsAlone(Writer):
    """Deleted is what lists hide: the id is still read, active as ever."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[str] = set()

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.hidden.add(id_)

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        self.hidden.discard(id_)
        super().store(tables, route, id_, sent)

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return rows if route.kind == "one" else [row for row in rows if row["sourcedId"] not in self.hidden]


@defect("late", "deleted-but-below-a-class")
class DeletedButBelowAClass(Writer):
    """The lists below a class have rows of their own, and a deletion does not reach them."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[str, dict[str, Row]] = {}

    def remove(self, tables: Tables, route: Route, id_: str) -> None:
        self.gone.setdefault(route.table, {})[id_] = tables[route.table][id_]
        super().remove(tables, route, id_)

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.kind != "nested" or route.table not in {"lineItems", "results"}:
            return rows
        class_ = request.ids["class"]
        left = [row for row in self.gone.get(route.table, {}).values() if "class" in row and row["class"].id == class_]
        only = [row for row in left if "lineItem" not in request.ids or row["lineItem"].id == request.ids["lineItem"]]
        return rows + [r for r in only if "student" not in request.ids or r["student"].id == request.ids["student"]]


@defect("late", "not-modified-for-ever")
class NotModifiedForEver(Writer):
    """The entity tag is made of the id: after a replacement a conditional read is told 304 (RFC 9110, 8.8.3)."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        tag = f'"{request.ids["self"].encode().hex()}"'
        if request.headers.get("if-none-match") == tag:
            return Reply(304, headers=[("ETag", tag)])
        reply.header("ETag", tag)
        return reply


@defect("late", "hidden-until-assigned")
class HiddenUntilAssigned(Writer):
    """As in the web view, a line item is not listed before its `assignDate` (REST 2: a list is of all of them)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        if route.table != "lineItems" or route.kind == "one":
            return rows
        return [row for row in rows if row["assignDate"] <= super(HiddenUntilAssigned, self).now()]
