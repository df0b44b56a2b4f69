"""Defects of sorting: orders that are not the one that was asked for."""

from __future__ import annotations

from typing import Any

from tests.strangers.defects import defect
from tests.strangers.query import DAYS, FIELDS, NUMBERS, STAMPS
from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Vendor
from tests.strangers.town import Row


@defect("desc-ignored")
class DescIgnored(Vendor):
    """orderBy is ignored on dates."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if params.get("sort", [""])[-1] in STAMPS | DAYS:
            params = {**params, "orderBy": ["asc"]}
        return super().ordered(rows, params, route)


@defect("sort-by-page")
class SortByPage(Vendor):
    """The page is cut first, then sorted."""

    asked: Params = {}  # noqa: RUF012
    at: Route | None = None

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        self.asked, self.at = params, route
        return super().ordered(rows, {}, route)

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        assert self.at
        return super().ordered(super().window(rows, offset, limit), self.asked, self.at)


@defect("sort-numbers-as-text")
class SortNumbersAsText(Vendor):
    """Scores are sorted as text."""

    def sort_key(self, row: Row, name: str) -> Any:
        if name in NUMBERS:
            return (name in row, str(row.get(name, "")), row["sourcedId"])
        return super().sort_key(row, name)


@defect("sort-any-case")
class SortAnyCase(Vendor):
    """The order ignores case and marks: a collation, not Unicode."""

    def sort_key(self, row: Row, name: str) -> Any:
        there, value, id_ = super().sort_key(row, name)
        return (there, value.casefold() if isinstance(value, str) else value, id_)


@defect("absent-dropped")
class AbsentDropped(Vendor):
    """Who lacks the value is not in the sorted list."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        name = params.get("sort", [""])[-1]
        if name in FIELDS[route.table]:
            rows = [row for row in rows if name in row]
        return super().ordered(rows, params, route)


@defect("unknown-sort-500")
class UnknownSort500(Vendor):
    """An unknown sort field reaches the database."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params and params["sort"][-1] not in FIELDS[route.table]:
            raise Refusal(500, "internal_server_error", "column not found")
        return super().ordered(rows, params, route)


@defect("sort-ignored-on-nested")
class SortIgnoredOnNested(Vendor):
    """Nested lists ignore sort."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {} if route.kind == "nested" else params, route)
