"""`digione sync`: a provider's records into a local store, with the difference on screen and nothing applied unseen.

Exit status: 0 applied, or nothing to do; 1 stopped, nothing was applied; 2 usage; 3 configuration, or the provider
cannot be reached; as for every command 5 internal and 130 interrupted.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

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
from digione_sdk.cli.provider_options import (
    SECRET_VARIABLE,
    CaFile,
    ClientId,
    Gradebook,
    OneRoster11,
    Resources,
    Rostering,
    Scopes,
    SecretVariable,
    TokenUrl,
    client_of,
)
from digione_sdk.cli.sync_display import shown
from digione_sdk.errors import (
    AuthorisationError,
    ConfigurationError,
    DigiOneError,
    SynchronisationStopped,
    TransportError,
    UsageError,
)

if TYPE_CHECKING:
    from digione_sdk.client import DigiOne
    from digione_sdk.errors import Reported
    from digione_sdk.synchronise import Settings, Store
    from digione_sdk.synchronise.progress import Listener

StoreFile: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--store",
        envvar="DIGIONE_STORE",
        help="File that holds the records: SQLite, or by its name .duckdb or .parquet.",
        metavar="PATH",
    ),
]
Delta: TypeAlias = Annotated[
    bool, typer.Option("--delta/--full", help="Read what changed since the last run, or everything.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ShowIds: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--show-ids", help="Also print the sourcedIds of persons whose ids were replaced or are shared: personal data."
    ),
]
Kinds: TypeAlias = Annotated[
    list[str] | None, typer.Option("--kind", help="Read this kind only; repeat for more.", metavar="KIND")
]
PageSize: TypeAlias = Annotated[int, typer.Option("--page-size", help="Rows a page to ask for.", min=1)]
Parallel: TypeAlias = Annotated[int, typer.Option("--parallel", help="Kinds read at once.", min=1, max=5)]
_HOW_ON: Final = (
    "digione: look at it first; then --allow-mass-deletion KIND or --allow-replaced-ids KIND lets it through once. "
    "--show-ids names the records whose ids were replaced."
)


def register(app: typer.Typer) -> None:
    """Add `sync` to the `digione` command."""
    app.command("sync")(sync)


def sync(
    *,
    token_url: TokenUrl,
    client_id: ClientId,
    store: StoreFile,
    rostering: Rostering = None,
    gradebook: Gradebook = None,
    resources: Resources = None,
    oneroster_1_1: OneRoster11 = None,
    scope: Scopes = None,
    client_secret_env: SecretVariable = SECRET_VARIABLE,
    delta: Delta = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    show_ids: ShowIds = False,
    kind: Kinds = None,
    max_deletion: MaxDeletion = None,
    deletion_floor: DeletionFloor = 1,
    allow_mass_deletion: AllowMassDeletion = None,
    allow_replaced_ids: AllowReplacedIds = None,
    strict_references: StrictReferences = False,
    page_size: PageSize = 1_000,
    parallel: Parallel = 1,
    ca_file: CaFile = None,
) -> None:
    """Bring a local store to what a provider has, or change nothing."""
    from digione_sdk.synchronise import Mode, Settings

    settings = Settings(
        mode=Mode.DELTA if delta else Mode.FULL,
        kinds=kind or None,
        guard=guard_of(max_deletion, deletion_floor, allow_mass_deletion, allow_replaced_ids),
        dry_run=dry_run,
        strict_references=strict_references,
        limit=page_size,
        parallel=parallel,
        name_ids=show_ids,
    )
    api = client_of(
        rostering=rostering,
        gradebook=gradebook,
        resources=resources,
        older=oneroster_1_1,
        token_url=token_url,
        client_id=client_id,
        secret_variable=client_secret_env,
        scopes=scope,
        ca_file=ca_file,
    )
    with api, shown() as listener:
        report = _run(api, store_at(store), settings, listener)
    _print(report, as_json=as_json)
    if report.stopped:
        typer.echo(_HOW_ON, err=True)
    raise typer.Exit(STOPPED if report.stopped else 0)


def _print(report: Reported, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
        return
    # On a terminal sentences are wrapped; what goes into a file or a pipe stays a line each, to be searched.
    typer.echo(report.text(width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None))


def _run(api: DigiOne, store: Store, settings: Settings, listener: Listener) -> Reported:
    """Synchronise; what stops it by judgement comes back as a report, what stops it by failure ends the command."""
    from digione_sdk.synchronise import synchronise

    try:
        return synchronise(api, store, settings, listener=listener)
    except SynchronisationStopped as stop:
        return stop.report
    except (UsageError, ConfigurationError):
        raise
    except TransportError as error:
        raise ConfigurationError(f"{error}; nothing was applied, the next run goes on from here") from None
    except AuthorisationError as error:
        raise ConfigurationError(f"{error}; nothing was applied") from None
    except DigiOneError as error:
        typer.echo(f"digione: {error}; nothing was applied", err=True)
        raise typer.Exit(STOPPED) from None


def store_at(path: Path) -> Store:
    """Return the store in a file: SQLite, or what the name says."""
    from digione_sdk.synchronise import DuckDBStore, ParquetStore, SQLiteStore

    if path.suffix == ".duckdb":
        return DuckDBStore(path)
    return ParquetStore(path) if path.suffix == ".parquet" else SQLiteStore(path)
