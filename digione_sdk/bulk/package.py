"""A package of CSV files, opened: its version, its manifest, its files, and the rows in them.

Files are unpacked into a temporary folder and loaded into a DuckDB of this process, which spills to the same folder.
Both go when the package is closed, also when opening fails half-way.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from digione_sdk.bulk import container as containers
from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.findings import Finding, Severity
from digione_sdk.bulk.limits import DEFAULT_LIMITS, Limits
from digione_sdk.bulk.loading import LoadedFile, load, quoted
from digione_sdk.bulk.manifest import Manifest, read_manifest
from digione_sdk.bulk.scan import Scan, one_line_end
from digione_sdk.bulk.tables import MANIFEST, Mode, Table, Version, tables_of
from digione_sdk.errors import ConfigurationError, PackageError

if TYPE_CHECKING:
    import duckdb

_ROWS_AT_ONCE: Final = 2000
_SUFFIX: Final = ".csv"

Row = Mapping[str, str | None]
"""One row: text by column, None where the field is blank."""


@dataclass(frozen=True)
class Package:
    """An open package; use it inside `with open_package(...)`.

    Attributes:
        path: Where it stands.
        version: Version it is read as.
        manifest: The manifest; None where there is none.
        files: The data files that are there, by name of the table, root causes first.
        findings: What is wrong with the package and its files as text; rules on rows are judged by `validate`.
    """

    path: Path
    version: Version
    manifest: Manifest | None
    files: Mapping[str, LoadedFile]
    findings: tuple[Finding, ...]
    db: duckdb.DuckDBPyConnection
    """Connection to the DuckDB in which each readable file is a table of its name, all columns text."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The data files of the version."""
        return tables_of(self.version)

    @cached_property
    def modes(self) -> Mapping[str, Mode]:
        """Mode of each readable file: that of its rows, or that of the manifest where the rows are of both kinds."""
        return {name: self._mode(name) for name, file in self.files.items() if file.readable}

    def count(self, name: str) -> int:
        """Return how many rows of a file could be read; 0 where it is absent."""
        return (self.files[name].rows or 0) if name in self.files else 0

    def rows(self, name: str) -> Iterator[Row]:
        """Yield the rows of a data file in their order; none where it is absent.

        Raises:
            PackageError: The file is there but could not be read.
        """
        if name not in self.files:
            return
        columns = self._readable(name).columns
        listed = ", ".join(map(quoted, columns))
        cursor = self.db.cursor().execute(f"SELECT {listed} FROM {quoted(name)} ORDER BY rowid")
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                yield dict(zip(columns, row, strict=True))

    def relation(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return a data file as a DuckDB relation.

        Raises:
            PackageError: The file is absent or could not be read.
        """
        self._readable(name)
        return self.db.cursor().table(name)  # of its own, so that nothing else on the connection ends it

    def _readable(self, name: str) -> LoadedFile:
        file = self.files.get(name)
        if file is None:
            raise PackageError("is not in the package", file=f"{name}{_SUFFIX}")
        if not file.readable:
            raise PackageError("could not be read", file=file.table.file)
        return file

    def _mode(self, name: str) -> Mode:
        counted = [c for c in ("status", "dateLastModified") if c in self.files[name].columns]
        any_filled = " OR ".join(f"{quoted(column)} IS NOT NULL" for column in counted) or "false"
        # Of a bulk file DuckDB knows without a look that the columns are blank, and a delta shows in its first row.
        if not self.db.execute(f"SELECT 1 FROM {quoted(name)} WHERE {any_filled} LIMIT 1").fetchall():
            return Mode.BULK
        listed = ", ".join(f"count({quoted(column)})" for column in counted)
        filled = self.db.execute(f"SELECT count(*), {listed} FROM {quoted(name)}").fetchall()[0]
        if all(count == filled[0] for count in filled[1:]):
            return Mode.DELTA
        said = self.manifest.mode(name) if self.manifest else None
        return said if said in {Mode.BULK, Mode.DELTA} else Mode.DELTA


@contextmanager
def open_package(
    path: Path | str, *, version: Version | str | None = None, limits: Limits = DEFAULT_LIMITS, strict: bool = True
) -> Iterator[Package]:
    """Open a package: a zip, or a folder with its files.

    Args:
        path: The zip or folder.
        version: Version to read it as; by default that of its manifest, and 1.2.1 unless users.csv still has the
            column that 1.2.1 took away.
        limits: Bounds on what is read.
        strict: Whether a file that cannot be read whole is refused at once. If not, `findings` tells what is wrong.

    Raises:
        PackageError: It cannot be read as a package at all, or with `strict` a file of it cannot be read whole; or what
            is done with it takes more memory or disk than there is.
        ConfigurationError: DuckDB is missing.
    """
    path = Path(path)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="digione-csv-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        box = stack.enter_context(containers.opened(path, limits))
        db = stack.enter_context(_database(folder, limits))
        package = _Opening(path, box, folder, db, limits).opened(Version(version) if version else None)
        if strict:
            _refuse_unreadable(package)
        yield package


@contextmanager
def _database(folder: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise ConfigurationError("DuckDB is missing: pip install 'digione-sdk[bulk]'") from None
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{limits.memory_bytes}B",
        "temp_directory": str(folder),
        "autoinstall_known_extensions": "false",  # a validator fetches nothing
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(":memory:", config=settings) as db:
            db.execute("SET enable_progress_bar = false")  # python -c and notebooks have it on, in the midst of output
            yield db
    except duckdb.OutOfMemoryException:
        raise PackageError(f"needs more memory than {limits.memory_bytes} bytes (Limits.memory_bytes)") from None
    except duckdb.IOException:
        raise PackageError("the temporary folder cannot be read or written, or is full") from None


def _refuse_unreadable(package: Package) -> None:
    for one in package.findings:
        lost = one.severity is Severity.ERROR or one.rule == RuleId.LINE_LENGTH
        if lost and not one.rule.startswith(("CSV-MAN", "CSV-PKG")):
            raise PackageError(one.message.en, file=one.file, row=one.row, column=one.column)


@dataclass
class _Opening:
    """The way from a path to a package."""

    path: Path
    box: containers.Container
    folder: Path
    db: duckdb.DuckDBPyConnection
    limits: Limits

    def opened(self, version: Version | None) -> Package:
        """Return the package, read as this version, or as the one that it says itself.

        Raises:
            PackageError: It holds no CSV file, or says no version that can be read.
        """
        members = self._members()
        if not members:
            raise PackageError("holds no CSV file", file=self.path.name)
        manifest = read_manifest(self.box.chunks(members[MANIFEST])) if MANIFEST in members else None
        scanned = {name: self._scanned(member) for name, member in members.items() if name != MANIFEST}
        version = version or _version(manifest, {name: scan for name, (_, scan) in scanned.items()})
        found = list(self._of_members(version))
        files: dict[str, LoadedFile] = {}
        for table in tables_of(version).values():
            if table.file in scanned:
                files[table.name] = load(self.db, table, *scanned[table.file], self.limits)
                found += files[table.name].findings
        return Package(self.path, version, manifest, files, tuple(found), self.db)

    def _members(self) -> dict[str, str]:
        """Members by the name of their file; those in a folder too, where the root has none of that name."""
        found: dict[str, str] = {}
        for member in sorted(self.box.members, key=lambda member: (member.count("/"), member)):
            name = PurePosixPath(member).name
            if name.endswith(_SUFFIX):
                found.setdefault(name, member)
        known = {MANIFEST} | {table.file for version in Version for table in tables_of(version).values()}
        return {name: member for name, member in found.items() if name in known}

    def _of_members(self, version: Version) -> Iterator[Finding]:
        known = {table.file for table in tables_of(version).values()} | {MANIFEST}
        spelled = {file.lower(): file for file in known}
        for member in self.box.members:
            name = PurePosixPath(member).name
            shown = member if member.isprintable() else "?"
            if name != member:
                yield finding(RuleId.AT_ROOT, self.path.name, words={"member": shown})
            if name not in known:
                meant = spelled.get(name.lower())
                hint = f" ({meant})" if meant else ""
                words = {"member": shown, "version": version, "hint": hint}
                yield finding(RuleId.KNOWN_FILES, self.path.name, words=words)

    def _scanned(self, member: str) -> tuple[Path, Scan]:
        scan = Scan()
        if isinstance(self.box, containers.Folder):
            for _ in scan.through(self.box.chunks(member)):
                pass
            source = self.box.path_of(member)
        else:
            source = self.folder / f"{PurePosixPath(member).name}"
            with source.open("wb") as unpacked:
                for chunk in scan.through(self.box.chunks(member)):
                    unpacked.write(chunk)
        if scan.mixed_line_ends and not scan.refusal:
            source = self._with_one_line_end(source, member)
        return source, scan

    def _with_one_line_end(self, source: Path, member: str) -> Path:
        mended = self.folder / f"{PurePosixPath(member).stem}.mended.csv"
        with source.open("rb") as old, mended.open("wb") as new:
            new.writelines(one_line_end(iter(lambda: old.read(containers.CHUNK), b"")))
        return mended


def _version(manifest: Manifest | None, scans: Mapping[str, Scan]) -> Version:
    users = scans["users.csv"].header if "users.csv" in scans else ""
    said = manifest.version if manifest else None
    if said is None:
        # Without a manifest: files or columns that only one version has.
        earlier = "orgSourcedIds" in users or (not users and scans.keys() <= _files(Version.V1P1))
        said = Version.V1P1 if earlier else Version.V1P2
    if said == Version.V1P1:
        return Version.V1P1
    if said in {Version.V1P2, Version.V1P2P1}:
        return Version.V1P2 if "resourceSourcedIds" in users else Version.V1P2P1
    raise PackageError("oneroster.version is none that can be read: 1.1 or 1.2", file=MANIFEST)


def _files(version: Version) -> frozenset[str]:
    return frozenset(table.file for table in tables_of(version).values())
