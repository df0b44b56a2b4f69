"""Defects of 1.1 in filters, as vendors have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from tests.strangers import query
from tests.strangers.query import Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import Old

# --- filters ----------------------------------------------------------------------------------------------------------


@defect("filter", "filter-ignored")
class FilterIgnored(Old):
    """Every filter gives everything."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return rows


@defect("filter", "filter-ignored-below-parents")
class FilterIgnoredBelow(Old):
    """Nested lists take no filter, and do not say so."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return rows if route.kind == "nested" else super().filtered(request, route, rows)


@defect("filter", "unknown-field-gets-all")
class UnknownFieldGetsAll(Old):
    """A filter on an unknown field is dropped, with a warning as for sort (400 and no data: differences, 1)."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            self.say("invalid_filter_field")
            return rows


@defect("filter", "unknown-field-gets-nothing")
class UnknownFieldGetsNothing(Old):
    """A filter on an unknown field finds nothing, with 200."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            return []


@defect("filter", "nonsense-gets-all")
class NonsenseGetsAll(Old):
    """FINT: a filter that cannot be parsed is swallowed, and everything comes (pitfall 26)."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            return rows


@defect("filter", "nonsense-is-500")
class NonsenseIs500(Old):
    """A filter that cannot be parsed is a server error."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            raise Refusal(500, "internal_server_error", "NullReferenceException") from None


@defect("filter", "filter-in-words-of-1.2")
class FilterInLaterWords(Old):
    """The filter knows roles.role and not role, since one engine serves both versions."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        text = request.params.get("filter", [""])[-1]
        if route.table == "users" and ("role=" in text or "orgs." in text) and "roles." not in text:
            raise Refusal(400, "invalid_filter_field", "role")
        return super().filtered(request, route, rows)


@defect("filter", "or-is-and")
class OrIsAnd(Old):
    """OR is read as AND."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(text)[0], "AND"


@defect("filter", "second-clause-lost")
class SecondClauseLost(Old):
    """Only the first clause counts."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(text)[0][:1], ""


@defect("filter", "two-clauses-refused")
class TwoClausesRefused(Old):
    """Whoever joins two clauses gets 400, though two are what the grammar has."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if joint:
            raise Malformed("one clause")
        return clauses, joint


class _Signs(Old):
    """Reads a predicate as another one."""

    signs: dict[str, str] = {}  # noqa: RUF012 - overridden, never written to

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        return [Clause(one.path, self.signs.get(one.sign, one.sign), one.literal) for one in clauses], joint


@defect("filter", "at-least-is-more")
class AtLeastIsMore(_Signs):
    """>= is >, and <= is <: what changed at that very moment is lost to a delta."""

    signs = {">=": ">", "<=": "<"}  # noqa: RUF012


@defect("filter", "more-is-at-least")
class MoreIsAtLeast(_Signs):
    """> is >=."""

    signs = {">": ">=", "<": "<="}  # noqa: RUF012


@defect("filter", "unequal-is-equal")
class UnequalIsEqual(_Signs):
    """!= loses its mark on the way through a shell."""

    signs = {"!=": "="}  # noqa: RUF012


@defect("filter", "contains-is-begins")
class ContainsIsBegins(Old):
    """~ looks at the beginning of the text alone."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            return query.spelt(value).casefold().startswith(str(wanted).casefold())
        return super().meets(sign, value, wanted)


@defect("filter", "contains-is-like")
class ContainsIsLike(Old):
    """~ is LIKE of SQL: % and _ stand for anything (pitfall 28)."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign != "~":
            return super().meets(sign, value, wanted)
        text, parts = query.spelt(value).casefold(), str(wanted).casefold().replace("_", "%").split("%")
        return all(part in text for part in parts)


@defect("filter", "moments-as-texts")
class MomentsAsTexts(Old):
    """dateLastModified is compared as text: an offset or a bare day in the literal goes wrong."""

    def literal(self, clause: Clause) -> Any:
        super().literal(clause)
        return clause.literal

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        value = self.stamp(value) if isinstance(value, datetime) else value
        return super().meets(sign, query.spelt(value), wanted)


@defect("filter", "moments-without-a-day")
class MomentsWithoutADay(Old):
    """A day without a time as literal is refused, which Moodle sends."""

    def literal(self, clause: Clause) -> Any:
        if clause.path == ("dateLastModified",) and "T" not in clause.literal:
            raise Refusal(400, "invalid_filter_field", "dateLastModified wants a time")
        return super().literal(clause)


@defect("filter", "moments-of-a-day")
class MomentsOfADay(Old):
    """dateLastModified is compared by day: the time in the literal is dropped."""

    def literal(self, clause: Clause) -> Any:
        told = super().literal(clause)
        return told.replace(hour=0, minute=0, second=0, microsecond=0) if isinstance(told, datetime) else told


@defect("filter", "literal-local")
class LiteralLocal(Old):
    """The Z of a literal is dropped: it is read as a time of the server, three hours off."""

    def literal(self, clause: Clause) -> Any:
        told = super().literal(clause)
        return datetime.fromtimestamp(told.timestamp() - 10_800, UTC) if isinstance(told, datetime) else told


@defect("filter", "delta-without-tombstones")
class DeltaWithoutTombstones(Old):
    """Whoever asks by dateLastModified gets active rows alone, so that nobody learns of a deletion (rest, 7)."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        delta = "dateLastModified" in request.params.get("filter", [""])[-1]
        return [row for row in found if row["status"] == "active" or not delta]


@defect("filter", "status-unheard-of")
class StatusUnheardOf(Old):
    """filter=status='active' is refused: the column is made up for the answer (SDS asks so everywhere)."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        return path != ("status",) and super().is_known(table, path)


@defect("filter", "view-widened-by-or")
class ViewWidenedByOr(Old):
    """The filter is pasted behind the view without brackets: OR brings everybody into /students (pitfall 29)."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if " OR " in request.params.get("filter", [""])[-1] and route.members and route.kind == "list":
            return list(self.tables(request)[route.table].values())
        return super().belonging(request, route)


@defect("filter", "orgs-by-the-first")
class OrgsByTheFirst(Old):
    """orgs.sourcedId looks at the first organisation alone (any element of a list meets: rest, 5)."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.path[0] == "orgs":
            row = row | {"orgs": row["orgs"][:1]}
        return super().holds(row, clause, wanted)


@defect("filter", "plus-is-a-plus")
class PlusIsAPlus(Old):
    """A plus in the query is no space, so a filter of a form cannot be read."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        if "+" in request.raw_query.partition("filter=")[2].partition("&")[0]:
            raise Malformed("plus")
        return super().filtered(request, route, rows)


@defect("filter", "decoded-twice")
class DecodedTwice(Old):
    """The literal is decoded twice: %25 in a value becomes something else."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(unquote(text))


@defect("filter", "and-within-quotes")
class AndWithinQuotes(Old):
    """The filter is split at AND wherever it stands, within quotes as well (pitfall 27)."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if any(" AND " in one.literal or " OR " in one.literal for one in clauses):
            raise Malformed("quote")
        return clauses, joint
