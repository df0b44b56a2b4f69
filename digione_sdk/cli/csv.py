"""`digione csv`: OneRoster CSV packages from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from digione_sdk.cli.application import group
from digione_sdk.cli.csv_conversions import UNREADABLE, JsonOption, apply, convert, diff, export
from digione_sdk.cli.csv_load import load
from digione_sdk.cli.installed import loaded
from digione_sdk.errors import PackageError, UsageError

if TYPE_CHECKING:
    from digione_sdk.bulk import Validation

_SHOWN: Final = 5

_Version = Annotated[
    str | None,
    typer.Option("--version", help="1.1, 1.2 or 1.2.1; by default that of the manifest.", metavar="VERSION"),
]
_Language = Annotated[str, typer.Option("--lang", help="Language of the messages: en, fi or sv.")]
_Keep = Annotated[
    int,
    typer.Option("--keep", min=1, help="Findings kept of each rule in one column of one file; all are counted."),
]
_Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="Also write a report for people and programs: HTML, JSON, JUnit, SARIF, EARL, Markdown, CSV.",
        metavar="DIR",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `csv` and its commands to the `digione` command."""
    csv = group(app, "csv", help_="OneRoster CSV packages: validate, load, convert, export, compare.")
    csv.command("validate")(validate)
    csv.command("convert")(convert)
    csv.command("export")(export)
    csv.command("diff")(diff)
    csv.command("apply")(apply)
    csv.command("load")(load)


def validate(
    path: Annotated[Path, typer.Argument(help="The zip, or the folder with the files.", show_default=False)],
    *,
    version: _Version = None,
    as_json: JsonOption = False,
    lang: _Language = "en",
    keep: _Keep = 100,
    report: _Report = None,
) -> None:
    """Judge a OneRoster CSV package: exit 0 when it is clean, 1 with findings, 3 when it cannot be read."""
    from digione_sdk.bulk import LANGUAGES, Version, validation_as_json, validation_as_text
    from digione_sdk.bulk import validate as judged

    if version is not None and version not in set(Version):
        raise UsageError(f"must be one of {', '.join(Version)}", argument="--version")
    if lang not in LANGUAGES:
        raise UsageError(f"must be one of {', '.join(LANGUAGES)}", argument="--lang")
    # The suite makes reports; it stands on the SDK, so it is found by name, and before the work: decisions/0025.
    write_report: Callable[..., None] | None = loaded("digione.suite", "package_report") if report else None
    began = datetime.now(UTC)
    try:
        validation: Validation = judged(path, version=version, keep=keep)
    except PackageError as error:
        typer.echo(f"digione: {error}", err=True)
        raise typer.Exit(UNREADABLE) from None
    if report and write_report:
        write_report(validation, report, started_at=began, finished_at=datetime.now(UTC), language=lang)
    if as_json:
        typer.echo(json.dumps(validation_as_json(validation, language=lang), ensure_ascii=False, indent=2))
    else:
        typer.echo(validation_as_text(validation, language=lang, shown=_SHOWN))
        if report:
            typer.echo(f"\n{report / 'report.html'}")
    raise typer.Exit(0 if validation.is_clean else 1)
