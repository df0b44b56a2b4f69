"""OneRoster CSV: packages read, validated and written; DuckDB (extra `bulk`) is loaded when a package is opened."""

from digione_sdk.bulk.findings import LANGUAGES, Finding, Severity, Text
from digione_sdk.bulk.frames import to_arrow, to_pandas, to_polars
from digione_sdk.bulk.limits import Limits
from digione_sdk.bulk.package import Package, Row, open_package
from digione_sdk.bulk.printing import validation_as_json, validation_as_text
from digione_sdk.bulk.tables import Mode, Version, tables_of
from digione_sdk.bulk.validation import Validation, validate
from digione_sdk.bulk.writing import write_package

__all__ = [
    "LANGUAGES",
    "Finding",
    "Limits",
    "Mode",
    "Package",
    "Row",
    "Severity",
    "Text",
    "Validation",
    "Version",
    "open_package",
    "tables_of",
    "to_arrow",
    "to_pandas",
    "to_polars",
    "validate",
    "validation_as_json",
    "validation_as_text",
    "write_package",
]
