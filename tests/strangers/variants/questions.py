"""Legal ways of reading filters, sort and fields, where the standard leaves a choice."""

from __future__ import annotations

from typing import Any

from tests.strangers import query
from tests.strangers.query import Clause, Malformed
from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Vendor
from tests.strangers.town import Row
from tests.strangers.variants import variant


@variant("equals-any-case")
class EqualsAnyCase(Vendor):
    """Whether = minds the case is not specified: a database collation decides."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        if isinstance(value, str) and isinstance(wanted, str) and sign in {"=", "~"}:
            return super().meets(sign, value.casefold(), wanted.casefold())
        return super().meets(sign, value, wanted)


@variant("contains-minds-case")
class ContainsMindsCase(Vendor):
    """Whether ~ minds the case is not specified."""

    def meets(self, sign: str, value: Any, wanted: Any) -> bool:
        return str(wanted) in query.spelt(value) if sign == "~" else super().meets(sign, value, wanted)


@variant("null-is-not-unequal")
class NullIsNotUnequal(Vendor):
    """In SQL what is absent is not unequal; the standard is silent."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        found = list(query.values(row, clause.path))
        return bool(found) and super().holds(row, clause, wanted)


@variant("unequal-by-element")
class UnequalByElement(Vendor):
    """On a list any element that differs meets !=: a match on any element counts."""

    def holds(self, row: Row, clause: Clause, wanted: Any) -> bool:
        found = list(query.values(row, clause.path))
        if clause.sign == "!=" and found:
            return any(not self.meets("=", value, wanted) for value in found)
        return super().holds(row, clause, wanted)


@variant("no-paths")
class NoPaths(Vendor):
    """A certified server knows no dotted paths and no lists in filters: 400."""

    def is_known(self, table: str, path: tuple[str, ...]) -> bool:
        lists = {"roles", "grades", "subjects", "subjectCodes", "periods", "terms", "agents", "resources", "children"}
        return len(path) == 1 and path[0] not in lists and super().is_known(table, path)


@variant("many-clauses")
class ManyClauses(Vendor):
    """More than two clauses and parentheses are the server's own affair: it reads AND before OR."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        try:
            return super().parse(text)
        except Malformed:
            if text.count("'") >= 6 and " AND " in text and " OR " not in text:
                parts = [query.parse(part)[0][0] for part in text.split(" AND ")]
                return parts, "AND"
            raise


@variant("sort-refused")
class SortRefused(Vendor):
    """An unknown sort field may be refused."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params and params["sort"][-1] not in query.FIELDS[route.table]:
            raise Refusal(400, "invaliddata", "no such field to sort by")
        return super().ordered(rows, params, route)


@variant("descending-by-default")
class DescendingByDefault(Vendor):
    """The order without `orderBy` is not stated."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params and "orderBy" not in params and params["sort"][-1] in query.FIELDS[route.table]:
            params = {**params, "orderBy": ["desc"]}
        return super().ordered(rows, params, route)


@variant("absent-last")
class AbsentLast(Vendor):
    """Where records without a value stand is not stated; equal ones keep the order of their ids either way."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        name = params.get("sort", [""])[-1]
        found = super().ordered(rows, params, route)
        if name not in query.FIELDS[route.table]:
            return found
        there = sorted((row for row in found if name in row), key=lambda row: row["sourcedId"])
        down = params.get("orderBy", ["asc"])[-1] == "desc"
        there.sort(key=lambda row: query.sort_key(row, name)[:2], reverse=down)
        return there + sorted((row for row in found if name not in row), key=lambda row: row["sourcedId"])


@variant("only-what-was-asked")
class FieldsExact(Vendor):
    """Whether `fields` forces the id in is not specified."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown if names is None else {name: value for name, value in shown.items() if name in names}


@variant("no-apostrophes")
class NoApostrophes(Vendor):
    """The standard has no escape for an apostrophe in a filter."""

    def parse(self, text: str) -> tuple[list[Clause], str]:
        if "''" in text:
            raise Malformed("no apostrophes within a value")
        return super().parse(text)
