"""Writes that are refused: 422 names the field and no value, 400 and 415 the body, and nothing leaves a trace."""

from __future__ import annotations

import json

import pytest
from digione_mock_server.receiving import LONGEST_BODY

from digione_sdk.model.oneroster import LineItem, ScoreScale
from digione_sdk.model.status import StatusInfo
from tests.unit.server.small import GRADEBOOK, Door
from tests.unit.server.writing import LOOSE, lists, put, result, to


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
