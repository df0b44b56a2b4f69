# Made by scripts/unasync.py from tests/unit/client/_async/test_rostering.py; change that file, not this one.
"""Every operation of the table is at its accessor, and asks what the table says."""

from __future__ import annotations

import httpx
import pytest

from digione_sdk import DigiOne, NotFound, Partial, UsageError, User
from digione_sdk.core.endpoints.rostering import ENDPOINTS
from tests.unit.client._sync.colour import anyio, served
from tests.unit.client._sync.reaching import reached
from tests.unit.client.roster import BASE, OPTIONS, Roster, endpoint_at

pytestmark = anyio


def client(roster, **options):
    return DigiOne(rostering=BASE, http_client=served(roster), **OPTIONS, **options)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.operation_id)
def test_every_operation_is_reachable_at_its_accessor(endpoint):
    roster = Roster(rows=3, scope=" ".join(endpoint.scopes))
    with client(roster, scopes=endpoint.scopes) as api:
        records = reached(api, endpoint)
    assert records
    assert all(type(record) is endpoint.model for record in records)
    assert endpoint_at(roster.seen[-1].url.raw_path.decode().partition("?")[0]) is endpoint


def test_a_nested_view_is_a_collection_like_any():
    roster = Roster(rows=3)
    with client(roster) as api:
        students = api.rostering.classes.students("c1")
        assert len(students.all()) == 3
        assert students.count() == 3
        assert [len(page) for page in students.pages(limit=2)] == [2, 1]
        assert len([row for row in students.list(sort="family_name")]) == 3
    assert all(path.startswith("/classes/c1/students") for path in roster.paths)


def test_a_bad_id_is_refused_where_it_is_given():
    with client(Roster()) as api:
        with pytest.raises(UsageError, match="class_id"):
            api.rostering.classes.students("")
        with pytest.raises(UsageError, match="sourced_id"):
            api.rostering.users.get("..")


def test_get_returns_one_whole_or_partial():
    roster = Roster()
    with client(roster) as api:
        assert isinstance(api.rostering.users.get("u1"), User)
        partial = api.rostering.users.get("u1", fields=("given_name",))
        assert isinstance(partial, Partial)
        assert partial.given_name == "Aino"
    assert roster.paths == ["/users/u1", "/users/u1?fields=sourcedId,givenName"]


def test_an_error_status_is_raised():
    roster = Roster(script=[httpx.Response(404, json={"imsx_codeMinor": "unknownobject"})])
    with client(roster) as api:
        with pytest.raises(NotFound, match=r"getUser: 404 \(unknownobject\)"):
            api.rostering.users.get("u1")
