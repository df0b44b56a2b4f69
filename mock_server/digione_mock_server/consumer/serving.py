"""What `digione consumer serve` does: bind, make a registration, write what the suite reads, serve until stopped."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from digione_mock_server.auth import Client, hashed
from digione_mock_server.consumer.record import TrafficRecord
from digione_mock_server.consumer.scenario import Scenario, chosen
from digione_mock_server.consumer.stage import Stage
from digione_mock_server.consumer.state_command import StateOf, command
from digione_mock_server.credentials import Credentials
from digione_mock_server.dialects.population import retold
from digione_mock_server.filling import copied_store
from digione_mock_server.listening import Listener, bind, public_url, serve_here, serve_in_thread
from digione_mock_server.private import secrets_folder, write_private
from digione_mock_server.settings import Settings
from digione_mock_server.source import SeedSource
from digione_mock_server.store import Store
from digione_sdk.errors import ConfigurationError, UsageError

CLIENT_ID: Final = "consumer"
TARGET: Final = "consumer.toml"
PROFILE: Final = "oneroster-1.2-consumer"
_LOOPBACK: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Order:
    """The options of `digione consumer serve`."""

    record: Path
    host: str = _LOOPBACK
    port: int = 0
    name: str = "client under test"
    scenarios: tuple[str, ...] = ()
    state_command: str | None = None
    public_url: str | None = None


def run(order: Order, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address of the guide page once requests are answered.

    Raises:
        UsageError: A scenario is unknown, the folder holds a record, or the state command is none.
        ConfigurationError: The address or the folder cannot be used.
    """
    offered = chosen(order.scenarios)
    if (order.record / TARGET).exists():
        raise UsageError(f"{order.record} holds a {TARGET} already; name another folder", argument="--record")
    state_of_client = command(order.state_command) if order.state_command else None
    with bind(order.host, order.port) as bound:
        url = order.public_url or public_url(bound, order.host, tls=False)
        Settings(public_url=url, clients=())  # an address that makes no sense is refused before anything is written
        secret = secrets.token_urlsafe(32)
        record = TrafficRecord(order.record, clock=time.monotonic)
        stage = staged(url, secret, offered, record, state_of_client=state_of_client)
        _write_target(order, url, secret)
        stage.warm()
        try:
            serve_here(Listener(stage, certificate=None, ready=lambda: ready(url)), bound)
        finally:
            stage.close()


def staged(
    url: str,
    secret: str,
    offered: dict[str, Scenario],
    record: TrafficRecord,
    *,
    clock: Callable[[], float] = time.monotonic,
    state_of_client: StateOf | None = None,
    haste: float = 1.0,
) -> Stage:
    """Put the application together and begin its record."""
    client = Client(CLIENT_ID, hashed(secret), 0)

    def settings(scenario: Scenario) -> Settings:
        """Return how the server of a scenario is set up."""
        return Settings(public_url=f"{url}/{scenario.id}", clients=(client,), tenants=1, switches=scenario.switches)

    def store(scenario: Scenario) -> Store:
        """Return what it holds: a school of its own."""
        chosen = settings(scenario)
        seed = SeedSource(size=chosen.size, seed=chosen.seed, today=chosen.today)
        return copied_store(retold(seed, chosen.switches.dialects), tenants=1)

    record.begin(url=url, scenarios=list(offered), state_told=state_of_client is not None)
    return Stage(offered, settings, store, record, CLIENT_ID, clock, state_of_client, haste)


def _write_target(order: Order, url: str, secret: str) -> None:
    path = order.record / TARGET
    folder = secrets_folder(path)
    first = next(iter(chosen(order.scenarios).values()))
    settings = Settings(public_url=f"{url}/{first.id}", clients=())
    pairs = {"name": order.name, "environment": "test"}
    lines = [
        "# Written by `digione consumer serve`: who is judged, and where it was asked to read. Name the",
        "# product (software, version), state under [attest] what no record can show, then: digione consumer score.",
        "[target]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs.items()),
        "synthetic = true",
        "",
        "[services]",
        f"rostering = {json.dumps(settings.rostering_url)}",
        f"token_url = {json.dumps(settings.token_url)}",
        "",
        "[tenants.a]",
        f"client_id = {json.dumps(CLIENT_ID)}",
        f"client_secret_file = {json.dumps(f'{folder.name}/{CLIENT_ID}')}",
        "",
        "[claims]",
        f"profiles = {json.dumps([PROFILE])}",
        "",
    ]
    try:
        write_private(folder / CLIENT_ID, secret)
        path.write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--record: cannot write {path}: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class Trial:
    """Scenarios served in a thread, for tests.

    Attributes:
        url: Address of the guide page.
        credentials: What the client logs in with.
        record: What was recorded so far.
        skip: Lets seconds pass on the server's clock, in place of waiting for them.
        clock: That clock.
    """

    url: str
    credentials: Credentials = field(repr=False)
    record: TrafficRecord = field(repr=False)
    skip: Callable[[float], None]
    clock: Callable[[], float]


@contextmanager
def trying(
    *scenarios: str, folder: Path | None = None, state_of_client: StateOf | None = None, haste: float = 0.05
) -> Iterator[Trial]:
    """Serve scenarios on a free port of the loopback for as long as the block lasts.

    Args:
        *scenarios: Names; all by default.
        folder: Where to record; None keeps the record in memory.
        state_of_client: Tells what the client holds after a step.
        haste: Factor on the server's waiting times.
    """
    skipped = [0.0]

    def clock() -> float:
        """Tell the time of the trial, in seconds."""
        return time.monotonic() + skipped[0]

    def skip(seconds: float) -> None:
        """Let time pass at once."""
        skipped[0] += seconds

    record = TrafficRecord(folder, clock=clock)
    with bind(_LOOPBACK, 0) as bound:
        url, secret = public_url(bound, _LOOPBACK, tls=False), secrets.token_urlsafe(32)
        stage = staged(
            url, secret, chosen(scenarios), record, clock=clock, state_of_client=state_of_client, haste=haste
        )
        if folder is not None:
            _write_target(Order(folder, scenarios=scenarios), url, secret)
        stage.warm()
        ready = threading.Event()
        listener = Listener(stage, certificate=None, ready=ready.set)
        thread = serve_in_thread(listener, bound)
        try:
            if not ready.wait(_PATIENCE_SECONDS):
                raise ConfigurationError("the server did not start")
            yield Trial(url, Credentials(CLIENT_ID, secret), record, skip, clock)
        finally:
            listener.should_exit = True
            thread.join(_PATIENCE_SECONDS)
            stage.close()
