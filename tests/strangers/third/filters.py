"""Defects of filters: parsers, collations, cultures, search indexes and query builders of real stacks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, unquote_plus, unquote_to_bytes, urlencode

from tests.strangers import query
from tests.strangers.query import FIELDS, NUMBERS, STAMPS, Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import Asked, defect
from tests.strangers.town import Row, Tables

TEXTS: Final = frozenset({"title", "name", "familyName", "givenName", "location", "comment", "description"})

# --- before the parser ------------------------------------------------------------------------------------------------


@defect("filter", "values-decoded-twice")
class ValuesDecodedTwice(Vendor):
    """PHP calls `urldecode` on what is decoded: a plus sign in a literal (`phone='+000 0006'`) becomes a space."""

    def handle(self, request: Request) -> Reply:
        pairs = [(name, unquote_plus(value)) for name, value in parse_qsl(request.raw_query, keep_blank_values=True)]
        request.raw_query = urlencode(pairs)
        return super().handle(request)


@defect("filter", "decoded-before-split")
class DecodedBeforeSplit(Vendor):
    """A gateway decodes the query before it is split: `&` within a literal ends the parameter."""

    def handle(self, request: Request) -> Reply:
        if "%26" in request.raw_query:
            parts = request.raw_query.replace("%26", "&").split("&")
            request.raw_query = urlencode([(n, unquote(v)) for n, _, v in (part.partition("=") for part in parts)])
        return super().handle(request)


@defect("filter", "nul-is-500")
class NulIs500(Vendor):
    """PostgreSQL takes no NUL in a text, and nobody caught what it throws: a literal breaks the server."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if any("\x00" in text for text in request.params.get("filter", [])):
            raise Refusal(500, "internal_server_error", "invalid byte sequence")
        return super().filtered(request, route, rows)


@defect("filter", "broken-utf8-is-500")
class BrokenUtf8Is500(Vendor):
    """`%E4` for ä, as an old client in Latin-1 sends it, is an unhandled UnicodeDecodeError."""

    def serve(self, request: Request) -> Reply:
        try:
            unquote_to_bytes(request.raw_query).decode()
        except UnicodeDecodeError:
            raise Refusal(500, "internal_server_error", "codec can't decode byte") from None
        return super().serve(request)


@defect("filter", "backslash-is-500")
class BackslashIs500(Vendor):
    """MySQL reads a backslash in a literal as an escape: at its end it takes the closing quote with it."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if any("\\'" in text for text in request.params.get("filter", [])):
            raise Refusal(500, "internal_server_error", "You have an error in your SQL syntax")
        return super().filtered(request, route, rows)


@defect("filter", "same-field-twice-last-wins")
class SameFieldTwiceLastWins(Vendor):
    """MongoDB: `{field: a, field: b}` keeps b; an interval of dateLastModified loses its lower end."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        return list({clause.path: clause for clause in clauses}.values()), joint


# --- what a literal means ---------------------------------------------------------------------------------------------


@defect("filter", "comma-means-either")
class CommaMeansEither(Vendor):
    """A comma in a literal makes a list of it (IN), also where the field is one text that holds a comma."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in list(tables["classes"].values())[3::6]:
            row["title"] += ", valinnainen"
        return tables

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.sign == "=" and isinstance(wanted, str) and "," in wanted:
            return any(super(CommaMeansEither, self).holds(row, clause, part.strip()) for part in wanted.split(","))
        return super().holds(row, clause, wanted)


@defect("filter", "zone-of-literal-dropped")
class ZoneOfLiteralDropped(Vendor):
    """.NET `DateTime` without kind: `06:00+03:00` is compared as 06:00 UTC, though stamps are instants."""

    def literal(self, clause: Clause) -> Any:
        found = super().literal(clause)
        if isinstance(found, datetime):
            return datetime.fromisoformat(clause.literal).replace(tzinfo=UTC)
        return found


@defect("filter", "fraction-of-literal-refused")
class FractionOfLiteralRefused(Vendor):
    """The pattern `yyyy-MM-dd'T'HH:mm:ss'Z'` refuses `.000Z`, which is the form of the standard's own examples."""

    def literal(self, clause: Clause) -> Any:
        if clause.path[-1] in STAMPS and "." in clause.literal:
            raise Malformed("cannot read the time")
        return super().literal(clause)


@defect("filter", "stamps-by-the-minute")
class StampsByTheMinute(Vendor):
    """SQL Server `smalldatetime`: stored and compared to the minute, while the stamp is told with its seconds."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, datetime) and isinstance(wanted, datetime):
            value, wanted = value.replace(second=0), wanted.replace(second=0)
        return super().meets(sign, value, wanted)


@defect("filter", "delta-by-creation")
class DeltaByCreation(Vendor):
    """dateLastModified is told from one column and filtered by another, the day of creation: changes are no delta."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.path == ("dateLastModified",):
            row = {**row, "dateLastModified": row["dateLastModified"] - timedelta(days=len(row["sourcedId"]) % 5)}
        return super().holds(row, clause, wanted)


@defect("filter", "false-is-true")
class FalseIsTrue(Vendor):
    """PHP: every text but the empty one is true, so `enabledUser='false'` finds the enabled."""

    def literal(self, clause: Clause) -> Any:
        return "true" if clause.literal == "false" else super().literal(clause)


@defect("filter", "decimal-point-refused")
class DecimalPointRefused(Vendor):
    """Numbers are parsed in the culture fi-FI: `score>='7.25'` is no number there."""

    def literal(self, clause: Clause) -> Any:
        if clause.path[-1] in NUMBERS and "." in clause.literal:
            raise Malformed("not a number")
        return super().literal(clause)


@defect("filter", "number-literals-truncated")
class NumberLiteralsTruncated(Vendor):
    """The binding makes an integer of a numeric literal: `score>'7.5'` is asked as `score>7`."""

    def literal(self, clause: Clause) -> Any:
        found = super().literal(clause)
        return int(found) if isinstance(found, float) else found


# --- text -------------------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@defect("filter", "contains-by-word")
class ContainsByWord(Vendor):
    """Elasticsearch `match` on analysed text: `~` finds whole words and no parts of them."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign != "~":
            return super().meets(sign, value, wanted)
        return set(_words(str(wanted))) <= set(_words(query.spelt(value)))


@defect("filter", "equals-finds-words")
class EqualsFindsWords(Vendor):
    """`=` on an analysed field (text, not keyword): `title='Biologia'` finds `Biologia 7` as well."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.sign == "=" and clause.path[-1] in TEXTS and _words(wanted):
            return any(set(_words(wanted)) <= set(_words(str(one))) for one in query.values(row, clause.path))
        return super().holds(row, clause, wanted)


@defect("filter", "w-is-v")
class WIsV(Vendor):
    """`Finnish_Swedish_CI_AS` of old: w and v are one letter, `familyName='Vähentö'` finds Wähentö."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(wanted, str) and sign in {"=", "!=", "~"}:
            value, wanted = (query.spelt(one).translate(str.maketrans("wW", "vV")) for one in (value, wanted))
        return super().meets(sign, value, wanted)


@defect("filter", "array-filter-is-500")
class ArrayFilterIs500(Vendor):
    """A JSON column cannot be compared with a text, and nobody caught it."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        for text in request.params.get("filter", []):
            if {clause.path[0] for clause in self.parse(text)[0]} & {"grades", "subjects", "periods", "subjectCodes"}:
                raise Refusal(500, "internal_server_error", "operator does not exist: json = text")
        return super().filtered(request, route, rows)


# --- where a filter reaches -------------------------------------------------------------------------------------------


class Escaping(Vendor):
    """OR is not in brackets: what stood before it binds to the first clause alone."""

    def escapes(self, route: Route) -> bool:
        """Whether this route is written so."""
        return False

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        clauses, joint = self.parse(request.params["filter"][-1]) if "filter" in request.params else ([], "")
        if joint != "OR" or not self.escapes(route):
            return found
        last, held = clauses[-1], {row["sourcedId"] for row in found}
        everything = [self.seen(request, row) for row in self.tables(request)[route.table].values()]
        more = [row for row in everything if row["sourcedId"] not in held]
        return found + [row for row in more if self.holds(row, last, self.literal(last))]


@defect("filter", "or-escapes-the-parent")
class OrEscapesTheParent(Escaping):
    """`WHERE class_id = ? AND a OR b`: a nested read shows rows of other parents."""

    def escapes(self, route: Route) -> bool:
        return route.kind == "nested"


@defect("filter", "or-escapes-the-view")
class OrEscapesTheView(Escaping):
    """`WHERE type = 'term' AND a OR b`: /terms shows semesters, /students teachers."""

    def escapes(self, route: Route) -> bool:
        return route.kind == "list" and route.members is not None


@defect("filter", "filter-reaches-demographics")
class FilterReachesDemographics(Asked):
    """The filter knows all that is kept of a person: /users?filter=birthDate='…' answers without the scope."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return super().is_known(table, path) or (table == "users" and path[0] in FIELDS["demographics"])

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        about = self.tables(self.asked)["demographics"].get(row["sourcedId"], {}) if self.way.table == "users" else {}
        return super().holds({**about, **row}, clause, wanted)


@defect("filter", "field-of-another-class-ignored")
class FieldOfAnotherClassIgnored(Asked):
    """Only names that no class has are refused; `courseCode` asked of people is dropped from the filter, all come."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return super().is_known(table, path) or any(path[0] in names for names in FIELDS.values())

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        return not Vendor.is_known(self, self.way.table, clause.path) or super().holds(row, clause, wanted)


@defect("filter", "dotted-nonsense-finds-nothing")
class DottedNonsenseFindsNothing(Vendor):
    """The first part of a path is checked, what follows is looked up in JSON: `school.colour` is no error but empty."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return super().is_known(table, path) or (len(path) > 1 and path[0] in FIELDS[table])


@defect("filter", "search-index-behind")
class SearchIndexBehind(Vendor):
    """Lists come from the database, filtered ones from an index that lacks what changed last."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if "filter" not in request.params:
            return found
        newest = sorted(self.tables(request)[route.table].values(), key=lambda row: row["dateLastModified"])[-3:]
        late = {row["sourcedId"] for row in newest}
        return [row for row in found if row["sourcedId"] not in late]


@defect("filter", "index-has-old-status")
class IndexHasOldStatus(Vendor):
    """Marking for deletion does not reach the index: `status='active'` finds records that say tobedeleted."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        return super().holds({**row, "status": "active"} if clause.path == ("status",) else row, clause, wanted)


@defect("filter", "filtered-lists-of-active-people")
class FilteredListsOfActivePeople(Vendor):
    """The soft-delete scope of an ORM applies as soon as anything but status is filtered, on people alone."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        texts = request.params.get("filter", [])
        if route.table != "users" or not texts or "status" in texts[-1] or "dateLastModified" in texts[-1]:
            return found
        return [row for row in found if row["status"] == "active"]
