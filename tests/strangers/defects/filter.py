"""Defects of filters: how a question becomes SQL that asks something else."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from tests.strangers import query
from tests.strangers.defects import defect
from tests.strangers.query import DAYS, NUMBERS, STAMPS, Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor
from tests.strangers.town import Row


@defect("like-wildcards")
class LikeWildcards(Vendor):
    """~ becomes LIKE, % and _ unescaped."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            pattern = re.escape(str(wanted)).replace("%", ".*").replace("_", ".")
            return bool(re.search(pattern, query.spelt(value), re.IGNORECASE))
        return super().meets(sign, value, wanted)


@defect("contains-is-prefix")
class ContainsIsPrefix(Vendor):
    """~ is startsWith."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            return query.spelt(value).casefold().startswith(str(wanted).casefold())
        return super().meets(sign, value, wanted)


@defect("contains-ascii-only")
class ContainsAsciiOnly(Vendor):
    """lower() of SQLite knows ASCII; the literal is lowered in Java: 'Ä' never matches."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if sign == "~":
            low = "".join(c.lower() if c.isascii() else c for c in query.spelt(value))
            return str(wanted).lower() in low
        return super().meets(sign, value, wanted)


@defect("equals-strips-accents")
class EqualsStripsAccents(Vendor):
    """utf8_general_ci: ä is a."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        def bare(text: Any) -> str:
            return "".join(c for c in unicodedata.normalize("NFD", str(text)) if not unicodedata.combining(c)).lower()

        if isinstance(wanted, str) and sign in {"=", "!="}:
            return (bare(value) == bare(wanted)) == (sign == "=")
        return super().meets(sign, value, wanted)


@defect("plus-stays-plus")
class PlusStaysPlus(Vendor):
    """The filter is decoded twice: %2B becomes a space, %25 breaks."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        return super().parse(text.replace("+", " "))


@defect("dates-as-text-local")
class DatesLocal(Vendor):
    """dateLastModified is compared in the server's local time zone."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        return wanted + timedelta(hours=2) if isinstance(wanted, datetime) else wanted


@defect("dates-as-text")
class DatesAsText(Vendor):
    """Moments are compared as text: an offset or a missing fraction makes a difference."""

    def literal(self, clause: Clause) -> Any:
        return clause.literal if clause.path[-1] in STAMPS else super().literal(clause)

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, datetime) and isinstance(wanted, str):
            value = self.stamp(value)
        return super().meets(sign, value, wanted)


@defect("dates-by-the-day")
class DatesByTheDay(Vendor):
    """The time of a literal is cut off: > means the day after, >= the whole day."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, datetime) and isinstance(wanted, datetime):
            return super().meets(sign, value.date(), wanted.date())
        return super().meets(sign, value, wanted)


@defect("delta-ten-minutes-late")
class DelayedDelta(Vendor):
    """dateLastModified>'T' leaves out what changed within ten minutes after T."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        if clause.path[-1] == "dateLastModified" and clause.sign == ">" and isinstance(wanted, datetime):
            return wanted + timedelta(minutes=10)
        return wanted


@defect("greater-is-greater-or-equal")
class GreaterIsGreaterOrEqual(Vendor):
    """> includes the value."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return super().meets(">=" if sign == ">" else sign, value, wanted)


@defect("less-or-equal-is-less")
class LessOrEqualIsLess(Vendor):
    """<= excludes the value."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return super().meets("<" if sign == "<=" else sign, value, wanted)


@defect("numbers-as-text")
class NumbersAsText(Vendor):
    """Scores are compared as text: 10 before 9."""

    def literal(self, clause: Clause) -> Any:
        return clause.literal if clause.path[-1] in NUMBERS else super().literal(clause)


@defect("or-is-and")
class OrIsAnd(Vendor):
    """OR is read as AND."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        return clauses, "AND" if joint else ""


@defect("second-clause-lost")
class SecondClauseLost(Vendor):
    """Only the first clause counts, where both name the same field."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if len(clauses) == 2 and clauses[0].path == clauses[1].path:
            return clauses[:1], ""
        return clauses, joint


@defect("and-within-quotes")
class AndWithinQuotes(Vendor):
    """The filter is split at AND before quotes are looked at."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        if re.search(r"'[^']* (AND|OR) [^']*'$", text) and text.count("'") == 2:
            raise Malformed("bad clause")
        return super().parse(text)


@defect("sign-within-quotes")
class SignWithinQuotes(Vendor):
    """The predicate is looked for in the whole clause: >= in a value wins."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        clauses, joint = super().parse(text)
        if any(re.search("[=<>~]", clause.literal) for clause in clauses):
            return [Clause(c.path, c.sign, re.split("[=<>~]", c.literal)[-1]) for c in clauses], joint
        return clauses, joint


@defect("unknown-field-ignored")
class UnknownFieldIgnored(Vendor):
    """A clause on an unknown field is skipped: everything comes."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            return rows


@defect("unknown-field-empty")
class UnknownFieldEmpty(Vendor):
    """An unknown field matches nothing: 200 and an empty list."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Refusal:
            return []


@defect("syntax-ignored")
class SyntaxIgnored(Vendor):
    """A filter that cannot be read is no filter."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            return rows


@defect("syntax-500")
class Syntax500(Vendor):
    """A filter that cannot be read reaches the database."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        try:
            return super().filtered(request, route, rows)
        except Malformed:
            raise Refusal(500, "internal_server_error", "SQLSTATE[42000]: Syntax error near '''") from None


@defect("injection")
class Injection(Vendor):
    """The literal goes into the SQL as it is: a doubled quote ends it, and OR 1=1 follows."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        text = request.params.get("filter", [""])[-1]
        if "''" in text or re.search(r"'\s*or\s*'?1'?\s*=\s*'?1", text, re.IGNORECASE):
            return rows
        return super().filtered(request, route, rows)


@defect("filter-ignored-on-nested")
class FilterIgnoredOnNested(Vendor):
    """Nested lists take no filter, and do not say so."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        return rows if route.kind == "nested" else super().filtered(request, route, rows)


@defect("first-element-only")
class FirstElementOnly(Vendor):
    """A filter on a list looks at its first element."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        cut = {n: v[:1] if isinstance(v, list) else v for n, v in row.items()} if len(clause.path) > 1 else row
        return super().holds(cut, clause, wanted)


@defect("join-multiplies")
class JoinMultiplies(Vendor):
    """A filter on roles joins: whoever has two roles that match comes twice."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        text = request.params.get("filter", [""])[-1]
        if "roles." in text:
            return [row for row in found for _ in row.get("roles", [0])]
        return found


@defect("inner-join-loses")
class InnerJoinLoses(Vendor):
    """With any filter an inner join runs: who has no e-mail is lost."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        if "filter" in request.params and route.table == "users":
            return [row for row in found if "email" in row]
        return found


@defect("filter-hides-tombstones")
class FilterHidesTombstones(Vendor):
    """A global query filter on status comes with every filter."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        return [row for row in found if row["status"] == "active"] if "filter" in request.params else found


@defect("day-shifted")
class DayShifted(Vendor):
    """birthDate and other days pass through a time zone in the filter and arrive a day early."""

    def literal(self, clause: Clause) -> Any:
        wanted = super().literal(clause)
        if clause.path[-1] in DAYS and isinstance(wanted, date):
            return wanted - timedelta(days=1)
        return wanted


@defect("status-unequal-finds-nothing")
class StatusAnyWord(Vendor):
    """status!='active' gives nothing: != is not known and read as =, on status."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        if clause.path == ("status",) and clause.sign == "!=":
            return False
        return super().holds(row, clause, wanted)
