"""`digione rerun`: decide a few requirements of an earlier run again, and say what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digione_conformance.commands.diff import compared, show_comparison
from digione_conformance.commands.options import LanguageOption, PermissionOption
from digione_conformance.commands.ordering import from_file
from digione_conformance.commands.run import carried_out
from digione_sdk.errors import ConfigurationError, UsageError


def register(app: typer.Typer) -> None:
    """Add `rerun` to the commands."""
    app.command("rerun")(rerun)


def rerun(
    requirements: Annotated[list[str], typer.Argument(metavar="REQ...", help="Ids of requirements.")],
    *,
    earlier: Annotated[Path, typer.Option("--from", help="Folder of the earlier report.", metavar="DIR")],
    target: Annotated[
        Path | None, typer.Option("--target", help="Target file, if not that of the earlier run.", metavar="FILE")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the new report; DIR/rerun by default.", metavar="DIR")
    ] = None,
    permitted: PermissionOption = False,
    language: LanguageOption = "en",
) -> None:
    """Decide requirements again against the target of an earlier run, and say what changed; exits like a run."""
    from digione_conformance.evidence.run_file import digest_of, read_run_file
    from digione_conformance.rejudging import evidence_folder

    folder = evidence_folder(earlier)
    run = read_run_file(folder)
    place = out or earlier / "rerun"
    if place.resolve() == earlier.resolve():
        raise UsageError("must not be the folder of the earlier report", argument="--out")
    path = target or run.target_path(folder)
    if target is None and digest_of(path) != run.target_sha256:
        raise ConfigurationError(f"{path.name} was changed since that run: name it with --target to use it as it is")
    chosen = run.selection
    order = from_file(path, place, profiles=chosen.profiles, only=requirements, stages=chosen.stages)
    result = carried_out(order, permitted=permitted, as_json=False, language=language)
    show_comparison(compared(earlier, place, only=tuple(requirements)))
    raise typer.Exit(result.exit)
