"""Everything a request handler works with, gathered in one value."""

from __future__ import annotations

from dataclasses import dataclass

from digione_mock_server.auth import Clients, Tokens
from digione_mock_server.changes import Changes
from digione_mock_server.clock import Clock
from digione_mock_server.pages import PageMemory
from digione_mock_server.query import KeyArrays
from digione_mock_server.recording import Recorder
from digione_mock_server.settings import Settings
from digione_mock_server.store import Store
from digione_mock_server.switches import Switches


@dataclass(frozen=True, slots=True)
class ServerState:
    """The parts of a running server."""

    settings: Settings
    store: Store
    clock: Clock
    clients: Clients
    tokens: Tokens
    pages: PageMemory
    keys: KeyArrays
    recorder: Recorder
    changes: Changes

    @property
    def switches(self) -> Switches:
        """Faults and dialects that are on."""
        return self.settings.switches

    def close(self) -> None:
        """Close the store and the record."""
        self.store.close()
        self.recorder.close()


def open_state(settings: Settings, store: Store) -> ServerState:
    """Put the parts together."""
    clock = Clock(not_before=settings.today)
    clients = Clients(settings.clients)
    return ServerState(
        settings=settings,
        store=store,
        clock=clock,
        clients=clients,
        tokens=Tokens(
            clients,
            clock,
            issuer=settings.public_url,
            lifetime=settings.token_lifetime,
            switches=settings.switches,
        ),
        pages=PageMemory(),
        keys=KeyArrays(),
        recorder=Recorder(settings.record),
        changes=Changes(
            store,
            clock,
            public_url=settings.public_url,
            undoable=settings.control_token is not None,
            faults=settings.switches.faults,
        ),
    )
