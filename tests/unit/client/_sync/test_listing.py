# Made by scripts/unasync.py from tests/unit/client/_async/test_listing.py; change that file, not this one.
"""Lists are lazy, whole or refused, and the same read as rows, pages or all at once."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import httpx
import pytest

from digione_sdk import (
    DigiOne,
    MissingEnvelope,
    PayloadError,
    RepeatedPageError,
    TruncatedListError,
    UsageError,
    User,
    where,
)
from tests.unit.client._sync.colour import anyio, served
from tests.unit.client.roster import BASE, OPTIONS, Roster

pytestmark = anyio


def drain(listing, rows):
    for row in listing:
        rows.append(row)


SERVERS = [
    Roster(),
    Roster(links=False),
    Roster(totals=False),
    Roster(links=False, totals=False),
    Roster(cap=7, links=False),
    Roster(rows=0),
    Roster(rows=0, links=False, totals=False),
    Roster(rows=100, links=False, totals=False),
]


def client(roster):
    return DigiOne(rostering=BASE, http_client=served(roster), **OPTIONS)


@pytest.mark.parametrize("roster", SERVERS, ids=str)
def test_rows_pages_and_all_agree_whatever_the_server_leaves_out(roster):
    expected = [f"r{n}" for n in range(roster.rows)]
    with client(roster) as api:
        listing = api.rostering.users.list(limit=100)
        assert [user.sourced_id for user in listing] == expected
        assert [user.sourced_id for page in listing.pages() for user in page] == expected
        assert [user.sourced_id for user in listing.all()] == expected
        assert api.rostering.users.count() == roster.rows


@pytest.mark.parametrize("most", [0, 1, 100, 150, 250, 1000])
def test_max_items_bounds_rows_and_requests(most):
    roster = Roster()
    with client(roster) as api:
        assert len([user for user in api.rostering.users.list(max_items=most)]) == min(most, 250)
        assert len(roster.paths) == -(-min(most, 250) // 100)
        assert len(api.rostering.users.all(max_items=most)) == min(most, 250)
        assert api.rostering.users.count(max_items=most) == min(most, 250)


def test_nothing_is_asked_before_the_first_row_is_wanted():
    roster = Roster()
    with client(roster) as api:
        rows = iter(api.rostering.users.list())
        assert roster.seen == []
        next(rows)
        assert len(roster.paths) == 1


@pytest.mark.parametrize("links", [True, False])
def test_a_list_short_of_its_total_raises_after_its_rows(links):
    with client(Roster(missing=5, links=links)) as api:
        rows = []
        with pytest.raises(TruncatedListError) as caught:
            drain(api.rostering.users, rows)
        assert len(rows) == 250
        assert (caught.value.received, caught.value.announced) == (250, 255)
        with pytest.raises(TruncatedListError):
            api.rostering.users.all()
        assert len(api.rostering.users.all(max_items=250)) == 250


def test_a_server_that_ignores_the_offset_is_found_out():
    def stuck(request):
        request.url = request.url.copy_remove_param("offset")
        return roster(request)

    roster = Roster(links=False)
    with client(stuck) as api:
        with pytest.raises(RepeatedPageError):
            api.rostering.users.all()
        rows = []
        with pytest.raises(RepeatedPageError):
            drain(api.rostering.users, rows)
        assert len(rows) == 100


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, content=b"{}"), MissingEnvelope),
        (httpx.Response(204), MissingEnvelope),
        (httpx.Response(200, content=b"[]"), MissingEnvelope),
        (httpx.Response(200, content=b"<html>"), PayloadError),
        (httpx.Response(200, json={"users": {}}), PayloadError),
    ],
)
def test_a_success_that_holds_no_list_is_never_an_empty_roster(answer, error):
    content, status = answer.content, answer.status_code
    ways = (lambda users: users.all(), lambda users: users.count(), lambda users: drain(users, []))
    for way in ways:
        with client(Roster(script=[httpx.Response(status, content=content)])) as api:
            with pytest.raises(error):
                way(api.rostering.users)


def test_fields_make_the_rows_partial():
    roster = Roster(rows=2)
    with client(roster) as api:
        rows = api.rostering.users.list(fields=("given_name",)).all()
    assert [row.given_name for row in rows] == ["Aino", "Aino"]
    assert roster.paths == ["/users?fields=sourcedId,givenName"]


def test_changed_since_asks_from_the_instant_on_and_gives_each_version_once():
    class Shifting(Roster):
        def _page(self, endpoint, request):
            # A row inserted before the page boundary moves the last row of a page to the next one.
            if request.url.params.get("offset", "0") != "0":
                request.url = request.url.copy_set_param("offset", int(request.url.params["offset"]) - 1)
            return super()._page(endpoint, request)

    roster = Shifting(rows=150, links=False, totals=False, cap=100)
    with client(roster) as api:
        changed = api.rostering.users.changed_since(
            datetime(2026, 8, 1, tzinfo=UTC), filter=where(User).status == "active"
        )
        assert [user.sourced_id for user in changed] == [f"r{n}" for n in range(150)]
        assert len(changed.all()) == 150
    assert "dateLastModified%3E%3D%272026-08-01T00%3A00%3A00.000Z%27%20AND%20status%3D%27active%27" in roster.paths[0]


def test_bad_input_is_refused_at_the_call():
    with client(Roster()) as api:
        users = api.rostering.users
        for query in (
            {"limit": 0},
            {"max_items": -1},
            {"fields": ("x",)},
            {"sort": "x"},
            {"filter": "x"},
            {"order_by": "up"},
        ):
            with pytest.raises(UsageError, match=next(iter(query))):
                users.list(**query)
        with pytest.raises(UsageError, match="instant"):
            users.changed_since("2026-08-01")
        with pytest.raises(UsageError, match="limit"):
            users.count(limit=0)
        with pytest.raises(TypeError):
            users.list(colour="red")


def test_the_collector_is_as_it_was_while_a_page_is_held():
    threshold = gc.get_threshold()
    with client(Roster()) as api:
        for _ in api.rostering.users.list().pages():
            assert gc.isenabled()
        api.rostering.users.all()
    assert gc.isenabled()
    assert gc.get_threshold() == threshold
