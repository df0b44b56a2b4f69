"""Bulk and delta: what changed from one bulk package to the next, and a bulk package with a delta applied. In SQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digione_sdk.bulk.limits import DEFAULT_LIMITS, Limits
from digione_sdk.bulk.loading import literal, quoted
from digione_sdk.bulk.package import Package, Row, open_package
from digione_sdk.bulk.tables import Mode, Table, Version
from digione_sdk.bulk.writing import write_package
from digione_sdk.errors import PackageError, UsageError

if TYPE_CHECKING:
    import duckdb

_ROWS_AT_ONCE: Final = 2000
_LIFECYCLE: Final = ("status", "dateLastModified")
_EXTENSION: Final = "metadata."


@dataclass(frozen=True, slots=True)
class DeltaCount:
    """How many rows of a file a delta holds.

    Attributes:
        new: Rows that were not there before.
        changed: Rows that say something else.
        deleted: Rows that are gone.
    """

    new: int = 0
    changed: int = 0
    deleted: int = 0


def delta_between(
    before: Path | str,
    after: Path | str,
    target: Path | str,
    *,
    modified: datetime | None = None,
    version: Version | str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapping[str, DeltaCount]:
    """Write the delta that leads from one bulk package to another.

    A file that is absent holds no rows, so that all its earlier rows are deleted by the delta: look at the counts
    before you send it. Where nothing changed, the delta is a manifest alone.

    Args:
        before: The earlier package.
        after: The later one, of the same version.
        target: Where to write: a zip where it ends in `.zip`, else a folder.
        modified: `dateLastModified` of every row; now by default.
        version: Version of both; by default that of their manifests.
        limits: Bounds on what is read.

    Returns:
        How many rows are new, changed and deleted, by file, of files with any.

    Raises:
        PackageError: A package cannot be read, holds a delta, or an id twice.
        UsageError: The versions differ, or the instant has no zone.
    """
    instant = modified or datetime.now(UTC)
    with _both(before, after, version, limits) as (earlier, later):
        for package in (earlier, later):
            _demand_bulk(package)
        selections, counts = {}, {}
        for table in later.tables.values():
            pair = _Pair(table, earlier, later)
            if pair.there and (count := pair.counted()) != DeltaCount():
                counts[table.name], selections[table.name] = count, pair
        rows = {name: pair.delta(instant) for name, pair in selections.items()}
        write_package(target, rows, version=later.version, mode=Mode.DELTA)
    return counts


def apply_delta(
    bulk: Path | str,
    delta: Path | str,
    target: Path | str,
    *,
    version: Version | str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapping[str, DeltaCount]:
    """Write the bulk package that comes of applying a delta to another.

    Rows that stay keep their order, changed ones their place, new ones come last. A file that the delta package holds
    in bulk replaces the whole file; one that it does not hold is not changed.

    Args:
        bulk: The package to apply it to.
        delta: The delta, of the same version.
        target: Where to write: a zip where it ends in `.zip`, else a folder.
        version: Version of both; by default that of their manifests.
        limits: Bounds on what is read.

    Returns:
        How many rows were new, changed and deleted, by file, of files with any.

    Raises:
        PackageError: A package cannot be read, the first holds a delta, or an id stands twice in a file.
        UsageError: The versions differ.
    """
    with _both(bulk, delta, version, limits) as (held, news):
        _demand_bulk(held)
        counts, rows = {}, {}
        for table in news.tables.values():
            pair = _Pair(table, held, news)
            if pair.there:
                changes = news.modes.get(table.name) is Mode.DELTA
                replaces = news.count(table.name) > 0 and not changes
                count = pair.counted_as_told() if changes else pair.counted() if replaces else DeltaCount()
                if count != DeltaCount():
                    counts[table.name] = count
                rows[table.name] = pair.later() if replaces else pair.applied()
        write_package(target, rows, version=news.version, mode=Mode.BULK)
    return counts


@contextmanager
def _both(
    one: Path | str, other: Path | str, version: Version | str | None, limits: Limits
) -> Iterator[tuple[Package, Package]]:
    with open_package(one, version=version, limits=limits) as first:
        if version is None and first.version is not Version.V1P1 and not first.count("users"):
            version_of_both = None  # 1.2 and 1.2.1 are told apart by users.csv alone
        else:
            version_of_both = first.version
        with open_package(other, version=version, limits=limits) as second:
            if version_of_both and second.version is not version_of_both and _told_apart(second):
                raise UsageError(f"{first.version} and {second.version} are not one version", argument="version")
            with _carried_over(first, second):
                yield first, second


def _told_apart(package: Package) -> bool:
    return package.version is Version.V1P1 or package.count("users") > 0


@contextmanager
def _carried_over(first: Package, second: Package) -> Iterator[None]:
    """Let the rows of the first package be asked for in the database of the second, as `earlier.<file>`."""
    with tempfile.TemporaryDirectory(prefix="digione-csv-") as folder:
        second.db.execute("CREATE SCHEMA earlier")
        for name, file in first.files.items():
            path = literal(str(Path(folder) / f"{name}.parquet"))
            listed = ", ".join(map(quoted, file.columns))
            first.db.execute(
                f"COPY (SELECT rowid AS {quoted(_PLACE)}, {listed} FROM {quoted(name)} ORDER BY rowid) "
                f"TO {path} (FORMAT parquet)"
            )
            second.db.execute(f"CREATE VIEW earlier.{quoted(name)} AS SELECT * FROM read_parquet({path})")
        yield


_PLACE: Final = "\u2116"
"""Column with the place of a row; no header holds the name."""


def _demand_bulk(package: Package) -> None:
    for name, mode in package.modes.items():
        if mode is not Mode.BULK and package.count(name):
            raise PackageError("holds a delta, and a bulk file is needed", file=package.tables[name].file)


class _Pair:
    """One file in two packages, the later of which holds the database."""

    def __init__(self, table: Table, first: Package, second: Package) -> None:
        self._table = table
        self._db: duckdb.DuckDBPyConnection = second.db
        self._there = (first.count(table.name) > 0, second.count(table.name) > 0)
        self.there = any(self._there)
        known = [package.files[table.name].columns if package.count(table.name) else () for package in (first, second)]
        more = sorted({name for columns in known for name in columns if name.startswith(_EXTENSION)})
        self.columns = (*table.header, *more)
        self._sources = [
            self._source(schema, present, columns)
            for schema, present, columns in zip(("earlier", "main"), self._there, known, strict=True)
        ]
        if self.there:
            self._demand_keys()

    def _source(self, schema: str, present: bool, columns: tuple[str, ...]) -> str:  # noqa: FBT001 - private, one caller
        listed = ", ".join(
            quoted(name) if name in columns else f"NULL::VARCHAR AS {quoted(name)}" for name in self.columns
        )
        if not present:
            return f"(SELECT {listed}, 0 AS {quoted(_PLACE)} WHERE false)"
        place = quoted(_PLACE) if schema == "earlier" else f"rowid AS {quoted(_PLACE)}"
        return f"(SELECT {listed}, {place} FROM {schema}.{quoted(self._table.name)})"

    def _demand_keys(self) -> None:
        for source in self._sources:
            sql = f"SELECT 1 FROM {source} GROUP BY sourcedId HAVING count(*) > 1 OR sourcedId IS NULL LIMIT 1"
            if self._db.execute(sql).fetchall():
                raise PackageError(
                    "an id stands twice or is blank, so that no row can be told from another",
                    file=self._table.file,
                    column="sourcedId",
                )

    @property
    def _differs(self) -> str:
        compared = [quoted(name) for name in self.columns if name not in _LIFECYCLE]
        return " OR ".join(f"e.{name} IS DISTINCT FROM l.{name}" for name in compared)

    @property
    def _joined(self) -> str:
        return f"{self._sources[0]} e FULL JOIN {self._sources[1]} l ON e.sourcedId = l.sourcedId"

    def counted(self) -> DeltaCount:
        """Count what differs between two bulk files."""
        return self._count(
            "e.sourcedId IS NULL", f"e.sourcedId = l.sourcedId AND ({self._differs})", "l.sourcedId IS NULL"
        )

    def counted_as_told(self) -> DeltaCount:
        """Count what a delta changes."""
        gone = "l.status = 'tobedeleted'"
        return self._count(
            f"e.sourcedId IS NULL AND NOT {gone}",
            f"e.sourcedId = l.sourcedId AND NOT {gone} AND ({self._differs})",
            f"e.sourcedId = l.sourcedId AND {gone}",
        )

    def _count(self, *conditions: str) -> DeltaCount:
        filters = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
        return DeltaCount(*self._db.execute(f"SELECT {filters} FROM {self._joined}").fetchall()[0])

    def delta(self, modified: datetime) -> Iterator[Mapping[str, str | datetime | None]]:
        """Yield the rows of the delta: what is new or changed in its order, then what is gone."""
        own = ", ".join(
            f"CASE WHEN l.sourcedId IS NULL THEN e.{name} ELSE l.{name} END AS {name}"
            for name in map(quoted, self.columns)
        )
        sql = (
            f"SELECT {own}, l.sourcedId IS NULL AS gone FROM {self._joined} WHERE e.sourcedId IS NULL "
            f"OR l.sourcedId IS NULL OR {self._differs} ORDER BY gone, l.{quoted(_PLACE)}, e.{quoted(_PLACE)}"
        )
        for *values, gone in self._fetched(sql):
            row = dict(zip(self.columns, values, strict=True))
            yield {**row, "status": "tobedeleted" if gone else "active", "dateLastModified": modified}

    def applied(self) -> Iterator[Row]:
        """Yield the rows of the earlier file with the later one applied to it."""
        own = ", ".join(
            f"CASE WHEN l.sourcedId IS NULL THEN e.{name} ELSE l.{name} END AS {name}"
            for name in map(quoted, self.columns)
        )
        sql = (
            f"SELECT {own} FROM {self._joined} WHERE l.status IS DISTINCT FROM 'tobedeleted' "
            f"ORDER BY e.{quoted(_PLACE)} NULLS LAST, l.{quoted(_PLACE)}"
        )
        for values in self._fetched(sql):
            yield dict(zip(self.columns, values, strict=True))

    def later(self) -> Iterator[Row]:
        """Yield the rows of the later file."""
        listed = ", ".join(map(quoted, self.columns))
        for values in self._fetched(f"SELECT {listed} FROM {self._sources[1]} ORDER BY {quoted(_PLACE)}"):
            yield dict(zip(self.columns, values, strict=True))

    def _fetched(self, sql: str) -> Iterator[tuple[str | None, ...]]:
        cursor = self._db.cursor().execute(sql)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
