"""All services that the SDK speaks, and all their operations: what is not about one service reads these."""

from __future__ import annotations

from typing import Any, Final

from digione_sdk.core.endpoints import gradebook, resources, rostering
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.core.scopes import Scope

SERVICES: Final[tuple[Service, ...]] = (rostering.ROSTERING, gradebook.GRADEBOOK, resources.RESOURCES)
"""Every service, Rostering first: the others link into it."""

ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (*rostering.ENDPOINTS, *gradebook.ENDPOINTS, *resources.ENDPOINTS)
"""Every operation of every service."""


def endpoints_of(service: Service) -> tuple[Endpoint[Any], ...]:
    """Return the operations of a service, in the order of its table."""
    return tuple(endpoint for endpoint in ENDPOINTS if endpoint.service is service)


def scopes_of(service: Service) -> tuple[Scope, ...]:
    """Return the scopes that some operation of a service takes, in the order of `Scope`."""
    taken = {scope for endpoint in endpoints_of(service) for scope in endpoint.scopes}
    return tuple(scope for scope in Scope if scope in taken)


def service_named(name: str) -> Service:
    """Return the service of that name.

    Raises:
        KeyError: There is none.
    """
    return {service.name: service for service in SERVICES}[name]
