"""The test control: guarded, strict about what it stores, and able to undo it all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from digione_mock_server.settings import CONTROL_PATH

from tests.unit.server.small import BASE, URL, Door, base, link

KEY = {"Authorization": "Bearer control-token"}
NEW_ORG = {"name": "Uusi koulu", "type": "school", "identifier": "3"}


@pytest.fixture
def controlled(opening: Any) -> Door:
    return opening(control_token="control-token").as_client()


def put(door: Door, collection: str, wire: dict[str, Any], *, tenant: str = "a") -> Any:
    path = f"{CONTROL_PATH}/tenants/{tenant}/objects/{collection}/{wire.get('sourcedId', 'new')}"
    return door.send("PUT", path, headers=KEY, body=json.dumps(wire).encode())


def test_without_the_option_there_is_no_control(client: Door):
    assert client.send("POST", f"{CONTROL_PATH}/reset", headers=KEY).status == 404


def test_the_control_takes_its_own_token_only(controlled: Door):
    for headers in (
        {"Authorization": f"Bearer {controlled.token}"},
        {"Authorization": ""},
        {"Authorization": "Bearer x"},
    ):
        answer = controlled.send("POST", f"{CONTROL_PATH}/reset", headers=headers)
        assert (answer.status, answer.reason) == (401, "unauthorisedrequest")


def test_a_change_shows_in_lists_totals_tags_and_deltas(controlled: Door):
    before = controlled.get("/orgs")
    assert put(controlled, "orgs", NEW_ORG).status == 201
    after = controlled.get("/orgs")
    assert after.ids("orgs") == ["district", "new", "school1", "school2"]
    assert after.headers["x-total-count"] == "4"
    assert after.headers["etag"] != before.headers["etag"]
    stamp = controlled.get("/orgs/new").json["org"]["dateLastModified"]
    assert controlled.get("/orgs", filter=f"dateLastModified>='{stamp}'").ids("orgs") == ["new"]
    assert put(controlled, "orgs", {**NEW_ORG, "name": "Nimi"}).status == 200
    assert controlled.get("/orgs/new").json["org"]["dateLastModified"] > stamp


def test_a_copy_of_what_was_read_changed_in_one_place_moves_its_stamp(controlled: Door):
    read = controlled.get("/users/pupil1").json["user"]
    assert put(controlled, "users", {**read, "familyName": "Uusi"}).status == 200
    again = controlled.get("/users/pupil1").json["user"]
    assert again.pop("dateLastModified") > read.pop("dateLastModified")
    assert again == {**read, "familyName": "Uusi"}
    assert controlled.get("/users", filter="familyName='Uusi'").ids("users") == ["pupil1"]


def test_a_later_stamp_is_kept_as_given(controlled: Door):
    put(controlled, "orgs", {**NEW_ORG, **base("new", modified="2031-01-01T00:00:00.000Z")})
    assert controlled.get("/orgs/new").json["org"]["dateLastModified"] == "2031-01-01T00:00:00.000Z"


def test_own_links_are_stored_relative_and_foreign_ones_as_they_are(controlled: Door):
    own = {**link("org", "district"), "href": f"{URL}{BASE}/orgs/district"}
    put(controlled, "orgs", {**NEW_ORG, "parent": own})
    assert controlled.get("/orgs/new").json["org"]["parent"] == own
    foreign = {**own, "href": "https://elsewhere.example/orgs/district"}
    put(controlled, "orgs", {**NEW_ORG, "parent": foreign})
    assert controlled.get("/orgs/new").json["org"]["parent"] == foreign


def test_a_deleted_object_leaves_a_tombstone_and_a_purged_one_nothing(controlled: Door):
    path = f"{CONTROL_PATH}/tenants/a/objects/enrollments/e1"
    assert controlled.send("DELETE", path, headers=KEY).status == 204
    assert controlled.get("/enrollments/e1").json["enrollment"]["status"] == "tobedeleted"
    assert "pupil1" not in controlled.get("/classes/class1/students").ids("users")
    assert controlled.send("DELETE", path + "?purge=true", headers=KEY).status == 204
    assert controlled.get("/enrollments/e1").status == 404
    assert controlled.send("DELETE", path, headers=KEY).status == 404


def test_reset_undoes_everything_also_the_clock(controlled: Door):
    before = [controlled.get(path).body for path in ("/orgs", "/users", "/enrollments")]
    put(controlled, "orgs", NEW_ORG)
    put(controlled, "users", {**controlled.get("/users/pupil1").json["user"], "familyName": "Uusi"})
    controlled.send("DELETE", f"{CONTROL_PATH}/tenants/a/objects/enrollments/e1?purge=true", headers=KEY)
    controlled.send("POST", f"{CONTROL_PATH}/clock/advance", headers=KEY, body=b'{"seconds": 7200}')
    assert controlled.get("/orgs").status == 401
    assert controlled.send("POST", f"{CONTROL_PATH}/reset", headers=KEY).status == 204
    assert [controlled.get(path).body for path in ("/orgs", "/users", "/enrollments")] == before


def test_a_change_in_one_tenant_leaves_the_other_alone(controlled: Door):
    other = controlled.as_client(tenant="b")
    before = other.get("/orgs")
    put(controlled, "orgs", NEW_ORG)
    assert other.get("/orgs").headers["etag"] == before.headers["etag"]
    put(controlled, "orgs", {**NEW_ORG, "sourcedId": "new"}, tenant="b")
    assert other.get("/orgs").ids("orgs") == ["new", "school1"]


def test_credentials_are_never_served(controlled: Door):
    read = controlled.get("/users/pupil1").json["user"]
    profile = {"profileId": "p", "profileType": "t", "vendorId": "v"}
    secret = {"type": "password", "username": "u", "password": "salaisuus"}
    assert (
        put(
            controlled,
            "users",
            {**read, "password": "salaisuus", "userProfiles": [{**profile, "credentials": [secret]}]},
        ).status
        == 200
    )
    answer = controlled.get("/users/pupil1")
    assert b"salaisuus" not in answer.body
    assert answer.json["user"]["userProfiles"] == [profile]


@pytest.mark.parametrize(
    "wire",
    [
        {"name": "x"},
        {**NEW_ORG, "type": "kiosk"},
        {**NEW_ORG, "colour": "red"},
        {**NEW_ORG, "status": "gone"},
        {**NEW_ORG, "dateLastModified": "yesterday"},
        {**NEW_ORG, "dateLastModified": 5},
    ],
)
def test_what_is_no_object_of_the_model_is_422_and_changes_nothing(controlled: Door, wire):
    before = controlled.get("/orgs").headers["etag"]
    answer = put(controlled, "orgs", wire)
    assert (answer.status, answer.reason) == (422, "invaliddata")
    assert controlled.get("/orgs").headers["etag"] == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/tenants/z/objects/orgs/x", b"{}", 404),
        ("PUT", "/tenants/a/objects/planets/x", b"{}", 404),
        ("PUT", "/tenants/a/objects/orgs/x", b"{", 400),
        ("PUT", "/tenants/a/objects/orgs/x", b"[]", 422),
        ("PUT", "/tenants/a/objects/orgs/x", b'{"sourcedId": "y"}', 422),
        ("PATCH", "/tenants/a/objects/orgs/x", b"{}", 405),
        ("POST", "/clock/advance", b'{"seconds": -1}', 422),
        ("POST", "/clock/advance", b'{"seconds": true}', 422),
        ("POST", "/clock/advance", b'{"seconds": NaN}', 400),
        ("POST", "/clock/advance", b"[]", 422),
    ],
)
def test_wrong_calls_are_refused(controlled: Door, method, path, body, status):
    assert controlled.send(method, CONTROL_PATH + path, headers=KEY, body=body).status == status


def test_the_log_tells_what_was_asked_without_ids(controlled: Door):
    controlled.send("DELETE", f"{CONTROL_PATH}/log", headers=KEY)
    controlled.get("/users/pupil1")
    entries = controlled.send("GET", f"{CONTROL_PATH}/log", headers=KEY).json["entries"]
    assert [(entry["path"], entry["status"]) for entry in entries][-1] == (f"{BASE}/users/{{sourcedId}}", 200)
    assert "now" in controlled.send("GET", f"{CONTROL_PATH}/clock", headers=KEY).json
