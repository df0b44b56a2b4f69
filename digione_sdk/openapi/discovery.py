"""The discovery document of a real server: its own addresses and only the operations it supports (rest-1.2 §10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.core.endpoints.rostering import ENDPOINTS, ROSTERING
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.openapi.document import rostering_document

_OF_BINDING: Final = {"rostering": "rosters"}
"""How the binding's file name calls a service, where it differs from everybody else."""


def discovery_names(service: Service) -> tuple[str, ...]:
    """Return the file names under `<base>/discovery/`: the binding's, and the certification guide's.

    Serve both, probe both (pitfall 6).
    """
    name = _OF_BINDING.get(service.name, service.name)
    return (f"onerosterv1p2{name}service_openapi3_v1p0.json", f"imsorv1p2_{service.name}_openapi3_v1p0.json")


DISCOVERY_NAMES: Final = discovery_names(ROSTERING)
"""Those of Rostering."""


def discovery_document(
    *, server_url: str, token_url: str, operations: Iterable[Endpoint[Any]] = ENDPOINTS
) -> dict[str, Json]:
    """Return the document that a server publishes of itself.

    Args:
        server_url: Whole base URL of the service, without a slash at the end.
        token_url: Absolute address of the token endpoint.
        operations: What the server supports; all of the service by default.

    Raises:
        UsageError: An address is not absolute, or there is nothing to describe.
    """
    for argument, url in (("server_url", server_url), ("token_url", token_url)):
        if not url.startswith(("https://", "http://")):
            raise UsageError("must be an absolute http or https address", argument=argument)
    supported = tuple(operations)
    if not supported:
        raise UsageError("a discovery document needs at least one operation", argument="operations")
    return rostering_document(server_url=server_url.rstrip("/"), token_url=token_url, endpoints=supported)
