"""Where objects live: SQLAlchemy Core on SQLite."""

from digione_mock_server.store.database import Store
from digione_mock_server.store.engine import MEMORY, database_file, open_engine
from digione_mock_server.store.schema import KINDS, KINDS_BY_NAME, Kind

__all__ = ["KINDS", "KINDS_BY_NAME", "MEMORY", "Kind", "Store", "database_file", "open_engine"]
