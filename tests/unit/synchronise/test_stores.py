"""Whatever the store, a run ends in the same state; one that is cut off in the middle of applying changes nothing."""

from __future__ import annotations

import stat

import duckdb
import pytest

from digione_sdk.errors import ConfigurationError, SynchronisationStopped
from digione_sdk.synchronise import KINDS, DuckDBStore, Held, SQLiteStore
from tests.unit.synchronise.provider import KilledError, ids, left_behind, school, stamp, state, sync, user
from tests.unit.synchronise.stores import STORES, OwnStore


@pytest.fixture(params=STORES, name="any_store")
def _any_store(request, tmp_path):
    return STORES[request.param](tmp_path)


def test_every_store_ends_in_the_same_state_as_sqlite(any_store, tmp_path):
    provider = school(users=25)
    sync(provider, any_store)
    provider.put("users", user("u003", givenName="Uusi", modified=stamp(day=24)), user("u999", modified=stamp(day=24)))
    provider.put("users", user("u004", status="tobedeleted", modified=stamp(day=24)))
    report = sync(provider, any_store, mode="delta")
    (users,) = (kind for kind in report.kinds if kind.kind == "users")
    assert (users.created, users.changed, users.deleted) == (1, 1, 1)
    del provider.records["users"]["u005"]
    sync(provider, any_store)
    other = SQLiteStore(tmp_path / "other.sqlite")
    sync(provider, other)
    assert state(any_store) == state(other)


def test_the_guard_stands_before_every_store(any_store):
    provider = school(users=25)
    sync(provider, any_store)
    provider.records["users"].clear()
    before = state(any_store)
    with pytest.raises(SynchronisationStopped):
        sync(provider, any_store)
    assert state(any_store) == before


@pytest.mark.parametrize("name", ["duckdb", "parquet"])
def test_a_run_without_changes_leaves_the_file_as_it_was(name, tmp_path):
    store, provider = STORES[name](tmp_path), school()
    sync(provider, store)
    before = store.path.read_bytes(), store.path.stat().st_ino
    sync(provider, store)
    assert (store.path.read_bytes(), store.path.stat().st_ino) == before


@pytest.mark.parametrize("name", ["duckdb", "parquet"])
def test_the_file_is_private_and_alone(name, tmp_path):
    store = STORES[name](tmp_path)
    sync(school(), store)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert left_behind(tmp_path) == {store.path.name, f"{store.path.name}.cursor"}


@pytest.mark.parametrize("name", STORES)
def test_a_run_that_is_cut_off_while_applying_changes_nothing(name, tmp_path, monkeypatch):
    store, provider = STORES[name](tmp_path), school()
    sync(provider, store)
    before = state(store)
    provider.put("users", *(user(f"u{n:03}", givenName="Uusi", modified=stamp(day=24)) for n in range(25)))
    with monkeypatch.context() as cut:
        cut.setattr("digione_sdk.synchronise.difference.Held", _failing_after(10))
        cut.setattr("digione_sdk.synchronise.difference.REPLACE", "ON CONFLICT DO NOTHING RETURNING no_such_function()")
        with pytest.raises(Exception, match=r"cut off|no such function"):
            sync(provider, store)
    assert state(store) == before
    sync(provider, store)
    assert state(store) != before


def _failing_after(count: int):
    made = 0

    def make(*values):
        nonlocal made
        made += 1
        if made > count:
            raise KilledError("cut off")
        return Held(*values)

    return make


def test_duckdb_reads_what_was_written(tmp_path):
    for name in ("duckdb", "parquet"):
        sync(school(users=3), STORES[name](tmp_path))
    query = "SELECT body ->> '$.givenName' FROM {} WHERE kind = 'users' ORDER BY sourced_id"
    with duckdb.connect(str(tmp_path / "r.duckdb"), read_only=True) as connection:
        assert connection.execute(query.format("record")).fetchall() == [("Testi",)] * 3
    with duckdb.connect() as connection:
        path = str(tmp_path / "it's.parquet").replace("'", "''")
        assert connection.execute(query.format(f"'{path}'")).fetchall() == [("Testi",)] * 3


@pytest.mark.parametrize("name", ["duckdb", "parquet"])
def test_a_file_that_is_something_else_is_refused(name, tmp_path):
    for path in ("r.duckdb", "it's.parquet"):
        (tmp_path / path).write_bytes(b"nothing of the kind" * 300)
    with pytest.raises(ConfigurationError, match="no file of this kind"):
        STORES[name](tmp_path)


def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(ConfigurationError, match=r"digione-sdk\[bulk\]"):
        DuckDBStore(tmp_path / "r.duckdb")


def test_a_store_that_is_derived_applies_in_its_own_way(tmp_path):
    class Counting(SQLiteStore):
        applied = 0

        def apply(self, changes):
            self.applied += 1
            super().apply(changes)

    store = Counting(tmp_path / "r.sqlite")
    sync(school(), store)
    assert store.applied == 1
    assert len(ids(store, "users")) == 25


def test_a_store_of_ones_own_is_told_once_and_only_of_changes(tmp_path):
    store, provider = OwnStore(tmp_path / "ledger"), school()
    sync(provider, store)
    sync(provider, store)
    assert store.told == ["applied"]
    assert list(store.held(KINDS)) == [store.records[key] for key in sorted(store.records)]
    assert ids(store, "orgs") == ["o1", "o2"]
