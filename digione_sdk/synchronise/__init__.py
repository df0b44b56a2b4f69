"""Safe synchronisation: a provider's records in a store of yours, whole or as they were, never in between."""

from digione_sdk.synchronise.columnar import DuckDBStore, ParquetStore
from digione_sdk.synchronise.drivers import synchronise, synchronise_async
from digione_sdk.synchronise.guard import Guard
from digione_sdk.synchronise.kinds import KINDS, Kind
from digione_sdk.synchronise.loading import Loading, load_package
from digione_sdk.synchronise.progress import Progress
from digione_sdk.synchronise.report import Identities, KindReport, Report
from digione_sdk.synchronise.run import Mode, Run, Settings
from digione_sdk.synchronise.store import Changes, Held, SQLiteStore, Store

__all__ = [
    "KINDS",
    "Changes",
    "DuckDBStore",
    "Guard",
    "Held",
    "Identities",
    "Kind",
    "KindReport",
    "Loading",
    "Mode",
    "ParquetStore",
    "Progress",
    "Report",
    "Run",
    "SQLiteStore",
    "Settings",
    "Store",
    "load_package",
    "synchronise",
    "synchronise_async",
]
