"""OpenAPI 3.1 documents, built from the models and the endpoint tables so that no fact is written twice."""

from digione_sdk.openapi.contract import contract_document
from digione_sdk.openapi.discovery import discovery_document
from digione_sdk.openapi.document import service_document
from digione_sdk.openapi.text import yaml_text

__all__ = ["contract_document", "discovery_document", "service_document", "yaml_text"]
