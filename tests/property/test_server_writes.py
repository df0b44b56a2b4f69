"""The gradebook against a dict: whatever is put, posted and deleted, in any order, reads say what the dict holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.model.facts import fields_of
from tests.unit.server.small import Door, item, link, open_door, result
from tests.unit.server.writing import LOOSE

IDS = st.sampled_from(["r1", "r2", "x", "odd/ö"])
ITEMS = st.sampled_from(["test1", "test2", "item3"])
PUPILS = st.sampled_from(["pupil1", "pupil2", "pupil3", "hidden", "nobody"])
SCORES = st.sampled_from([0, 4.25, 10, 300, "ten"])
ALLOWED_PUPILS = {"pupil1", "pupil2"}

Wire = dict[str, Any]


@dataclass
class Model:
    """What should be there: line items with their class, results with line item, pupil and score."""

    items: dict[str, str] = field(default_factory=lambda: {"test1": "class1", "test2": "class2"})
    results: dict[str, tuple[str, str, float]] = field(
        default_factory=lambda: {
            "r1": ("test1", "pupil1", 10),
            "r2": ("test1", "pupil2", 8.5),
            "r4": ("test2", "pupil2", 7),
        }
    )
    deleted: set[str] = field(default_factory=set)

    def takes(self, of: str, who: str, score: Any) -> bool:
        return of in self.items and who in ALLOWED_PUPILS and score != "ten"

    def put(self, sourced_id: str, of: str, who: str, score: Any) -> int:
        if not self.takes(of, who, score):
            return 422
        created = sourced_id not in self.results
        self.results[sourced_id] = (of, who, score)
        self.deleted.discard(sourced_id)
        return 201 if created else 200

    def delete(self, sourced_id: str) -> int:
        if self.results.pop(sourced_id, None) is None:
            return 404
        self.deleted.add(sourced_id)
        return 204

    def delete_item(self, sourced_id: str) -> int:
        if self.items.pop(sourced_id, None) is None:
            return 404
        for one in [key for key, (of, _, _) in self.results.items() if of == sourced_id]:
            self.delete(one)
        return 204


STEPS = st.one_of(
    st.tuples(st.just("put"), IDS, ITEMS, PUPILS, SCORES),
    st.tuples(st.just("post"), st.lists(st.tuples(ITEMS, PUPILS, SCORES), min_size=1, max_size=3)),
    st.tuples(st.just("delete"), IDS),
    st.tuples(st.just("put item"), ITEMS),
    st.tuples(st.just("delete item"), ITEMS),
)


def loose(sourced_id: str, of: str, who: str, score: Any) -> Wire:
    wire = result(sourced_id, of, who, score)[1]
    return {**wire, "lineItem": {"sourcedId": of}, "student": {"sourcedId": who}}


def apply(door: Door, model: Model, step: Any) -> None:
    action, *what = step
    if action == "put":
        sourced_id = what[0]
        path = link("result", sourced_id)["href"].rpartition("/")[2]
        answer = door.ask("PUT", f"/results/{path}", {"result": loose(*what)})
        assert answer.status == model.put(*what)
    elif action == "post":
        (rows,) = what
        wires = [loose(f"t{number}", *row) for number, row in enumerate(rows)]
        answer = door.ask("POST", "/classes/class1/academicSessions/autumn/results", {"results": wires})
        if all(model.takes(*row) and model.items[row[0]] == "class1" for row in rows):
            assert answer.status == 201
            for pair, row in zip(answer.json["sourcedIdPairs"], rows, strict=True):
                model.put(pair["allocatedSourcedId"], *row)
        else:
            assert answer.status == 422
    elif action == "delete":
        path = link("result", what[0])["href"].rpartition("/")[2]
        assert door.ask("DELETE", f"/results/{path}").status == model.delete(what[0])
    elif action == "put item":
        group = model.items.get(what[0], "class1")
        wire = item(what[0], group, "school1" if group == "class1" else "school2")[1]
        assert door.ask("PUT", f"/lineItems/{what[0]}", {"lineItem": wire}).status == (
            200 if what[0] in model.items else 201
        )
        model.items[what[0]] = group
    else:
        assert door.ask("DELETE", f"/lineItems/{what[0]}").status == model.delete_item(what[0])


def shown(door: Door) -> dict[str, Any]:
    """What the reads show, by the path that was asked."""

    def rows(path: str) -> dict[str, tuple[str, str, float]]:
        answer = door.ask("GET", path)
        found = answer.json["results"]
        assert answer.headers["x-total-count"] == str(len(found))
        return {
            row["sourcedId"]: (row["lineItem"]["sourcedId"], row["student"]["sourcedId"], row["score"]) for row in found
        }

    return {
        "results": rows("/results"),
        "lineItems": door.ask("GET", "/lineItems").ids("lineItems"),
        **{group: rows(f"/classes/{group}/results") for group in ("class1", "class2")},
        "high": rows("/results?filter=score>='8.5'"),
        "gone": {*door.ask("GET", "/results?filter=status='tobedeleted'").ids("results")},
    }


def held(model: Model) -> dict[str, Any]:
    """What a dict would hold, by the same words."""
    return {
        "results": model.results,
        "lineItems": sorted(model.items),
        **{
            group: {key: row for key, row in model.results.items() if model.items[row[0]] == group}
            for group in ("class1", "class2")
        },
        "high": {key: row for key, row in model.results.items() if row[2] >= 8.5},
        "gone": model.deleted,
    }


PUTS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "PUT"]
KEYS = st.sampled_from(["sourcedId", "type", "href", "source", "x"]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
    | st.sampled_from(["class1", "test1", "case", "2026-11-01", "0001-01-01T00:00:00+14:00", "24:00", "\x7f\x00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=6,
)  # fmt: skip


@st.composite
def odd_puts(draw: st.DrawFn) -> tuple[Any, Wire]:
    """A good object of some kind in which a few properties hold anything at all."""
    endpoint = draw(st.sampled_from(PUTS))
    names = st.sampled_from([field.wire_name for field in fields_of(endpoint.model).values()])
    return endpoint, LOOSE[endpoint.model] | draw(st.dictionaries(names, VALUES, min_size=1, max_size=3))


@settings(max_examples=150, deadline=None)
@given(st.lists(odd_puts(), min_size=1, max_size=8))
def test_whatever_a_property_holds_is_stored_strictly_or_refused(odd: list[tuple[Any, Wire]]):
    anyone = open_door()
    door = anyone.as_client()
    for endpoint, wire in odd:
        path = endpoint.path.format(sourcedId="new")
        assert door.ask("PUT", path, {endpoint.body_key: wire}).status in {200, 201, 400, 422}
        read = door.ask("GET", path)
        assert read.status in {200, 404}
        if read.status == 200:
            served = read.json[endpoint.body_key]
            assert endpoint.model.model_validate_json(json.dumps(served)).to_wire() == served
    anyone.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_reads_show_what_a_dict_would_hold_after_the_same_writes(steps: list[Any]):
    anyone = open_door()
    door, model = anyone.as_client(), Model()
    assert shown(door) == held(model)
    for step in steps:
        apply(door, model, step)
        assert shown(door) == held(model)
    anyone.close()
