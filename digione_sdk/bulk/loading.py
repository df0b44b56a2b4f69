"""One data file into one DuckDB table: every column as text, nothing guessed, the rows that do not parse set apart."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.findings import Finding, Text
from digione_sdk.bulk.header import EMPTY, Header, read_header
from digione_sdk.bulk.limits import Limits
from digione_sdk.bulk.lines import Lines
from digione_sdk.bulk.scan import Refusal, Scan
from digione_sdk.bulk.tables import Table

if TYPE_CHECKING:
    import duckdb

_UTF16: Final = " (UTF-16)"
_REFUSED: Final[Mapping[Refusal, tuple[RuleId, str]]] = {
    Refusal.UTF16: (RuleId.UTF8, _UTF16),
    Refusal.NOT_UTF8: (RuleId.UTF8, ""),
    Refusal.NUL: (RuleId.NO_NUL, ""),
    Refusal.EMPTY: (RuleId.HEADER, ""),
}
_TOO_LONG: Final = "LINE SIZE OVER MAXIMUM"
_UNQUOTED: Final = "UNQUOTED VALUE"
_FIELD: Final = r'(?:"(?:[^"]|"")*+"|[^",]*+)'
_RFC_4180: Final = re.compile(rf"{_FIELD}(?:,{_FIELD})*+")
"""A row whose quotes are all where RFC 4180 §2 lets them be; it never looks back, so that no row takes long."""
_GOES_ON: Final = re.compile(rf'(?:{_FIELD},)*+"(?:[^"]|"")*+')
"""A row whose last field is quoted and goes on in the next line."""
_SHOWN: Final = 65536


@dataclass(frozen=True)
class LoadedFile:
    """A data file as it was read.

    Attributes:
        table: What the standard says of it.
        columns: Columns that stand in the DuckDB table of the same name, further ones included.
        rows: Number of rows in it; None where the file could not be read at all.
        lines: Their lines in the file.
        findings: What is wrong with the file as text.
        refused_ids: Ids of rows that could not be read, as far as they could be told.
        plain: Whether its fields hold nothing but what a GUID may hold.
    """

    table: Table
    columns: tuple[str, ...] = ()
    rows: int | None = None
    lines: Lines = field(default_factory=Lines)
    findings: tuple[Finding, ...] = ()
    refused_ids: frozenset[str] = frozenset()
    plain: bool = False

    @property
    def readable(self) -> bool:
        """Whether its rows can be judged."""
        return self.rows is not None


def load(db: duckdb.DuckDBPyConnection, table: Table, path: Path, scan: Scan, limits: Limits) -> LoadedFile:
    """Load the file at `path`, of which `scan` tells, into a DuckDB table named as it."""
    found = list(_of_bytes(table, scan))
    if scan.refusal:
        return LoadedFile(table, findings=tuple(found))
    header = read_header(scan.header, table)
    found += header.findings
    if not header.readable:
        return LoadedFile(table, header.columns, findings=tuple(found))
    _read(db, table, path, header, limits)
    (rows,) = db.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchall()[0]
    rejected = _rejected(db, limits)
    account = _Account(db, table, header, path, scan, rows, rejected, limits)
    odd = account.odd_rows()
    if len(rejected) + len(odd) > limits.unreadable_rows:
        first = _of_rejected(table, header, rejected[0], limits) if rejected else _field_count(table, header, *odd[0])
        return LoadedFile(table, header.columns, findings=(*found, first))
    lines = Lines([one.row for one in rejected] + [row for row, count in odd if not count])
    broken = account.broken_rows()
    found += [_field_count(table, header, row, count) for row, count in odd]
    found += [_of_rejected(table, header, one, limits) for one in rejected]
    found += [finding(RuleId.QUOTES, table.file, row=row) for row in account.bare_quotes()]
    found += [finding(RuleId.NO_BREAKS, table.file, row=lines.of(row)) for row in broken]
    if not broken and (scan.mixed_line_ends or scan.returns_alone):
        found.append(finding(RuleId.LINE_ENDS, table.file))
    if not rows and not rejected:
        found.append(finding(RuleId.NOT_EMPTY, table.file))
    ids = frozenset(one.sourced_id(header) for one in rejected) - {""}
    return LoadedFile(table, header.columns, rows, lines, tuple(found), ids, scan.is_plain)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _of_bytes(table: Table, scan: Scan) -> Iterator[Finding]:
    if scan.bom:
        yield finding(RuleId.NO_BOM, table.file, row=1)
    if scan.refusal:
        rule, hint = _REFUSED[scan.refusal]
        words: dict[str, str | int | Text] = {
            "hint": hint,
            "difference": EMPTY,
            "found": 0,
            "expected": len(table.header),
        }
        column = "sourcedId" if rule is RuleId.HEADER else None
        yield finding(rule, table.file, row=scan.refused_line, column=column, words=words)


def _read(db: duckdb.DuckDBPyConnection, table: Table, path: Path, header: Header, limits: Limits) -> None:
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header.columns)
    rejects = (limits.unreadable_rows + 1) * len(header.columns)  # DuckDB counts a row once for each missing column
    db.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    db.execute(
        f"CREATE TABLE {quoted(table.name)} AS SELECT * FROM read_csv({literal(str(path))}, auto_detect = false, "
        f"header = true, columns = {{{columns}}}, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
        f"strict_mode = true, ignore_errors = true, store_rejects = true, "
        f"rejects_limit = {rejects}, max_line_size = {limits.line_bytes})"
    )


@dataclass(frozen=True)
class _Rejected:
    """A row that could not be split into fields."""

    row: int
    fault: str
    text: str

    @property
    def line_breaks(self) -> int:
        """How many line breaks stand inside it."""
        return self.text.rstrip("\r\n").count("\n")

    @property
    def fields(self) -> list[str]:
        """The fields of its first line."""
        return next(csv.reader(self.text.splitlines()[:1]), [])

    def sourced_id(self, header: Header) -> str:
        """Return the id of the row, empty where its line ends before."""
        place, fields = header.columns.index("sourcedId"), self.fields
        return fields[place] if place < len(fields) else ""


def _rejected(db: duckdb.DuckDBPyConnection, limits: Limits) -> list[_Rejected]:
    # Of several faults of one row the last in the alphabet is the cause: UNQUOTED VALUE.
    rows = db.execute(
        f"SELECT line, max(error_type), left(min(csv_line), {_SHOWN}) FROM reject_errors GROUP BY line ORDER BY line "
        f"LIMIT {limits.unreadable_rows + 1}"
    ).fetchall()
    return [_Rejected(int(row), str(fault), (text or "").lstrip("\r\n")) for row, fault, text in rows]


def _of_rejected(table: Table, header: Header, one: _Rejected, limits: Limits) -> Finding:
    if one.fault == _TOO_LONG:
        return finding(RuleId.LINE_LENGTH, table.file, row=one.row, words={"limit": limits.line_bytes})
    if one.fault == _UNQUOTED:
        return finding(RuleId.QUOTES, table.file, row=one.row)
    return _field_count(table, header, one.row, len(one.fields))


def _field_count(table: Table, header: Header, row: int, count: int) -> Finding:
    words = {"found": count, "expected": len(header.columns)}
    return finding(RuleId.FIELD_COUNT, table.file, row=row, words=words)


@dataclass(frozen=True)
class _Account:
    """Whether the rows that were read account for every line and comma of the file, and what stands there if not.

    DuckDB passes over blank lines, takes blank fields beyond the last column, and reads line breaks inside fields:
    the counts of the scan tell of each, and only then is the file read again.
    """

    db: duckdb.DuckDBPyConnection
    table: Table
    header: Header
    path: Path
    scan: Scan
    rows: int
    rejected: list[_Rejected]
    limits: Limits

    @property
    def _lines_missing(self) -> bool:
        accounted = 1 + self.rows + len(self.rejected) + sum(one.line_breaks for one in self.rejected)
        return self.scan.lines != accounted

    @property
    def _commas_missing(self) -> bool:
        between = (len(self.header.columns) - 1) * (1 + self.rows) + sum(one.text.count(",") for one in self.rejected)
        if self.scan.commas == between or not self.scan.quotes:
            return self.scan.commas != between
        inside = " + ".join(
            f"coalesce(sum(length({column}) - length(replace({column}, ',', ''))), 0)" for column in self._columns
        )
        (commas,) = self.db.execute(f"SELECT {inside} FROM {quoted(self.table.name)}").fetchall()[0]
        return self.scan.commas != between + int(commas)

    @property
    def _columns(self) -> list[str]:
        return [quoted(column) for column in self.header.columns]

    def odd_rows(self) -> list[tuple[int, int]]:
        """Rows that are blank or have too many fields, blank ones at the end, each with the number of its fields."""
        if not self._lines_missing and not self._commas_missing:
            return []
        known = {one.row for one in self.rejected}
        found: list[tuple[int, int]] = []
        with self.path.open(encoding="utf-8-sig", newline="") as stream, suppress(csv.Error):
            for number, row in enumerate(csv.reader(stream), start=1):
                if (not row or len(row) > len(self.header.columns)) and number not in known:
                    found.append((number, len(row)))
                    if len(found) > self.limits.unreadable_rows:
                        break
        return found

    def bare_quotes(self) -> list[int]:
        """Rows with a quote inside a field that is not quoted, which DuckDB takes for a letter like any other."""
        holding = " OR ".join(f"contains({column}, chr(34))" for column in self._columns)
        if not self.scan.quotes or not self._any(holding):
            return []
        known = {one.row for one in self.rejected}
        found: list[int] = []
        begun, row = 1, ""
        with self.path.open(encoding="utf-8-sig", newline=None) as stream:
            for number, line in enumerate(stream, start=1):
                row += line
                if '"' in row and begun not in known and not _RFC_4180.fullmatch(row.rstrip("\n")):
                    if _GOES_ON.fullmatch(row):
                        continue
                    found.append(begun)
                    if len(found) > self.limits.unreadable_rows:
                        break
                begun, row = number + 1, ""
        return found

    def _any(self, condition: str) -> bool:
        return bool(self.db.execute(f"SELECT 1 FROM {quoted(self.table.name)} WHERE {condition} LIMIT 1").fetchall())

    def broken_rows(self) -> list[int]:
        """Rows with a line break inside a field, counted from 0."""
        if not self._lines_missing:
            return []
        breaks = " OR ".join(f"contains({column}, chr(10)) OR contains({column}, chr(13))" for column in self._columns)
        found = self.db.execute(
            f"SELECT rowid FROM {quoted(self.table.name)} WHERE {breaks} ORDER BY rowid "
            f"LIMIT {self.limits.unreadable_rows}"
        ).fetchall()
        return [int(row) for (row,) in found]
