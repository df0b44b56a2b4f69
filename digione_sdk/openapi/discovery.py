"""The discovery document of a real server: its own addresses and only the operations it supports (rest-1.2 §10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.openapi.document import service_document


def discovery_document(
    service: Service, *, server_url: str, token_url: str, operations: Iterable[Endpoint[Any]] | None = None
) -> dict[str, Json]:
    """Return the document that a server publishes of itself, under the service's `discovery_names`.

    Args:
        service: The service that it offers.
        server_url: Whole base URL of the service, without a slash at the end.
        token_url: Absolute address of the token endpoint.
        operations: What the server supports; all of the service by default.

    Raises:
        UsageError: An address is not absolute, or there is nothing to describe.
    """
    for argument, url in (("server_url", server_url), ("token_url", token_url)):
        if not url.startswith(("https://", "http://")):
            raise UsageError("must be an absolute http or https address", argument=argument)
    supported = None if operations is None else tuple(operations)
    if supported == ():
        raise UsageError("a discovery document needs at least one operation", argument="operations")
    return service_document(service, server_url=server_url.rstrip("/"), token_url=token_url, endpoints=supported)
