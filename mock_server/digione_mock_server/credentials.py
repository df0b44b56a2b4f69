"""Made-up client registrations: random secrets, one set of clients a tenant, alike in every tenant."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from digione_mock_server.auth import Client, hashed
from digione_mock_server.auth.registrations import ALL_SCOPES, READING_SCOPES
from digione_mock_server.exposure import DEFAULT, ENTITLED, MINIMAL, Exposure
from digione_mock_server.settings import tenant_name

_EXPOSURES: Final[tuple[Exposure, ...]] = (DEFAULT, MINIMAL, ENTITLED)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs to ask for a token."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Registrations, and the secrets that open them.

    Attributes:
        clients: The registrations, secrets hashed.
        credentials: Credentials by (tenant name, exposure name).
    """

    clients: tuple[Client, ...]
    credentials: dict[tuple[str, str], Credentials] = field(repr=False)


def register(tenants: int) -> Register:
    """Register the clients `tenant-a` (default exposure), `tenant-a-minimal` and `tenant-a-entitled`, and so on.

    The minimal one reads only: who gets less to see has nothing to write.
    """
    clients: list[Client] = []
    credentials: dict[tuple[str, str], Credentials] = {}
    for index in range(tenants):
        for exposure in _EXPOSURES:
            name = tenant_name(index)
            client_id = f"tenant-{name}" if exposure is DEFAULT else f"tenant-{name}-{exposure.name}"
            secret = secrets.token_urlsafe(32)
            scopes = READING_SCOPES if exposure is MINIMAL else ALL_SCOPES
            clients.append(Client(client_id, hashed(secret), index, scopes=scopes, exposure=exposure))
            credentials[name, exposure.name] = Credentials(client_id, secret)
    return Register(tuple(clients), credentials)
