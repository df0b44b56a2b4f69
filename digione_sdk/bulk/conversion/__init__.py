"""OneRoster CSV converted: REST to CSV and back, one version to another, bulk to delta and back; every loss is told."""

from digione_sdk.bulk.conversion.delta import DeltaCount, apply_delta, delta_between
from digione_sdk.bulk.conversion.export import export_package
from digione_sdk.bulk.conversion.records import KINDS, records_in
from digione_sdk.bulk.conversion.versions import convert_package

__all__ = [
    "KINDS",
    "DeltaCount",
    "apply_delta",
    "convert_package",
    "delta_between",
    "export_package",
    "records_in",
]
