"""Whose data a write reaches: tenants, protected pupils, clients of little rights, pupils who left."""

from __future__ import annotations

from tests.unit.server.small import Door
from tests.unit.server.writing import put, result, to


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
