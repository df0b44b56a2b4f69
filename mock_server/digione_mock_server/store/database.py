"""The store: writes objects, counts data versions, reads pages by primary keys; nothing else runs statements."""

from __future__ import annotations

import json
import secrets
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from operator import itemgetter
from typing import Any, Final
from typing import cast as cast_type

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from digione_mock_server.store.rows import OWN_URL, Rows, take_apart
from digione_mock_server.store.schema import KINDS, METADATA, PROTECTED, SETTINGS, TENANTS, Kind
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base

_BATCH: Final = 5_000


class Store:
    """Objects of several tenants in one SQLite database.

    One process owns the database: data versions are kept in memory and written through. Everything runs on one
    connection in the event loop, so no statement may take long.
    """

    def __init__(self, engine: Engine) -> None:
        """Open the store, creating its tables where they are missing."""
        self._engine = engine
        METADATA.create_all(engine)
        self._connection: Connection = engine.connect()
        self._driver = cast_type("sqlite3.Connection", self._connection.connection.driver_connection)
        self._versions = {row.tenant: row.version for row in self._all(select(TENANTS))}
        self._protected = self._read_protected()
        self._next_pk = {
            kind.name: count(1 + (self._connection.scalar(select(func.max(kind.table.c.pk))) or 0))
            for kind in KINDS.values()
        }
        self.generation = self._generation()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
        with self._engine.connect() as last:
            raw = last.connection.dbapi_connection
        self._engine.dispose()
        if raw is not None:
            raw.close()

    # Data versions

    def version(self, tenant: int) -> int:
        """Return the tenant's data version: every write moves it."""
        version: int = self._versions.get(tenant, 0)
        return version

    @property
    def tenants(self) -> tuple[int, ...]:
        """The tenants that hold data."""
        return tuple(sorted(self._versions))

    def setting(self, name: str) -> str | None:
        """Return what the store remembers of itself under `name`."""
        value: str | None = self._connection.scalar(select(SETTINGS.c.value).where(SETTINGS.c.name == name))
        return value

    def remember(self, name: str, value: str) -> None:
        """Remember something of the store itself, as what it was filled from."""
        with self._writing() as connection:
            connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
            connection.execute(insert(SETTINGS).values(name=name, value=value))

    def renew(self) -> None:
        """Take a new random name: this is a copy of another store, and will go its own way."""
        self.generation = secrets.token_hex(8)
        self.remember("generation", self.generation)

    # Writing

    def load(
        self, records: Iterable[tuple[type[Base], dict[str, Json]]], *, tenant: int, protected: frozenset[str]
    ) -> None:
        """Fill a tenant that is empty so far; nothing is stored if the iterable fails half-way."""
        with self._writing() as connection:
            self._protected[tenant] = protected
            if protected:
                connection.execute(insert(PROTECTED), [{"tenant": tenant, "sourced_id": one} for one in protected])
            pending: dict[type[Base], list[dict[str, Json]]] = {}
            for model, wire in records:
                wires = pending.setdefault(model, [])
                wires.append(wire)
                if len(wires) == _BATCH:
                    self._fill(connection, KINDS[model], pending.pop(model), tenant, protected)
            for model, wires in pending.items():
                self._fill(connection, KINDS[model], wires, tenant, protected)
            self._bump(connection, tenant)
            # Without statistics SQLite walks a municipality in order of sourcedId to find one class's enrolments.
            connection.exec_driver_sql("analyze")

    def _fill(
        self, connection: Connection, kind: Kind, wires: list[dict[str, Json]], tenant: int, protected: frozenset[str]
    ) -> None:
        """Insert new objects in the order of their ids, so that most of what a page shows lies side by side."""
        rows = Rows()
        for wire in sorted(wires, key=itemgetter("sourcedId")):
            take_apart(kind, wire, pk=next(self._next_pk[kind.name]), tenant=tenant, protected=protected, into=rows)
        _insert(connection, kind, rows)

    def put(self, kind: Kind, wire: dict[str, Json], *, tenant: int) -> bool:
        """Create or replace an object; return whether it is new."""
        (created,) = self.put_all([(kind, wire)], tenant=tenant)
        return created

    def put_all(self, objects: Iterable[tuple[Kind, dict[str, Json]]], *, tenant: int) -> list[bool]:
        """Create or replace objects, all of them or none; return of each whether it is new."""
        protected = self._protected.get(tenant, frozenset())
        created: list[bool] = []
        with self._writing() as connection:
            for kind, wire in objects:
                old = self._pk(kind, wire["sourcedId"], tenant)
                if old is not None:
                    _delete(connection, kind, old)
                rows = Rows()
                pk = next(self._next_pk[kind.name]) if old is None else old
                take_apart(kind, wire, pk=pk, tenant=tenant, protected=protected, into=rows)
                _insert(connection, kind, rows)
                created.append(old is None)
            self._bump(connection, tenant)
        return created

    def purge(self, kind: Kind, sourced_id: str, *, tenant: int) -> bool:
        """Remove an object without a trace; return whether there was one."""
        with self._writing() as connection:
            old = self._pk(kind, sourced_id, tenant)
            if old is None:
                return False
            _delete(connection, kind, old)
            self._bump(connection, tenant)
        return True

    def thin_out(self, kind: Kind, *, tenant: int, keep: int) -> int:
        """Remove all but the first `keep` objects without a trace, at once; return how many went."""
        with self._writing() as connection:
            table = kind.table
            keys = select(table.c.pk).where(table.c.tenant == tenant).order_by(table.c.sourcedId)
            gone = list(connection.scalars(keys))[keep:]
            for pk in gone:
                _delete(connection, kind, pk)
            self._bump(connection, tenant)
        return len(gone)

    # Reading

    def active_ids(self, kind: Kind, *, tenant: int, **equal: str) -> list[str]:
        """Return the ids of active objects that anybody may see, in order; `equal` compares columns."""
        table = kind.table
        where = [table.c[name] == value for name, value in {"status": "active", **equal}.items()]
        statement = select(table.c.sourcedId).where(table.c.tenant == tenant, table.c.hidden == 0, *where)
        return list(self._connection.scalars(statement.order_by(table.c.sourcedId)))

    def find(self, kind: Kind, sourced_id: str, *, tenant: int) -> dict[str, Json] | None:
        """Return an object whole, whoever asks: for the server's own use."""
        pk = self._pk(kind, sourced_id, tenant)
        if pk is None:
            return None
        body = self._connection.scalar(select(kind.bodies.c.body).where(kind.bodies.c.pk == pk))
        found: dict[str, Json] = json.loads((body or "").replace(OWN_URL, ""))
        return found

    def keys(self, statement: Select[Any]) -> array[int]:
        """Run a statement that selects primary keys in the order wanted."""
        return array("q", self._connection.execute(statement).scalars())

    def ids(self, statement: Select[Any]) -> list[str]:
        """Run a statement that selects sourcedIds."""
        return list(self._connection.execute(statement).scalars())

    def bodies(self, kind: Kind, keys: Sequence[int], *, outsider: bool) -> list[bytes]:
        """Return the JSON of the objects with these keys, in that order.

        One prepared statement takes any number of keys as a JSON array: a quarter faster than an expanding IN. It
        runs on the driver itself, because SQLAlchemy's result layer triples the time of a page that is not remembered.
        """
        return [row[0] for row in self._driver.execute(_BODIES[kind.name, outsider], (str(list(keys)),))]

    # Inside

    def _all(self, statement: Select[Any]) -> list[Any]:
        return list(self._connection.execute(statement))

    def _read_protected(self) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = {}
        for row in self._all(select(PROTECTED)):
            found.setdefault(row.tenant, set()).add(row.sourced_id)
        return {tenant: frozenset(ids) for tenant, ids in found.items()}

    def _generation(self) -> str:
        """A random name of this filling of the store: entity tags of another database must not match."""
        known = self.setting("generation")
        if known is None:
            known = secrets.token_hex(8)
            self.remember("generation", known)
        return known

    def _pk(self, kind: Kind, sourced_id: str, tenant: int) -> int | None:
        table = kind.table
        where = (table.c.tenant == tenant) & (table.c.sourcedId == sourced_id)
        found: int | None = self._connection.scalar(select(table.c.pk).where(where))
        return found

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction; versions move only if it holds."""
        self._connection.rollback()  # ends the implicit transaction of earlier reads, which holds no lock
        before = dict(self._versions)
        try:
            with self._connection.begin():
                yield self._connection
        except BaseException:
            self._versions = before
            raise

    def _bump(self, connection: Connection, tenant: int) -> None:
        version = self._versions.get(tenant, 0) + 1
        changed = connection.execute(update(TENANTS).where(TENANTS.c.tenant == tenant).values(version=version))
        if changed.rowcount == 0:
            connection.execute(insert(TENANTS).values(tenant=tenant, version=version))
        self._versions[tenant] = version


def _insert(connection: Connection, kind: Kind, rows: Rows) -> None:
    connection.execute(insert(kind.table), rows.objects)
    connection.execute(insert(kind.bodies), rows.bodies)
    for name, elements in rows.elements.items():
        if elements:
            connection.execute(insert(kind.elements[name]), elements)


def _delete(connection: Connection, kind: Kind, pk: int) -> None:
    for table in (kind.table, kind.bodies, *kind.elements.values()):
        connection.execute(delete(table).where(table.c.pk == pk))


def _bodies_statement(kind: Kind, *, outsider: bool) -> str:
    """SQLite's CROSS JOIN fixes the order of the loops, and json_each walks the array: the rows come in its order.

    An ORDER BY would copy every body into a sorter, a third of the statement's time.
    """
    served = "coalesce(held.outsider_body, held.body)" if outsider else "held.body"
    return (
        f"select cast({served} as blob) from json_each(?) as wanted "  # noqa: S608 - names of our own tables only
        f'cross join "{kind.bodies.name}" as held on held.pk = wanted.value'
    )


_BODIES: Final[Mapping[tuple[str, bool], str]] = {
    (kind.name, outsider): _bodies_statement(kind, outsider=outsider)
    for kind in KINDS.values()
    for outsider in (False, True)
}
