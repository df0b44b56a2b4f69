"""The files of OneRoster CSV as data: columns, order, types, vocabularies, targets, and what the manifest lists."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from digione_sdk.bulk.tables import v1p1, v1p2
from digione_sdk.bulk.tables.closure import CLOSURES, Closure, may_need, needs, root_causes_first
from digione_sdk.bulk.tables.column import Column, Kind, Table, Tokens

__all__ = [
    "CLOSURES",
    "MANIFEST",
    "MANIFEST_HEADER",
    "Closure",
    "Column",
    "Kind",
    "Mode",
    "Table",
    "Tokens",
    "Version",
    "manifest_properties",
    "may_need",
    "needs",
    "root_causes_first",
    "tables_of",
]

MANIFEST: Final = "manifest.csv"
MANIFEST_HEADER: Final = ("propertyName", "value")


class Version(StrEnum):
    """Version of the CSV binding; 1.2.1 is a correction of 1.2 and writes 1.2 into the manifest."""

    V1P1 = "1.1"
    V1P2 = "1.2"
    V1P2P1 = "1.2.1"

    @property
    def in_manifest(self) -> str:
        """Value of `oneroster.version`."""
        return "1.1" if self is Version.V1P1 else "1.2"


class Mode(StrEnum):
    """What a file is, as the manifest says."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


_TABLES: Final[Mapping[Version, tuple[Table, ...]]] = {
    Version.V1P1: v1p1.TABLES,
    Version.V1P2: v1p2.TABLES,
    Version.V1P2P1: v1p2.LATER_TABLES,
}


@cache
def tables_of(version: Version) -> Mapping[str, Table]:
    """Return the data files of a version by name, root causes first: a table stands after all that it refers to."""
    return {table.name: table for table in root_causes_first(_TABLES[version])}


def manifest_properties(version: Version) -> tuple[tuple[str, str | None], ...]:
    """Return every row of the manifest with the value it must have; None where the package decides.

    The two `source.` properties are optional; one `file.` row a data file is not.
    """
    files = sorted(tables_of(version), key=lambda name: (name.lower(), name))
    return (
        ("manifest.version", "1.0"),
        ("oneroster.version", version.in_manifest),
        *((f"file.{name}", None) for name in files),
        ("source.systemName", None),
        ("source.systemCode", None),
    )
