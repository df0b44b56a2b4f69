"""What a check may know of a target before it asks: the target file without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1

SERVICE_KEYS: Final[Mapping[str, Service]] = {service.key: service for service in (*SERVICES, ONEROSTER_V1P1)}
"""Key of `[services]` -> the service whose base URL it names; all three services of OneRoster 1.1 have one."""
OPENAPI_FILE: Final = "file:openapi"
"""Stands for a file that `[services] openapi` names, a second one with `-2` behind it; paths are nobody's business."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts on which plain http is no defect."""


@dataclass(frozen=True)
class Claims:
    """What the target file says of the target, secrets left out: all that a check may know beforehand.

    Attributes:
        services: Base URL by key of `[services]` (`rostering`, `oneroster_1_1`), without trailing slash.
        token_url: Address of the token endpoint.
        tenants: Names of the tenants that have credentials, the first is the main one.
        clients: Names of further clients of those tenants, as `a.minimal`.
        profiles: Ids of the claimed profiles.
        fixtures: `provided`, `create` or `readonly`.
        fixture_ids: Ids of objects that the target file names, by collection.
        control_url: Base of the test-control API, where the target offers one.
        synthetic: Whether the target holds synthetic data only.
        page_size: Page size to ask for when whole lists are read.
        most_pages: Most pages that one list read may take.
        openapi: Addresses of the target's own OpenAPI documents where the file names them, `OPENAPI_FILE` for a file.
    """

    services: Mapping[str, str]
    token_url: str
    tenants: tuple[str, ...] = ("a",)
    clients: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    fixtures: str = "readonly"
    control_url: str | None = None
    synthetic: bool = False
    environment: str = "test"
    fixture_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page_size: int = 1000
    most_pages: int = 60
    openapi: tuple[str, ...] = ()

    def base_of(self, service: Service) -> str | None:
        """Return the base URL of a service, or None where the target file names none."""
        return next((self.services.get(key) for key, known in SERVICE_KEYS.items() if known is service), None)

    def published(self, service: Service) -> tuple[str, ...]:
        """Return the addresses at which a service's own OpenAPI document may be; none where the file names no base."""
        base = self.base_of(service)
        return tuple(f"{base}/discovery/{name}" for name in service.discovery_names) if base else ()

    @property
    def descriptions(self) -> tuple[str, ...]:
        """Addresses at which an OpenAPI document of the target may be, those that the file names first."""
        return (*self.openapi, *(address for service in SERVICE_KEYS.values() for address in self.published(service)))
