"""A package written: rows into files, with the manifest they need, in the order and dialect of the standard.

The same rows give the same bytes: fixed times in the zip, CRLF, no BOM. What is written is written under another name
first and moved into place whole, so that a failure leaves nothing, and what stood there stands.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

from digione_sdk.bulk.tables import (
    MANIFEST,
    MANIFEST_HEADER,
    Column,
    Mode,
    Table,
    Version,
    manifest_properties,
    tables_of,
)
from digione_sdk.errors import UsageError

Value = str | bool | int | float | Decimal | datetime | date | Iterable[str] | None
"""What a field may be given as: text, a value of the models, or the members of a list."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_BUFFER: Final = 1 << 20
_EXTENSION: Final = "metadata."


def write_package(
    path: Path | str,
    rows: Mapping[str, Iterable[Mapping[str, Value]]],
    *,
    version: Version | str = Version.V1P2P1,
    mode: Mode | str | Mapping[str, Mode] = Mode.BULK,
    system_name: str | None = None,
    system_code: str | None = None,
) -> Path:
    """Write a package: a zip where `path` ends in `.zip`, else a folder. What stands there is replaced.

    Args:
        path: Where to write it.
        rows: Rows by name of the table (`users`), in the order in which they are to stand; a table without rows is
            left out and marked absent. A row maps columns to values; `metadata.` columns of the first row are written
            at the far right.
        version: Version to write.
        mode: Bulk or delta, for all files or by table. In bulk `status` and `dateLastModified` are left blank whatever
            the rows say; in delta every row must have both.
        system_name: `source.systemName` of the manifest.
        system_code: `source.systemCode` of the manifest.

    Returns:
        The path.

    Raises:
        UsageError: A table or column is none of the version, a value cannot be written in its column, or a row of a
            delta lacks its status or instant; the message names table, row (from 1) and column, never the value.
    """
    path, version = Path(path), Version(version)
    known = tables_of(version)
    if strangers := sorted(set(rows) - known.keys()):
        raise UsageError(f"no table of OneRoster CSV {version}", argument=strangers[0])
    modes = {name: Mode(mode[name] if isinstance(mode, Mapping) else mode) for name in rows}
    with _target(path) as target:
        written = {}
        for name in sorted(rows):
            if target.write(known[name].file, _lines(known[name], rows[name], modes[name])):
                written[name] = modes[name]
        source = {"source.systemName": system_name, "source.systemCode": system_code}
        target.write(MANIFEST, iter(_manifest(version, written, source)))
    return path


def _manifest(
    version: Version, written: Mapping[str, Mode], source: Mapping[str, str | None]
) -> Iterator[tuple[str, ...]]:
    yield MANIFEST_HEADER
    for name, value in manifest_properties(version):
        text = source.get(name) if name.startswith("source.") else value
        if name.startswith("file."):
            text = written.get(name.removeprefix("file."), Mode.ABSENT)
        if text is not None:
            yield name, text


def _lines(table: Table, rows: Iterable[Mapping[str, Value]], mode: Mode) -> Iterator[tuple[str, ...]]:
    """Yield the header and the rows; nothing at all where there is no row."""
    extensions: tuple[str, ...] = ()
    for number, row in enumerate(rows, start=1):
        if number == 1:
            extensions = tuple(name for name in row if name.startswith(_EXTENSION) and len(name) > len(_EXTENSION))
            yield (*table.header, *extensions)
        if strangers := row.keys() - {*table.header, *extensions}:
            raise UsageError("no such column", argument=f"{table.name}, row {number}, {min(strangers)}")
        own = [_field(column, row.get(column.name), mode, f"{table.name}, row {number}") for column in table.columns]
        more = [_text(Column(name), row.get(name), f"{table.name}, row {number}") for name in extensions]
        yield (*own, *more)


def _field(column: Column, value: Value, mode: Mode, place: str) -> str:
    if column.lifecycle and mode is Mode.BULK:
        return ""
    text = _text(column, value, place)
    if column.lifecycle and not text:
        raise UsageError("blank in a delta", argument=f"{place}, {column.name}")
    return text


def _text(column: Column, value: Value, place: str) -> str:
    match value:
        case None:
            return ""
        case str():
            text = str(value)
        case bool():
            text = "true" if value else "false"
        case datetime():
            text = _instant(value, f"{place}, {column.name}")
        case date():
            text = value.isoformat()
        case int() | float() | Decimal():
            text = str(value)
        case _:
            text = _members(tuple(value), f"{place}, {column.name}")
    if "\n" in text or "\r" in text or "\0" in text:
        raise UsageError("a line break or NUL cannot stand in a field", argument=f"{place}, {column.name}")
    return text


def _instant(value: datetime, place: str) -> str:
    if value.tzinfo is None:
        raise UsageError("an instant without zone", argument=place)
    return value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _members(members: tuple[str, ...], place: str) -> str:
    if any("," in str(member) or not str(member) for member in members):
        raise UsageError("a member of a list is blank or holds a comma", argument=place)
    return ",".join(map(str, members))


class _Target:
    """Where files are written to: an archive, or a folder."""

    def __init__(self, folder: Path, archive: zipfile.ZipFile | None = None) -> None:
        self._folder = folder
        self._archive = archive

    def write(self, name: str, lines: Iterator[tuple[str, ...]]) -> bool:
        """Write a file and return whether there was anything to write."""
        first = next(lines, None)
        if first is None:
            return False
        with self._opened(name) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(first)
            writer.writerows(lines)
        return True

    def _opened(self, name: str) -> IO[bytes]:
        if self._archive is None:
            return (self._folder / name).open("wb", buffering=_BUFFER)
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return self._archive.open(entry, "w", force_zip64=True)


@contextmanager
def _target(path: Path) -> Iterator[_Target]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".zip":
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        try:
            with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
                yield _Target(path.parent, archive)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        return
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield _Target(folder)
        _put_in_place(folder, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, path: Path) -> None:
    """Move the new files into the folder and take out the old ones of a package; other files are let be."""
    folder.chmod(0o755)
    if not path.exists():
        folder.rename(path)
        return
    known = {MANIFEST} | {table.file for version in Version for table in tables_of(version).values()}
    new = sorted(folder.iterdir(), key=lambda file: file.name == MANIFEST)  # the manifest last: it vouches for the rest
    for old in known - {file.name for file in new}:
        with suppress(FileNotFoundError):
            (path / old).unlink()
    for file in new:
        file.replace(path / file.name)
