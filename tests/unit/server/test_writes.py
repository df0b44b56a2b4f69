"""Writes: every operation answers as its line of the table says, and nothing that is refused leaves a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from digione_mock_server.receiving import LONGEST_BODY

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Shape
from digione_sdk.core.scopes import Scope
from digione_sdk.model.oneroster import AssessmentLineItem, AssessmentResult, Category, LineItem, Result, ScoreScale
from digione_sdk.model.status import StatusInfo
from tests.unit.server.small import BASE, GRADEBOOK, URL, Door
from tests.unit.server.test_reads import PARAMETERS

WRITES = [e for e in ENDPOINTS if not e.is_read]


def to(sourced_id: str) -> dict[str, str]:
    """A link as consumers send it (pitfall 58)."""
    return {"sourcedId": sourced_id}


LOOSE: dict[type, dict[str, Any]] = {
    Category: {"title": "Kokeet"},
    ScoreScale: {
        "title": "S/H",
        "type": "x",
        "class": to("class1"),
        "scoreScaleValue": [{"itemValueLHS": "S", "itemValueRHS": "hyväksytty"}],
    },
    LineItem: {
        "title": "ö" * 255,
        "assignDate": "2026-11-01",
        "dueDate": "2026-11-08T12:00:00",
        "class": to("class1"),
        "school": to("school1"),
        "category": to("tests"),
        "academicSession": to("autumn"),
        "description": "",
        "resultValueMax": 100,
    },
    Result: {
        "lineItem": to("test1"),
        "student": to("pupil1"),
        "scoreStatus": "fully graded",
        "score": 300,
        "scoreDate": "2026-11-08T12:00:00.000Z",
        "comment": None,
    },
    AssessmentLineItem: {"title": "Koe", "parentAssessmentLineItem": to("national")},
    AssessmentResult: {
        "assessmentLineItem": to("part"),
        "student": to("pupil2"),
        "scoreStatus": "exempt",
        "scoreDate": "2026-11-08",
    },
}
FREE_TO_GO = {"Category": "unused", "ScoreScale": "free", "AssessmentLineItem": "part"}


def asked(door: Door, endpoint: Any, sourced_id: str = "new", **more: Any) -> Any:
    """Ask an operation as a consumer would."""
    path = endpoint.path.format(**PARAMETERS, sourcedId=sourced_id)
    if endpoint.body is None:
        return door.ask(endpoint.method, path)
    wire = {**LOOSE[endpoint.model], "sourcedId": sourced_id, **more}
    return door.ask(endpoint.method, path, {endpoint.body_key: [wire] if endpoint.shape is Shape.PAIRS else wire})


def lists(door: Door) -> dict[str, Any]:
    """Everything that the service lists, in and out of deltas."""
    found = {}
    for endpoint in ENDPOINTS:
        if endpoint.is_collection and not endpoint.is_nested and endpoint.service.name == "gradebook":
            found[endpoint.path] = door.ask("GET", endpoint.path).json
            found[endpoint.path, "delta"] = door.ask(
                "GET", f"{endpoint.path}?filter=dateLastModified>'2020-01-01'"
            ).json
    return found


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


def put(door: Door, path: str, key: str, wire: Any, **headers: str) -> Any:
    return door.ask("PUT", path, {key: wire}, {name.replace("_", "-"): value for name, value in headers.items()})


def result(**more: Any) -> dict[str, Any]:
    return {**LOOSE[Result], "sourcedId": "new", **more}


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


@pytest.mark.parametrize(
    ("wire", "named"),
    [
        (result(sourcedId="other"), "result.sourcedId"),
        (result(student=to("nobody")), "result.student"),
        (result(student=to("teacher1")), "result.student"),
        (result(student=to("hidden")), "result.student"),
        (result(student=to("pupil3")), "result.student"),
        (result(lineItem=to("nothing")), "result.lineItem"),
        (result(lineItem={}), "result.lineItem"),
        (result(lineItem="test1"), "result.lineItem"),
        (result(lineItem={**to("test1"), "type": "class"}), "result.lineItem.type"),
        (result(scoreScale=to("nothing")), "result.scoreScale"),
        (result(**{"class": to("nowhere")}), "result.class"),
        (result(**{"class": to("class2")}), "result.class"),
        (result(score="viisi"), "result.score"),
        (result(score=True), "result.score"),
        (result(scoreStatus="finished"), "result.scoreStatus"),
        (result(scoreStatus=""), "result.scoreStatus"),
        (result(scoreDate="eilen"), "result.scoreDate"),
        (result(scoreDate="2026-W46-1"), "result.scoreDate"),
        (result(status="tobedeleted"), "result.status"),
        (result(oma="arvo"), "metadata"),
        (result(learningObjectiveSet=[{"source": "case", "learningObjectiveResults": [], "oma": 1}]), "result"),
        ({"sourcedId": "new"}, "result.lineItem"),
    ],
    ids=str,
)
def test_what_may_not_be_is_422_and_the_answer_names_the_field_and_no_value(client: Door, wire, named):
    before = lists(client)
    answer = put(client, "/results/new", "result", wire)
    assert (answer.status, answer.reason) == (422, "invaliddata")
    said = StatusInfo.model_validate_json(answer.body).description or ""
    assert named in said
    for value in ("nobody", "hidden", "nowhere", "viisi", "finished", "eilen", "oma"):
        assert value not in said.replace("your own", "")
    assert lists(client) == before


@pytest.mark.parametrize(
    ("path", "key", "wire", "named"),
    [
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "category": to("none")}, "lineItem.category"),
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "class": to("none")}, "lineItem.class"),
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "school": to("school2")}, "lineItem.school"),
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "school": to("district")}, "lineItem.school"),
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "gradingPeriod": to("autumn")}, "lineItem.gradingPeriod"),
        ("/lineItems/new", "lineItem", {**LOOSE[LineItem], "resultValueMin": 101}, "lineItem.resultValueMax"),
        ("/scoreScales/new", "scoreScale", {**LOOSE[ScoreScale], "scoreScaleValue": []}, "scoreScale.scoreScaleValue"),
        ("/scoreScales/new", "scoreScale", {**LOOSE[ScoreScale], "course": to("none")}, "scoreScale.course"),
        ("/categories/new", "category", {"title": "x" * 3, "weight": "paljon"}, "category.weight"),
        ("/assessmentLineItems/national", "assessmentLineItem",
         {"title": "x", "parentAssessmentLineItem": to("part")}, "parentAssessmentLineItem"),
        ("/assessmentLineItems/new", "assessmentLineItem",
         {"title": "x", "parentAssessmentLineItem": to("new")}, "parentAssessmentLineItem"),
    ],
    ids=str,
)  # fmt: skip
def test_links_lead_to_what_is_there_and_agree_with_each_other(client: Door, path, key, wire, named):
    answer = put(client, path, key, wire)
    assert answer.status == 422
    assert named in answer.json["imsx_description"]


def test_a_line_item_stays_in_its_class_until_it_is_deleted(client: Door):
    elsewhere = {**LOOSE[LineItem], "class": to("class2"), "school": to("school2")}
    answer = put(client, "/lineItems/test1", "lineItem", elsewhere)
    assert answer.status == 422
    assert "lineItem.class" in answer.json["imsx_description"]
    assert client.ask("DELETE", "/lineItems/test1").status == 204
    assert put(client, "/lineItems/test1", "lineItem", elsewhere).status == 201


@pytest.mark.parametrize(
    "wire",
    [
        {"dueDate": "0001-01-01T00:00:00+14:00"},
        {"dueDate": "9999-12-31T23:59:59-14:00"},
        {"status": ["active"]},
        {"status": {}},
        {"metadata": {"a": [10**400]}},
        {"metadata": "text"},
        {"sourcedId": 5},
        {"title": []},
        {"learningObjectiveSet": [{"source": "case", "learningObjectiveIds": []}]},
        {"class": {"sourcedId": "a\x00b"}},
    ],
    ids=str,
)
def test_odd_values_are_422_too(client: Door, wire):
    assert put(client, "/lineItems/new", "lineItem", {**LOOSE[LineItem], **wire}).status == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"result": null}',
        b'{"result": []}',
        b'{"results": [{}]}',
        b'{"sourcedId": "new"}',
        b'{"result": {}, "more": {}}',
        b'{"result": {"score": NaN}}',
        b'{"result": {"comment": "\\ud800"}}',
        b'{"result": {"comment": "\xff"}}',
        b'{"result": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_not_json_in_its_envelope_is_400(client: Door, body):
    answer = client.send("PUT", GRADEBOOK + "/results/new", headers={"Content-Type": "application/json"}, body=body)
    assert (answer.status, answer.reason) == (400, "invaliddata")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=UTF-8"}, 201),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
    ],
)
def test_only_plain_json_is_taken(client: Door, headers, status):
    body = json.dumps({"result": result()}).encode()
    assert client.send("PUT", GRADEBOOK + "/results/new", headers=headers, body=body).status == status


def test_a_body_has_a_bound_and_needs_a_token_before_it_is_read(client: Door, anyone: Door):
    long = {"result": result(comment="x" * LONGEST_BODY)}
    assert client.ask("PUT", "/results/new", long).status == 413
    assert client.ask("PUT", "/results/new", {"result": result()}, {"Content-Length": "9" * 30}).status == 413
    assert anyone.ask("PUT", "/results/new", long).status == 401


def test_methods_that_an_address_lacks_are_405_and_its_own_are_named(client: Door):
    for path, allowed in (
        ("/results/r1", {"GET", "HEAD", "PUT", "DELETE"}),
        ("/results", {"GET", "HEAD"}),
        ("/classes/class1/lineItems", {"GET", "HEAD", "POST"}),
        ("/schools/school1/lineItems", {"POST"}),
    ):
        answer = client.ask("PATCH", path, {})
        assert answer.status == 405
        assert set(answer.headers["allow"].split(", ")) == allowed
    assert client.ask("GET", "/schools/school1/lineItems").status == 405


# Deleting


def test_what_was_deleted_is_gone_from_reads_and_left_to_deltas(client: Door):
    assert client.ask("DELETE", "/results/r1").status == 204
    assert client.ask("GET", "/results/r1").status == 404
    assert client.ask("DELETE", "/results/r1").status == 404
    for path in ("/results", "/classes/class1/results", "/results?filter=score>'0'", "/results?sort=score"):
        assert "r1" not in client.ask("GET", path).ids("results")
    for where in ("dateLastModified>'2026-11-22'", "status='tobedeleted'", "status!='active' OR score>'99'"):
        found = client.ask("GET", f"/results?filter={where}").json["results"]
        assert [(row["sourcedId"], row["status"]) for row in found] == [("r1", "tobedeleted")]
    assert "r1" not in client.ask("GET", "/results?filter=status='active'").ids("results")
    assert put(client, "/results/r1", "result", result(sourcedId="r1")).status == 201
    assert "r1" in client.ask("GET", "/results").ids("results")


def test_results_go_with_their_line_item_also_those_that_nobody_sees(anyone: Door):
    client, entitled = anyone.as_client(), anyone.as_client(exposure="entitled")
    assert "r3" in entitled.ask("GET", "/results").ids("results")
    assert client.ask("DELETE", "/lineItems/test1").status == 204
    assert client.ask("GET", "/results").ids("results") == ["r4"]
    assert entitled.ask("GET", "/results").ids("results") == ["r4"]
    assert client.ask("GET", "/classes/class1/lineItems/test1/results").status == 404
    assert entitled.ask("GET", "/results?filter=status='tobedeleted'").ids("results") == ["r1", "r2", "r3"]


@pytest.mark.parametrize("path", ["/categories/tests", "/scoreScales/scale1", "/assessmentLineItems/national"])
def test_what_others_need_cannot_be_deleted(client: Door, path):
    answer = client.ask("DELETE", path)
    assert (answer.status, answer.reason) == (422, "deletefailure")
    assert client.ask("GET", path).status == 200


# Preconditions


def tag(door: Door, path: str) -> str:
    return door.ask("GET", path).headers["etag"]


def test_if_match_lets_through_what_was_read_and_nothing_older(client: Door):
    first = tag(client, "/results/r1")
    assert not first.startswith("W/")
    assert put(client, "/results/r2", "result", result(sourcedId="r2")).status == 200
    assert tag(client, "/results/r1") == first  # another object was written
    assert put(client, "/results/r1", "result", result(sourcedId="r1"), If_Match=first).status == 200
    for stale in (first, f"W/{tag(client, '/results/r1')}", '"other"'):
        assert put(client, "/results/r1", "result", result(sourcedId="r1"), If_Match=stale).status == 412
        assert client.ask("DELETE", "/results/r1", None, {"If-Match": stale}).status == 412
    assert client.ask("DELETE", "/results/r1", None, {"If-Match": f'"x", {tag(client, "/results/r1")}'}).status == 204
    assert put(client, "/results/r1", "result", result(sourcedId="r1"), If_Match="*").status == 412


def test_if_none_match_creates_and_does_not_replace(client: Door):
    assert put(client, "/results/r1", "result", result(sourcedId="r1"), If_None_Match="*").status == 412
    assert put(client, "/results/new", "result", result(), If_None_Match="*").status == 201
    assert put(client, "/results/new", "result", result(), If_None_Match="*").status == 412


def test_no_page_outlives_a_write(client: Door):
    paths = ("/results", "/classes/class1/results", "/results/r1", "/results?filter=score>'5'&limit=1")
    for write in (
        lambda: put(client, "/results/r1", "result", result(sourcedId="r1", score=1)),
        lambda: client.ask("POST", "/lineItems/test1/results", {"results": [result()]}),
        lambda: client.ask("DELETE", "/results/r2"),
        lambda: client.ask("DELETE", "/results/r1"),
    ):
        before = {path: client.ask("GET", path) for path in paths}
        assert write().status in {200, 201, 204}
        for path, old in before.items():
            after = client.ask("GET", path, None, {"If-None-Match": old.headers["etag"]})
            assert after.status in {200, 304, 404}
            fresh = client.ask("GET", path)
            assert (fresh.status, fresh.body) == (
                (200, old.body) if after.status == 304 else (after.status, after.body)
            )


# Posting


def test_a_post_is_all_or_nothing(client: Door):
    before = lists(client)
    for bad in (result(sourcedId="b", student=to("nobody")), result(sourcedId="b", score="x"), result(sourcedId="a")):
        answer = client.ask("POST", "/lineItems/test1/results", {"results": [result(sourcedId="a"), bad]})
        assert answer.status == 422
        assert "results" in answer.json["imsx_description"]
        assert lists(client) == before


def test_ids_are_allocated_anew_each_time_and_never_are_the_supplied_ones(client: Door):
    wires = [result(sourcedId="r1"), result(sourcedId="r2")]
    first, second = (client.ask("POST", "/lineItems/test1/results", {"results": wires}).json for _ in range(2))
    pairs = [*first["sourcedIdPairs"], *second["sourcedIdPairs"]]
    assert [pair["suppliedSourcedId"] for pair in pairs] == ["r1", "r2", "r1", "r2"]
    assert len({pair["allocatedSourcedId"] for pair in pairs} - {"r1", "r2"}) == 4
    assert client.ask("GET", "/results/r1").json["result"]["score"] == 10


@pytest.mark.parametrize(
    ("path", "key", "wires", "status"),
    [
        ("/classes/nowhere/lineItems", "lineItems", [{}], 404),
        ("/lineItems/nothing/results", "results", [{}], 404),
        ("/classes/class1/academicSessions/never/results", "results", [{}], 404),
        ("/classes/class2/academicSessions/autumn/results", "results", [result()], 422),
        ("/classes/class2/lineItems", "lineItems", [{**LOOSE[LineItem], "sourcedId": "t"}], 422),
        ("/schools/school2/lineItems", "lineItems", [{**LOOSE[LineItem], "sourcedId": "t"}], 422),
        ("/lineItems/test2/results", "results", [result()], 422),
        ("/lineItems/test1/results", "results", [], 422),
        ("/lineItems/test1/results", "results", [{**LOOSE[Result]}], 422),
        ("/lineItems/test1/results", "results", [{**LOOSE[Result], "sourcedId": 7}], 422),
        ("/lineItems/test1/results", "results", {}, 400),
        ("/lineItems/test1/results", "results", [[]], 400),
        ("/lineItems/test1/results", "result", [result()], 400),
    ],
)
def test_what_is_posted_belongs_to_the_address(client: Door, path, key, wires, status):
    assert client.ask("POST", path, {key: wires}).status == status


def test_links_that_the_address_gives_may_be_left_out(client: Door):
    wire = {name: value for name, value in result().items() if name != "lineItem"}
    assert client.ask("POST", "/lineItems/test1/results", {"results": [wire]}).status == 201


# Whose data


def test_writes_stay_in_the_tenant_of_the_token(anyone: Door):
    client, other = anyone.as_client(), anyone.as_client(tenant="b")
    assert put(other, "/categories/tests", "category", {"title": "Toisen"}, X_Tenant="a").status == 201
    assert client.ask("GET", "/categories/tests").json["category"]["title"] == "Kokeet"
    assert put(other, "/results/r1", "result", result(sourcedId="r1")).status == 422
    assert other.ask("DELETE", "/lineItems/test1").status == 404
    assert other.ask("POST", "/classes/class1/lineItems", {"lineItems": [{}]}).status == 404


def test_a_protected_pupil_can_neither_be_written_of_nor_found_by_writing(anyone: Door):
    client, entitled = anyone.as_client(), anyone.as_client(exposure="entitled")
    unknown = put(client, "/results/new", "result", result(student=to("nobody")))
    protected = put(client, "/results/new", "result", result(student=to("hidden")))
    assert (protected.status, protected.json) == (unknown.status, unknown.json)
    assert put(client, "/results/r3", "result", result(sourcedId="r3")).status == 404
    assert client.ask("DELETE", "/results/r3").json == client.ask("DELETE", "/results/none").json
    assert put(client, "/results/r3", "result", result(sourcedId="r3"), If_Match="*").status == 412
    assert entitled.ask("GET", "/results/r3").json["result"]["score"] == 9
    assert put(entitled, "/results/r3", "result", result(sourcedId="r3", student=to("hidden"))).status == 200


def test_who_does_not_see_a_comment_does_not_erase_it(anyone: Door):
    client, entitled = anyone.as_client(), anyone.as_client(exposure="entitled")
    assert "comment" not in entitled.ask("GET", "/results/r1").json["result"]
    assert put(entitled, "/results/r1", "result", result(sourcedId="r1", score=3)).status == 200
    after = client.ask("GET", "/results/r1").json["result"]
    assert (after["score"], after["comment"]) == (3, "Hienoa")


def test_the_minimal_client_reads_scores_without_words_and_writes_nothing(anyone: Door):
    minimal = anyone.as_client(exposure="minimal")
    found = minimal.ask("GET", "/results/r1").json["result"]
    assert (found["score"], "comment" in found) == (10, False)
    assert minimal.ask("GET", "/results?filter=comment~'H'").ids("results") == []
    assert put(minimal, "/results/new", "result", result()).status == 403


def test_a_result_of_a_pupil_who_left_may_still_be_corrected_but_none_added(opening):
    door = opening(control_token="key")
    client = door.as_client()
    path = "/digione/test-control/v1/tenants/a/objects/users/pupil1"
    assert door.send("DELETE", path, headers={"Authorization": "Bearer key"}).status == 204
    assert put(client, "/results/r1", "result", result(sourcedId="r1", score=6)).status == 200
    assert put(client, "/results/new", "result", result()).status == 422


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
