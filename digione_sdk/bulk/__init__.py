"""OneRoster CSV: packages read, validated and written; DuckDB (extra `bulk`) is loaded when a package is opened."""

from digione_sdk.bulk.findings import Finding, Severity, Text
from digione_sdk.bulk.limits import Limits
from digione_sdk.bulk.package import Package, Row, open_package
from digione_sdk.bulk.tables import Mode, Version, tables_of

__all__ = [
    "Finding",
    "Limits",
    "Mode",
    "Package",
    "Row",
    "Severity",
    "Text",
    "Version",
    "open_package",
    "tables_of",
]
