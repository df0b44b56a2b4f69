"""Filling a store before the first request; for tests a filling in memory is made once and then copied."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import Final

from digione_mock_server.source import Source
from digione_mock_server.store import Store, open_engine
from digione_mock_server.store.engine import over
from digione_sdk.errors import ConfigurationError

_FILLED_FROM: Final = "filled_from"


def open_store(url: str, source: Source, *, tenants: int) -> Store:
    """Open a store that holds what the source gives; a file that holds it already is used as it is.

    Raises:
        ConfigurationError: The file holds something else.
    """
    store = Store(open_engine(url))
    found, wanted = store.setting(_FILLED_FROM), _mark(source, tenants)
    if found not in {None, wanted}:
        store.close()
        raise ConfigurationError(f"--db: the database holds [{found}], not [{wanted}]; name another file or delete it")
    if found is None:
        _fill(store, source, tenants)
    return store


def _mark(source: Source, tenants: int) -> str:
    return f"{source.name} tenants={tenants}"


def _fill(store: Store, source: Source, tenants: int) -> None:
    for tenant in range(tenants):
        store.load(source.records(tenant), tenant=tenant, protected=source.protected(tenant))
    store.remember(_FILLED_FROM, _mark(source, tenants))


class _Snapshot:
    """A filled database as bytes, equal to every other filling from the same source."""

    def __init__(self, source: Source, tenants: int) -> None:
        self.source, self.tenants = source, tenants

    def __hash__(self) -> int:
        return hash(_mark(self.source, self.tenants))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Snapshot) and _mark(self.source, self.tenants) == _mark(other.source, other.tenants)


@lru_cache(maxsize=4)
def _snapshot(wanted: _Snapshot) -> bytes:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    store = Store(over(connection))
    _fill(store, wanted.source, wanted.tenants)
    image = connection.serialize()
    store.close()
    return image


def copied_store(source: Source, *, tenants: int) -> Store:
    """Open a store in memory that is a copy of the first such filling in this process: milliseconds, not seconds.

    The first filling is kept as bytes, so this is for tests and not for serving a large municipality once.
    """
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.deserialize(_snapshot(_Snapshot(source, tenants)))
    store = Store(over(connection))
    store.renew()
    return store
