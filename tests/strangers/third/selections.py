"""Defects of `fields`, alone and together with filters, deleted records and views."""

from __future__ import annotations

from typing import Any

from tests.strangers.query import FIELDS
from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Request, Vendor
from tests.strangers.third.lists import Asked, defect
from tests.strangers.town import Row, Tables


@defect("fields", "exploded-fields-last-wins")
class ExplodedFieldsLastWins(Vendor):
    """`fields=a&fields=b` (style form, exploded, as the OpenAPI file has it) gives b alone."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        return None if names is None else [name.strip() for name in request.params["fields"][-1].split(",")]


@defect("fields", "dotted-fields-are-500")
class DottedFieldsAre500(Vendor):
    """`fields=roles.role` is looked up in the mapper and thrown; an unknown name is 400."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        if any("." in value for value in request.params.get("fields", [])):
            raise Refusal(500, "internal_server_error", "KeyNotFoundException")
        return super().chosen(request, route)


@defect("fields", "asked-id-told-twice")
class AskedIdToldTwice(Asked):
    """sourcedId is forced in, and told again where it is asked for by name: JSON with a key twice."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        self.twice = "sourcedId" in ",".join(self.asked.params.get("fields", []))
        return super().collection(route, rows)

    def dump(self, body: Any) -> bytes:
        key = next(iter(body), "") if isinstance(body, dict) else ""
        if not getattr(self, "twice", False) or not isinstance(body.get(key), list):
            return super().dump(body)
        rows = [f'{{"sourcedId":"{row["sourcedId"]}",'.encode() + super(AskedIdToldTwice, self).dump(row)[1:]
                for row in body[key]]  # fmt: skip
        self.twice = False
        return b'{"%s":[%s]}' % (key.encode(), b",".join(rows))


@defect("fields", "fields-hide-tombstones")
class FieldsHideTombstones(Vendor):
    """`fields` reads a view of active rows: with it the deleted are missing, without it they are there."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        rows = super().belonging(request, route)
        return [row for row in rows if row["status"] == "active"] if "fields" in request.params else rows


@defect("fields", "fields-drop-rows-without")
class FieldsDropRowsWithout(Vendor):
    """A GraphQL facade drops a node whose asked field is absent: `fields=email` loses the people without e-mail."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        found = super().filtered(request, route, rows)
        names = self.chosen(request, route)
        return found if names is None else [row for row in found if any(name in row for name in names)]


@defect("fields", "unknown-fields-ignored-on-singles")
class UnknownFieldsIgnoredOnSingles(Vendor):
    """Lists refuse an unknown name, single reads do not look."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        if route.kind != "one" or "fields" not in request.params:
            return super().chosen(request, route)
        return [name for value in request.params["fields"] for name in value.split(",")]


@defect("fields", "fields-ignored-on-nested")
class FieldsIgnoredOnNested(Vendor):
    """Nested reads go by stored procedures that return whole rows."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        return None if route.kind == "nested" else names


@defect("fields", "metadata-comes-along")
class MetadataComesAlong(Vendor):
    """metadata is a column of its own that is always appended, asked for or not."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for table in tables.values():
            for row in table.values():
                row["metadata"] = {"lahde": "primus"}
        return tables

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        return {**found, "metadata": shown["metadata"]} if "metadata" in shown else found


@defect("fields", "fields-of-a-view-refused")
class FieldsOfAViewRefused(Vendor):
    """/students and /teachers are served by a narrower type: names that users have are unknown there."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        names = super().chosen(request, route)
        view = route.table == "users" and route.members is not None
        if view and {"roles", "primaryOrg", "dateLastModified", "status"} & set(names or ()):
            raise Refusal(400, "invalid_selection_field", "fields names what such records do not have")
        return names


@defect("fields", "fields-of-another-class-ignored")
class FieldsOfAnotherClassIgnored(Vendor):
    """Only what no class has is refused: `fields=courseCode` asked of people is 200."""

    def chosen(self, request: Request, route: Route) -> list[str] | None:
        if "fields" not in request.params:
            return None
        every = frozenset().union(*FIELDS.values())
        names = [name for value in request.params["fields"] for name in value.split(",")]
        return names if all(name in every for name in names) else super().chosen(request, route)


@defect("fields", "fields-trim-the-arrays")
class FieldsTrimTheArrays(Vendor):
    """With `fields` a person's roles are read by a query with `FETCH FIRST`: the second role is missing."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        return found if names is None else {n: v[:1] if n == "roles" else v for n, v in found.items()}


@defect("fields", "fields-make-days-stamps")
class FieldsMakeDaysStamps(Asked):
    """Projected rows pass another serialiser: a day has a time then (`2026-08-10T00:00:00Z`)."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        if names is None:
            return found
        days = {"startDate", "endDate", "beginDate", "birthDate", "scoreDate"}
        return {name: f"{value}T00:00:00Z" if name in days else value for name, value in found.items()}


@defect("fields", "one-id-with-filter-and-fields")
class FieldsWithFilterForgetTheId(Asked):
    """With a filter and `fields` the id is looked up under a wrong alias: every row has that of the first."""

    def collection(self, route: Route, rows: list[Row]) -> Any:
        if {"filter", "fields"} <= self.asked.params.keys() and rows and "sourcedId" in rows[0]:
            rows = [{**row, "sourcedId": rows[0]["sourcedId"]} for row in rows]
        return super().collection(route, rows)


@defect("fields", "links-within-fields-by-id")
class LinksWithinFieldsById(Vendor):
    """A projected link is the bare foreign key: `fields=user` gives `"user": "7007000"`."""

    def project(self, shown: Row, names: list[str] | None) -> Row:
        found = super().project(shown, names)
        if names is None:
            return found
        return {name: value["sourcedId"] if isinstance(value, dict) and "href" in value else value
                for name, value in found.items()}  # fmt: skip
