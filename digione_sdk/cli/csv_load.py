"""`digione csv load`: a package into the store that `digione sync` keeps, guarded and compared in the same way.

Exit status: 0 applied, or nothing to do; 1 stopped, or the package breaks a rule: nothing was applied; 2 usage;
3 the package cannot be read, or the store not be used.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from digione_sdk.cli.csv_conversions import JsonOption, Source, VersionOption, Zone, as_version, as_zone, readable
from digione_sdk.cli.guard_options import (
    STOPPED,
    AllowMassDeletion,
    AllowReplacedIds,
    DeletionFloor,
    DryRun,
    MaxDeletion,
    StrictReferences,
    guard_of,
)
from digione_sdk.errors import SynchronisationStopped


def load(
    package: Source,
    *,
    into: Annotated[
        Path,
        typer.Option(
            "--into",
            help="File that holds the records: SQLite, or by its name .duckdb or .parquet; made where it is not there.",
            metavar="PATH",
        ),
    ],
    dry_run: DryRun = False,
    max_deletion: MaxDeletion = None,
    deletion_floor: DeletionFloor = 1,
    allow_mass_deletion: AllowMassDeletion = None,
    allow_replaced_ids: AllowReplacedIds = None,
    strict_references: StrictReferences = False,
    version: VersionOption = None,
    zone: Zone = "UTC",
    as_json: JsonOption = False,
) -> None:
    """Bring a store to what a package says, or change nothing: a bulk file replaces, a delta file changes."""
    from digione_sdk.cli.sync import store_at
    from digione_sdk.synchronise import Loading, load_package
    from digione_sdk.wire.versions import ConversionPolicy

    settings = Loading(
        guard=guard_of(max_deletion, deletion_floor, allow_mass_deletion, allow_replaced_ids),
        dry_run=dry_run,
        strict_references=strict_references,
        version=as_version(version, "--version") if version else None,
        policy=ConversionPolicy(zone=as_zone(zone)),
    )
    with readable():
        try:
            report = load_package(package, store_at(into), settings)
        except SynchronisationStopped as stop:
            typer.echo(json.dumps(stop.report.as_json(), indent=2) if as_json else stop.report.text())
            raise typer.Exit(STOPPED) from None
    typer.echo(json.dumps(report.as_json(), indent=2) if as_json else report.text())
    raise typer.Exit(STOPPED if report.stopped else 0)
