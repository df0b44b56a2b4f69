"""`digione rejudge`: compute all verdicts again from the evidence of a run, without the target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.commands.options import JsonOption, LanguageOption
from digione_conformance.commands.printing import console, print_json

if TYPE_CHECKING:
    from digione_conformance.evidence.exchange import Json
    from digione_conformance.evidence.run_file import Found
    from digione_conformance.rejudging import Rejudged


def register(app: typer.Typer) -> None:
    """Add `rejudge` to the commands."""
    app.command("rejudge")(rejudge)


def rejudge(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a report, or its evidence folder.")],
    *,
    catalogue: Annotated[
        Path | None, typer.Option("--catalogue", help="Judge by the catalogue in this folder.", metavar="FOLDER")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the new report; DIR/rejudged by default.", metavar="DIR")
    ] = None,
    as_json: JsonOption = False,
    language: LanguageOption = "en",
) -> None:
    """Compute every verdict again from recorded evidence, offline, and say where it differs from the run's."""
    from digione_conformance.rejudging import rejudge as judged_again
    from digione_conformance.report.formats import write_all
    from digione_conformance.report.json_report import json_report
    from digione_conformance.terminal import show_summary

    again = judged_again(folder, catalogue=catalogue)
    place = out or folder / "rejudged"
    write_all(again.result, place, target=again.target, recorder=again.recorder, language=language)
    if as_json:
        report = json_report(again.result, again.target, again.recorder)
        print_json({"differences": _differences(again), "report": report})
    else:
        counts = {"requests": again.recorder.requests, "writes": again.recorder.writes}
        show_summary(console(), again.result, report=str(place / "report.html"), language=language, **counts)
        _show_differences(again)
    raise typer.Exit(again.result.exit)


def _differences(again: Rejudged) -> Json:
    return [
        {
            "requirement": each.requirement,
            "run": each.run.model_dump() if each.run else None,
            "again": each.again.model_dump() if each.again else None,
        }
        for each in again.differences
    ]


def _show_differences(again: Rejudged) -> None:
    out = console()
    if again.run.catalogue_sha256 != again.result.plan.catalogue_sha256:
        out.print("Judged by another catalogue than the run.", soft_wrap=True)
    if not again.differences:
        out.print(f"Equal to the run in all {len(again.result.requirements)} requirements.", soft_wrap=True)
    gone = [each for each in again.differences if again.is_gone(each)]
    if gone:
        ids = ", ".join(each.requirement for each in gone)
        line = f"{len(gone)} of {len(again.result.requirements)} cannot be judged again, because personal values were "
        out.print(f"{line}replaced in this evidence before it was kept: {ids}", soft_wrap=True, markup=False)
    if gone and len(gone) == len(again.differences):
        out.print("Equal to the run in all the others.", soft_wrap=True)
    for each in again.differences:
        if each in gone:
            continue
        line = f"differs: {each.requirement}: the run said {_told(each.run)}, the evidence says {_told(each.again)}"
        out.print(line, soft_wrap=True, markup=False)


def _told(found: Found | None) -> str:
    return f"{found.outcome} ({found.message})" if found else "nothing"
