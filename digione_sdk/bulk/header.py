"""The first row of a data file held against the standard's: which columns can be read, and what is wrong with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from digione_sdk.bulk.catalogue import RuleId, finding
from digione_sdk.bulk.findings import Finding, Text
from digione_sdk.bulk.tables import Table

_OWN = "metadata."
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Header:
    """Columns of a file in the order in which they stand.

    Attributes:
        columns: For each field of a row the standard's name, or the file's own name of a further column.
        findings: What is wrong.
        readable: Whether rows can be read by it: every name once, `sourcedId` among them.
    """

    columns: tuple[str, ...]
    findings: tuple[Finding, ...]
    readable: bool


def read_header(line: str, table: Table) -> Header:
    """Judge the header of a file; a name in the wrong case is still known for what it is."""
    try:
        names = next(csv.reader([line]), [])
    except csv.Error:  # a field longer than any name
        names = []
    known = {name.lower(): name for name in table.header}
    columns = tuple(known.get(name.strip().lower(), name) for name in names)
    readable = len(set(columns)) == len(columns) and "sourcedId" in columns
    return Header(_apart(columns), tuple(_findings(tuple(names), columns, table)), readable)


def _apart(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Tell names apart that differ in case alone, which the standard allows and SQL does not: `metadata.a (2)`."""
    found: dict[str, int] = {}
    named = []
    for column in columns:
        number = found[column.lower()] = found.get(column.lower(), 0) + 1
        named.append(column if number == 1 else f"{column} ({number})")
    return tuple(named)


def _findings(names: tuple[str, ...], columns: tuple[str, ...], table: Table) -> Iterator[Finding]:
    ours = tuple(column for column in columns if column in table)
    differences = [
        *(("missing", column) for column in table.header if column not in columns),
        *(("case", name) for name, column in zip(names, columns, strict=True) if column in table and name != column),
        *(("twice", column) for column in sorted({column for column in columns if columns.count(column) > 1})),
    ]
    if not differences and ours != table.header:
        differences = [("order", next(a for a, b in zip(ours, table.header, strict=True) if a != b))]
    for kind, column in differences:
        words = {"difference": _DIFFERENCES[kind]}
        yield finding(RuleId.HEADER, table.file, row=1, column=shown(column), words=words)
    for position, column in enumerate(columns):
        own = column.startswith(_OWN) and len(column) > len(_OWN)
        if column not in table and not (own and all(later not in table for later in columns[position:])):
            yield finding(RuleId.EXTENSIONS, table.file, row=1, column=shown(column))


_DIFFERENCES: Final = {
    "missing": Text("it is missing", "se puuttuu", "den saknas"),
    "case": Text("it is written otherwise", "se on kirjoitettu toisin", "den är skriven på annat sätt"),
    "twice": Text("it stands twice", "se esiintyy kahdesti", "den står två gånger"),
    "order": Text("it stands in another place", "se on väärässä paikassa", "den står på fel plats"),
    "empty": Text("there is none", "sitä ei ole", "den saknas helt"),
}
EMPTY: Final = _DIFFERENCES["empty"]
"""What the header of an empty file lacks."""


def shown(name: str) -> str:
    """A name of the file's own, as it may be printed: short, and of letters that print."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "..."
