"""What a report may say of a package of files: what was in it, and where in it a requirement is not met.

A target is asked over HTTP and leaves exchanges; a package is read and leaves places. Values are masked before they
come here (`digione_sdk.bulk.masking`), so that no format can show one.
"""

from __future__ import annotations

from dataclasses import dataclass

from digione_conformance.catalogue.text import Text

MOST_PLACES = 100
"""Places of one requirement that a report names; all are counted."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One data file: how many of its rows could be read (None: none at all), and whether it is bulk or delta."""

    file: str
    rows: int | None
    mode: str | None


@dataclass(frozen=True, slots=True)
class Package:
    """The package that was judged: its version, and the data files in it."""

    version: str
    files: tuple[PackageFile, ...]

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(one.rows or 0 for one in self.files)


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a requirement is not met.

    Attributes:
        file: Name of the file; that of the package where no file is meant.
        row: Line of the file, the header being 1; None where the whole file is meant.
        column: Name of the column; None where the whole row is meant.
        value: The value, masked where a person could be meant; None where there is none to show.
        message: What is wrong.
        consequence: Whether it only follows from another finding.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    message: Text
    consequence: bool

    @property
    def told(self) -> str:
        """The place and what is wrong there, in one line of English."""
        where = [self.file, *([f"row {self.row}"] if self.row else []), *([self.column] if self.column else [])]
        value = f" ({self.value})" if self.value is not None else ""
        follows = "; follows from another finding" if self.consequence else ""
        return f"{', '.join(where)}: {self.message.en}{value}{follows}"
