"""Legal variants of a package, named: `csv sample --dialect ID` writes them, and no validator may find fault with one.

Each is what the standard permits (csv.md §1 to §4) and some exporter does: a validator or importer that takes the first
package it met for the standard stumbles over the next.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from digione_mock_server.packages.export import Dialect, Export
from digione_sdk.bulk.tables import Kind, Table, Version, needs, tables_of

Act: TypeAlias = Callable[[Export, Version], object]

_ROSTERING: Final = ("academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "roles", "users")
_KEPT: Final = {("orgs", "school"), ("academicSessions", "schoolYear"), ("enrollments", "teacher")}
"""Words that other rows stand on: the type of a school, of a school year, and the role of a primary teacher."""
_STAMP: Final = "2026-11-20T06:00:00.000Z"


@dataclass(frozen=True, slots=True)
class PackageDialect:
    """One legal way to write a package.

    Attributes:
        id: Name for `csv sample --dialect`.
        summary: What is different, in one sentence.
        clause: Where it is permitted.
        act: Does it to an export, in place.
    """

    id: str
    summary: str
    clause: str
    act: Act


def _tables(export: Export, version: Version) -> Iterable[tuple[str, Table]]:
    return [(name, table) for name, table in tables_of(version).items() if name in export.sheets]


def _each(change: Callable[[str], str]) -> Callable[[str], str]:
    """Change each member of a list."""
    return lambda text: ",".join(map(change, text.split(",")))


def _edit(edit: Callable[[bytes], bytes]) -> Act:
    return lambda export, _: export.edits.append(lambda _name, content: edit(content))


def _written(**dialect: str | int) -> Act:
    return lambda export, _: setattr(export, "dialect", Dialect(**dialect))  # type: ignore[arg-type]  # its own fields


def _own_columns(export: Export, version: Version) -> None:
    for name, _ in _tables(export, version):
        sheet = export[name]
        for position in range(2):
            sheet.insert(len(sheet.header), f"metadata.{'ryhmä' if position else 'fi.digione.lähde'}")
        sheet.fill(sheet.header[-1], lambda number: f"{number}" if number % 2 else "", first=None)


def _own_columns_elsewhere(export: Export, version: Version) -> None:
    """Each file has other columns of the vendor, in another order."""
    for number, (name, _) in enumerate(_tables(export, version)):
        sheet, own = export[name], ["metadata.b", "metadata.a", "metadata.A"]
        for column in own[number % 3 :] + own[: number % 3][:1]:
            sheet.insert(len(sheet.header), column, "x")


def _own_words(export: Export, version: Version) -> None:
    for name, table in _tables(export, version):
        for column in table.columns:
            if column.tokens and column.tokens.extensible:

                def change(word: str, *, name: str = name) -> str:
                    return word if (name, word) in _KEPT or word.startswith("ext:") else f"ext:{word.replace(' ', '_')}"

                export[name].change(column.name, _each(change) if column.kind.is_list else change)


def _ids(change: Callable[[str], str]) -> Act:
    """Change every id and every reference alike."""

    def act(export: Export, version: Version) -> None:
        for name, table in _tables(export, version):
            for column in table.columns:
                if column.kind in {Kind.GUID, Kind.REFERENCE}:
                    export[name].change(column.name, change)
                elif column.kind is Kind.REFERENCES:
                    export[name].change(column.name, _each(change))

    return act


def _only(keep: Callable[[Mapping[str, Table]], Iterable[str]]) -> Act:
    def act(export: Export, version: Version) -> None:
        kept = set(keep(tables_of(version)))
        for name, table in _tables(export, version):
            if name not in kept:
                export.leave_out(name)
                continue
            for column in table.references:
                if not column.required and column.target not in kept:
                    export[name].fill(column.name, "")

    return act


def _optional_blank(export: Export, version: Version) -> None:
    for name, table in _tables(export, version):
        for column in table.columns:
            if not column.required and not column.lifecycle:
                export[name].fill(column.name, "")


def _hard_texts(export: Export, version: Version) -> None:
    """Names with commas, quotes, leading zeros and blanks, and letters of many scripts."""
    for name, table in _tables(export, version):
        for column in table.columns:
            if column.kind is Kind.STRING and column.name in {"title", "name", "description", "comment"}:
                export[name].change(column.name, lambda text: f'007, "{text}"  Ωмега 学校 مدرسة 🏫')


def _longest_texts(export: Export, version: Version) -> None:
    for name, table in _tables(export, version):
        if "title" in table.header:
            export[name].change("title", lambda text: text.ljust(255, "x")[:255])


def _one_delta(export: Export, _version: Version) -> None:
    """The mode is said file by file; enrolments change every day, the rest does not."""
    if any(export["enrollments"].values("status")):
        return
    export["enrollments"].fill("status", "active")
    export["enrollments"].fill("dateLastModified", _STAMP)
    export.declare("file.enrollments", "delta")


def _turned_round(export: Export, _version: Version) -> None:
    export.sheets = dict(reversed(export.sheets.items()))


def _manifest_short(export: Export, _version: Version) -> None:
    export.manifest.rows = [row for row in export.manifest.rows if not row[0].startswith("source.")]


def _manifest_full(export: Export, _version: Version) -> None:
    _manifest_short(export, _version)
    export.manifest.rows += [["source.systemName", 'Järjestelmä, "versio 2"'], ["source.systemCode", "fi-091"]]


def _smallest(tables: Mapping[str, Table]) -> Iterable[str]:
    return {"enrollments", *needs("enrollments", tables)}


DIALECTS: Final = (
    PackageDialect("byte-order-marks", "Every file begins with a byte order mark.", "csv §1: a BOM is allowed",
                   _edit(lambda content: codecs.BOM_UTF8 + content)),
    PackageDialect("line-feeds", "Lines end in LF.", "csv §1: readers of RFC 4180 take both", _written(newline="\n")),
    PackageDialect("last-line-open", "The last line of a file has no end.", "RFC 4180 §2",
                   _edit(lambda content: content.removesuffix(b"\r\n"))),
    PackageDialect("everything-quoted", "Every field is quoted, blank ones and headers too.", "RFC 4180 §2",
                   _written(quoting=csv.QUOTE_ALL)),
    PackageDialect("own-columns", "Every file has columns of the vendor at the far right, some of them blank.",
                   "csv §4: metadata.<name>", _own_columns),
    PackageDialect("own-columns-in-any-order", "Each file has other columns of the vendor, in another order.",
                   "csv §4: metadata.<name>", _own_columns_elsewhere),
    PackageDialect("own-words", "Words of the vendor stand wherever a list is open.", "csv §4: ext:", _own_words),
    PackageDialect("ids-in-capitals", "All ids are written in capitals.", "csv §1: GUID", _ids(str.upper)),
    PackageDialect("ids-of-all-signs", "Ids hold every sign that a GUID may hold.", "csv §1: GUID",
                   _ids(lambda text: f"K/1.b_{text}@2")),
    PackageDialect("rostering-alone", "There is no gradebook and there are no resources.",
                   "csv §3: absent", _only(lambda _: _ROSTERING)),
    PackageDialect("smallest-set", "Only the files that enrolments need are there.", "csv §6", _only(_smallest)),
    PackageDialect("optional-columns-blank", "Every column that may be blank is.", "csv §4", _optional_blank),
    PackageDialect("texts-hard-to-read", "Texts hold commas, quotes, leading zeros and letters of many scripts.",
                   "csv §1: RFC 4180, UTF-8", _hard_texts),
    PackageDialect("texts-of-255", "Titles have 255 characters.", "csv §1: strings", _longest_texts),
    PackageDialect("enrollments-in-delta", "enrollments.csv is a delta, the other files are bulk.",
                   "csv §2: mode per file", _one_delta),
    PackageDialect("archive-turned-round", "The archive holds its files in reverse, the manifest last.",
                   "csv §1: no order is said", _turned_round),
    PackageDialect("source-unnamed", "The manifest does not say which system wrote it.", "csv §3: optional",
                   _manifest_short),
    PackageDialect("source-named", "The manifest names system and code, with comma and quotes.", "csv §3: optional",
                   _manifest_full),
)  # fmt: skip

PACKAGE_DIALECTS: Final[Mapping[str, PackageDialect]] = {dialect.id: dialect for dialect in DIALECTS}
"""Every known dialect of packages by id."""
