"""The server against a model too simple to be wrong: any filter, any order, any interleaving of writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from digione_mock_server.app import state_of
from digione_mock_server.store import KINDS_BY_NAME
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.wire.filter import Clause, Combination, Filter, Logical, Predicate
from tests.unit.server.small import Door, link, open_door

LETTERS = st.text(alphabet='aAbä%_ .*\\"Ö\x7f\U0001f600', max_size=3)
NAMES = st.sampled_from(["u1", "u2", "u3", "u4", "u5"])
ORGS = st.sampled_from(["o1", "o2"])
STAMPS = st.sampled_from(["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.001Z"])
ROLES = st.lists(st.tuples(st.sampled_from(["student", "teacher"]), ORGS), min_size=1, max_size=3)

Wire = dict[str, Any]


def wire(
    sourced_id: str, given_name: str, email: str | None, roles: list[tuple[str, str]], stamp: str, grades: list[str]
) -> Wire:
    made: Wire = {
        "sourcedId": sourced_id,
        "status": "active",
        "dateLastModified": stamp,
        "enabledUser": "true",
        "givenName": given_name,
        "familyName": "x",
        "roles": [{"roleType": "primary", "role": role, "org": link("org", org)} for role, org in roles],
    }
    if email is not None:
        made["email"] = email
    if grades:
        made["grades"] = grades
    return made


USERS = st.builds(
    wire,
    NAMES,
    LETTERS,
    st.none() | LETTERS,
    ROLES,
    STAMPS,
    st.lists(st.sampled_from(["1", "2", "10"]), max_size=2, unique=True),
)
CLAUSES = st.one_of(
    st.builds(
        Clause, st.sampled_from(["givenName", "email", "sourcedId", "grades"]), st.sampled_from(Predicate), LETTERS
    ),
    st.builds(Clause, st.just("roles.role"), st.sampled_from(Predicate), st.sampled_from(["student", "teach"])),
    st.builds(Clause, st.just("roles.org.sourcedId"), st.sampled_from(Predicate), ORGS),
    st.builds(
        Clause,
        st.just("dateLastModified"),
        st.sampled_from([p for p in Predicate if p is not Predicate.CONTAINS]),
        STAMPS | st.just("2026-01-02"),
    ),
)
FILTERS = CLAUSES | st.builds(lambda o, a, b: Combination(o, (a, b)), st.sampled_from(Logical), CLAUSES, CLAUSES)
SORTS = st.none() | st.sampled_from(["givenName", "email", "dateLastModified", "grades", "roles.role"])


def values(record: Any, names: list[str]) -> Iterable[Any]:
    if isinstance(record, list):
        for item in record:
            yield from values(item, names)
    elif not names:
        yield record
    elif names[0] in record:
        yield from values(record[names[0]], names[1:])


def comparable(field: str, value: str) -> Any:
    if field != "dateLastModified":
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def holds(record: Wire, where: Filter) -> bool:
    if isinstance(where, Combination):
        results = [holds(record, part) for part in where.parts]
        return all(results) if where.operator is Logical.AND else any(results)
    found = [comparable(where.field, value) for value in values(record, where.field.split("."))]
    wanted = comparable(where.field, where.value)
    if where.predicate is Predicate.NE:
        return wanted not in found
    tests = {
        Predicate.EQ: lambda value: value == wanted,
        Predicate.GT: lambda value: value > wanted,
        Predicate.GE: lambda value: value >= wanted,
        Predicate.LT: lambda value: value < wanted,
        Predicate.LE: lambda value: value <= wanted,
        Predicate.CONTAINS: lambda value: wanted in value,
    }
    return any(tests[where.predicate](value) for value in found)


def in_order(records: Iterable[Wire], sort: str | None, *, descending: bool) -> list[Wire]:
    def key(record: Wire) -> tuple[Any, ...]:
        if sort is None:
            return (record["sourcedId"],)
        found = [comparable(sort, value) for value in values(record, sort.split("."))]
        return (bool(found), min(found) if found else "", record["sourcedId"])

    # Absent values first; Python compares str by code point, as the standard asks ("Unicode ordering").
    present = sorted((r for r in records if sort is None or key(r)[0]), key=key)
    absent = sorted((r for r in records if sort is not None and not key(r)[0]), key=lambda r: r["sourcedId"])
    whole = absent + present
    return whole[::-1] if descending else whole


class NoUsers:
    """Two tenants that begin empty."""

    name = "no users"

    def records(self, tenant: int) -> Iterable[Any]:
        return ()

    def protected(self, tenant: int) -> frozenset[str]:
        return frozenset({"u5"})


def opened() -> tuple[Door, Door]:
    door = open_door(source=NoUsers())
    return door.as_client(), door.as_client(exposure="minimal")


def query(where: Filter | None, sort: str | None, *, descending: bool, limit: int, offset: int) -> dict[str, str]:
    asked = {"limit": str(limit), "offset": str(offset)}
    if where is not None:
        asked["filter"] = str(where)
    if sort is not None:
        asked["sort"] = sort
    return asked | ({"orderBy": "desc"} if descending else {})


def expected(held: dict[str, Wire], where: Filter | None, sort: str | None, *, descending: bool) -> list[Wire]:
    seen = [r for r in held.values() if r["sourcedId"] != "u5" and (where is None or holds(r, where))]
    return in_order(seen, sort, descending=descending)


QUESTIONS = st.tuples(st.none() | FILTERS, SORTS, st.booleans(), st.integers(1, 4), st.integers(0, 5))


@settings(max_examples=80, deadline=None)
@given(st.lists(USERS, max_size=6), st.lists(QUESTIONS, min_size=1, max_size=6))
def test_any_filter_order_and_page_is_what_the_simple_model_says(users: list[Wire], questions: list[Any]):
    client, minimal = opened()
    store, kind = state_of(client.app).store, KINDS_BY_NAME["users"]
    held = {user["sourcedId"]: user for user in users}
    for user in held.values():
        store.put(kind, user, tenant=0)
    for where, sort, descending, limit, offset in questions:
        want = expected(held, where, sort, descending=descending)
        answer = client.get("/users", **query(where, sort, descending=descending, limit=limit, offset=offset))
        assert answer.ids("users") == [r["sourcedId"] for r in want][offset : offset + limit]
        assert answer.headers["x-total-count"] == str(len(want))
        without = {name: {k: v for k, v in r.items() if k != "email"} for name, r in held.items()}
        narrow = minimal.get("/users", **query(where, sort, descending=descending, limit=limit, offset=offset))
        want = expected(without, where, sort, descending=descending)
        assert narrow.ids("users") == [r["sourcedId"] for r in want][offset : offset + limit]
    client.close()


WRITES = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 1), USERS),
    st.tuples(st.just("purge"), st.integers(0, 1), NAMES),
    st.tuples(st.just("list"), st.integers(0, 1), QUESTIONS),
    st.tuples(st.just("get"), st.integers(0, 1), NAMES),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(WRITES, min_size=2, max_size=25))
def test_no_interleaving_of_writes_and_reads_shows_an_old_page(steps: list[Any]):
    door = open_door(source=NoUsers())
    clients = [door.as_client(tenant=name) for name in "ab"]
    store, kind = state_of(door.app).store, KINDS_BY_NAME["users"]
    held: list[dict[str, Wire]] = [{}, {}]
    tags: dict[tuple[int, str], tuple[str, bytes]] = {}
    for action, tenant, what in steps:
        if action == "put":
            store.put(kind, what, tenant=tenant)
            held[tenant][what["sourcedId"]] = what
        elif action == "purge":
            assert store.purge(kind, what, tenant=tenant) == (held[tenant].pop(what, None) is not None)
        elif action == "get":
            answer = clients[tenant].get(f"/users/{what}")
            assert answer.status == (200 if what in held[tenant] and what != "u5" else 404)
        else:
            where, sort, descending, limit, offset = what
            asked = query(where, sort, descending=descending, limit=limit, offset=offset)
            answer = clients[tenant].get("/users", **asked)
            want = expected(held[tenant], where, sort, descending=descending)
            served = re.sub(rb"http://roster\.example", b"", answer.body)
            assert answer.headers["x-total-count"] == str(len(want))
            assert json.loads(served)["users"] == want[offset : offset + limit]
            tag = (tenant, repr(sorted(asked.items())))
            if tags.get(tag, ("", b""))[0] == answer.headers["etag"]:
                assert tags[tag][1] == answer.body
            tags[tag] = (answer.headers["etag"], answer.body)
    door.close()
