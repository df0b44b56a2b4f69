"""Defects of field selection: what `fields` takes away, leaves, or changes besides."""

from __future__ import annotations

from tests.strangers.defects import defect
from tests.strangers.query import FIELDS
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor
from tests.strangers.town import Row


@defect("fields-ignored-on-single")
class FieldsIgnoredOnSingle(Vendor):
    """Single reads ignore fields."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        return None if route.kind == "one" else super().chosen(request, route)


@defect("unknown-fields-ignored")
class UnknownFieldsIgnored(Vendor):
    """Unknown names in fields are ignored."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        try:
            return super().chosen(request, route)
        except Refusal:
            return [
                n.strip() for v in request.params["fields"] for n in v.split(",") if n.strip() in FIELDS[route.table]
            ]


@defect("unknown-fields-ignored-if-any-known")
class UnknownFieldsIgnoredIfAnyKnown(UnknownFieldsIgnored):
    """An unknown name is refused only where no other is known."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        found = super().chosen(request, route)
        if found == []:
            raise Refusal(400, "invalid_selection_field", "unknown")
        return found


@defect("fields-null-filled")
class FieldsNullFilled(Vendor):
    """What fields leaves out comes as null."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        return shown if names is None else {n: v if n in names or n == "sourcedId" else None for n, v in shown.items()}


@defect("fields-first-only")
class FieldsFirstOnly(Vendor):
    """The second name after a comma and a space is lost: no trim."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        return names[:1] if names else names


@defect("fields-drop-links")
class FieldsDropLinks(Vendor):
    """The projection knows columns, no relations: links are left out."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        if names is None:
            return found
        return {n: v for n, v in found.items() if not isinstance(v, dict)}


@defect("fields-change-filter")
class FieldsChangeFilter(Vendor):
    """The filter sees the projected columns only: with fields it finds nothing."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        names = self.chosen(request, route)
        if names is not None and "filter" in request.params:
            rows = [{n: v for n, v in row.items() if n in {*names, "sourcedId"}} for row in rows]
        return super().filtered(request, route, rows)
