"""OpenAPI 3.1 documents, built from the models and the endpoint tables so that no fact is written twice."""

from digione_sdk.openapi.contract import contract_document
from digione_sdk.openapi.discovery import DISCOVERY_NAMES, discovery_document, discovery_names
from digione_sdk.openapi.document import rostering_document
from digione_sdk.openapi.text import yaml_text

__all__ = [
    "DISCOVERY_NAMES",
    "contract_document",
    "discovery_document",
    "discovery_names",
    "rostering_document",
    "yaml_text",
]
