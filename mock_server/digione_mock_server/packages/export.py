"""A package on its way out: sheets of text, the dialect they are written in, and the archive they are put into."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

MANIFEST: Final = "manifest"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(slots=True)
class Sheet:
    """One file as text: its header and its rows, each as long as the header."""

    header: list[str]
    rows: list[list[str]]

    def at(self, column: str) -> int:
        """Return the place of a column.

        Raises:
            ValueError: There is none of this name.
        """
        return self.header.index(column)

    def values(self, column: str) -> list[str]:
        """Return the values of a column, in order."""
        place = self.at(column)
        return [row[place] for row in self.rows]

    def change(
        self, column: str, change: Callable[[str], str], *, first: int | None = None, where: str | None = None
    ) -> None:
        """Change the values of a column.

        Args:
            column: Name of the column.
            change: New value of an old one; blank values are let be.
            first: How many rows to change; None for all.
            where: Change rows with this value only.
        """
        place, left = self.at(column), first
        for row in self.rows:
            if left == 0:
                return
            if row[place] and where in {None, row[place]}:
                row[place] = change(row[place])
                left = None if left is None else left - 1

    def fill(self, column: str, value: str | Callable[[int], str], *, first: int | None = None) -> None:
        """Put a value into a column whatever stands there; a function is told the number of the row, from 0."""
        place = self.at(column)
        for number, row in enumerate(self.rows[:first]):
            row[place] = value if isinstance(value, str) else value(number)

    def rename(self, old: str, new: str) -> None:
        """Give a column another name."""
        self.header[self.at(old)] = new

    def insert(self, place: int, name: str, value: str = "") -> None:
        """Put in a column with the same value in every row."""
        self.header.insert(place, name)
        for row in self.rows:
            row.insert(place, value)

    def drop(self, column: str) -> None:
        """Take out a column."""
        place = self.at(column)
        del self.header[place]
        for row in self.rows:
            del row[place]

    def move(self, column: str, *, before: str) -> None:
        """Move a column with its values to a place before another."""
        values = self.values(column)
        self.drop(column)
        place = self.at(before)
        self.insert(place, column)
        for row, value in zip(self.rows, values, strict=True):
            row[place] = value


@dataclass(slots=True)
class Dialect:
    """How rows become text."""

    delimiter: str = ","
    quote: str = '"'
    newline: str = "\r\n"
    escape: str | None = None
    """Character before a quote within a field; None where the quote is doubled."""
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    """Which fields are quoted: those that need it, or all."""
    naive: bool = False
    """Whether rows are joined without any quoting."""

    def text(self, rows: Iterable[list[str]]) -> str:
        """Return rows as text."""
        if self.naive:
            return "".join(self.delimiter.join(row) + self.newline for row in rows)
        written = io.StringIO(newline="")
        csv.writer(
            written,
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=self.quoting,
            lineterminator=self.newline,
            escapechar=self.escape,
            doublequote=self.escape is None,
        ).writerows(rows)
        return written.getvalue()


@dataclass(slots=True)
class Export:
    """A package before it is written.

    Attributes:
        sheets: Every file by name without extension, the manifest included.
        dialect: How their rows become text.
        encoding: How text becomes bytes.
        names: Name in the archive, for files that are not called as they should be.
        edits: What is done to the bytes of each file, last; it is told the name of the sheet.
        folder: Folder within the archive, with its slash.
        extra: Further entries of the archive.
        compression: How entries are compressed.
        wrapped: What is done to the archive as a whole.
    """

    sheets: dict[str, Sheet]
    dialect: Dialect = field(default_factory=Dialect)
    encoding: str = "utf-8"
    names: dict[str, str] = field(default_factory=dict)
    edits: list[Callable[[str, bytes], bytes]] = field(default_factory=list)
    folder: str = ""
    extra: list[tuple[str, bytes]] = field(default_factory=list)
    compression: int = zipfile.ZIP_DEFLATED
    wrapped: Callable[[bytes], bytes] = bytes

    @classmethod
    def read(cls, package: Path) -> Export:
        """Read a package that this server wrote."""
        sheets = {}
        with zipfile.ZipFile(package) as archive:
            for name in archive.namelist():
                lines = csv.reader(io.StringIO(archive.read(name).decode(), newline=""))
                sheets[name.removesuffix(".csv")] = Sheet(next(lines), list(lines))
        return cls(sheets)

    def __getitem__(self, name: str) -> Sheet:
        return self.sheets[name]

    @property
    def manifest(self) -> Sheet:
        """The manifest."""
        return self.sheets[MANIFEST]

    def declare(self, name: str, value: str) -> None:
        """Give a property of the manifest another value."""
        for row in self.manifest.rows:
            if row[0] == name:
                row[1] = value

    def leave_out(self, name: str) -> None:
        """Leave a file out, as the manifest then says."""
        del self.sheets[name]
        self.declare(f"file.{name}", "absent")

    def copy(self) -> Export:
        """Return a copy to be changed; only what a fault changes is copied."""
        return Export({name: Sheet([*s.header], [[*row] for row in s.rows]) for name, s in self.sheets.items()})

    def archive(self) -> bytes:
        """Return the package as bytes."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, sheet in self.sheets.items():
                content = self.dialect.text([sheet.header, *sheet.rows]).encode(self.encoding, "replace")
                for edit in self.edits:
                    content = edit(name, content)
                self._put(archive, self.folder + self.names.get(name, f"{name}.csv"), content)
            for name, content in self.extra:
                with warnings.catch_warnings(action="ignore"):  # a name that is there already is what a fault wants
                    self._put(archive, name, content)
        return self.wrapped(made.getvalue())

    def _put(self, archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, content, self.compression)
