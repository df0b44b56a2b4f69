"""Packages into stores: bulk replaces, delta changes row by row, and nothing is applied unseen that should be seen."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from digione_sdk.bulk import Mode, Version, write_package
from digione_sdk.bulk.conversion import delta_between
from digione_sdk.cli.main import run
from digione_sdk.errors import ConfigurationError, SynchronisationStopped, UsageError
from digione_sdk.synchronise import (
    KINDS,
    Guard,
    Held,
    Loading,
    SQLiteStore,
    load_package,
)
from digione_sdk.synchronise.ledger import Ledger
from tests.bulk import small
from tests.unit.synchronise.stores import STORES, OwnStore

STAMP = "2026-11-20T06:00:00.000Z"
ANY = Loading(guard=Guard(floor=1_000))


@pytest.fixture(params=STORES, name="any_store")
def _any_store(request, tmp_path):
    return STORES[request.param](tmp_path)


@pytest.fixture(name="store")
def _store(tmp_path):
    return OwnStore(tmp_path / "own")


def bulk(folder, rows=None, version=Version.V1P2P1, name="bulk"):
    rows = small.school(version, gradebook=version is not Version.V1P1) if rows is None else rows
    return small.in_zip(folder / f"{name}.zip", small.files(rows, version))


def delta(folder, rows, version=Version.V1P2P1, name="delta"):
    for row in (row for found in rows.values() for row in found):
        row.setdefault("status", "active")
        row.setdefault("dateLastModified", STAMP)
    return small.in_zip(folder / f"{name}.zip", small.files(rows, version, Mode.DELTA))


def state(store):
    return [(row.kind, row.sourced_id, row.modified, row.body) for row in store.held(KINDS)]


def body(store, kind, sourced_id):
    return next(json.loads(row.body) for row in store.held([kind]) if row.sourced_id == sourced_id)


def of(report, kind):
    return next(one for one in report.kinds if one.kind == kind)


@pytest.mark.parametrize("version", Version)
def test_a_package_of_every_version_fills_any_store_and_a_second_time_changes_nothing(
    version, any_store, tmp_path
) -> None:
    package = bulk(tmp_path, version=version)
    first = load_package(package, any_store)
    before = state(any_store)
    second = load_package(package, any_store)
    assert first.applied
    assert second.is_empty
    assert state(any_store) == before
    assert {row[0] for row in before} >= {"orgs", "academicSessions", "courses", "classes", "users", "enrollments"}


def test_in_bulk_only_what_changed_gets_the_time_of_the_import(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    before = {(row.kind, row.sourced_id): row.modified for row in store.held(KINDS)}
    rows = small.school(gradebook=True)
    rows["orgs"][0]["name"] = "Uusi nimi"
    report = load_package(bulk(tmp_path, rows), store)
    after = {(row.kind, row.sourced_id): row.modified for row in store.held(KINDS)}
    assert of(report, "orgs").fields == {"dateLastModified": 1, "name": 1}
    assert {key for key in after if after[key] != before[key]} == {("orgs", "o-1")}


def test_a_row_that_bulk_no_longer_holds_is_deleted_and_an_absent_file_is_not_touched(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    rows = small.school()
    rows["enrollments"].pop()
    report = load_package(bulk(tmp_path, rows), store, ANY)
    assert of(report, "enrollments").deleted == 1
    assert next(store.held(["results"])).sourced_id == "s-1"


def test_a_delta_changes_rows_of_what_an_object_nests(any_store, tmp_path) -> None:
    load_package(bulk(tmp_path), any_store)
    gone = small.school()["roles"][1] | {"status": "tobedeleted"}
    new = {"sourcedId": "r-9", "userSourcedId": "u-2", "roleType": "primary", "role": "aide", "orgSourcedId": "o-2"}
    report = load_package(delta(tmp_path, {"roles": [gone, new]}), any_store)
    found = body(any_store, "users", "u-2")
    assert [role["role"] for role in found["roles"]] == ["aide"]
    assert found["resources"][0]["sourcedId"] == "m-1"
    assert found["dateLastModified"] == STAMP
    users = of(report, "users")
    assert (users.read, users.created, users.changed, users.deleted) == ("delta", 0, 1, 0)
    assert load_package(delta(tmp_path, {"roles": [gone, new]}), any_store).is_empty


def test_a_delta_buries_changes_and_adds_and_leaves_the_rest(any_store, tmp_path) -> None:
    load_package(bulk(tmp_path), any_store)
    school = small.school()
    report = load_package(
        delta(
            tmp_path,
            {
                "enrollments": [school["enrollments"][1] | {"status": "tobedeleted"}],
                "orgs": [
                    school["orgs"][1] | {"name": "Uusi koulu"},
                    {"sourcedId": "o-3", "name": "Kolmas", "type": "school"},
                ],
            },
        ),
        any_store,
    )
    orgs, enrollments = of(report, "orgs"), of(report, "enrollments")
    assert (orgs.created, orgs.changed, orgs.deleted, orgs.unchanged) == (1, 1, 0, 1)
    assert (enrollments.created, enrollments.changed, enrollments.deleted) == (0, 0, 1)
    assert body(any_store, "orgs", "o-2")["name"] == "Uusi koulu"


@pytest.mark.parametrize("version", Version)
def test_a_delta_leads_where_the_next_bulk_package_leads(version, tmp_path) -> None:
    rows = small.school(version, gradebook=version is not Version.V1P1)
    one = bulk(tmp_path, rows, version, "one")
    rows["orgs"][1]["name"] = "Uusi"
    rows["users"][1]["givenName"] = "Veeti"
    rows["classes"][0]["title"] = "6A"
    rows["enrollments"].pop()
    if "roles" in rows:
        rows["roles"][1]["role"] = "aide"
        rows["userResources"] = []
    rows = {name: found for name, found in rows.items() if found}
    two = bulk(tmp_path, rows, version, "two")
    delta_between(one, two, tmp_path / "delta.zip")
    stepwise, straight = OwnStore(tmp_path / "stepwise"), OwnStore(tmp_path / "straight")
    load_package(one, stepwise)
    load_package(tmp_path / "delta.zip", stepwise, ANY)
    load_package(two, straight)

    def without_time(store):
        return [
            (kind, id_, {key: value for key, value in json.loads(text).items() if key != "dateLastModified"})
            for kind, id_, _, text in state(store)
        ]

    assert without_time(stepwise) == without_time(straight)
    assert load_package(two, stepwise).is_empty


def test_rows_whose_object_comes_later_wait_beside_the_store(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    role = {"sourcedId": "r-7", "userSourcedId": "u-7", "roleType": "primary", "role": "student", "orgSourcedId": "o-2"}
    user = {"sourcedId": "u-7", "enabledUser": "true", "username": "u7", "givenName": "Oona", "familyName": "Testinen"}
    first = load_package(delta(tmp_path, {"roles": [role]}), store)
    assert first.notes == ("users: rows of 1 that nobody has sent yet wait beside the store",)
    load_package(delta(tmp_path, {"users": [user]}), store)
    assert [one["role"] for one in body(store, "users", "u-7")["roles"]] == ["student"]


def test_a_manifest_alone_changes_nothing(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    before = state(store)
    report = load_package(write_package(tmp_path / "none.zip", {}, mode=Mode.DELTA), store)
    assert report.applied
    assert report.is_empty
    assert state(store) == before


def test_a_delta_without_anything_that_it_follows_is_refused(store, tmp_path) -> None:
    news = delta(tmp_path, {"orgs": [{"sourcedId": "o-3", "name": "Kolmas", "type": "school"}]})
    with pytest.raises(ConfigurationError, match="follows a bulk package"):
        load_package(news, store)
    assert state(store) == []


def test_a_delta_on_a_store_that_has_changed_since_is_refused_and_bulk_sets_it_right(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    del store.records["orgs", "o-2"]
    news = delta(tmp_path, {"orgs": [{"sourcedId": "o-3", "name": "Kolmas", "type": "school"}]})
    with pytest.raises(ConfigurationError, match="not as the last package left it"):
        load_package(news, store)
    load_package(bulk(tmp_path), store)
    assert load_package(news, store).applied


def test_a_delta_of_a_kind_that_no_package_brought_is_refused(store, tmp_path) -> None:
    store.records["results", "s-9"] = Held("results", "s-9", STAMP, "{}")
    load_package(bulk(tmp_path, small.school()), store)
    news = delta(
        tmp_path, {"resultScoreScales": [{"sourcedId": "x", "resultSourcedId": "s-9", "scoreScaleSourcedId": "y"}]}
    )
    with pytest.raises(ConfigurationError, match="results: the store holds records that no package brought"):
        load_package(news, store)


def test_a_delta_of_another_version_is_refused(store, tmp_path) -> None:
    load_package(bulk(tmp_path, version=Version.V1P1), store)
    user = small.school()["users"][0]
    with pytest.raises(UsageError, match="not one version"):
        load_package(delta(tmp_path, {"users": [user]}), store)


def test_a_bulk_package_of_another_version_takes_over(store, tmp_path) -> None:
    load_package(bulk(tmp_path, version=Version.V1P1), store)
    assert load_package(bulk(tmp_path), store).applied
    assert load_package(bulk(tmp_path), store).is_empty


def test_a_package_that_breaks_a_rule_is_not_loaded_and_the_rules_are_named(any_store, tmp_path) -> None:
    rows = small.school()
    rows["enrollments"][0]["userSourcedId"] = "u-9"
    with pytest.raises(SynchronisationStopped, match=r"CSV-REF-001 \(1\)") as stopped:
        load_package(bulk(tmp_path, rows), any_store)
    assert "u-9" not in stopped.value.report.text()
    assert state(any_store) == []


def test_what_is_advice_does_not_stop_a_package(store, tmp_path) -> None:
    rows = small.school()
    rows["users"][0]["password"] = "x"
    assert load_package(bulk(tmp_path, rows), store).applied


def test_too_many_deletions_stop_before_anything_is_applied(any_store, tmp_path) -> None:
    load_package(bulk(tmp_path), any_store)
    before = state(any_store)
    rows = small.school(gradebook=True)
    rows["enrollments"] = [row | {"sourcedId": f"{row['sourcedId']}-new"} for row in rows["enrollments"]]
    with pytest.raises(SynchronisationStopped, match="2 of 2 records would be deleted"):
        load_package(bulk(tmp_path, rows), any_store)
    assert state(any_store) == before
    assert load_package(bulk(tmp_path, rows), any_store, Loading(dry_run=True)).stopped
    assert state(any_store) == before
    assert load_package(bulk(tmp_path, rows), any_store, ANY).applied


def test_a_dry_run_leaves_store_and_rows_as_they_are(any_store, tmp_path) -> None:
    load_package(bulk(tmp_path), any_store)
    ledger = Path(f"{any_store.memory}.package.zip")
    before, rows_before = state(any_store), ledger.read_bytes()
    school = small.school()
    report = load_package(
        delta(tmp_path, {"orgs": [school["orgs"][1] | {"name": "Uusi"}]}), any_store, Loading(dry_run=True)
    )
    assert of(report, "orgs").changed == 1
    assert not report.applied
    assert (state(any_store), ledger.read_bytes()) == (before, rows_before)


def test_a_failure_while_applying_leaves_everything_and_the_same_package_goes_through_later(store, tmp_path) -> None:
    load_package(bulk(tmp_path), store)
    before = state(store)
    news = delta(tmp_path, {"orgs": [{"sourcedId": "o-3", "name": "Kolmas", "type": "school"}]})
    store.fails = True
    with pytest.raises(OSError, match="no space"):
        load_package(news, store)
    assert state(store) == before
    store.fails = False
    assert load_package(news, store).applied


def test_a_crash_after_applying_is_seen_by_the_next_delta(store, tmp_path, monkeypatch) -> None:
    load_package(bulk(tmp_path), store)
    news = delta(tmp_path, {"orgs": [{"sourcedId": "o-3", "name": "Kolmas", "type": "school"}]})
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "keep", lambda self, fresh: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load_package(news, store)
    with pytest.raises(ConfigurationError, match="load a bulk package"):
        load_package(news, store)


def test_nothing_but_the_rows_is_left_beside_a_store_and_they_are_private(tmp_path) -> None:
    store = SQLiteStore(tmp_path / "store" / "r.sqlite") if (tmp_path / "store").mkdir() is None else None
    load_package(bulk(tmp_path), store)
    names = sorted(path.name for path in (tmp_path / "store").iterdir())
    assert names == ["r.sqlite", "r.sqlite.package.zip"]
    assert stat.S_IMODE((tmp_path / "store" / "r.sqlite.package.zip").stat().st_mode) == 0o600


def test_two_runs_on_one_store_cannot_meet(tmp_path) -> None:
    store = SQLiteStore(tmp_path / "r.sqlite")
    held = sqlite3.connect(tmp_path / "r.sqlite.staging", isolation_level=None)
    held.execute("PRAGMA locking_mode = EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ConfigurationError, match="another run holds it"):
        load_package(bulk(tmp_path), store)
    held.close()


def test_the_command_loads_prints_and_stops(tmp_path, capsys) -> None:
    store = str(tmp_path / "r.sqlite")
    good = str(bulk(tmp_path))
    assert run(["csv", "load", good, "--into", store, "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith("dry run: nothing was applied\n")
    assert run(["csv", "load", good, "--into", store]) == 0
    assert capsys.readouterr().out.endswith("applied\n")
    assert run(["csv", "load", good, "--into", store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["applied"] is True
    rows = small.school()
    rows["orgs"][0]["type"] = "kunta"
    assert run(["csv", "load", str(bulk(tmp_path, rows, name="bad")), "--into", store]) == 1
    assert "CSV-ROW-010 (1)" in capsys.readouterr().out
    assert run(["csv", "load", good, "--into", store, "--max-deletion", "many"]) == 2
    (tmp_path / "none.zip").write_bytes(b"PK")
    assert run(["csv", "load", str(tmp_path / "none.zip"), "--into", store]) == 3
    news = str(delta(tmp_path, {"orgs": [{"sourcedId": "o-3", "name": "Kolmas", "type": "school"}]}))
    assert run(["csv", "load", news, "--into", str(tmp_path / "other.duckdb")]) == 3
    assert run(["csv", "load", news, "--into", store]) == 0
