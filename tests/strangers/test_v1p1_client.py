"""The SDK client before servers of 1.1 by somebody else: it reads them whole, and tells every change that it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import pytest

from digione_sdk import DigiOne
from digione_sdk.core.scopes import Scope
from tests.strangers.routes import Route
from tests.strangers.server import SECRETS, Grant, Request, running
from tests.strangers.test_v1p1 import TOGETHER
from tests.strangers.town import Row
from tests.strangers.v1p1.lists import VARIANTS
from tests.strangers.v1p1.server import BASE, Old

ACCESSORS: Final = {
    "/academicSessions": "academic_sessions", "/terms": "terms", "/gradingPeriods": "grading_periods",
    "/classes": "classes", "/courses": "courses", "/enrollments": "enrollments", "/orgs": "orgs",
    "/schools": "schools", "/users": "users", "/students": "students", "/teachers": "teachers",
    "/demographics": "demographics",
}  # fmt: skip
BELOW: Final = {
    "/schools/{school}/classes": ("schools", "classes"),
    "/schools/{school}/students": ("schools", "students"),
    "/classes/{class}/teachers": ("classes", "teachers"),
    "/terms/{term}/gradingPeriods": ("terms", "grading_periods"),
    "/users/{user}/classes": ("users", "classes"),
}


def _server(*names: str) -> Old:
    return type("Several", tuple(VARIANTS[name] for name in names) or (Old,), {})()


def _client(server: Old) -> DigiOne:
    client, secret = SECRETS["kivi"]
    scopes = [Scope.ROSTER, Scope.ROSTER_CORE]
    if any(route.path == "/demographics" for route in server.routes()):
        scopes.append(Scope.ROSTER_DEMOGRAPHICS)
    return DigiOne(
        base_url=f"{server.url}{server.prefix}{BASE}", version="1.1", token_url=f"{server.url}{server.token_path}",
        client_id=client, client_secret=secret, scopes=scopes,
    )  # fmt: skip


def _told(server: Old, route: Route, **ids: str) -> list[Row]:
    """Return the records of a route as the server tells them."""
    grant = Grant("kivi-ohjelma", "kivi", frozenset(), 0)
    request = Request("GET", "", "", {}, grant=grant, route=route, ids=ids)
    return [json.loads(server.dump(server.render(row))) for row in server.belonging(request, route)]


def _in_1_2(table: str, row: Row) -> Row:
    """Return what a record of 1.1 says, in 1.2: the one role in each organisation; an empty list says nothing."""
    if table == "users":
        role = {"administrator": "ext:administrator"}.get(row["role"], row["role"])
        roles = [{"roleType": "primary", "role": role, "org": org} for org in row["orgs"]]
        row = {name: value for name, value in row.items() if name not in {"role", "orgs"}} | {"roles": roles}
    return {name: _moment(name, value) for name, value in row.items() if value != []}


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "dateLastModified" else value


def _unlisted(api: DigiOne, table: str, got: list[Any], told: list[Row]) -> Iterator[str]:
    """Yield the fields that the client tells otherwise than the server, without saying that it changed them."""
    known = {row["sourcedId"]: _in_1_2(table, row) for row in told}
    assert sorted(record.sourced_id for record in got) == sorted(row["sourcedId"] for row in told)
    for record in got:
        wire = {name: _moment(name, value) for name, value in record.to_wire().items()}
        row, listed = known[record.sourced_id], {change.field for change in api.conversion.of(record)}
        for name in wire.keys() | row.keys():
            if wire.get(name) != row.get(name) and name not in listed:
                yield f"{table}.{name}"


def _unsaid(server: Old) -> set[str]:
    """Return the fields of what a client reads that are told otherwise than the server tells them, and not listed."""
    with running(server), _client(server) as api:
        routes, found = {route.path: route for route in server.routes()}, set[str]()
        for path, name in ACCESSORS.items():
            if path in routes:
                accessor = getattr(api.rostering, name)
                got = accessor.all(limit=500)
                found |= {*_unlisted(api, routes[path].table, got, _told(server, routes[path]))}
                assert got[:1] == [accessor.get(one.sourced_id) for one in got[:1]]
        for path, (parents, name) in BELOW.items():
            parent = next(iter(getattr(api.rostering, parents).all(limit=500)), None)
            if path in routes and parent:
                got = getattr(getattr(api.rostering, parents), name)(parent.sourced_id).all()
                ids = {path.split("{")[1].split("}")[0]: parent.sourced_id}
                found |= {*_unlisted(api, routes[path].table, got, _told(server, routes[path], **ids))}
        assert api.conversion.is_lossless
        assert api.conversion.warned == 0
    return found


@pytest.mark.parametrize("names", [(), *TOGETHER], ids=lambda names: names[0] if names else "base")
def test_a_legal_server_is_read_whole_and_every_difference_is_listed(names: tuple[str, ...]) -> None:
    assert _unsaid(_server(*names)) == set()


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_server_that_differs_in_one_legal_way_is_read_whole(name: str) -> None:
    assert _unsaid(_server(name)) == set()
