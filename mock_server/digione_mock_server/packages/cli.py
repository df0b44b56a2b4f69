"""`digione csv sample`: the synthetic municipality as a OneRoster CSV package, with a fault where one is asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from digione_sdk.errors import UsageError

E = TypeVar("E", bound=StrEnum)


def register(app: typer.Typer) -> None:
    """Add `csv sample` to the `digione` command."""
    from digione_sdk.cli.application import group

    group(app, "csv", help_="OneRoster CSV packages.").command("sample")(sample)


def sample(
    path: Annotated[Path, typer.Argument(help="The zip to write; what stands there is replaced.", show_default=False)],
    *,
    size: Annotated[
        str, typer.Option(help="Size of the synthetic municipality: school, municipality, city.")
    ] = "school",
    seed: Annotated[int, typer.Option(help="Number from which all synthetic values follow.")] = 1,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day around which the data is built.", show_default="2026-11-23"),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="1.1, 1.2 or 1.2.1; by default 1.2.1, or that of the fault.")
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="bulk or delta; by default bulk, or that of the fault.", metavar="MODE")
    ] = None,
    fault: Annotated[
        str | None, typer.Option(help="Export with this fault; the reference lists them.", metavar="ID")
    ] = None,
    dialect: Annotated[
        list[str] | None,
        typer.Option("--dialect", help="Write it in this legal way; repeat for more.", metavar="ID"),
    ] = None,
) -> None:
    """Write a synthetic Finnish municipality as a OneRoster CSV package, for importers to be tried with.

    Nobody in it exists. A delta holds what changed in the 30 days before --today.
    """
    from digione_mock_server.packages.faults import PACKAGE_FAULTS
    from digione_mock_server.packages.sample import Sample, write_sample
    from digione_mock_server.settings import TODAY
    from digione_sdk.bulk.tables import Mode, Version

    spoil = PACKAGE_FAULTS.get(fault or "")
    order = Sample(
        size=size,
        seed=seed,
        today=today.date() if today else TODAY,
        version=_one_of(Version, version, "--version") or (spoil.version if spoil else Version.V1P2P1),
        mode=_one_of(Mode, mode, "--mode") or (spoil.mode if spoil else Mode.BULK),
    )
    write_sample(path, order, fault=fault, dialects=dialect or ())
    twists = "".join(f", {name}" for name in (*([fault] if fault else []), *(dialect or ())))
    typer.echo(f"{path}: OneRoster CSV {order.version}, {order.mode}, synthetic data{twists}")


def _one_of(values: type[E], text: str | None, argument: str) -> E | None:
    """Return the value of that name; None where none is asked for.

    Raises:
        UsageError: There is none of that name.
    """
    if text is None:
        return None
    if text not in set(values):
        raise UsageError(f"none of {', '.join(values)}", argument=argument)
    return values(text)
