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
    from digione_conformance.words.said import Said


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
        _show_differences(again, language)
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


def _show_differences(again: Rejudged, language: str) -> None:
    from digione_conformance.words.texts import say

    out, requirements = console(), len(again.result.requirements)
    lines = []
    if again.run.catalogue_sha256 != again.result.plan.catalogue_sha256:
        lines.append(say("r.catalogue"))
    if not again.differences:
        lines.append(say("r.equal", count=requirements))
    gone = [each for each in again.differences if again.is_gone(each)]
    if gone:
        ids = ", ".join(each.requirement for each in gone)
        lines.append(say("r.gone", count=len(gone), all=requirements, ids=ids))
    if gone and len(gone) == len(again.differences):
        lines.append(say("r.rest"))
    for each in again.differences:
        if each not in gone:
            said = {"run": _told(each.run), "again": _told(each.again)}
            lines.append(say("r.differs", requirement=each.requirement, **said))
    for line in lines:
        out.print(line.within(language), soft_wrap=True, markup=False)


def _told(found: Found | None) -> Said:
    from digione_conformance.words.said import Said
    from digione_conformance.words.texts import LANGUAGES, say, told, words

    if found is None:
        return say("r.nothing")
    outcome, message = words().get(found.outcome, told(found.outcome)), told(found.message)
    return Said(*(f"{outcome.within(code)} ({message.within(code)})" for code in LANGUAGES))
