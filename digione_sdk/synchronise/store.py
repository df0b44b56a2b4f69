"""Where records end up: the protocol of a store, and the SQLite file that needs nothing but Python.

A store holds what is active. What the provider marks `tobedeleted` leaves it, as what a full read no longer finds does:
a receiver that has deleted a record holds nothing of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.staging import private_file

APPLICATION_ID: Final = 0x4431534E
"""`D1SN`, in the header of the file: tells a store from another program's database."""
FORMAT: Final = 1


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """A record as a store holds it.

    Attributes:
        kind: Its kind, as `users`.
        sourced_id: Its id.
        modified: `dateLastModified` in UTC.
        body: The record as JSON, in the provider's own words.
    """

    kind: str
    sourced_id: str
    modified: str
    body: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a store holds of a kind, told apart from an earlier or an emptied one: how many, and the newest change."""

    records: int = 0
    newest: str = ""


class Changes(Protocol):
    """What one run applies. Each method reads from the staging area and may be called as often as one likes."""

    def written(self) -> Iterator[Held]:
        """Yield what is new or changed, ordered by kind and id."""

    def deleted(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, id) of what is gone, in the same order."""


class Store(Protocol):
    """What can be synchronised into: write one of your own for a database or a service of yours.

    It must give back what it was given, because the difference is taken against it, and apply all changes or none:
    a process may end at any moment. Changes that were applied come again if the process ended before that was noted.
    """

    @property
    def memory(self) -> Path:
        """Path beside which a run keeps its cursor (`….cursor`) and its staging file (`….staging`)."""

    def held(self, kinds: Iterable[str]) -> Iterator[Held]:
        """Yield every record of these kinds."""

    def apply(self, changes: Changes) -> None:
        """Apply all changes or none."""


class SQLiteStore:
    """A store in one SQLite file, made with mode 0600: a table `record(kind, sourced_id, modified, body)`.

    `SELECT json_extract(body, '$.title') FROM record WHERE kind = 'classes'` reads it, in any language. A run that
    finds nothing to change does not touch the file; what is deleted is overwritten in it.

    Args:
        path: The file; made where it is not there.

    Raises:
        ConfigurationError: It cannot be made, or is something else.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        private_file(self.path)
        try:
            with closing(self.connect()) as connection:
                self._prepare(connection)
        except sqlite3.DatabaseError:
            raise ConfigurationError(f"{self.path}: no SQLite file that can be used") from None

    @property
    def memory(self) -> Path:
        """Path beside which a run keeps its cursor and its staging file: the store's own."""
        return self.path

    def connect(self) -> sqlite3.Connection:
        """Open the file; the caller closes it."""
        return sqlite3.connect(self.path, isolation_level=None)

    def held(self, kinds: Iterable[str]) -> Iterator[Held]:
        """Yield every record of these kinds, ordered by kind and id."""
        with closing(self.connect()) as connection:
            for kind in sorted(kinds):
                rows = connection.execute(
                    "SELECT kind, sourced_id, modified, body FROM record WHERE kind = ? ORDER BY sourced_id",
                    (kind,),
                )
                for row in rows:
                    yield Held(*row)

    def apply(self, changes: Changes) -> None:
        """Apply all changes in one transaction."""
        with closing(self.connect()) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM record WHERE kind = ? AND sourced_id = ?", changes.deleted())
            connection.executemany(
                f"INSERT INTO record VALUES (?, ?, ?, ?) {REPLACE}",  # noqa: S608 - a constant
                ((row.kind, row.sourced_id, row.modified, row.body) for row in changes.written()),
            )
            connection.execute("COMMIT")

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application == APPLICATION_ID and version == FORMAT:
            return
        if tables:
            raise ConfigurationError(f"{self.path}: a SQLite file of another program or version")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS record(kind TEXT NOT NULL, sourced_id TEXT NOT NULL, modified TEXT NOT NULL,"
            " body TEXT NOT NULL, UNIQUE(kind, sourced_id))"
        )
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")


REPLACE: Final = "ON CONFLICT(kind, sourced_id) DO UPDATE SET modified = excluded.modified, body = excluded.body"
"""The end of an INSERT INTO record that replaces what is there."""


def summary_of(store: Store, kinds: Iterable[str]) -> dict[str, Summary]:
    """Return what a store holds of each kind."""
    found = {kind: Summary() for kind in kinds}
    if isinstance(store, SQLiteStore):
        with closing(store.connect()) as connection:
            for kind, *summary in connection.execute("SELECT kind, count(*), max(modified) FROM record GROUP BY kind"):
                if kind in found:
                    found[kind] = Summary(*summary)
        return found
    for row in store.held(found):
        before = found[row.kind]
        found[row.kind] = Summary(before.records + 1, max(before.newest, row.modified))
    return found
