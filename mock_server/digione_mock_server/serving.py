"""What `digione serve` does, apart from the command line: bind, certify, fill the store, write the target, run."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from digione_mock_server.app import create_app
from digione_mock_server.credentials import register
from digione_mock_server.dialects import Dialects
from digione_mock_server.faults import Faults
from digione_mock_server.listening import Certificate, Listener, bind, public_url, serve_here
from digione_mock_server.private import secrets_folder
from digione_mock_server.settings import Settings
from digione_mock_server.switches import Switches
from digione_mock_server.target import write_target


@dataclass(frozen=True, slots=True)
class Order:
    """The options of `digione serve`."""

    host: str
    port: int
    db: str
    size: str
    seed: int
    today: date
    tenants: int
    faults: tuple[str, ...]
    dialects: tuple[str, ...]
    tls: bool
    control: bool
    record: Path | None
    write_target: Path | None


def run(order: Order, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address once requests are answered.

    Raises:
        UsageError: An option is out of its range, or a fault or dialect is unknown.
        ConfigurationError: The address, the database or a file cannot be used.
    """
    switches = Switches(Faults.of(order.faults), Dialects.of(order.dialects))
    registered = register(order.tenants)
    with ExitStack() as stack:
        bound = stack.enter_context(bind(order.host, order.port))
        settings = Settings(
            public_url=public_url(bound, order.host, tls=order.tls),
            clients=registered.clients,
            db=order.db,
            size=order.size,
            seed=order.seed,
            today=order.today,
            tenants=order.tenants,
            switches=switches,
            control_token=secrets.token_urlsafe(32) if order.control else None,
            record=str(order.record) if order.record else None,
        )
        app = create_app(settings)
        certificate, ca_file = _certificate(order, stack)

        def announce() -> None:
            """Write the target file, then say that the server is ready."""
            if order.write_target is not None:
                write_target(order.write_target, settings, registered, ca_file=ca_file)
            ready(settings.public_url)

        serve_here(Listener(app, certificate=certificate, ready=announce), bound)


def _certificate(order: Order, stack: ExitStack) -> tuple[Certificate | None, Path | None]:
    if not order.tls:
        return None, None
    from digione_mock_server.tls import CA_FILE, self_signed

    if order.write_target is not None:
        folder = secrets_folder(order.write_target)
    else:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digione-tls-")))
    return self_signed(folder, host=order.host), folder / CA_FILE
