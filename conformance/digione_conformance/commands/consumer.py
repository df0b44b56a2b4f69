"""`digione consumer score`: judge a client by what the reference server recorded of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digione_conformance.commands.options import JsonOption, LanguageOption, OnlyOption, ProfileOption
from digione_conformance.commands.printing import console, print_json
from digione_sdk.cli.application import group


def register(app: typer.Typer) -> None:
    """Add `consumer score` to the commands."""
    group(app, "consumer", help_="Test a client that reads OneRoster, against the reference server.").command("score")(
        score
    )


def score(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `digione consumer serve` recorded into.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the report; DIR/report by default.", metavar="DIR")
    ] = None,
    profile: ProfileOption = None,
    only: OnlyOption = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Also sign the result, as `digione certify` does.", metavar="FILE")
    ] = None,
    as_json: JsonOption = False,
    language: LanguageOption = "en",
) -> None:
    """Judge a client requirement by requirement by its record, offline, and write report and evidence/."""
    from digione_conformance.commands.certify import write_certificate
    from digione_conformance.report.json_report import json_report
    from digione_conformance.scoring import REPORT
    from digione_conformance.scoring import score as scored
    from digione_conformance.terminal import show_summary

    if key is not None:
        from digione_conformance.certificate.keys import read_private_key

        read_private_key(key)  # an unusable key is said before anything is written
    place = out or folder / REPORT
    found = scored(folder, place, profiles=profile or (), only=only or (), language=language)
    recorder = found.through.recorder
    if as_json:
        print_json(json_report(found.result, found.through.target, recorder))
    else:
        report = str(place / "report.html")
        show_summary(console(), found.result, requests=recorder.requests, report=report, language=language)
    if key is not None:
        write_certificate(place, key)
    raise typer.Exit(found.result.exit)
