"""A fault goes wrong as its sentence says, and no otherwise: it never ends a request in 500 by accident."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from digione_mock_server.app import state_of
from digione_mock_server.faults import FAULTS
from digione_mock_server.source import SeedSource

from digione_sdk.core.endpoints import ENDPOINTS, SERVICES, v1p1
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.scopes import Scope, ScopeV1P1
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base
from tests.unit.server.marking import to
from tests.unit.server.small import GRADEBOOK, SMALL, Answer, Door, SmallSource, open_door, result

SEED = SeedSource(size="school", seed=1, today=date(2026, 11, 23))
SERVER_ERROR = 500
SAYS_SO = {fault.id for fault in FAULTS.values() if str(SERVER_ERROR) in fault.summary}
ASKED_FOR = SAYS_SO & {"v1p1-filter-with-fields-crashes"}
"""What is said to crash over just such questions as are asked here; the others that say so crash over none of them."""

# --- what is there -------------------------------------------------------------------------------------------------


class Covering(SmallSource):
    """The small school, and of the seeded one objects with every property, word of a vocabulary and length of array."""

    name = "covering"

    def records(self, tenant: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        yield from super().records(tenant)
        yield from _covering(tenant)
        if tenant == 0:
            for place, (day, clock) in enumerate((("0001-01-01", "00:00:00.000"), ("9999-12-31", "23:59:59.999"))):
                model, wire = result(f"at-an-end-{place}", "test1", "pupil2", 8, scoreDate=day)
                yield model, wire | {"dateLastModified": f"{day}T{clock}Z"}


@cache
def _covering(tenant: int) -> list[tuple[type[Base], dict[str, Any]]]:
    seen, kept = set[tuple[type[Base], str]](), list[tuple[type[Base], dict[str, Any]]]()
    for model, wire in SEED.records(tenant):
        marks = {(model, mark) for mark in _marks(wire, "")}
        if marks - seen:
            seen |= marks
            kept.append((model, wire))
    return kept


WORDS = {"status", "type", "role", "roleType", "classType", "scoreStatus"}


def _marks(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _marks(item, f"{place}.{name}")
    elif isinstance(value, list):
        yield f"{place}[{min(len(value), 2)}]"
        for item in value:
            yield from _marks(item, f"{place}[]")
    else:
        yield f"{place}={value}" if place.rpartition(".")[2] in WORDS else place


# --- what is asked --------------------------------------------------------------------------------------------------

ABOVE = {
    "schoolSourcedId": "school1",
    "classSourcedId": "class1",
    "courseSourcedId": "course1",
    "termSourcedId": "autumn",
    "studentSourcedId": "pupil1",
    "teacherSourcedId": "teacher1",
    "userSourcedId": "pupil2",
    "lineItemSourcedId": "test1",
}
FIRST = {model: wire["sourcedId"] for model, wire in reversed(SMALL)}
LISTS = [one for one in (*ENDPOINTS, *v1p1.ENDPOINTS) if one.is_read and one.is_collection]
WHOLE = [one for one in LISTS if not one.is_nested and one.view.whole]
OF_OBJECTS = {"serialiser", "references", "fields", "lifecycle"}
"""Layers whose faults do something to each object, so that all objects must be seen."""


def _path(endpoint: Endpoint[Any]) -> str:
    return endpoint.service.base_path + endpoint.path.format_map(ABOVE)


def _of_every_kind(endpoints: Iterable[Endpoint[Any]]) -> Iterator[str]:
    """Every kind whole, and singly."""
    for endpoint in endpoints:
        yield f"{_path(endpoint)}?limit=1000"
        yield f"{_path(endpoint)}/{FIRST[endpoint.model]}"


def _asking_much(endpoints: Iterable[Endpoint[Any]]) -> Iterator[str]:
    """Of every kind a page of all its properties that was filtered and sorted."""
    for endpoint in endpoints:
        names = ",".join(sorted(field.wire_name for field in fields_of(endpoint.model).values()))
        changed = "dateLastModified>'2020-01-01'%20AND%20status!='tobedeleted'"
        yield f"{_path(endpoint)}?limit=3&offset=1&fields={names}&filter={changed}&sort=sourcedId&orderBy=desc"


def _questions(fault: str, layer: str) -> Iterator[str]:
    """What the server is asked; one with a fault in 1.1 is asked in 1.1."""
    older = [one for one in WHOLE if one.service is v1p1.ONEROSTER_V1P1]
    newer = [one for one in WHOLE if one not in older]
    asked = older if fault.startswith("v1p1-") else newer
    yield from _asking_much(asked)
    below = [one for one in LISTS if one.is_nested and (one.service is v1p1.ONEROSTER_V1P1) is (asked is older)]
    yield from map(_path, below if layer in {"views", "pager"} else below[::6])
    if layer in OF_OBJECTS:
        yield from _of_every_kind(asked if asked is older else WHOLE)
    if layer == "discovery":
        yield from (f"{service.base_path}/discovery/{service.discovery_names[0]}" for service in SERVICES)


WRITING = {"writing", "storing"}
WIRES: dict[str, tuple[str, dict[str, Any]]] = {
    "results": (
        "result",
        {
            "lineItem": to("test1"),
            "student": to("pupil1"),
            "scoreStatus": "fully graded",
            "score": 7.25,
            "scoreDate": "2026-11-08",
        },
    ),
    "lineItems": (
        "lineItem",
        {
            "title": "Koe",
            "assignDate": "2026-11-01T08:00:00.000Z",
            "dueDate": "2026-11-08T12:00:00.000Z",
            "class": to("class1"),
            "school": to("school1"),
            "category": to("tests"),
            "resultValueMax": 30,
        },
    ),
    "categories": ("category", {"title": "Kokeet", "weight": 12.5}),
    "scoreScales": (
        "scoreScale",
        {
            "title": "S/H",
            "type": "x",
            "class": to("class1"),
            "scoreScaleValue": [{"itemValueLHS": "S", "itemValueRHS": "hyväksytty"}],
        },
    ),
    "assessmentLineItems": ("assessmentLineItem", {"title": "Koe"}),
    "assessmentResults": (
        "assessmentResult",
        {
            "assessmentLineItem": to("part"),
            "student": to("pupil1"),
            "scoreStatus": "fully graded",
            "scoreDate": "2026-11-08",
            "score": 3.75,
            "scorePercentile": 62.5,
        },
    ),
}
"""An object of every kind that is written, by collection, with its wrapper key."""
POSTED = {**WIRES["lineItems"][1], "sourcedId": "tmp-1"}
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    1e308,
    "8.5,3",
    "9" * 5_000 + ",1",
    "0001-01-01",
    "9999-12-31",
    [1],
    {"sourcedId": [1]},
)
ODD_TEXTS = ("", "nonsense", '{"result": {"score": NaN}}', '{"result": {"score": 1e999}}', "[" * 5_000)


def _written() -> Iterator[tuple[str, str, str]]:
    """What gradebooks are sent: objects as they should be, put twice, posted and deleted twice; then odd ones."""
    for path, (key, wire) in WIRES.items():
        for method in ("PUT", "PUT", "DELETE", "DELETE"):
            yield method, f"/{path}/new", json.dumps({key: wire}) if method == "PUT" else ""
    yield "POST", "/classes/class1/lineItems", json.dumps({"lineItems": [POSTED, {**POSTED, "sourcedId": "tmp-2"}]})
    for path, name in product(("results", "lineItems"), ("score", "scoreDate", "title", "class", "sourcedId")):
        key, wire = WIRES[path]
        for value in ODD_VALUES:
            yield "PUT", f"/{path}/odd", json.dumps({key: {**wire, name: value}})
    for value in ODD_VALUES:
        yield "POST", "/classes/class1/lineItems", json.dumps({"lineItems": [{**POSTED, "class": value}]})
    yield from (("PUT", "/results/odd", text) for text in ODD_TEXTS)


WRITTEN = list(_written())

# --- what comes of it -----------------------------------------------------------------------------------------------


def _opened(*faults: str) -> Door:
    """A door with a token for everything; no token is asked for, for that may go wrong too."""
    door = open_door(faults=faults, source=Covering())
    state, known = state_of(door.app), door.register.credentials["a", "default"]
    client = state.clients.get(known.client_id)
    assert client is not None
    door.token = state.tokens.issue(client, frozenset(scope.value for scope in (*Scope, *ScopeV1P1)))
    return door


def _asked(door: Door, questions: Iterable[str]) -> Iterator[tuple[str, Answer]]:
    return ((f"GET {target}", door.send("GET", target)) for target in questions)


def _sent(door: Door) -> Iterator[tuple[str, Answer]]:
    typed = {"Content-Type": "application/json"}
    for method, path, body in WRITTEN:
        content = body.encode()
        answer = door.send(method, GRADEBOOK + path, headers=typed if content else {}, body=content)
        yield f"{method} {path} {body[:300]}", answer


def test_a_server_without_faults_answers_all_that_is_asked():
    door = _opened()
    questions = {*_questions("", "serialiser"), *_questions("", "discovery"), *_questions("v1p1-", "serialiser")}
    assert {answer.status for _, answer in _asked(door, questions)} == {200}
    assert not [what for what, answer in _sent(door) if answer.status >= SERVER_ERROR]
    assert [answer.status for _, answer in _sent(door)][:4] == [201, 200, 204, 404]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_crashes_only_where_its_sentence_says_so(fault):
    door = _opened(fault.id)
    answers = list(_asked(door, _questions(fault.id, fault.layer)))
    if fault.layer in WRITING and fault.id not in SAYS_SO:
        answers += _sent(door)
    door.close()
    crashed = [what for what, answer in answers if answer.status == SERVER_ERROR]
    assert not crashed or fault.id in ASKED_FOR
