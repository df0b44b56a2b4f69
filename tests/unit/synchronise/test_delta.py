"""A delta read: what it asks for, what it falls back to, and that it ends where a full read ends."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.errors import BadRequest, ConfigurationError
from digione_sdk.synchronise import SQLiteStore
from tests.unit.synchronise.provider import ids, org, refused, school, stamp, state, sync, user


def filters(provider) -> set[str | None]:
    return {query.get("filter") for _kind, query in provider.asked}


def test_it_asks_from_the_servers_start_of_the_last_run_less_a_margin(store):
    provider = school()
    sync(provider, store)
    provider.asked.clear()
    sync(provider, store, mode="delta")
    assert filters(provider) == {"dateLastModified>='2026-11-23T07:55:00.000Z'"}


def test_without_an_earlier_run_it_reads_in_full_and_says_so(store):
    provider = school()
    report = sync(provider, store, mode="delta")
    assert filters(provider) == {None}
    assert "users: read in full, there was no earlier run to go on from" in report.notes


def test_without_the_servers_time_there_is_no_cursor(store):
    provider = school()
    provider.date = None
    report = sync(provider, store)
    assert "the server sends no Date: the next delta has nothing new to go on from" in report.notes
    provider.asked.clear()
    sync(provider, store, mode="delta")
    assert filters(provider) == {None}


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 23 Nov 2026"])
def test_a_time_that_cannot_be_read_is_none(store, date):
    provider = school()
    provider.date = date
    assert any("no Date" in note for note in sync(provider, store).notes)


@pytest.mark.parametrize("status", [400, 422])
def test_a_provider_that_refuses_the_filter_is_read_in_full_and_said_so(store, status):
    provider = school()
    sync(provider, store)
    del provider.records["users"]["u003"]
    provider.lie = lambda _kind, _number, true: refused(status) if "filter" in provider.asked[-1][1] else true
    report = sync(provider, store, mode="delta")
    assert "users: the provider refuses the filter on dateLastModified: read in full instead" in report.notes
    assert {kind.read for kind in report.kinds} == {"full"}
    assert "u003" not in ids(store, "users")


def test_a_refusal_in_the_middle_of_a_delta_stops_it(store):
    provider = school(users=25)
    sync(provider, store)
    provider.put("users", *(user(f"u{n:03}", modified=stamp(day=24)) for n in range(25)))
    provider.asked.clear()
    provider.lie = lambda kind, number, true: refused(400) if (kind, number) == ("users", 2) else true
    with pytest.raises(BadRequest):
        sync(provider, store, mode="delta")


def test_a_provider_that_ignores_the_filter_is_read_in_full_and_said_so(store):
    provider = school(users=25)
    sync(provider, store)
    del provider.records["users"]["u003"]
    true_answer = provider._truth
    provider._truth = lambda kind, query: true_answer(kind, {k: v for k, v in query.items() if k != "filter"})
    report = sync(provider, store, mode="delta")
    assert any("users: the provider ignores the filter" in note for note in report.notes)
    assert "u003" not in ids(store, "users")


def test_what_does_not_come_in_a_delta_stays(store):
    provider = school()
    sync(provider, store)
    del provider.records["users"]["u003"]
    report = sync(provider, store, mode="delta")
    assert "u003" in ids(store, "users")
    assert report.is_empty


def test_an_empty_delta_is_no_mass_deletion(store):
    provider = school()
    sync(provider, store)
    assert sync(provider, store, mode="delta").applied


def test_a_cursor_file_that_is_none_is_refused(store, tmp_path):
    (tmp_path / "roster.sqlite.cursor").write_text("{}")
    with pytest.raises(ConfigurationError, match="no cursor file"):
        sync(school(), store)


def test_the_cursor_of_kinds_that_were_not_read_stays(store, tmp_path):
    provider = school()
    sync(provider, store)
    provider.date = "Tue, 24 Nov 2026 08:00:00 GMT"
    sync(provider, store, kinds=("orgs",))
    cursors = json.loads((tmp_path / "roster.sqlite.cursor").read_text())["cursors"]
    assert (cursors["orgs"]["since"][:10], cursors["users"]["since"][:10]) == ("2026-11-24", "2026-11-23")


@pytest.mark.parametrize("lost", ["removed", "restored"])
def test_a_store_that_is_not_as_the_last_run_left_it_is_read_in_full_and_said_so(store, tmp_path, lost):
    provider = school()
    sync(provider, store)
    old = store.path.read_bytes()
    provider.put("users", user("u003", givenName="Uusi", modified=stamp(day=23)))
    sync(provider, store)
    whole = state(store)
    if lost == "removed":
        store.path.unlink()
    else:
        store.path.write_bytes(old)
    again = SQLiteStore(store.path)
    report = sync(provider, again, mode="delta")
    assert "users: read in full, the store is not as the last run left it" in report.notes
    assert state(again) == whole


def test_a_run_without_the_servers_time_keeps_the_older_cursor(store):
    provider = school()
    sync(provider, store)
    provider.date = None
    provider.put("users", user("u999", modified=stamp(day=24)))
    sync(provider, store, mode="delta")
    provider.asked.clear()
    sync(provider, store, mode="delta")
    assert filters(provider) == {"dateLastModified>='2026-11-23T07:55:00.000Z'"}


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "rename", "bury", "raise"]), st.integers(0, 11), st.sampled_from(["users", "orgs"])
    ),
    max_size=12,
)


@given(rounds=st.lists(CHANGES, min_size=1, max_size=3), limit=st.integers(1, 12))
@settings(max_examples=25)
def test_full_and_delta_end_in_the_same_state(tmp_path_factory, rounds, limit):
    folder = tmp_path_factory.mktemp("delta")
    provider = school(users=8)
    by_delta = SQLiteStore(folder / "delta.sqlite")
    free = {"allow": ("users", "orgs"), "limit": limit}
    sync(provider, by_delta, **free)
    for number, changes in enumerate(rounds):
        day = 24 + number
        provider.date = f"Mon, {day} Nov 2026 08:00:00 GMT"
        for what, index, kind in changes:
            change(provider, kind, what, f"{kind[0]}{index:03}", stamp(hour=9, day=day))
        sync(provider, by_delta, mode="delta", **free)
    by_full = SQLiteStore(folder / "full.sqlite")
    sync(provider, by_full, **free)
    assert state(by_delta) == state(by_full)


def change(provider, kind, what, sourced_id, modified):
    made = (user if kind == "users" else org)(sourced_id, modified=modified)
    known = provider.records[kind].get(sourced_id)
    if what == "bury" and known:
        provider.put(kind, {**known, "status": "tobedeleted", "dateLastModified": modified})
    elif what == "rename":
        provider.put(kind, {**made, "metadata": {"round": modified}})
    elif what in {"put", "raise"}:
        provider.put(kind, made)
