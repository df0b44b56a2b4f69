"""Writes: every operation answers as its line of the table says, and nothing that is refused leaves a trace."""

from __future__ import annotations

import json

import pytest

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Shape
from digione_sdk.core.scopes import Scope
from tests.unit.server.small import BASE, GRADEBOOK, URL, Door
from tests.unit.server.writing import LOOSE, WRITES, asked, lists, put, result


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda e: e.operation_id)
def test_every_write_answers_as_its_line_says(client: Door, endpoint):
    wanted = "new"
    if endpoint.method == "DELETE":
        put = next(e for e in WRITES if e.model is endpoint.model and e.method == "PUT")
        assert asked(client, put).status == 201
    answer = asked(client, endpoint, wanted)
    assert answer.status == endpoint.success[0]
    assert answer.headers["cache-control"] == "no-store"
    if endpoint.shape is Shape.EMPTY:
        assert answer.body == b""
        assert "content-type" not in answer.headers
    else:
        (pair,) = answer.json[endpoint.wrapper_key]
        endpoint.envelope.model_validate_json(answer.body)
        assert pair["suppliedSourcedId"] == wanted
        wanted = pair["allocatedSourcedId"]
        assert wanted != "new"
    collection = next(e for e in ENDPOINTS if e.model is endpoint.model and e.view.whole and e.is_collection)
    listed = client.read(collection)
    assert (wanted in listed.ids(collection.wrapper_key)) == (endpoint.method != "DELETE")
    collection.envelope.model_validate_json(listed.body)


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda e: e.operation_id)
def test_every_write_is_403_without_its_scope_and_changes_nothing(anyone: Door, endpoint):
    whole = anyone.as_client()
    assert asked(whole, next(e for e in WRITES if e.model is endpoint.model and e.method == "PUT")).status == 201
    before = lists(whole)
    for scope in set(Scope) - set(endpoint.scopes):
        answer = asked(anyone.as_client(scopes=[scope]), endpoint)
        assert (answer.status, answer.reason) == (403, "forbidden"), scope
        assert endpoint.scopes[0] in answer.headers["www-authenticate"]
    assert asked(anyone, endpoint).status == 401
    assert lists(whole) == before
    assert asked(anyone.as_client(scopes=endpoint.scopes), endpoint).status in endpoint.success


@pytest.mark.parametrize("endpoint", [e for e in WRITES if e.method == "PUT"], ids=lambda e: e.operation_id)
def test_what_was_sent_loosely_is_served_strictly(client: Door, endpoint):
    assert asked(client, endpoint).status == 201
    single = next(e for e in ENDPOINTS if e.is_read and e.path == endpoint.path and e.service is endpoint.service)
    answer = client.read(single, sourcedId="new")
    wire = answer.json[single.wrapper_key]
    assert endpoint.model.model_validate_json(json.dumps(wire)).to_wire() == wire
    assert wire["status"] == "active"
    for name, value in LOOSE[endpoint.model].items():
        if isinstance(value, dict):
            assert wire[name]["sourcedId"] == value["sourcedId"]
            assert wire[name]["href"].startswith(URL)
            assert wire[name]["href"].endswith(f"/{value['sourcedId']}")
        elif isinstance(value, str | int) and value and "T" not in str(value):
            assert wire[name] == value if "Date" not in name else wire[name].startswith(value)


def test_days_instants_and_absent_values_are_understood(client: Door):
    asked(client, next(e for e in WRITES if e.operation_id == "putLineItem"))
    made = client.ask("GET", "/lineItems/new").json["lineItem"]
    assert made["assignDate"] == "2026-11-01T00:00:00.000Z"
    assert made["dueDate"] == "2026-11-08T12:00:00.000Z"
    assert "description" not in made
    asked(client, next(e for e in WRITES if e.operation_id == "putResult"))
    made = client.ask("GET", "/results/new").json["result"]
    assert (made["scoreDate"], made["score"]) == ("2026-11-08", 300)
    assert "comment" not in made


def test_a_replacement_is_200_and_moves_the_stamp_and_leaves_out_what_it_leaves_out(client: Door):
    before = client.ask("GET", "/results/r1").json["result"]
    sent = {**result(sourcedId="r1", score=4.25), "dateLastModified": "2031-01-01T00:00:00Z"}
    assert put(client, "/results/r1", "result", sent).status == 200
    after = client.ask("GET", "/results/r1").json["result"]
    assert before["dateLastModified"] < after["dateLastModified"] < "2031"
    assert (after["score"], "comment" in after) == (4.25, False)
    assert client.ask("GET", "/results?filter=score<'5'").ids("results") == ["r1"]
    again = put(client, "/results/r1", "result", sent)
    assert again.status == 200
    assert client.ask("GET", "/results/r1").json["result"]["dateLastModified"] > after["dateLastModified"]


def test_reset_undoes_what_was_written_through_the_service(opening):
    door = opening(control_token="key")
    client = door.as_client()
    before = lists(client)
    put(client, "/results/r1", "result", result(sourcedId="r1"))
    client.ask("POST", "/lineItems/test1/results", {"results": [result()]})
    client.ask("DELETE", "/lineItems/test1")
    assert lists(client) != before
    assert door.send("POST", "/digione/test-control/v1/reset", headers={"Authorization": "Bearer key"}).status == 204
    assert lists(client) == before


def test_links_to_rostering_lead_there_and_can_be_filtered_by(client: Door):
    made = client.ask("GET", "/results/r1").json["result"]
    assert made["student"]["href"] == f"{URL}{BASE}/users/pupil1"
    assert made["lineItem"]["href"] == f"{URL}{GRADEBOOK}/lineItems/test1"
    for where, wanted in (
        ("student.sourcedId='pupil2'", ["r2", "r4"]),
        (f"lineItem.href='{URL}{GRADEBOOK}/lineItems/test2'", ["r4"]),
        ("score>='8.5'", ["r1", "r2"]),
        ("score='10'", ["r1"]),
        ("score~'8.'", ["r2"]),
        ("score!='10'", ["r2", "r4"]),
    ):
        assert client.ask("GET", f"/results?filter={where}").ids("results") == wanted
    assert client.ask("GET", "/results?sort=score").ids("results") == ["r4", "r2", "r1"]
    assert client.ask("GET", "/results?filter=score>'paljon'").reason == "invalid_filter_field"


@pytest.mark.parametrize(
    ("dialect", "statuses"),
    [
        ("replace-answers-201", (201, 201, 204, 201)),
        ("delete-answers-200", (201, 200, 200, 201)),
        ("deleted-ids-stay-taken", (201, 200, 204, 422)),
        ("pull-only", (405, 405, 405, 405)),
    ],
)
def test_dialects_of_writing_answer_otherwise(opening, dialect, statuses):
    door, put = opening(dialects=[dialect]).as_client(), next(e for e in WRITES if e.operation_id == "putCategory")
    answers = [asked(door, put), asked(door, put), door.ask("DELETE", "/categories/new"), asked(door, put)]
    assert tuple(answer.status for answer in answers) == statuses


def test_tombstones_may_stay_in_lists_and_tags_may_be_missing(opening):
    door = opening(dialects=["tombstones-listed", "no-conditional-writes"]).as_client()
    assert door.ask("DELETE", "/results/r1", None, {"If-Match": '"old"'}).status == 204
    answer = door.ask("GET", "/results/r1")
    assert (answer.json["result"]["status"], "etag" in answer.headers) == ("tobedeleted", False)
    assert "r1" in door.ask("GET", "/results").ids("results")
