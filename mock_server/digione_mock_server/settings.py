"""What a server is told before it starts, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from string import ascii_lowercase
from typing import Final

from digione_mock_server.auth import Client
from digione_mock_server.store import MEMORY
from digione_mock_server.switches import Switches
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.errors import UsageError

TODAY: Final = date(2026, 11, 23)
"""Anchor day of the seed unless another is given."""

TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105 - a path
CONTROL_PATH: Final = "/digione/test-control/v1"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is set up.

    Attributes:
        public_url: Scheme, host and port under which clients reach it; all links begin with it.
        clients: Registrations.
        db: Database URL.
        size: Size of the synthetic municipality.
        seed: Number from which all synthetic values follow.
        today: Day around which the data is built.
        tenants: How many tenants hold data.
        switches: Faults and dialects.
        control_token: Bearer token of the test control; None leaves the control out.
        record: File that gets one JSON line a request, or None.
        token_lifetime: Seconds that an access token lives.
    """

    public_url: str
    clients: tuple[Client, ...]
    db: str = MEMORY
    size: str = "school"
    seed: int = 1
    today: date = TODAY
    tenants: int = 2
    switches: Switches = field(default_factory=Switches)
    control_token: str | None = field(default=None, repr=False)
    record: str | None = None
    token_lifetime: int = 3600

    def __post_init__(self) -> None:
        if not 1 <= self.tenants <= len(ascii_lowercase):
            raise UsageError(f"must be between 1 and {len(ascii_lowercase)}", argument="tenants")
        if not self.public_url.startswith(("http://", "https://")) or self.public_url.endswith("/"):
            raise UsageError("must be http(s)://host[:port] without a slash at the end", argument="public_url")
        if self.token_lifetime < 1:
            raise UsageError("must be at least one second", argument="token_lifetime")

    def service_url(self, service: Service) -> str:
        """Base URL of a service."""
        return self.public_url + service.base_path

    @property
    def rostering_url(self) -> str:
        """Base URL of the Rostering service, which every target has."""
        return self.service_url(ROSTERING)

    @property
    def token_url(self) -> str:
        """Address of the token endpoint."""
        return self.public_url + TOKEN_PATH

    @property
    def control_url(self) -> str:
        """Base URL of the test control."""
        return self.public_url + CONTROL_PATH


def tenant_name(index: int) -> str:
    """Name of a tenant in target files and in the test control: `a`, `b` and so on."""
    return ascii_lowercase[index]
