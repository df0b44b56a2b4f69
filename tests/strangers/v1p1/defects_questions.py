"""Defects of 1.1 in sort, fields and the warnings beside data, as vendors have them."""

from __future__ import annotations

from typing import Any

from tests.strangers.routes import Route
from tests.strangers.server import Params, Refusal, Reply, Request
from tests.strangers.town import Row
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.server import Old

# --- sort -------------------------------------------------------------------------------------------------------------


@defect("sort", "sort-ignored")
class SortIgnored(Old):
    """Every order is that of the ids."""

    def sort_key(self, row: Row, name: str) -> Any:
        return super().sort_key(row, "sourcedId")


@defect("sort", "descending-ignored")
class DescendingIgnored(Old):
    """orderBy=desc ascends, as FINT did (pitfall 25)."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {name: value for name, value in params.items() if name != "orderBy"}, route)


@defect("sort", "sort-ignored-below-parents")
class SortIgnoredBelow(Old):
    """Nested lists ignore sort."""

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        return super().ordered(rows, {} if route.kind == "nested" else params, route)


@defect("sort", "page-sorted-alone")
class PageSortedAlone(Old):
    """The page is cut first, and sorted then."""

    def many(self, request: Request, route: Route) -> Reply:
        self.asked = (request.params, route)
        return super().many(request, route)

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        told = super().ordered(rows, params, route)
        return told if self.said else sorted(told, key=lambda row: str(row["sourcedId"]))

    def window(self, rows: list[Row], offset: int, limit: int) -> list[Row]:
        params, route = self.asked
        page = super().window(rows, offset, limit)
        return page if self.said else super().ordered(page, params, route)


@defect("sort", "unknown-sort-is-400")
class UnknownSortIs400(Old):
    """An unknown sort is refused (1.1: 200, the default order and a warning)."""

    refused = 400

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        if "sort" in params and not self.has(route.table, params["sort"][-1]):
            raise Refusal(self.refused, "invalid_sort_field", "sort")
        return super().ordered(rows, params, route)


@defect("sort", "unknown-sort-is-500")
class UnknownSortIs500(UnknownSortIs400):
    """An unknown sort is an unknown column, and that a server error."""

    refused = 500


@defect("sort", "unknown-sort-in-silence")
class UnknownSortInSilence(Old):
    """An unknown sort is ignored without a word (1.1 warns)."""

    def say(self, code: str) -> None:
        if code != "invalid_sort_field":
            super().say(code)


@defect("sort", "unknown-sort-gets-nothing")
class UnknownSortGetsNothing(Old):
    """An unknown sort gets the warning and no data."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        return super().collection(route, [] if "invalid_sort_field" in self.said else rows)


# --- fields -----------------------------------------------------------------------------------------------------------


@defect("fields", "fields-ignored")
class FieldsIgnored(Old):
    """fields changes nothing (pitfall 34)."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown


@defect("fields", "fields-ignored-in-singles")
class FieldsIgnoredInSingles(Old):
    """A single read ignores fields."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        return None if route.kind == "one" else super().chosen(request, route)


@defect("fields", "fields-first-alone")
class FieldsFirstAlone(Old):
    """Only the first of the names counts."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return super().project(shown, names and names[:1])


@defect("fields", "fields-as-nulls")
class FieldsAsNulls(Old):
    """What was not asked for comes as null."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        kept = super().project(shown, names)
        return {name: kept.get(name) for name in shown}


@defect("fields", "unknown-fields-are-400")
class UnknownFieldsAre400(Old):
    """An unknown name is refused, as 1.2 does (1.1: 200, all the data and a warning)."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        if self.said:
            raise Refusal(400, "invalid_selection_field", "fields")
        return names


@defect("fields", "unknown-fields-in-silence")
class UnknownFieldsInSilence(Old):
    """An unknown name gets all the data, without a warning."""

    def say(self, code: str) -> None:
        if code != "invalid_selection_field":
            super().say(code)


@defect("fields", "unknown-fields-get-nothing")
class UnknownFieldsGetNothing(Old):
    """An unknown name gets objects without anything in them."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return {} if "invalid_selection_field" in self.said else super().project(shown, names)


@defect("fields", "blank-fields-get-all")
class BlankFieldsGetAll(Old):
    """fields= is as if it were not there (1.1: 400, invalid_blank_selection_field)."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        try:
            return super().chosen(request, route)
        except Refusal:
            return None


# --- warnings ---------------------------------------------------------------------------------------------------------


@defect("warnings", "warning-as-object")
class WarningAsObject(Old):
    """statusInfoSet is an object beside the data, and no list."""

    def warned(self, body: Row, infos: list[Row]) -> Row:
        return body | {"statusInfoSet": infos[0]}


@defect("warnings", "warning-of-another-name")
class WarningOfAnotherName(Old):
    """The warning stands under warnings."""

    def warned(self, body: Row, infos: list[Row]) -> Row:
        return body | {"warnings": [one["imsx_description"] for one in infos]}


@defect("warnings", "warning-of-failure")
class WarningOfFailure(Old):
    """A warning says failure and error, with 200 and all the data."""

    def warned(self, body: Row, infos: list[Row]) -> Row:
        return body | {
            "statusInfoSet": [one | {"imsx_codeMajor": "failure", "imsx_severity": "error"} for one in infos]
        }


@defect("warnings", "warning-of-another-code")
class WarningOfAnotherCode(Old):
    """An unknown sort is warned of as a selection, and an unknown selection as a sort."""

    def warned(self, body: Row, infos: list[Row]) -> Row:
        turned = {"invalid_sort_field": "invalid_selection_field", "invalid_selection_field": "invalid_sort_field"}
        return body | {"statusInfoSet": [one | {"imsx_codeMinor": turned[one["imsx_codeMinor"]]} for one in infos]}
