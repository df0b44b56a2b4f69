"""`digione sync`: a provider's records into a local store, with the difference on screen and nothing applied unseen.

Exit status: 0 applied, or nothing to do; 1 stopped, nothing was applied; 2 usage; 3 configuration, or the provider
cannot be reached; as for every command 5 internal and 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from digione_sdk.cli.guard_options import (
    AllowMassDeletion,
    AllowReplacedIds,
    DeletionFloor,
    DryRun,
    MaxDeletion,
    StrictReferences,
    guard_of,
)
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

STOPPED: Final = 1
_BASE_URL: Final = "Base URL of the service; at least one is needed."
_SECRET_VARIABLE: Final = "DIGIONE_CLIENT_SECRET"  # noqa: S105 - the name of a variable


def register(app: typer.Typer) -> None:
    """Add `sync` to the `digione` command."""
    app.command("sync")(sync)


def sync(
    *,
    token_url: Annotated[
        str, typer.Option("--token-url", envvar="DIGIONE_TOKEN_URL", help="Token endpoint.", metavar="URL")
    ],
    client_id: Annotated[
        str, typer.Option("--client-id", envvar="DIGIONE_CLIENT_ID", help="Id of the client.", metavar="ID")
    ],
    store: Annotated[
        Path,
        typer.Option(
            "--store",
            envvar="DIGIONE_STORE",
            help="File that holds the records: SQLite, or by its name .duckdb or .parquet.",
            metavar="PATH",
        ),
    ],
    rostering: Annotated[
        str | None, typer.Option("--rostering", envvar="DIGIONE_ROSTERING", help=_BASE_URL, metavar="URL")
    ] = None,
    gradebook: Annotated[
        str | None, typer.Option("--gradebook", envvar="DIGIONE_GRADEBOOK", help=_BASE_URL, metavar="URL")
    ] = None,
    resources: Annotated[
        str | None, typer.Option("--resources", envvar="DIGIONE_RESOURCES", help=_BASE_URL, metavar="URL")
    ] = None,
    oneroster_1_1: Annotated[
        str | None,
        typer.Option(
            "--oneroster-1-1",
            envvar="DIGIONE_ONEROSTER_1_1",
            help="Base URL of a OneRoster 1.1 provider, instead of the three of 1.2.",
            metavar="URL",
        ),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="Scope to ask for, as roster-core.readonly; repeat for more. Without it each kind asks for its own.",
            metavar="SCOPE",
        ),
    ] = None,
    client_secret_env: Annotated[
        str,
        typer.Option(
            "--client-secret-env", help="Variable that holds the client's secret; asked for if empty.", metavar="NAME"
        ),
    ] = _SECRET_VARIABLE,
    delta: Annotated[
        bool, typer.Option("--delta/--full", help="Read what changed since the last run, or everything.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Read this kind only; repeat for more.", metavar="KIND")
    ] = None,
    max_deletion: MaxDeletion = None,
    deletion_floor: DeletionFloor = 1,
    allow_mass_deletion: AllowMassDeletion = None,
    allow_replaced_ids: AllowReplacedIds = None,
    strict_references: StrictReferences = False,
    page_size: Annotated[int, typer.Option("--page-size", help="Rows a page to ask for.", min=1)] = 1_000,
    parallel: Annotated[int, typer.Option("--parallel", help="Kinds read at once.", min=1, max=5)] = 1,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="Root certificates.", metavar="FILE")] = None,
) -> None:
    """Bring a local store to what a provider has, or change nothing."""
    from digione_sdk.synchronise import Mode, Settings

    guard = guard_of(max_deletion, deletion_floor, allow_mass_deletion, allow_replaced_ids)
    settings = Settings(
        mode=Mode.DELTA if delta else Mode.FULL,
        kinds=kind or None,
        guard=guard,
        dry_run=dry_run,
        strict_references=strict_references,
        limit=page_size,
        parallel=parallel,
    )
    from digione_sdk.client import DigiOne

    secret = _secret(client_secret_env)
    held = store_at(store)
    with DigiOne(
        rostering=rostering,
        gradebook=gradebook,
        resources=resources,
        base_url=oneroster_1_1,
        version="1.2" if oneroster_1_1 is None else "1.1",
        token_url=token_url,
        client_id=client_id,
        client_secret=secret,
        scopes=[_scope(name) for name in scope] if scope else None,
        verify=True if ca_file is None else str(ca_file),
    ) as api:
        report = _run(api, held, settings)
    typer.echo(json.dumps(report.as_json(), indent=2) if as_json else report.text())
    raise typer.Exit(STOPPED if report.stopped else 0)


def _scope(name: str) -> str:
    """Return a scope by its short name or as it is: a gateway may have names of its own."""
    from digione_sdk.core.scopes import Scope

    return next((scope for scope in Scope if scope.short == name), name)


def _run(api: DigiOne, store: Store, settings: Settings) -> Reported:
    """Synchronise; what stops it by judgement comes back as a report, what stops it by failure ends the command."""
    from digione_sdk.synchronise import synchronise

    try:
        return synchronise(api, store, settings)
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


def _secret(variable: str) -> str:
    """Return the secret from the environment, or ask for it; it never stands on the command line.

    Raises:
        ConfigurationError: The variable is empty, and nobody is there to be asked.
    """
    secret = os.environ.get(variable, "")
    if not secret and sys.stdin.isatty():
        secret = str(typer.prompt("Client secret", hide_input=True, err=True))
    if not secret:
        raise ConfigurationError(f"the client's secret is missing: set {variable}")
    return secret
