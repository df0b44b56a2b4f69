"""`digione run`: from a target file to a report."""

from __future__ import annotations

from pathlib import Path

import typer

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.commands.options import (
    JsonOption,
    LanguageOption,
    OnlyOption,
    OutOption,
    PermissionOption,
    ProfileOption,
    StageOption,
    TargetOption,
)
from digione_conformance.commands.printing import console, print_json
from digione_conformance.commands.steps import examined, planned


def register(app: typer.Typer) -> None:
    """Add `run` to the commands."""
    app.command("run")(run)


def run(
    *,
    target: TargetOption = Path("sut.toml"),
    profile: ProfileOption = None,
    only: OnlyOption = None,
    stage: StageOption = None,
    out: OutOption = Path("digione-report"),
    as_json: JsonOption = False,
    permitted: PermissionOption = False,
    language: LanguageOption = "en",
) -> None:
    """Run the doctor, then all checks of the claimed profiles, and write report.html, report.json and evidence/."""
    from digione_conformance.report.json_report import json_report
    from digione_conformance.report.texts import LANGUAGES
    from digione_conformance.session import certify, opened, write_reports
    from digione_conformance.target.file import load_target
    from digione_conformance.terminal import progress, show_summary

    if language not in LANGUAGES:
        raise typer.BadParameter(f"must be one of {', '.join(LANGUAGES)}", param_hint="--language")
    loaded = load_target(target)
    chosen = planned(loaded, profiles=profile, only=only, stages=stage)
    with opened(loaded, evidence=out / "evidence") as through:
        if not examined(through, permitted=permitted, quiet=True):
            raise typer.Exit(Exit.CONFIGURATION)
        with progress(console(stderr=True)) as listener:
            result = certify(through, chosen, listeners=[listener])
        write_reports(result, through, out, language=language)
        if as_json:
            print_json(json_report(result, loaded, through.recorder))
        else:
            requests = through.recorder.requests
            show_summary(console(), result, requests=requests, report=str(out / "report.html"))
    raise typer.Exit(result.exit)
