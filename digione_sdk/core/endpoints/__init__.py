"""All services that the SDK speaks, and all their operations: what is not about one service reads these."""

from __future__ import annotations

from typing import Any, Final

from digione_sdk.core.endpoints import rostering
from digione_sdk.core.endpoints.base import Endpoint, Service

SERVICES: Final[tuple[Service, ...]] = (rostering.ROSTERING,)
"""Every service, Rostering first: the others link into it."""

ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (*rostering.ENDPOINTS,)
"""Every operation of every service."""


def endpoints_of(service: Service) -> tuple[Endpoint[Any], ...]:
    """Return the operations of a service, in the order of its table."""
    return tuple(endpoint for endpoint in ENDPOINTS if endpoint.service is service)


def service_named(name: str) -> Service:
    """Return the service of that name.

    Raises:
        KeyError: There is none.
    """
    return {service.name: service for service in SERVICES}[name]
