"""A reference server in a thread: for the tests of people who use the SDK, for checks and for mutants.

with serving() as server:
    api = DigiOne(server.rostering_url, token_url=server.token_url, ...server.client("a"))
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from socket import socket

from starlette.applications import Starlette

from digione_mock_server.app import create_app, state_of
from digione_mock_server.credentials import Credentials, Register, register
from digione_mock_server.dialects import Dialects
from digione_mock_server.dialects.population import retold
from digione_mock_server.faults import Faults
from digione_mock_server.filling import copied_store
from digione_mock_server.listening import Listener, bind, public_url, serve_in_thread
from digione_mock_server.settings import TODAY, Settings
from digione_mock_server.source import SeedSource, Source
from digione_mock_server.state import ServerState
from digione_mock_server.switches import Switches
from digione_sdk.core.endpoints import service_named
from digione_sdk.errors import ConfigurationError

__all__ = ["Server", "serving"]

_PATIENCE_SECONDS = 30
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        settings: How it was set up; holds its addresses.
        register: Its registrations and their secrets.
        state: Its inside, for tests that change data without the test control.
    """

    settings: Settings
    register: Register = field(repr=False)
    state: ServerState = field(repr=False)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self.settings.public_url

    @property
    def rostering_url(self) -> str:
        """Base URL of the Rostering service."""
        return self.settings.rostering_url

    def service_url(self, name: str) -> str:
        """Base URL of the service of that name, as `gradebook`.

        Raises:
            KeyError: There is no such service.
        """
        return self.settings.service_url(service_named(name))

    @property
    def token_url(self) -> str:
        """Address of the token endpoint."""
        return self.settings.token_url

    def client(self, tenant: str = "a", *, exposure: str = "default") -> Credentials:
        """Return the credentials of a tenant's client; exposures are default, minimal and entitled."""
        return self.register.credentials[tenant, exposure]


@contextmanager
def serving(
    *,
    size: str = "school",
    seed: int = 1,
    today: date = TODAY,
    tenants: int = 2,
    faults: Iterable[str] = (),
    dialects: Iterable[str] = (),
    control: bool = False,
    token_lifetime: int = 3600,
    source: Source | None = None,
) -> Iterator[Server]:
    """Run a server on a free port of the loopback for as long as the block lasts.

    The first server of a size is filled from the seed; later ones start from a copy and take a fraction of a second.

    Raises:
        UsageError: An argument is out of its range, or a fault or dialect is unknown.
        ConfigurationError: The server did not start.
    """
    switches = Switches(Faults.of(faults), Dialects.of(dialects))
    registered = register(tenants)
    with bind(_LOOPBACK, 0) as bound:
        settings = Settings(
            public_url=public_url(bound, _LOOPBACK, tls=False),
            clients=registered.clients,
            size=size,
            seed=seed,
            today=today,
            tenants=tenants,
            switches=switches,
            control_token=secrets.token_urlsafe(32) if control else None,
            token_lifetime=token_lifetime,
        )
        chosen = source or SeedSource(size=size, seed=seed, today=today)
        app = create_app(settings, store=copied_store(retold(chosen, switches.dialects), tenants=tenants))
        with _listening(app, bound):
            yield Server(settings, registered, state_of(app))


@contextmanager
def _listening(app: Starlette, bound: socket) -> Iterator[None]:
    ready = threading.Event()
    listener = Listener(app, certificate=None, ready=ready.set)
    thread = serve_in_thread(listener, bound)
    try:
        if not ready.wait(_PATIENCE_SECONDS):
            raise ConfigurationError("the reference server did not start")
        yield
    finally:
        listener.should_exit = True
        thread.join(_PATIENCE_SECONDS)
