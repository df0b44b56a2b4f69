"""Posting: all or nothing, ids of the provider's own, and only what belongs to the address."""

from __future__ import annotations

import pytest

from digione_sdk.model.oneroster import LineItem, Result
from tests.unit.server.small import Door
from tests.unit.server.writing import LOOSE, lists, result, to


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
