"""Legal servers that take, keep and tell what was written in ways of their own."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.strangers.query import FIELDS, NUMBERS
from tests.strangers.routes import Route
from tests.strangers.second.lists import variant
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import Row, Tables

_FLAGS = frozenset({"inProgress", "incomplete", "late", "missing"})


# --- taking -----------------------------------------------------------------------------------------------------------


@variant("id-of-the-path")
class IdOfThePath(Writer):
    """The id in the path wins over another in the body: they should be equal, and no more is said (REST 3.2)."""

    def put_id(self, request: Request, sent: Any) -> str:
        return request.ids["self"] if isinstance(sent, dict) else super().put_id(request, sent)


@variant("extras-ignored")
class ExtrasIgnored(Writer):
    """Unknown properties are left out of what is kept: tolerant in, strict out (pitfall 58)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        return super().taken(tables, route, {n: v for n, v in sent.items() if n in FIELDS[route.table]})


@variant("null-is-absent")
class NullIsAbsent(Writer):
    """null for an optional property is taken as if it were not there (tolerant in; told it is absent)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        return super().taken(tables, route, {n: v for n, v in sent.items() if v is not None})


@variant("words-of-any-case")
class WordsOfAnyCase(Writer):
    """ "Fully Graded" and "TRUE" are taken, and told as the standard spells them (tolerant in, strict out)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        lowered = {
            n: v.lower() if (n in _FLAGS or (n == "scoreStatus" and not v.startswith("ext:"))) else v
            for n, v in sent.items() if isinstance(v, str)
        }  # fmt: skip
        return super().taken(tables, route, {**sent, **lowered})


@variant("numbers-and-flags-of-any-type")
class NumbersAndFlagsOfAnyType(Writer):
    """ "7.5" is taken for a number and true for a flag; both are told by their types (tolerant in, strict out)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        read = dict(sent)
        for name, value in sent.items():
            if name in NUMBERS and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
                read[name] = float(value)
            if name in _FLAGS and isinstance(value, bool):
                read[name] = "true" if value else "false"
        return super().taken(tables, route, read)


@variant("bare-objects-taken")
class BareObjectsTaken(Writer):
    """An object without its wrapper is taken too (tolerant in)."""

    def sent(self, request: Request, route: Route) -> Any:
        try:
            return super().sent(request, route)
        except Refusal:
            try:
                body = self.parsed(request)
            except ValueError:
                raise Refusal(400, "invaliddata", "no such JSON") from None
            if not isinstance(body, dict) or "sourcedId" not in body:
                raise
            return body


@variant("strict-about-types")
class StrictAboutTypes(Writer):
    """A link needs its three properties, `scoreDate` no time, and status and stamp are needed (closed schemas)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        loose = (
            isinstance(v, dict) and "sourcedId" in v and set(v) != {"href", "sourcedId", "type"} for v in sent.values()
        )
        if any(loose) or not {"sourcedId", "status", "dateLastModified"} <= sent.keys():
            raise Refusal(422, "invaliddata", "the schema is meant")
        if len(str(sent.get("scoreDate", "2026-01-01"))) != 10:
            raise Refusal(422, "invaliddata", "a day has no time")
        return super().taken(tables, route, sent)


@variant("maximum-kept")
class MaximumKept(Writer):
    """A score above the line item's maximum is refused, 422: extra credit is a provider's policy (pitfall 61)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        item = tables["lineItems"].get(row["lineItem"].id) if "lineItem" in row else None
        if item and row.get("score", 0) > item.get("resultValueMax", row.get("score", 0)):
            raise Refusal(422, "invaliddata", "above the maximum")
        return row


@variant("sense-demanded")
class SenseDemanded(Writer):
    """A minimum above its maximum, and work due before it is set, are wrong in meaning: 422 (REST 8)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        low, high = row.get("resultValueMin"), row.get("resultValueMax")
        if (low is not None and high is not None and low > high) or row.get("assignDate", 0) > row.get("dueDate", 0):
            raise Refusal(422, "invaliddata", "it makes no sense")
        return row


@variant("enrolled-only")
class EnrolledOnly(Writer):
    """A result is for a pupil of the class of its line item; another is wrong in meaning: 422."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if route.table == "results":
            class_ = tables["lineItems"][row["lineItem"].id]["class"]
            if not any(e["user"] == row["student"] and e["class"] == class_ for e in tables["enrollments"].values()):
                raise Refusal(422, "invaliddata", "the pupil is not in the class")
        return row


@variant("own-class-only")
class OwnClassOnly(Writer):
    """A line item belongs to the school of its class, and a result to the class of its line item: else 422."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if route.table == "lineItems" and tables["classes"][row["class"].id]["school"] != row["school"]:
            raise Refusal(422, "invaliddata", "the class is of another school")
        if route.table == "results" and row.get("class", 0) not in {
            0,
            tables["lineItems"][row["lineItem"].id]["class"],
        }:
            raise Refusal(422, "invaliddata", "the line item is of another class")
        return row


@variant("one-mark-a-pupil")
class OneMarkAPupil(Writer):
    """One result for a pupil in a line item: a second under another id is refused, 422, as most gradebooks must."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        row = self.taken(tables, route, {**sent, "sourcedId": id_})
        for name in ("lineItem", "assessmentLineItem"):
            if name in row and "student" in row:
                for other, its in tables[route.table].items():
                    if other != id_ and (its[name], its["student"]) == (row[name], row["student"]):
                        raise Refusal(422, "invaliddata", "the pupil has a result there")
        super().store(tables, route, id_, sent)

    def acceptable(self, tables: Tables, request: Request, route: Route, sent: list[Row]) -> list[Row]:
        sent = super().acceptable(tables, request, route, sent)
        if route.table == "results":
            there = {(row["lineItem"].id, row["student"].id) for row in tables["results"].values()}
            new = [(one["lineItem"]["sourcedId"], one["student"]["sourcedId"]) for one in sent]
            if there & set(new) or len(set(new)) < len(new):
                raise Refusal(422, "invaliddata", "the pupil has a result there")
        return sent


# --- keeping and telling ----------------------------------------------------------------------------------------------


@variant("class-filled-in")
class ClassFilledIn(Writer):
    """The class of a result that was sent without one is filled in from its line item: an optional link, and true."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        row = tables[route.table][id_]
        if route.table == "results":
            row.setdefault("class", tables["lineItems"][row["lineItem"].id]["class"])


@variant("class-filled-in-later")
class ClassFilledInLater(Writer):
    """The class is filled in by a job half a second later, and the stamp moves with it (a change of a link, REST 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.due: list[tuple[float, Tables, str]] = []

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        if route.table == "results" and "class" not in tables[route.table][id_]:
            self.due.append((time.monotonic() + 0.5, tables, id_))

    def serve(self, request: Request) -> Reply:
        for one in [one for one in self.due if one[0] <= time.monotonic()]:
            self.due.remove(one)
            _, tables, id_ = one
            row = tables["results"].get(id_)
            if row and "class" not in row and row["lineItem"].id in tables["lineItems"]:
                class_ = tables["lineItems"][row["lineItem"].id]["class"]
                tables["results"][id_] = {**row, "class": class_, "dateLastModified": self.now()}
        return super().serve(request)


@variant("metadata-added")
class MetadataAdded(Writer):
    """The provider adds a property of its own to the metadata, beside those that were sent (REST 11)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        revision = (old or {}).get("metadata", {}).get("vendor.revision", 0) + 1
        return super().fit(
            table, {**row, "metadata": {**row.get("metadata", {}), "vendor.revision": revision}}, old, sent
        )


@variant("decimals-told")
class DecimalsTold(Writer):
    """Numbers are told with two decimals or more, 9 as 9.00: the same JSON number (RFC 8259, 6)."""

    def dump(self, body: Any) -> bytes:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        names = "|".join(NUMBERS)
        text = re.sub(rf'"({names})":(-?\d+)(?=[,}}])', r'"\1":\2.00', text)
        return re.sub(rf'"({names})":(-?\d+\.\d)(?=[,}}])', r'"\1":\g<2>0', text).encode()


@variant("moments-of-helsinki")
class MomentsOfHelsinki(Writer):
    """Moments are told at +03:00 with milliseconds: the same instants (ISO 8601 with a zone)."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(timezone(timedelta(hours=3))).isoformat(timespec="milliseconds")


@variant("moments-in-full")
class MomentsInFull(Writer):
    """Moments are told with microseconds."""

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@variant("clock-slow")
class ClockSlow(Writer):
    """The clock of the database is 40 seconds slow: stamps are in order, and the standard sets no bound on clocks."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=40)


@variant("clock-fast")
class ClockFast(Writer):
    """The clock of the database is 40 seconds fast."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=40)


@variant("line-items-touched")
class LineItemsTouched(Writer):
    """The aggregate of a line item holds its results: its stamp moves with theirs (when is the provider's, REST 7)."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        super().store(tables, route, id_, sent)
        if route.table == "results":
            item = tables["results"][id_]["lineItem"].id
            tables["lineItems"][item] = {**tables["lineItems"][item], "dateLastModified": self.now()}


@variant("normalised-strings")
class NormalisedStrings(Writer):
    """Tabs and line ends in titles and text scores become blanks: they are NormalizedString (models, `primitive`)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        for name in {"title", "textScore", "type"} & row.keys():
            row[name] = re.sub(r"[\t\r\n]", " ", row[name])
        return super().fit(table, row, old, sent)


@variant("newest-first")
class NewestFirst(Writer):
    """Lists without `sort` are in order of change, the newest first: no default order is stated (REST 2)."""

    def ordered(self, rows: list[Row], params: Any, route: Route) -> list[Row]:
        if params.get("sort", [""])[-1] not in FIELDS[route.table]:
            super().ordered(rows, params, route)
            return sorted(rows, key=lambda row: (row["dateLastModified"], row["sourcedId"]), reverse=True)
        return super().ordered(rows, params, route)


@variant("status-kept")
class StatusKept(Writer):
    """A PUT with `tobedeleted` makes a tombstone: the status is a property as others are (REST 7)."""

    def fit(self, table: str, row: Row, old: Row | None, sent: Row) -> Row:
        return super().fit(table, {**row, "status": sent.get("status", "active")}, old, sent)


@variant("nothing-of-scales")
class NothingOfScales(Writer):
    """Only line items and results are pushed, the least that is certified (REST, certification: Gradebook push)."""

    def routes(self, service: str) -> Any:
        for route in super().routes(service):
            if route.kind not in {"put", "post", "delete"} or route.table in {"lineItems", "results"}:
                yield dataclasses.replace(route)

    def profiles(self, service: str, all_: Any) -> Any:
        kept = {"oneroster-1.2-gradebook-core"}
        return [name for name in super().profiles(service, all_) if service != "gradebook" or name in kept]
