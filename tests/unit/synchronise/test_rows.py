"""What is made of a page: bodies as they came, tombstones without one, and when two wordings say the same."""

from __future__ import annotations

import json

import pytest

from digione_sdk.core.paging import Arrived
from digione_sdk.errors import PayloadError
from digione_sdk.synchronise import KINDS
from digione_sdk.synchronise.rows import page_of, says_the_same
from digione_sdk.synchronise.staging import StagedPage, Staging
from digione_sdk.wire.decode import Decoder
from tests.unit.synchronise.provider import stamp, user

USERS = KINDS["users"]


def page(*wires):
    content = json.dumps({"users": list(wires)}).encode()
    return page_of(USERS, Decoder(USERS.endpoint.envelope, "getAllUsers").page(content), content)


def test_a_tombstone_keeps_nothing_of_the_person():
    found = page(user("u1", status="tobedeleted", at="nowhere", userMasterIdentifier="1.2.3"), user("u2"))
    assert [(row[0], row[1], bool(row[3])) for row in found.rows] == [("u1", True, False), ("u2", False, True)]
    assert found.links == {("roles.org", "orgs", "o1")}
    assert found.identities == []


def test_the_mark_of_a_page_is_that_of_its_ids_in_their_order():
    assert page(user("u1"), user("u2")).mark == page(user("u1"), user("u2", givenName="Uusi")).mark
    assert page(user("u1"), user("u2")).mark != page(user("u2"), user("u1")).mark


@pytest.mark.parametrize(
    "content",
    [b'{"users": [], "users": [{}]}', b'{"users": [{"sourcedId": ""}]}'],
    ids=["a key twice", "no id"],
)
def test_a_page_that_can_be_read_in_two_ways_is_refused(content):
    wire = user("" if b"sourcedId" in content else "u1")
    whole = content.replace(b"[{}]", json.dumps([wire]).encode()).replace(
        b'[{"sourcedId": ""}]', json.dumps([wire]).encode()
    )
    records = Decoder(USERS.endpoint.envelope, "getAllUsers").page(whole)
    with pytest.raises(PayloadError):
        page_of(USERS, records, whole)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"a":1,"b":2}', '{ "b": 2, "a": 1 }', True),
        ('{"a":"\\u00e4"}', '{"a":"ä"}', True),
        ('{"a":0.1}', '{"a":0.10000000000000000001}', False),
        ('{"a":1.5}', '{"a":"1.5"}', False),
        ('{"a":true}', '{"a":1}', False),
        ('{"a":[1,2]}', '{"a":[2,1]}', False),
    ],
)
def test_when_two_wordings_say_the_same(one, other, same):
    assert says_the_same(one, other) is same


@pytest.mark.parametrize("newer_first", [True, False])
def test_of_a_record_that_comes_twice_the_later_version_stays(tmp_path, newer_first):
    versions = [page(user("u1", modified=stamp(day=day))) for day in ((2, 1) if newer_first else (1, 2))]
    with Staging(tmp_path / "r.staging", run="x") as staging:
        staging.start("users", since=None)
        for number, version in enumerate(versions):
            arrived = Arrived(1, frozenset())
            staging.add("users", number, StagedPage(f"https://host/{number}", version.mark, arrived), version)
        assert staging.distinct("users") == 1
        (held,) = staging.connection.execute("SELECT modified FROM staged").fetchone()
    assert held.startswith("2026-11-02")
