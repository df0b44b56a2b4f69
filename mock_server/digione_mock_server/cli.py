"""`digione serve`: the reference server on the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

_DAY = ["%Y-%m-%d"]


def register(typer_app: typer.Typer) -> None:
    """Add `serve` to the `digione` command."""
    typer_app.command("serve")(serve)


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 0,
    db: Annotated[str, typer.Option(help="SQLite URL: sqlite:// (memory) or sqlite:///file.db.")] = "sqlite://",
    size: Annotated[
        str, typer.Option(help="Size of the synthetic municipality: school, municipality, city.")
    ] = "school",
    seed: Annotated[int, typer.Option(help="Number from which all synthetic values follow.")] = 1,
    today: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="Day around which the data is built.", show_default="2026-11-23"),
    ] = None,
    tenants: Annotated[int, typer.Option(min=1, max=26, help="How many tenants hold data.")] = 2,
    fault: Annotated[list[str] | None, typer.Option(help="Switch on a deliberate defect; repeatable.")] = None,
    dialect: Annotated[list[str] | None, typer.Option(help="Speak a named variant; repeatable.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Speak TLS with a CA made on the spot.")] = False,
    control: Annotated[bool, typer.Option("--control", help="Offer the test control.")] = False,
    record: Annotated[Path | None, typer.Option(help="Append one JSON line a request; no personal data.")] = None,
    write_target: Annotated[Path | None, typer.Option(help="Write a target file, and secrets beside it.")] = None,
) -> None:
    """Serve a synthetic Finnish municipality over OneRoster 1.2 and 1.1: Rostering, Gradebook and Resources.

    Prints one line with the address when ready. Without --write-target nobody knows the secrets of its clients.
    """
    from digione_mock_server.serving import Order, run
    from digione_mock_server.settings import TODAY

    order = Order(
        host=host,
        port=port,
        db=db,
        size=size,
        seed=seed,
        today=today.date() if today else TODAY,
        tenants=tenants,
        faults=tuple(fault or ()),
        dialects=tuple(dialect or ()),
        tls=tls,
        control=control,
        record=record,
        write_target=write_target,
    )
    run(order, ready=lambda url: typer.echo(f"digione reference server (synthetic data) ready at {url}"))
