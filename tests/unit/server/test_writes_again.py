"""Writing what is there already: deletions, what goes with them, and preconditions."""

from __future__ import annotations

import pytest

from tests.unit.server.small import Door
from tests.unit.server.writing import put, result


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
