"""The commands of the suite: doctor, plan, run, explain, catalogue. Heavy modules load only when a command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digione_conformance.catalogue.verdict import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digione_conformance.catalogue.requirement import Requirement
    from digione_conformance.running.doctor import Item
    from digione_conformance.running.plan import Plan
    from digione_conformance.session import Opened
    from digione_conformance.target.file import Target

TargetOption = Annotated[Path, typer.Option("--target", help="Target file.", metavar="FILE")]
ProfileOption = Annotated[
    list[str] | None, typer.Option("--profile", help="Judge this profile instead of the claimed ones.", metavar="ID")
]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Decide this requirement only.", metavar="REQ")]
StageOption = Annotated[list[str] | None, typer.Option("--stage", help="Run this stage only.", metavar="NAME")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
PermissionOption = Annotated[
    bool, typer.Option("--i-have-permission", help="The owner of a production-looking target agreed to the test.")
]
LanguageOption = Annotated[str, typer.Option("--language", help="Language of the report: en or fi.", metavar="CODE")]


def register(app: typer.Typer) -> None:
    """Add the commands of the suite to `app`."""
    app.command("doctor")(doctor)
    app.command("plan")(plan)
    app.command("run")(run)
    app.command("explain")(explain)
    app.command("catalogue")(catalogue)


def doctor(
    *,
    target: TargetOption = Path("sut.toml"),
    as_json: JsonOption = False,
    permitted: PermissionOption = False,
) -> None:
    """Look whether the target file and the target permit a run; exit 3 where they do not."""
    from digione_conformance.session import opened
    from digione_conformance.target.file import load_target

    with opened(load_target(target)) as through:
        healthy = _examined(through, permitted=permitted, as_json=as_json)
    raise typer.Exit(Exit.CONFORMANT if healthy else Exit.CONFIGURATION)


def plan(
    *,
    target: TargetOption = Path("sut.toml"),
    profile: ProfileOption = None,
    only: OnlyOption = None,
    stage: StageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a run would decide, what it would leave out and why, without asking the target anything."""
    from digione_conformance.target.file import load_target

    planned = _planned(load_target(target), profile, only, stage)
    if as_json:
        _print_json({**planned.as_json(), "plan_hash": planned.sha256})
        return
    typer.echo(f"Profiles: {', '.join(planned.profiles)}")
    for requirement in planned.requirements:
        typer.echo(f"  {requirement.level:6} {requirement.id}  {requirement.title.en}")
    for out in planned.left_out:
        typer.echo(f"  left out: {out.requirement.id}: {out.reason}")
    typer.echo(f"{len(planned.requirements)} requirements, {len(planned.checks)} checks, plan {planned.sha256}")


def run(
    *,
    target: TargetOption = Path("sut.toml"),
    profile: ProfileOption = None,
    only: OnlyOption = None,
    stage: StageOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="DIR")] = Path("digione-report"),
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
    planned = _planned(loaded, profile, only, stage)
    with opened(loaded, evidence=out / "evidence") as through:
        if not _examined(through, permitted=permitted, quiet=True):
            raise typer.Exit(Exit.CONFIGURATION)
        with progress(_console(stderr=True)) as listener:
            result = certify(through, planned, listeners=[listener])
        write_reports(result, through, out, language=language)
        if as_json:
            _print_json(json_report(result, loaded, through.recorder))
        else:
            requests = through.recorder.requests
            show_summary(_console(), result, requests=requests, report=str(out / "report.html"))
    raise typer.Exit(result.exit)


def explain(
    requirement: Annotated[str, typer.Argument(metavar="REQ", help="Id of a requirement.")],
    *,
    as_json: JsonOption = False,
    language: LanguageOption = "en",
) -> None:
    """Say what a requirement demands, where it comes from, what passes and how to mend a failure."""
    from digione_conformance.catalogue.requirement import load_catalogue

    known = load_catalogue()
    if requirement not in known.requirements:
        raise typer.BadParameter(f"{requirement} is not in the catalogue", param_hint="REQ")
    if as_json:
        _print_json(known[requirement].model_dump(mode="json"))
        return
    for line in _explained(known[requirement], language):
        typer.echo(line)


def catalogue(*, as_json: JsonOption = False) -> None:
    """List all requirements."""
    from digione_conformance.catalogue.requirement import load_catalogue

    known = load_catalogue()
    if as_json:
        entries = [requirement.model_dump(mode="json") for requirement in known]
        _print_json({"catalogue_sha256": known.sha256, "profiles": list(known.profiles), "requirements": entries})
        return
    for requirement in known:
        typer.echo(f"{requirement.id}  {requirement.level:6} {requirement.status:8} {requirement.title.en}")


def _planned(target: Target, profile: list[str] | None, only: list[str] | None, stage: list[str] | None) -> Plan:
    from digione_conformance.catalogue.requirement import load_catalogue
    from digione_conformance.checks import load_checks
    from digione_conformance.running.plan import make_plan
    from digione_conformance.session import suite_version

    return make_plan(
        load_catalogue(),
        load_checks(),
        claimed=target.profiles,
        suite=suite_version(),
        profiles=profile or (),
        only=only or (),
        stages=stage or (),
    )


def _examined(through: Opened, *, permitted: bool, as_json: bool = False, quiet: bool = False) -> bool:
    """Run the doctor and show what it finds; with `quiet`, only what is not well."""
    from digione_conformance.running.doctor import Health, examine
    from digione_conformance.terminal import show_items

    items: Iterator[Item] = examine(through.target, through.door, permitted=permitted)
    if as_json:
        found = list(items)
        _print_json({"items": [vars(item) for item in found]})
        return all(item.health is not Health.RED for item in found)
    if quiet:
        return show_items(_console(stderr=True), (item for item in items if item.health is not Health.OK))
    return show_items(_console(), items)


def _explained(requirement: Requirement, language: str) -> Iterator[str]:
    from digione_conformance.report.texts import LANGUAGES, texts

    words = texts(language if language in LANGUAGES else "en")
    yield f"{requirement.id}  {requirement.level}  {requirement.title.within(language)}"
    for source in requirement.source:
        yield f"{words['source']}: {source.document}, {source.clause} ({words['evidence.' + source.evidence]})"
    yield f"{words['profiles']}: {', '.join(requirement.profiles)}"
    yield f"{words['would_pass']}: {requirement.passes.within(language)}"
    yield f"{words['fix']}: {requirement.fix.within(language)}"
    if requirement.breaks:
        yield f"{words['breaks']}: {', '.join(requirement.breaks)}"


def _console(*, stderr: bool = False) -> Any:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
