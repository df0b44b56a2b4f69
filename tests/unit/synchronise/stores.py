"""Every kind of store by name, and among them a store of one's own that can be made to fail while it applies."""

from __future__ import annotations

from pathlib import Path

from digione_sdk.synchronise import DuckDBStore, Held, ParquetStore, SQLiteStore


class OwnStore:
    """The store of the guide: a dictionary, and every change told."""

    def __init__(self, memory: Path) -> None:
        self.memory = memory
        self.records: dict[tuple[str, str], Held] = {}
        self.told: list[str] = []
        self.fails = False

    def held(self, kinds):
        wanted = set(kinds)
        return (row for key, row in sorted(self.records.items()) if key[0] in wanted)

    def apply(self, changes):
        records = dict(self.records)
        for key in changes.deleted():
            del records[key]
        records |= {(row.kind, row.sourced_id): row for row in changes.written()}
        if self.fails:
            raise OSError("no space left")
        self.records = records
        self.told.append("applied")


STORES = {
    "sqlite": lambda folder: SQLiteStore(folder / "r.sqlite"),
    "duckdb": lambda folder: DuckDBStore(folder / "r.duckdb"),
    "parquet": lambda folder: ParquetStore(folder / "it's.parquet"),
    "own": lambda folder: OwnStore(folder / "ledger"),
}
