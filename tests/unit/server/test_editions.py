"""A second version beside the first: mounted by one value, over the same store, in words of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from digione_mock_server import routes
from digione_mock_server.editions import EDITIONS, Edition

from digione_sdk.core.endpoints import rostering as r
from tests.unit.server.small import URL, Door, open_door

OTHER = replace(r.ROSTERING, name="other", version="0.9", base_path="/ims/other/v0p9", discovery_names=("other.json",))
TABLE = tuple(replace(e, service=OTHER) for e in (r.getAllUsers, r.getUser, r.getAllClasses, r.getStudentsForClass))


def shouted(_model: type, wire: dict[str, Any]) -> dict[str, Any]:
    return {**wire, "givenName": wire["givenName"].upper()} if "givenName" in wire else wire


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(routes, "EDITIONS", (*EDITIONS, Edition("0.9", (OTHER,), TABLE, retold=shouted)))
    return open_door().as_client()


def test_an_edition_tells_the_stored_objects_in_its_words_and_leaves_the_others_as_they_are(both: Door):
    for path, key in (("/users", "users"), ("/classes/class1/students", "users")):
        told = both.send("GET", OTHER.base_path + path)
        plain = both.get(path)
        assert [shouted(object, row) for row in plain.json[key]] == told.json[key]
        assert told.headers["x-total-count"] == plain.headers["x-total-count"]
        assert f"<{URL}{OTHER.base_path}{path}?" in told.headers["link"]
    assert both.send("GET", f"{OTHER.base_path}/users/pupil1?fields=givenName").json == {
        "user": {"sourcedId": "pupil1", "givenName": "ÅKE"}
    }


def test_an_edition_offers_what_its_table_says_and_publishes_it(both: Door):
    assert both.send("GET", f"{OTHER.base_path}/orgs").status == 404
    assert both.send("GET", f"{OTHER.base_path}/classes/nowhere/students").status == 404
    found = both.send("GET", f"{OTHER.base_path}/discovery/other.json").json
    assert set(found["paths"]) == {endpoint.path for endpoint in TABLE}
    assert found["servers"][0]["url"] == URL + OTHER.base_path
