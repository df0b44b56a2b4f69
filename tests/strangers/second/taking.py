"""Defects in what is taken: validation with holes, and validation that refuses what the standard allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.strangers import intake
from tests.strangers.query import FIELDS, NUMBERS, STAMPS
from tests.strangers.routes import Route
from tests.strangers.second.lists import defect
from tests.strangers.second.writer import Writer
from tests.strangers.server import Refusal, Reply, Request
from tests.strangers.town import PLURAL, Ref, Row, Tables

_KINDS = {"school": "org", "student": "user", "gradingPeriod": "academicSession",
          "parentAssessmentLineItem": "assessmentLineItem", **{kind: kind for kind in PLURAL}}  # fmt: skip


def _links(sent: Row) -> Iterable[tuple[str, str]]:
    for name in _KINDS.keys() & sent.keys():
        if isinstance(sent[name], dict) and isinstance(sent[name].get("sourcedId"), str):
            yield name, sent[name]["sourcedId"]


# --- holes ------------------------------------------------------------------------------------------------------------


@defect("holes", "title-not-needed")
class TitleNotNeeded(Writer):
    """An object without its title is taken, and told without it (`title` is required)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        if "title" in sent or "title" not in intake.NEEDED[route.table]:
            return super().taken(tables, route, sent)
        row = super().taken(tables, route, {**sent, "title": "-"})
        return {name: value for name, value in row.items() if name != "title"}


@defect("holes", "line-item-not-needed")
class LineItemNotNeeded(Writer):
    """NULL in a foreign key: a result without a line item is taken (`lineItem` is required)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        if route.table != "results" or "lineItem" in sent:
            return super().taken(tables, route, sent)
        any_ = {"sourcedId": next(iter(tables["lineItems"])), "type": "lineItem"}
        return super().taken(tables, route, {**sent, "lineItem": any_})


@defect("holes", "nothing-in-links")
class NothingInLinks(Writer):
    """No foreign keys: a link to what is not there is taken and told (pitfall 47: dangling references)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        known = dict(sent)
        dangling = {}
        for name, id_ in _links(sent):
            if id_ not in tables[PLURAL[_KINDS[name]]] and name not in {"lineItem", "class"}:
                dangling[name] = Ref(_KINDS[name], id_)
                known[name] = {"sourcedId": next(iter(tables[PLURAL[_KINDS[name]]])), "type": _KINDS[name]}
        return {**super().taken(tables, route, known), **dangling}


@defect("holes", "any-id-will-do")
class AnyIdWillDo(Writer):
    """One table of ids for all: a class where a pupil should be linked is taken, and told as a user."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        everything = {id_ for table in tables.values() for id_ in table}
        told = sent.get("student")
        if not isinstance(told, dict) or told.get("sourcedId") not in everything - tables["users"].keys():
            return super().taken(tables, route, sent)
        known = {**sent, "student": {"sourcedId": next(iter(tables["users"])), "type": "user"}}
        return {**super().taken(tables, route, known), "student": Ref("user", told["sourcedId"])}


@defect("holes", "extras-told")
class ExtrasTold(Writer):
    """The object is kept as a document: properties that nobody knows are told to everybody (closed schemas)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        extra = {name: value for name, value in sent.items() if name not in FIELDS[route.table]}
        return {**super().taken(tables, route, {n: v for n, v in sent.items() if n not in extra}), **extra}


@defect("holes", "null-taken-and-told")
class NullTakenAndTold(Writer):
    """null is taken for an optional property, and told (pitfall 10: no property is nullable)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        null = {name: None for name, value in sent.items() if value is None and name not in intake.NEEDED[route.table]}
        return {**super().taken(tables, route, {n: v for n, v in sent.items() if n not in null}), **null}


@defect("holes", "no-steps")
class NoSteps(Writer):
    """A scale without a step is taken (`scoreScaleValue` holds at least one)."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        if route.table != "scoreScales" or sent.get("scoreScaleValue") != []:
            return super().taken(tables, route, sent)
        known = {**sent, "scoreScaleValue": [{"itemValueLHS": "1", "itemValueRHS": "1"}]}
        return {**super().taken(tables, route, known), "scoreScaleValue": []}


@defect("holes", "any-day")
class AnyDay(Writer):
    """A date is text: 2026-02-30 is taken, and told."""

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        told = sent.get("scoreDate")
        if not isinstance(told, str):
            return super().taken(tables, route, sent)
        try:
            return super().taken(tables, route, sent)
        except Refusal:
            return {**super().taken(tables, route, {**sent, "scoreDate": "2026-02-03"}), "scoreDate": told}


@defect("holes", "id-of-the-body")
class IdOfTheBody(Writer):
    """The id of the body wins: PUT to one address overwrites the object of another (REST 3.2: both are one)."""

    def put_id(self, request: Request, sent: Any) -> str:
        return sent.get("sourcedId", request.ids["self"]) if isinstance(sent, dict) else super().put_id(request, sent)


@defect("holes", "half-of-what-was-refused")
class HalfOfWhatWasRefused(Writer):
    """Field by field, saved as it goes: of a replacement that is refused the title has changed."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        old = tables[route.table].get(id_)
        if old and isinstance(sent.get("title"), str):
            old["title"] = sent["title"]
        if old and isinstance(sent.get("comment"), str):
            old["comment"] = sent["comment"]
        super().store(tables, route, id_, sent)


@defect("holes", "refused-and-gone")
class RefusedAndGone(Writer):
    """Replace is delete and insert without a transaction: a refused replacement has deleted the object."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        tables[route.table].pop(id_, None)
        super().store(tables, route, id_, sent)


@defect("holes", "refused-and-kept")
class RefusedAndKept(Writer):
    """AFTER INSERT: the row is kept first and checked then, so what was refused is there under its id."""

    def store(self, tables: Tables, route: Route, id_: str, sent: Row) -> None:
        try:
            super().store(tables, route, id_, sent)
        except Refusal:
            good = {name: value for name, value in sent.items() if name in FIELDS[route.table]}
            sample = next(iter(tables[route.table].values()), {})
            tables[route.table].setdefault(id_, {**sample, "sourcedId": id_, "dateLastModified": self.now()})
            if isinstance(good.get("title"), str):
                tables[route.table][id_]["title"] = good["title"]
            raise


# --- too strict -------------------------------------------------------------------------------------------------------


class _Strict(Writer):
    """A vendor who refuses what is right."""

    def wrong(self, table: str, sent: Row) -> bool:
        return False

    def taken(self, tables: Tables, route: Route, sent: Row) -> Row:
        row = super().taken(tables, route, sent)
        if self.wrong(route.table, sent):
            raise Refusal(422, "invaliddata", "a property is not as we like it")
        return row


@defect("strict", "bounds-demanded")
class BoundsDemanded(_Strict):
    """As in 1.1: a line item without resultValueMin and resultValueMax is refused (optional since 1.2)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return table == "lineItems" and not {"resultValueMin", "resultValueMax"} <= sent.keys()


@defect("strict", "score-demanded")
class ScoreDemanded(_Strict):
    """As in 1.1: a result without a score is refused (optional since 1.2)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return table in {"results", "assessmentResults"} and "score" not in sent


@defect("strict", "session-demanded")
class SessionDemanded(_Strict):
    """As in CSV: a line item without an academic session is refused (optional in REST)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return table == "lineItems" and "academicSession" not in sent


@defect("strict", "extension-refused")
class ExtensionRefused(_Strict):
    """A score status of `ext:` is refused (REST 11: the vocabulary is extensible)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return str(sent.get("scoreStatus")).startswith("ext:")


@defect("strict", "fraction-refused")
class FractionRefused(_Strict):
    """A score that is no whole number is refused (`score` is Float)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return any(sent[name] != int(sent[name]) for name in NUMBERS & sent.keys())


@defect("strict", "metadata-refused")
class MetadataRefused(_Strict):
    """`metadata` is refused as unknown (REST 11: every object may have it)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return "metadata" in sent


@defect("strict", "objectives-refused")
class ObjectivesRefused(_Strict):
    """`learningObjectiveSet` is refused as unknown (a property of 1.2)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return "learningObjectiveSet" in sent


@defect("strict", "offset-refused")
class OffsetRefused(_Strict):
    """Only Z will do: +03:00 is refused (ISO 8601 with a zone)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return any(not str(sent[name]).endswith("Z") for name in STAMPS & sent.keys())


@defect("strict", "fraction-of-second-refused")
class FractionOfSecondRefused(_Strict):
    """yyyy-MM-dd'T'HH:mm:ssX: fractions of a second are refused."""

    def wrong(self, table: str, sent: Row) -> bool:
        return any("." in str(sent[name]) for name in STAMPS & sent.keys())


@defect("strict", "uuids-only")
class UuidsOnly(_Strict):
    """The id that the client chose has to be a UUID (REST 2: ids are opaque strings)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", str(sent.get("sourcedId", "")))


@defect("strict", "short-ids-only")
class ShortIdsOnly(_Strict):
    """VARCHAR(40): a longer id is refused (CSV allows 255, and REST sets no bound)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return len(str(sent.get("sourcedId", ""))) > 40


@defect("strict", "ascii-only")
class AsciiOnly(_Strict):
    """A pattern for titles: letters beyond ASCII are refused."""

    def wrong(self, table: str, sent: Row) -> bool:
        return not str(sent.get("title", "")).isascii() or not str(sent.get("comment", "")).isascii()


@defect("strict", "short-titles-only")
class ShortTitlesOnly(_Strict):
    """A title of more than 80 characters is refused (pitfall 62: at least 255)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return len(str(sent.get("title", ""))) > 80


@defect("strict", "exempt-refused")
class ExemptRefused(_Strict):
    """A vocabulary of three words: "exempt" is refused (it is one of the standard's five)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return sent.get("scoreStatus") in {"exempt", "partially graded"}


@defect("strict", "text-score-refused")
class TextScoreRefused(_Strict):
    """A result with a text score is refused unless it has a number too (both are optional)."""

    def wrong(self, table: str, sent: Row) -> bool:
        return "textScore" in sent and "score" not in sent


@defect("strict", "bare-objects-only")
class BareObjectsOnly(Writer):
    """The object has to come without its wrapper (REST 3.2: the body is the single wrapper)."""

    def sent(self, request: Request, route: Route) -> Any:
        try:
            body = self.parsed(request)
        except ValueError:
            body = {route.key: None}
        if isinstance(body, dict) and route.key in body:
            raise Refusal(422, "invaliddata", f"unknown property {route.key}")
        return body


@defect("strict", "create-only")
class CreateOnly(Writer):
    """PUT only creates: what is there is a conflict, 409 (REST 3.2: creates or replaces)."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if request.ids["self"] in self.tables(request)[route.table]:
            raise Refusal(409, "invaliddata", "exists already")
        return super().put_one(request, route, sent)


@defect("strict", "replace-only")
class ReplaceOnly(Writer):
    """PUT only replaces: what is not there is unknown, 404 (REST 3.2: creates or replaces)."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if request.ids["self"] not in self.tables(request)[route.table]:
            raise Refusal(404, "unknownobject", "Unknown Object")
        return super().put_one(request, route, sent)


@defect("strict", "if-match-demanded")
class IfMatchDemanded(Writer):
    """A replacement without If-Match is refused, 428 (REST 1: the standard defines no such header)."""

    def put_one(self, request: Request, route: Route, sent: Any) -> Reply:
        if request.ids["self"] in self.tables(request)[route.table] and "if-match" not in request.headers:
            raise Refusal(428, "invaliddata", "If-Match is required")
        return super().put_one(request, route, sent)


@defect("strict", "delete-needs-a-type")
class DeleteNeedsAType(Writer):
    """consumes= at the class: DELETE without Content-Type is answered 415, though it has no body."""

    def delete_one(self, request: Request, route: Route) -> Reply:
        if "content-type" not in request.headers:
            raise Refusal(415, "invaliddata", "unsupported media type")
        return super().delete_one(request, route)


@defect("strict", "no-parameters-of-a-type")
class NoParametersOfAType(Writer):
    """`application/json; charset=utf-8` is compared as text with `application/json`, and refused (RFC 9110, 8.3.1)."""

    def sent(self, request: Request, route: Route) -> Any:
        if request.headers.get("content-type", "").strip() != "application/json":
            raise Refusal(415, "invaliddata", "unsupported media type")
        return super().sent(request, route)
