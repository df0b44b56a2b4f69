"""The lists that defects and legal variants put themselves on, and what several of them need."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor
from tests.strangers.town import PLURAL, Ref, Row, Tables

DEFECTS: Final[dict[str, type[Vendor]]] = {}
AREAS: Final[dict[str, str]] = {}
VARIANTS: Final[dict[str, type[Vendor]]] = {}
Params = dict[str, list[str]]

ACCUSED: Final = {
    "foreign-ids-are-403": "OR-*-ISO-002 is right: another town's id is no id here, and 403 tells that it exists",
}
"""Variants that were meant to be legal and are not."""
WARNED: Final = {
    "a-school-that-closed": {"OR-RES-NEST-002"},
    "dates-of-stamps-are-local": {"DELTA-002"},
    "no-document": {"STAT-001"},
    "sorted-as-finns-do": {"SORT-003"},
    "token-without-lifetime": {"TOKEN-003"},
}
"""What a legal one earns a warning for, by the ends of ids: the standard permits it, and clients trip over it."""
STRUCK: Final = {
    "dotted-nonsense-finds-nothing": "no clause says what a path into a link may name, and one on Node does it",
    "school-closed-classes-open": "no clause says that what belongs to a deleted school falls with it",
    "token-by-get": "RFC 6749 binds the client to POST (3.2, 2.3.1), and forbids no server to take a GET",
    "w-is-v": "how `=` compares letters is not specified, and a collation may take w for v",
}
"""Defects that are legal after all."""
LEFT: Final = {
    "document-promises-more": "what a document lists beside the core is not asked for one by one",
}
"""Defects that nothing notices yet."""


def defect(area: str, name: str) -> Callable[[type[Vendor]], type[Vendor]]:
    """Put a class on the list of those that break a clause."""

    def add(cls: type[Vendor]) -> type[Vendor]:
        assert name not in DEFECTS
        DEFECTS[name], AREAS[name] = cls, area
        return cls

    return add


def variant(name: str) -> Callable[[type[Vendor]], type[Vendor]]:
    """Put a class on the list of those that break none."""

    def add(cls: type[Vendor]) -> type[Vendor]:
        assert name not in VARIANTS
        VARIANTS[name] = cls
        return cls

    return add


class Asked(Vendor):
    """A vendor that remembers which request it answers."""

    asked: Request

    def serve(self, request: Request) -> Reply:
        self.asked = request
        return super().serve(request)

    @property
    def way(self) -> Route:
        """The route of the request."""
        assert self.asked.route
        return self.asked.route


def data(request: Request, reply: Reply) -> bool:
    """Whether a reply carries what was read."""
    return request.method == "GET" and reply.status == 200 and request.route is not None


def retell(vendor: Vendor, reply: Reply, change: Callable[[Any], Any]) -> Reply:
    """Tell the JSON of a reply otherwise."""
    reply.body = vendor.dump(change(json.loads(reply.body)))
    return reply


def renamed(tables: Tables, table: str, ids: Mapping[str, str]) -> Tables:
    """Give records other ids, wherever they are named."""
    kind = next(one for one, plural in PLURAL.items() if plural == table)

    def told(value: Any) -> Any:
        if isinstance(value, Ref):
            return Ref(kind, ids.get(value.id, value.id)) if value.kind == kind else value
        if isinstance(value, list):
            return [told(one) for one in value]
        if isinstance(value, dict):
            return {name: told(one) for name, one in value.items()}
        return value

    alike = {table, "demographics"} if table == "users" else {table}
    found: Tables = {}
    for name, rows in tables.items():
        found[name] = {}
        for id_, row in rows.items():
            new = ids.get(id_, id_) if name in alike else id_
            found[name][new] = {**told(row), "sourcedId": new}
    return found


def of_type(tables: Tables, table: str, kind: str) -> list[Row]:
    """Return the records of a table that have a type."""
    return [row for row in tables[table].values() if row.get("type") == kind]


def holders(tables: Tables, role: str) -> list[Row]:
    """Return the people who hold a role first of all."""
    return [user for user in tables["users"].values() if user["roles"] and user["roles"][0]["role"] == role]
