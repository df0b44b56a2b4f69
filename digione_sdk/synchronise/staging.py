"""Where a run keeps what it has read until all of it is there: one SQLite file beside the store, gone after success.

Each page is one transaction, so a killed run knows exactly which page it had. The file is held under an exclusive lock:
two runs on one store cannot meet. It holds personal data, hence mode 0600.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from digione_sdk.core.paging import Arrived
from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.rows import Page

FORMAT: Final = 1
LONGEST_REST: Final = 12 * 3600
"""Seconds after which an interrupted run is not taken up again: its first pages would be too old for its last ones."""

_SCHEMA: Final = """
CREATE TABLE run(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE listing(kind TEXT PRIMARY KEY, since TEXT, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE page(kind TEXT, number INTEGER, url TEXT NOT NULL, rows INTEGER NOT NULL, mark INTEGER NOT NULL,
    next_link TEXT, has_links INTEGER NOT NULL, total INTEGER, PRIMARY KEY(kind, number));
CREATE TABLE staged(kind TEXT NOT NULL, sourced_id TEXT NOT NULL, gone INTEGER NOT NULL, modified TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE(kind, sourced_id));
CREATE TABLE link(kind TEXT, path TEXT, target TEXT, sourced_id TEXT);
CREATE TABLE identity(kind TEXT, key TEXT, sourced_id TEXT);
CREATE TABLE note(kind TEXT, text TEXT, PRIMARY KEY(kind, text));
"""
_STAGE: Final = """
INSERT INTO staged VALUES (?, ?, ?, ?, ?) ON CONFLICT(kind, sourced_id) DO UPDATE SET gone = excluded.gone,
    modified = excluded.modified, body = excluded.body WHERE excluded.modified >= modified
"""


@dataclass(frozen=True, slots=True)
class StagedPage:
    """A page that was read: where it came from, and what paging was told of it."""

    url: str
    mark: int
    arrived: Arrived


class Staging:
    """The staging file of one run.

    Args:
        path: Where it lies; made when it is not there.
        run: What this run reads, as text. A file of another run, another format or too old is thrown away.

    Raises:
        ConfigurationError: Another run holds the file, or it cannot be made.
    """

    def __init__(self, path: Path, *, run: str) -> None:
        self._path = path
        self._lock = threading.RLock()
        rested = _age(path) > LONGEST_REST
        self._timed = False
        self.connection = self._opened()
        self.resumed = not rested and self._recorded("run") == run and self._recorded("format") == str(FORMAT)
        """Whether an interrupted run is taken up."""
        if not self.resumed:
            self._begin(run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and leave it for the run that takes this one up."""
        self.connection.close()

    def discard(self) -> None:
        """Close the file and remove it."""
        for suffix in ("-wal", "-shm", "-journal", ""):
            with suppress(FileNotFoundError):
                Path(f"{self._path}{suffix}").unlink()
        self.connection.close()

    @property
    def began(self) -> str | None:
        """The server's time at the start of the run, in UTC; None where the server sent none."""
        return self._recorded("began") or None

    def note_time(self, instant: str | None) -> None:
        """Keep the server's time of the first answer; later ones are not kept."""
        if self._timed:
            return
        with self._transaction():
            self._timed = True
            self.connection.execute("INSERT OR IGNORE INTO run VALUES ('began', ?)", (instant or "",))

    def note(self, kind: str, text: str) -> None:
        """Keep something that the report is to say of a kind."""
        with self._transaction():
            self.connection.execute("INSERT OR IGNORE INTO note VALUES (?, ?)", (kind, text))

    def notes(self) -> list[tuple[str, str]]:
        """Return (kind, text) of every note."""
        with self._lock:
            return self.connection.execute("SELECT kind, text FROM note ORDER BY rowid").fetchall()

    def start(self, kind: str, *, since: str | None) -> None:
        """Begin a kind, unless it has begun; forget all of it if it began with another `since`."""
        with self._transaction():
            found = self.connection.execute("SELECT since FROM listing WHERE kind = ?", (kind,)).fetchone()
            if found == (since,):
                return
            self._forget(kind)
            self.connection.execute("INSERT OR REPLACE INTO listing VALUES (?, ?, 0)", (kind, since))

    def restart(self, kind: str) -> None:
        """Forget the pages of a kind."""
        with self._transaction():
            self._forget(kind)

    def since(self, kind: str) -> str | None:
        """Return the instant from which on changes of the kind are read; None where all of it is."""
        with self._lock:
            found = self.connection.execute("SELECT since FROM listing WHERE kind = ?", (kind,)).fetchone()
        return found[0] if found else None

    def has_begun(self, kind: str) -> bool:
        """Whether the kind is being read, or was."""
        with self._lock:
            return self.connection.execute("SELECT 1 FROM listing WHERE kind = ?", (kind,)).fetchone() is not None

    def is_done(self, kind: str) -> bool:
        """Whether the kind was read to its end."""
        with self._lock:
            found = self.connection.execute("SELECT done FROM listing WHERE kind = ?", (kind,)).fetchone()
        return bool(found and found[0])

    def finish(self, kind: str) -> None:
        """Note that the kind was read to its end."""
        with self._transaction():
            self.connection.execute("UPDATE listing SET done = 1 WHERE kind = ?", (kind,))

    def pages(self, kind: str) -> list[StagedPage]:
        """Return the pages of a kind that were read, in order."""
        with self._lock:
            found = self.connection.execute(
                "SELECT url, mark, rows, next_link, has_links, total FROM page WHERE kind = ? ORDER BY number", (kind,)
            ).fetchall()
        return [
            StagedPage(url, mark, Arrived(rows, frozenset((mark,)), next_link, bool(has_links), total))
            for url, mark, rows, next_link, has_links, total in found
        ]

    def add(self, kind: str, number: int, staged: StagedPage, page: Page) -> None:
        """Stage a page, all of it or nothing; of a record that comes twice the later version stays."""
        arrived = staged.arrived
        with self._transaction():
            execute = self.connection.execute
            place = (kind, number, staged.url, arrived.rows, staged.mark)
            rest = (arrived.next_link, arrived.has_links, arrived.total)
            execute("INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*place, *rest))
            self.connection.executemany(_STAGE, [(kind, *row) for row in page.rows])
            self.connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", [(kind, *link) for link in page.links])
            self.connection.executemany(
                "INSERT INTO identity VALUES (?, ?, ?)", [(kind, *pair) for pair in page.identities]
            )

    def distinct(self, kind: str) -> int:
        """Return how many different records of a kind were staged."""
        with self._lock:
            (count,) = self.connection.execute("SELECT count(*) FROM staged WHERE kind = ?", (kind,)).fetchone()
        return int(count)

    def _forget(self, kind: str) -> None:
        for table in ("page", "staged", "link", "identity"):
            self.connection.execute(f"DELETE FROM {table} WHERE kind = ?", (kind,))  # noqa: S608 - our own names

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self.connection.execute("BEGIN")
            try:
                yield
                self.connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise ConfigurationError(f"the staging file {self._path.name}: {error}") from None
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def _opened(self) -> sqlite3.Connection:
        private_file(self._path)
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            connection.execute("PRAGMA main.locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA main.journal_mode = WAL")
            # Survives the end of the process at any point; after a power cut the file is whole, if a little older.
            connection.execute("PRAGMA main.synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            connection.close()
            reason = "another run holds it" if "locked" in str(error) else "it cannot be written"
            raise ConfigurationError(f"the staging file {self._path.name}: {reason}") from None
        except sqlite3.DatabaseError:
            connection.close()
            raise ConfigurationError(f"the staging file {self._path.name} is none; remove it") from None
        return connection

    def _recorded(self, name: str) -> str | None:
        with self._lock:
            try:
                found = self.connection.execute("SELECT value FROM run WHERE name = ?", (name,)).fetchone()
            except sqlite3.OperationalError:  # no table yet
                return None
        return str(found[0]) if found else None

    def _begin(self, run: str) -> None:
        """Empty the file and note what is read into it."""
        with self._transaction():
            tables = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in tables:
                self.connection.execute(f'DROP TABLE "{name}"')
            for statement in _SCHEMA.split(";"):
                self.connection.execute(statement)
            self.connection.executemany("INSERT INTO run VALUES (?, ?)", [("run", run), ("format", str(FORMAT))])


def private_file(path: Path) -> None:
    """Make the file with mode 0600, unless it is there.

    Raises:
        ConfigurationError: It cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def _age(path: Path) -> float:
    newest = 0.0
    for suffix in ("", "-wal"):
        with suppress(OSError):
            newest = max(newest, Path(f"{path}{suffix}").stat().st_mtime)
    return time.time() - newest if newest else 0.0
