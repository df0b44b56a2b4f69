"""Conversion between OneRoster 1.1 and 1.2, object by object: JSON to JSON, with an account of every loss."""

from digione_sdk.wire.versions.downgrade import downgraded
from digione_sdk.wire.versions.policy import DEFAULT_POLICY, ConversionPolicy
from digione_sdk.wire.versions.report import Action, Change, ConversionReport, ServerWarning
from digione_sdk.wire.versions.upgrade import upgraded

__all__ = [
    "DEFAULT_POLICY",
    "Action",
    "Change",
    "ConversionPolicy",
    "ConversionReport",
    "ServerWarning",
    "downgraded",
    "upgraded",
]
