"""An interrupted run: nothing was applied, and the next run goes on at the same page if the list is still the same."""

from __future__ import annotations

import os

import pytest

from digione_sdk.core.http import Response
from digione_sdk.errors import ServerError
from digione_sdk.synchronise import SQLiteStore
from tests.unit.synchronise.provider import (
    KilledError,
    drive,
    ids,
    left_behind,
    opened,
    org,
    refused,
    school,
    stamp,
    state,
    sync,
    user,
)


def interrupted(provider, store, *, pages: int, **settings):
    run = opened(store, **settings)
    with pytest.raises(KilledError), run:
        drive(run, provider, pages=pages)
    assert state(store) == []


@pytest.mark.parametrize("pages", range(9))
def test_wherever_it_was_cut_the_next_run_ends_as_one_that_was_not(tmp_path, pages):
    provider = school(users=25)
    store, other = SQLiteStore(tmp_path / "a.sqlite"), SQLiteStore(tmp_path / "b.sqlite")
    sync(provider, other)
    run = opened(store)
    try:
        with run:
            drive(run, provider, pages=pages)
    except KilledError:
        pass
    else:
        assert pages == 9
    sync(provider, store)
    assert state(store) == state(other)


def test_only_the_last_page_is_read_again(store):
    provider = school(users=45)
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))  # orgs, and three pages of users
    provider.asked.clear()
    report = sync(provider, store, kinds=("orgs", "users"))
    assert report.resumed
    assert [(kind, query.get("offset")) for kind, query in provider.asked] == [
        ("users", "20"),
        ("users", "30"),
        ("users", "40"),
    ]
    assert len(ids(store, "users")) == 45


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("totals", [True, False])
def test_it_goes_on_whatever_the_server_pages_by(store, linked, totals):
    provider = school(users=45)
    provider.links, provider.totals = linked, totals
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))
    sync(provider, store, kinds=("orgs", "users"))
    assert len(ids(store, "users")) == 45


def test_a_total_that_moved_is_another_list_even_where_the_last_page_is_the_same(store):
    provider = school(users=45)
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))
    provider.put("users", user("u999"))
    report = sync(provider, store, kinds=("orgs", "users"))
    assert any("the list had changed since the interruption" in note for note in report.notes)
    assert "u999" in ids(store, "users")


@pytest.mark.parametrize("change", ["total", "rows"])
def test_a_list_that_changed_is_read_from_its_start_and_said_so(store, change):
    provider = school(users=45)
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))
    if change == "rows":
        del provider.records["users"]["u005"]
    provider.put("users", user("u0051"), *([user("u0052")] if change == "total" else []))
    if change == "rows":
        del provider.records["users"]["u025"]
        provider.put("users", user("u0252"))
    report = sync(provider, store, kinds=("orgs", "users"))
    assert ids(store, "users") == sorted(provider.records["users"])
    assert "users: the list had changed since the interruption: read again from its start" in report.notes


def test_a_page_that_the_server_remembers_no_longer_restarts_the_list(store):
    provider = school(users=45)
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))
    provider.asked.clear()
    provider.lie = lambda kind, number, true: refused(404) if (kind, number) == ("users", 1) else true
    sync(provider, store, kinds=("orgs", "users"))
    assert len(ids(store, "users")) == 45


def test_a_server_error_leaves_what_had_come_for_the_next_run(store):
    provider = school(users=45)
    provider.lie = lambda kind, number, true: refused(503) if (kind, number) == ("users", 4) else true
    with pytest.raises(ServerError):
        sync(provider, store, kinds=("users",))
    provider.lie = lambda _kind, _number, true: true
    provider.asked.clear()
    sync(provider, store, kinds=("users",))
    assert len(provider.asked) == 3
    assert len(ids(store, "users")) == 45


@pytest.mark.parametrize(
    "settings",
    [{"limit": 7}, {"kinds": ("users",)}, {"mode": "delta"}],
    ids=["page size", "kinds", "mode"],
)
def test_a_run_that_reads_something_else_starts_anew(store, settings):
    provider = school(users=45)
    sync(provider, store, kinds=("orgs",))  # so that a delta of it is another read
    run = opened(store, kinds=("orgs", "users"))
    with pytest.raises(KilledError), run:
        drive(run, provider, pages=4)
    assert not sync(provider, store, **({"kinds": ("orgs", "users")} | settings)).resumed
    assert len(ids(store, "users")) == 45


def test_an_interruption_of_half_a_day_is_not_taken_up(store, tmp_path):
    provider = school(users=45)
    interrupted(provider, store, pages=4)
    for path in tmp_path.glob("*.staging*"):
        os.utime(path, (1, 1))
    assert not sync(provider, store).resumed


def test_the_delta_after_a_resumed_run_reads_from_the_first_start(store):
    provider = school(users=45)
    interrupted(provider, store, pages=4, kinds=("orgs", "users"))
    provider.date = "Mon, 23 Nov 2026 10:00:00 GMT"
    provider.put("orgs", org("o1", name="renamed", modified="2026-11-23T09:00:00Z"))  # after its page had come
    sync(provider, store, kinds=("orgs", "users"))
    report = sync(provider, store, kinds=("orgs", "users"), mode="delta")
    assert report.kinds[0].changed == 1


def test_a_crash_between_applying_and_noting_it_does_no_harm(store, tmp_path, monkeypatch):
    provider = school(users=25)
    monkeypatch.setattr(
        "digione_sdk.synchronise.run.write_cursors", lambda *_a, **_o: (_ for _ in ()).throw(KilledError)
    )
    with pytest.raises(KilledError):
        sync(provider, store)
    monkeypatch.undo()
    assert len(ids(store, "users")) == 25
    assert "roster.sqlite.staging" in left_behind(tmp_path)
    before = store.path.read_bytes()
    report = sync(provider, store)
    assert report.resumed
    assert report.is_empty
    assert store.path.read_bytes() == before
    assert left_behind(tmp_path) == {"roster.sqlite", "roster.sqlite.cursor"}


def test_a_torn_staging_file_is_refused_by_name(store, tmp_path):
    (tmp_path / "roster.sqlite.staging").write_bytes(b"torn " * 2000)
    with pytest.raises(Exception, match=r"roster\.sqlite\.staging is none"):
        opened(store)


def test_a_truncated_answer_is_an_error_of_the_list_not_a_short_list(store):
    provider = school(users=25)

    def lie(_kind, _number, true):
        return Response(200, true.headers, true.content[: len(true.content) // 2])

    provider.lie = lie
    with pytest.raises(Exception, match="does not fit"):
        sync(provider, store)
    assert state(store) == []
    provider.put("orgs", org("o1", modified=stamp()))
