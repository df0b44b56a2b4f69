"""A full read: what came is what is held, nothing is written twice, and everything private stays private."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing

import pytest

from digione_sdk.errors import ConfigurationError, ScopeNotGranted, TokenRequestFailed, UsageError
from digione_sdk.synchronise import KINDS, Settings, SQLiteStore
from tests.unit.synchronise.provider import (
    Provider,
    drive,
    ids,
    left_behind,
    link,
    opened,
    org,
    school,
    stamp,
    state,
    sync,
    user,
    whole_collections,
)


def test_the_kinds_are_the_whole_collections_of_the_tables():
    assert [f"/{name}" for name in KINDS] == list(whole_collections())
    assert "students" not in KINDS


def test_every_link_of_a_model_leads_to_a_kind():
    assert {path.text: path.target for path in KINDS["enrollments"].links} == {
        "user": "users",
        "class": "classes",
        "school": "orgs",
    }
    assert ("roles.org", "orgs") in [(path.text, path.target) for path in KINDS["users"].links]


def test_what_came_is_what_is_held(store):
    provider = school(users=25)
    report = sync(provider, store)
    assert report.applied
    assert ids(store, "users") == sorted(provider.records["users"])
    assert [json.loads(row.body) for row in store.held(["orgs"])] == [org("o1"), org("o2")]


def test_a_second_run_leaves_the_file_as_it_was(store):
    provider = school()
    sync(provider, store)
    before = store.path.read_bytes()
    report = sync(provider, store)
    assert report.is_empty
    assert report.text().endswith("nothing to do")
    assert store.path.read_bytes() == before


def test_the_order_of_keys_and_the_white_space_of_a_server_are_no_change(store):
    provider = school()
    sync(provider, store)
    for kind, wires in provider.records.items():
        provider.records[kind] = {key: dict(reversed(wire.items())) for key, wire in wires.items()}
    assert sync(provider, store).is_empty


def test_neither_page_size_nor_order_of_kinds_matters(tmp_path):
    provider = school(users=23)
    states = []
    for number, settings in enumerate(({"limit": 3}, {"limit": 100}, {"kinds": ("users", "orgs")}, {"limit": None})):
        store = SQLiteStore(tmp_path / f"{number}.sqlite")
        sync(provider, store, **settings)
        states.append(state(store))
    assert all(found == states[0] for found in states)
    assert len(states[0]) == 25


def test_a_tombstone_leaves_the_store(store):
    provider = school()
    sync(provider, store)
    provider.put("users", user("u003", status="tobedeleted", modified=stamp(day=20)))
    report = sync(provider, store)
    assert "u003" not in ids(store, "users")
    assert {kind.kind: kind.deleted for kind in report.kinds}["users"] == 1


def test_what_is_deleted_is_nowhere_in_the_file(store):
    provider = school()
    provider.put("users", user("u003", familyName="Poistettava"))
    sync(provider, store)
    assert b"Poistettava" in store.path.read_bytes()
    del provider.records["users"]["u003"]
    sync(provider, store)
    assert b"Poistettava" not in store.path.read_bytes()


def test_a_reader_that_holds_the_store_loses_nothing_and_the_run_goes_on_later(store, monkeypatch):
    provider = school()
    monkeypatch.setattr("digione_sdk.synchronise.difference.PATIENCE_MS", 1)
    with closing(store.connect()) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        with pytest.raises(ConfigurationError, match="the store cannot be written: database is locked"):
            sync(provider, store)
        reader.execute("COMMIT")
    assert state(store) == []
    provider.asked.clear()
    assert sync(provider, store).resumed
    assert provider.asked == []
    assert len(ids(store, "users")) == 25


def test_what_no_longer_comes_leaves_the_store(store):
    provider = school()
    sync(provider, store)
    del provider.records["users"]["u003"]
    sync(provider, store)
    assert "u003" not in ids(store, "users")


def test_kinds_that_were_not_read_are_left_alone(store):
    provider = school()
    sync(provider, store)
    del provider.records["users"]["u003"]
    sync(provider, store, kinds=("orgs",))
    assert "u003" in ids(store, "users")


def test_a_dry_run_tells_the_changed_fields_and_applies_nothing(store):
    provider = school()
    sync(provider, store)
    before = store.path.read_bytes()
    provider.put("users", user("u003", givenName="Salainen", modified=stamp(day=20), secretKey="x"), user("u999"))
    report = sync(provider, store, dry_run=True)
    (users,) = (kind for kind in report.kinds if kind.kind == "users")
    assert (users.created, users.changed, users.deleted, users.unchanged) == (1, 1, 0, 24)
    assert dict(users.fields) == {"(other)": 1, "dateLastModified": 1, "givenName": 1}
    assert "changed fields: (other) (1), dateLastModified (1), givenName (1)" in report.text()
    assert store.path.read_bytes() == before
    assert not report.applied


def test_no_value_of_a_record_is_in_a_report(store):
    provider = school()
    sync(provider, store)
    provider.put("users", user("u003", givenName="Salainen", modified=stamp(day=20)), user("u998", at="nowhere"))
    report = sync(provider, store, dry_run=True)
    for shown in (report.text(), json.dumps(report.as_json()), repr(report)):
        for value in ("Salainen", "Malli", "u003", "u998", "nowhere"):
            assert value not in shown


def test_links_that_lead_nowhere_are_counted_by_path(store):
    provider = school()
    provider.put("users", user("u998", at="nowhere"), user("u999", at="nowhere"))
    report = sync(provider, store)
    (users,) = (kind for kind in report.kinds if kind.kind == "users")
    assert dict(users.dangling) == {"roles.org": 1}
    assert "users: 1 target of roles.org is no active record" in report.text()


def test_links_into_kinds_that_were_never_read_are_not_judged(store):
    report = sync(school(), store, kinds=("users",))
    assert not report.kinds[0].dangling


def test_links_into_a_kind_that_the_token_does_not_permit_are_not_judged(store):
    provider = school()
    with opened(store, kinds=None) as run:
        drive(run, provider, forbidden="orgs")
        assert not any(kind.dangling for kind in run.finished().kinds)


def test_links_into_a_kind_held_from_an_earlier_run_are_resolved_there(store):
    provider = school()
    sync(provider, store)
    provider.put("users", user("u998", at="nowhere"))
    (users,) = sync(provider, store, kinds=("users",)).kinds
    assert dict(users.dangling) == {"roles.org": 1}


def test_the_digits_of_a_fraction_are_kept(store):
    provider = Provider()
    provider.put("orgs", org("o1"))
    body = b'{"orgs":[{"sourcedId":"o1","status":"active","dateLastModified":"2026-11-01T00:00:00Z","name":"x",'
    body += b'"type":"school","identifier":"1","metadata":{"share":0.10000000000000000001,"n":12345678901234567890}}]}'
    provider.lie = lambda kind, _number, true: type(true)(200, true.headers, body if kind == "orgs" else true.content)
    sync(provider, store, kinds=("orgs",))
    (held,) = store.held(["orgs"])
    assert '"metadata":{"share":0.10000000000000000001,"n":12345678901234567890}' in held.body


def test_files_are_private_and_staging_is_gone_afterwards(store, tmp_path):
    sync(school(), store)
    assert left_behind(tmp_path) == {"roster.sqlite", "roster.sqlite.cursor"}
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_staging_is_private_while_it_is_there(store, tmp_path):
    with opened(store):
        for path in tmp_path.glob("*.staging*"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_runs_on_one_store_do_not_meet(store):
    with opened(store), pytest.raises(ConfigurationError, match="another run holds it"):
        opened(store)


def test_a_kind_that_the_token_does_not_permit_is_left_out_and_said_so(store):
    provider = school()
    with opened(store) as run:
        drive(run, provider, forbidden="demographics")
        report = run.finished()
    assert "demographics: left out, the token does not permit it" in report.notes
    assert "demographics" not in [kind.kind for kind in report.kinds]


@pytest.mark.parametrize(("error", "left_out"), [("invalid_scope", True), ("invalid_client", False), (None, False)])
def test_a_token_endpoint_that_refuses_the_scope_leaves_the_kind_out_and_nothing_else_does(store, error, left_out):
    refusal = TokenRequestFailed("no", status=400, error=error)
    run = opened(store)
    (kind, _reading), *_ = run.readings()
    if left_out:
        run.refused(kind, refusal)
    else:
        with pytest.raises(TokenRequestFailed):
            run.refused(kind, refusal)
    run.__exit__(None, None, None)


def test_what_is_held_of_a_kind_that_is_left_out_stays(store):
    provider = school()
    sync(provider, store)
    before = state(store)
    with opened(store) as run:
        drive(run, provider, forbidden="users")
        run.finished()
    assert state(store) == before


def test_a_run_that_was_not_driven_to_its_end_applies_nothing(store):
    sync(school(), store)
    before = state(store)
    with opened(store) as run, pytest.raises(UsageError, match="drive every reading to its end"):
        run.finished()
    assert state(store) == before


def test_a_kind_asked_for_by_name_is_not_left_out(store):
    with opened(store, kinds=("demographics",)) as run:
        (kind, _reading), *_ = run.readings()
        with pytest.raises(ScopeNotGranted):
            run.refused(kind, ScopeNotGranted("no", needed=()))


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"kinds": ("pupils",)}, "kinds"),
        ({"kinds": "users"}, "kinds"),
        ({"kinds": ()}, "kinds"),
        ({"parallel": 6}, "parallel"),
        ({"mode": "some"}, "mode"),
        ({"limit": 0}, "limit"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(store, settings, argument):
    with pytest.raises(UsageError) as caught:
        opened(store, **settings)
    assert caught.value.argument == argument


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs(x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program"):
        SQLiteStore(path)
    (tmp_path / "text").write_text("no database at all, and long enough to be looked at " * 40)
    with pytest.raises(ConfigurationError, match="no SQLite file"):
        SQLiteStore(tmp_path / "text")
    assert path.read_bytes() == before


def test_a_store_that_was_filled_from_elsewhere_is_refused(store, tmp_path):
    sync(school(), store)
    cursor = tmp_path / "roster.sqlite.cursor"
    cursor.write_text(cursor.read_text().replace("roster.example", "other.example"))
    with pytest.raises(ConfigurationError, match="another rostering service"):
        opened(store)


def test_links_and_records_without_a_model_of_their_own_do_not_confuse(store):
    provider = school()
    provider.put("orgs", org("o3", parent=link("org", "o1")))
    assert not any(kind.dangling for kind in sync(provider, store).kinds)


def test_settings_are_the_defaults_of_the_documentation():
    settings = Settings()
    assert (settings.mode, settings.parallel, settings.guard.share, settings.guard.floor) == ("full", 1, 0.10, 1)
