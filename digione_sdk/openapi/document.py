"""Build the OpenAPI document of a service, restated in our own words from the standard's public facts."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final

from digione_sdk.core.endpoints import endpoints_of
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.core.scopes import Scope, ScopeV1P1
from digione_sdk.model.base import Json, Record
from digione_sdk.model.status import CodeMinorValue, StatusInfo
from digione_sdk.openapi.operation import operation, tag_of
from digione_sdk.openapi.parameters import COLLECTION_PARAMETERS, PROJECTION
from digione_sdk.openapi.responses import ERROR_RESPONSES, HEADERS
from digione_sdk.openapi.schema import component_schemas, vocabulary_schema

PROVENANCE: Final = (
    "Restated by the digione-sdk community from public facts of the OneRoster 1.2 standard, in wording of its own. "
    "Not published by 1EdTech, and no certification is claimed or implied."
)

_PLACEHOLDER_HOST: Final = "roster.example.org"


def service_document(
    service: Service,
    *,
    server_url: str | None = None,
    token_url: str | None = None,
    endpoints: Iterable[Endpoint[Any]] | None = None,
) -> dict[str, Json]:
    """Return the OpenAPI 3.1 document of a OneRoster 1.2 service.

    Args:
        service: The service.
        server_url: Whole base URL of a real server; without it the document names a placeholder host.
        token_url: Where that server gives out tokens; without it a placeholder.
        endpoints: Operations of the service to describe, in order; all by default. Only the schemas, parameters and
            headers they need are included.
    """
    described = endpoints_of(service) if endpoints is None else tuple(endpoints)
    scopes = sorted({scope for endpoint in described for scope in endpoint.scopes})
    parameters = COLLECTION_PARAMETERS | PROJECTION if any(it.is_collection for it in described) else PROJECTION
    bodies: list[type[Record]] = [*(model for endpoint in described for model in endpoint.bodies), StatusInfo]
    document = {
        "openapi": "3.1.0",
        "info": _info(service),
        "servers": [_server(service, server_url)],
        "tags": [{"name": name} for name in dict.fromkeys(tag_of(endpoint) for endpoint in described)],
        "paths": _paths(described),
        "components": {
            "schemas": component_schemas(bodies) | _reasons(service),
            "parameters": parameters,
            "headers": HEADERS,
            "responses": ERROR_RESPONSES,
            "securitySchemes": {"OAuth2CC": _security_scheme(scopes, token_url)},
        },
    }
    return copy.deepcopy(document)  # the shared components are constants: the caller gets a document of its own


def _info(service: Service) -> dict[str, Json]:
    return {
        "title": f"{service.title} (community restatement)",
        "version": service.version,
        "summary": service.summary,
        "description": (
            f"{PROVENANCE}\n\n"
            "Strict on purpose: objects are closed except `metadata` and credentials, absent values are left out and "
            "never null, truth values are text, instants carry a zone. Fields bear `x-digione-flags`, the privacy "
            "flags of the DigiOne community profile, which is not an official DigiOne specification."
        ),
        "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    }


def _reasons(service: Service) -> dict[str, Json]:
    # One vocabulary in Python, because a client reads them all; each service may send its own part of it.
    whole = vocabulary_schema(CodeMinorValue)
    return {CodeMinorValue.__source__: whole | {"enum": [reason.value for reason in service.reasons]}}


def _server(service: Service, server_url: str | None) -> dict[str, Json]:
    if server_url is not None:
        return {"url": server_url}
    return {
        "url": f"https://{{hostName}}{service.base_path}",
        "description": "Placeholder; a provider may put a prefix of its own before `/ims`.",
        "variables": {"hostName": {"default": _PLACEHOLDER_HOST, "description": "Host of the provider."}},
    }


def _paths(endpoints: Iterable[Endpoint[Any]]) -> dict[str, Json]:
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation(endpoint)
    return paths


def _security_scheme(scopes: Iterable[Scope | ScopeV1P1], token_url: str | None) -> dict[str, Json]:
    return {
        "type": "oauth2",
        "description": (
            "OAuth 2 client credentials, bearer token. Any one of the security requirements of an operation suffices."
        ),
        "flows": {
            "clientCredentials": {
                "tokenUrl": token_url or f"https://{_PLACEHOLDER_HOST}/oauth/token",
                "scopes": {scope.value: scope.permits for scope in scopes},
            }
        },
    }
