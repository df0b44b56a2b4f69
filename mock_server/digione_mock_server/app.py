"""Assembly: settings in, a Starlette application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from digione_mock_server.control import control_routes
from digione_mock_server.dialects.population import retold
from digione_mock_server.filling import open_store
from digione_mock_server.front import Envelope, RememberedPages, TidyPaths
from digione_mock_server.routes import routes, unmatched
from digione_mock_server.settings import Settings
from digione_mock_server.source import SeedSource, Source
from digione_mock_server.state import ServerState, open_state
from digione_mock_server.store import Store


def create_app(settings: Settings, *, source: Source | None = None, store: Store | None = None) -> Starlette:
    """Build the reference server.

    The store is filled before this returns; it is closed when the application's lifespan ends.

    Args:
        settings: How the server is set up.
        source: Where the objects come from; the synthetic municipality of the settings by default.
        store: A store that is filled already; then `settings.db` and `source` play no part.

    Raises:
        ConfigurationError: The database cannot be used.
    """
    if store is None:
        chosen = source or SeedSource(size=settings.size, seed=settings.seed, today=settings.today)
        store = open_store(settings.db, retold(chosen, settings.switches.dialects), tenants=settings.tenants)
    state = open_state(settings, store)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        """Close the store at the end."""
        yield
        state.close()

    app = Starlette(
        routes=[*routes(state), *control_routes(state)],
        middleware=[
            Middleware(Envelope, state=state),
            Middleware(TidyPaths, state=state),
            Middleware(RememberedPages, state=state),
        ],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.router.default = unmatched(state)
    app.state.server = state
    return app


def state_of(app: Starlette) -> ServerState:
    """Return the parts of a server, for tests."""
    state: ServerState = app.state.server
    return state
