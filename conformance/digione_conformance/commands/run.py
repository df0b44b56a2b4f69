"""`digione run`: from a target file to a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.commands.certify import write_certificate
from digione_conformance.commands.options import (
    JsonOption,
    LanguageOption,
    OnlyOption,
    OutOption,
    PermissionOption,
    ProfileOption,
    StageOption,
)
from digione_conformance.commands.ordering import Address, Order, from_file, from_interruption, write_target
from digione_conformance.commands.printing import console, print_json
from digione_conformance.commands.steps import examined

if TYPE_CHECKING:
    from digione_conformance.running.result import Result

OptionalTarget = Annotated[Path | None, typer.Option("--target", help="Target file.", metavar="FILE")]
ResumeOption = Annotated[
    Path | None, typer.Option("--resume", help="Go on with the interrupted run in this folder.", metavar="DIR")
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        help="Base URL of a service, or of all of them; discovery names the others. Instead of a target file.",
        metavar="URL",
    ),
]
ClientIdOption = Annotated[str | None, typer.Option("--client-id", help="Client id for --base-url.", metavar="ID")]
TokenUrlOption = Annotated[
    str | None, typer.Option("--token-url", help="Token endpoint for --base-url.", metavar="URL")
]
_SUT = Path("sut.toml")
_OUT = Path("digione-report")


def register(app: typer.Typer) -> None:
    """Add `run` to the commands."""
    app.command("run")(run)


def run(
    *,
    target: OptionalTarget = None,
    profile: ProfileOption = None,
    only: OnlyOption = None,
    stage: StageOption = None,
    out: OutOption = _OUT,
    resume: ResumeOption = None,
    base_url: BaseUrlOption = None,
    client_id: ClientIdOption = None,
    token_url: TokenUrlOption = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Also sign the result, as `digione certify` does.", metavar="FILE")
    ] = None,
    as_json: JsonOption = False,
    permitted: PermissionOption = False,
    language: LanguageOption = "en",
) -> None:
    """Run the doctor, then all checks of the claimed profiles, and write the report and evidence/.

    With --base-url the client secret comes from DIGIONE_CLIENT_SECRET or is asked for.
    """
    if key is not None:
        from digione_conformance.certificate.keys import read_private_key

        read_private_key(key)  # an unusable key is said before the run, not after it
    if resume is not None:
        if target or profile or only or stage or base_url:
            raise typer.BadParameter("takes target, profiles and requirements from the run", param_hint="--resume")
        order = from_interruption(resume)
    else:
        path = target or _SUT
        if base_url or client_id or token_url:
            path = write_target(_address(target, base_url, client_id, token_url), out)
        order = from_file(path, out, profiles=profile, only=only, stages=stage)
        if path.parent == out:
            console(stderr=True).print(f"Services: {', '.join(order.target.services_by_name)}", highlight=False)
    result = carried_out(order, permitted=permitted, as_json=as_json, language=language)
    if key is not None and not result.interrupted:
        write_certificate(order.out, key)
    raise typer.Exit(result.exit)


def carried_out(order: Order, *, permitted: bool, as_json: bool, language: str) -> Result:
    """Carry out an order, write its report and print what was found.

    Raises:
        typer.Exit: The doctor finds that a run makes no sense.
    """
    from digione_conformance.report.json_report import json_report
    from digione_conformance.running.waiver import FILE, load_waivers
    from digione_conformance.session import certify, opened, write_reports
    from digione_conformance.terminal import progress, show_summary

    waivers = load_waivers(order.target.path.parent / FILE)
    with opened(order.target, evidence=order.out / "evidence", kept=order.known) as through:
        if not examined(through, permitted=permitted, quiet=True, language=language):
            raise typer.Exit(Exit.CONFIGURATION)
        through.door.remember(order.known or {})
        with progress(console(stderr=True)) as listener:
            result = certify(through, order.plan, listeners=[listener], waivers=waivers)
        write_reports(result, through, order.out, language=language)
        recorder = through.recorder
        if as_json:
            print_json(json_report(result, order.target, recorder))
        else:
            report = str(order.out / "report.html")
            counts = {"requests": recorder.requests, "writes": recorder.writes}
            show_summary(console(), result, report=report, language=language, **counts)
    return result


def _address(target: Path | None, base_url: str | None, client_id: str | None, token_url: str | None) -> Address:
    if target is not None:
        raise typer.BadParameter("stands for a target file; give one of the two", param_hint="--base-url")
    if base_url is None or client_id is None:
        raise typer.BadParameter("go together", param_hint="--base-url and --client-id")
    return Address(base_url, client_id, token_url)
