"""Client registrations: which tenant a client belongs to, what it may ask for, and how much of a record it sees."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from digione_mock_server.exposure import DEFAULT, Exposure
from digione_sdk.core.endpoints import ENDPOINTS, scopes_of
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.core.scopes import SCOPES_V1P1, Scope

ALL_SCOPES: Final = frozenset(scope.value for scope in Scope)
READING_SCOPES: Final = frozenset(scope.value for e in ENDPOINTS if e.is_read for scope in e.scopes)
"""What permits to look and to change nothing."""
ROSTER_SCOPES: Final = frozenset(scope.value for scope in scopes_of(ROSTERING))
"""What opens Rostering."""


def either_version(scopes: frozenset[str]) -> frozenset[str]:
    """Return scopes with their namesakes of 1.1: who may read the one may read the other, if he asks for it by name."""
    return scopes | {SCOPES_V1P1[scope].value for scope in scopes if scope in SCOPES_V1P1}


def hashed(secret: str) -> bytes:
    """Hash a client secret; secrets are long and random, so a fast hash loses nothing."""
    return sha256(secret.encode()).digest()


_NOBODY: Final = hashed("")


@dataclass(frozen=True, slots=True)
class Client:
    """A registration.

    Attributes:
        client_id: Public id.
        secret_hash: `hashed(secret)`.
        tenant: Index of the tenant whose data the client reads; nothing in a request can change it.
        scopes: Scopes it may be granted.
        exposure: What of a record it sees.
    """

    client_id: str
    secret_hash: bytes = field(repr=False)
    tenant: int
    scopes: frozenset[str] = ALL_SCOPES
    exposure: Exposure = DEFAULT


class Clients:
    """All registrations."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._clients = {client.client_id: client for client in clients}

    def authenticate(self, client_id: str, secret: str) -> Client | None:
        """Return the client whose credentials these are, or None; an unknown id takes as long as a known one."""
        client = self._clients.get(client_id)
        same = hmac.compare_digest(client.secret_hash if client else _NOBODY, hashed(secret))
        return client if client is not None and same else None

    def get(self, client_id: str) -> Client | None:
        """Return a registration by id."""
        return self._clients.get(client_id)
