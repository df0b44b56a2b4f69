"""Stores for analysis, written by DuckDB (extra `bulk`): a DuckDB file or a Parquet file, with the columns of `record`.

A run that changes something writes the file anew in a folder of its own beside it and puts it in the old one's place:
whoever reads sees the old state or the new one, and a process that ends in between has changed nothing.
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.store import Changes, Held

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_COLUMNS: Final = "kind, sourced_id, modified, body"
_TABLE: Final = "record(kind VARCHAR, sourced_id VARCHAR, modified VARCHAR, body VARCHAR)"
_AT_ONCE: Final = 10_000
"""Rows that are handed to or taken from DuckDB at a time."""


class _Rewritten(ABC):
    """A store in one file that is written anew.

    Args:
        path: The file; made, with mode 0600, by the first run that has something to write.

    Raises:
        ConfigurationError: DuckDB is not installed, or the file is something else.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        _duckdb(":memory:").close()
        next(self.held(()), None)

    @property
    def memory(self) -> Path:
        """Path beside which a run keeps its cursor and its staging file: the store's own."""
        return self.path

    def held(self, kinds: Iterable[str]) -> Iterator[Held]:
        """Yield every record of these kinds, ordered by kind and id."""
        import duckdb

        if not self.path.exists():
            return
        try:
            with closing(_duckdb(":memory:")) as connection:
                self._show(connection)
                rows = connection.execute(
                    f"SELECT {_COLUMNS} FROM old WHERE kind IN (SELECT unnest(?::VARCHAR[])) ORDER BY kind, sourced_id",  # noqa: S608 - constants
                    [list(kinds)],
                )
                while found := rows.fetchmany(_AT_ONCE):
                    yield from (Held(*row) for row in found)
        except duckdb.Error:
            raise ConfigurationError(f"{self.path}: no file of this kind that can be read") from None

    def apply(self, changes: Changes) -> None:
        """Write the file anew and put it in the place of the old one."""
        folder = self.path.with_name(f"{self.path.name}.writing")
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        folder.mkdir(mode=0o700)
        try:
            with closing(_duckdb(str(folder / "new.duckdb"))) as connection:
                self._merge(connection, changes)
                fresh = self._written(connection, folder)
            fresh.chmod(0o600)
            fresh.replace(self.path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _merge(self, connection: DuckDBPyConnection, changes: Changes) -> None:
        connection.execute(f"CREATE TABLE {_TABLE}")
        connection.execute(f"CREATE TEMP TABLE fresh{_TABLE.removeprefix('record')}")
        connection.execute("CREATE TEMP TABLE gone(kind VARCHAR, sourced_id VARCHAR)")
        _fill(connection, "fresh", ((row.kind, row.sourced_id, row.modified, row.body) for row in changes.written()))
        _fill(connection, "gone", changes.deleted())
        if self.path.exists():
            self._show(connection)
        else:
            connection.execute("CREATE TEMP VIEW old AS SELECT * FROM record")
        connection.execute(
            f"INSERT INTO record SELECT {_COLUMNS} FROM (SELECT {_COLUMNS} FROM old"  # noqa: S608 - constants
            " ANTI JOIN fresh USING (kind, sourced_id) ANTI JOIN gone USING (kind, sourced_id)"
            f" UNION ALL SELECT {_COLUMNS} FROM fresh) ORDER BY kind, sourced_id"
        )

    @abstractmethod
    def _show(self, connection: DuckDBPyConnection) -> None:
        """Make what the file holds visible as `old`."""

    @abstractmethod
    def _written(self, connection: DuckDBPyConnection, folder: Path) -> Path:
        """Write the table `record` into a file in the folder, close the connection and return the file."""


class DuckDBStore(_Rewritten):
    """A store in one DuckDB file: `SELECT body ->> '$.title' FROM record WHERE kind = 'classes'`."""

    def _show(self, connection: DuckDBPyConnection) -> None:
        connection.execute(f"ATTACH '{_quoted(self.path)}' AS before (READ_ONLY)")
        connection.execute(f"CREATE TEMP VIEW old AS SELECT {_COLUMNS} FROM before.record")  # noqa: S608 - constants

    def _written(self, connection: DuckDBPyConnection, folder: Path) -> Path:
        connection.close()
        return folder / "new.duckdb"


class ParquetStore(_Rewritten):
    """A store in one Parquet file, to be read by whatever reads Parquet."""

    def _show(self, connection: DuckDBPyConnection) -> None:
        connection.execute(
            f"CREATE TEMP VIEW old AS SELECT {_COLUMNS} FROM read_parquet('{_quoted(self.path)}')"  # noqa: S608 - quoted
        )

    def _written(self, connection: DuckDBPyConnection, folder: Path) -> Path:
        fresh = folder / "new.parquet"
        connection.execute(f"COPY record TO '{_quoted(fresh)}' (FORMAT parquet, COMPRESSION zstd)")
        connection.close()
        return fresh


def _duckdb(database: str) -> DuckDBPyConnection:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise ConfigurationError("this store needs an extra: pip install 'digione-sdk[bulk]'") from None
    return duckdb.connect(database)


def _fill(connection: DuckDBPyConnection, table: str, rows: Iterator[tuple[str, ...]]) -> None:
    while batch := list(islice(rows, _AT_ONCE)):
        columns = [list(column) for column in zip(*batch, strict=True)]
        marks = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {marks}", columns)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
