"""Opening the database: SQLite in memory or in a file, one connection, used from the event loop (measured.md §3)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from digione_mock_server.dialects.collation import install
from digione_sdk.errors import ConfigurationError

MEMORY: Final = "sqlite://"
_CACHE_KIB: Final = 65_536


def open_engine(url: str) -> Engine:
    """Return an engine over one SQLite connection.

    Args:
        url: `sqlite://` for memory, `sqlite:///relative.db` or `sqlite:////absolute.db` for a file.

    Raises:
        ConfigurationError: Another database than SQLite is named, or the file cannot be opened.
    """
    path = database_file(url)
    try:
        connection = sqlite3.connect(str(path or ":memory:"), check_same_thread=False)
        if path is not None:
            connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        connection.execute("pragma temp_store = memory")
    except sqlite3.Error:
        raise ConfigurationError(f"--db: cannot open {path} as a SQLite database") from None
    return over(connection)


def over(connection: sqlite3.Connection) -> Engine:
    """Return an engine over a connection that is open already."""
    install(connection)
    # hide_parameters: an error must never print the values of a record.
    return create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True)


def database_file(url: str) -> Path | None:
    """Return the file that a database URL names, or None for memory.

    Raises:
        ConfigurationError: It is no SQLite URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError("--db: not a database URL; use sqlite:// or sqlite:///file.db") from None
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise ConfigurationError(f"--db: {parsed.drivername} is not supported yet; use sqlite:// or sqlite:///file.db")
    return None if parsed.database in {None, "", ":memory:"} else Path(str(parsed.database))
