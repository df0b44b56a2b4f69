"""`digione consumer serve`: scenarios for a client, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digione_sdk.cli.application import group

_PORT = 8128


def register(app: typer.Typer) -> None:
    """Add `consumer serve` to the `digione` command."""
    group(app, "consumer", help_="Test a client that reads OneRoster, against the reference server.").command("serve")(
        serve
    )


def serve(
    *,
    record: Annotated[Path, typer.Option(help="New folder that gets the record and consumer.toml.", metavar="DIR")],
    name: Annotated[str, typer.Option(help="Name of the product under test.")] = "client under test",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = _PORT,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Offer this scenario only; repeatable.", metavar="NAME")
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Address under which the client reaches this server, where it is another.", metavar="URL"),
    ] = None,
    state_command: Annotated[
        str | None,
        typer.Option(help="Run after each step; prints what the client holds as JSON.", metavar="COMMAND"),
    ] = None,
) -> None:
    """Offer scenarios to a client and record what it asks, without personal data.

    Prints the address of a page that says what to point the client at and what to do. Then: digione consumer score.
    """
    from digione_mock_server.consumer.serving import Order, run

    order = Order(record, host, port, name, tuple(scenario or ()), state_command, public_url)
    run(order, ready=lambda url: typer.echo(f"digione consumer scenarios (synthetic data): open {url}/"))
