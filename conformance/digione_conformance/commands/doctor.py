"""`digione doctor`: may a run against this target start, and if not, what is to be mended?"""

from __future__ import annotations

from pathlib import Path

import typer

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.commands.options import JsonOption, LanguageOption, PermissionOption, TargetOption
from digione_conformance.commands.steps import examined


def register(app: typer.Typer) -> None:
    """Add `doctor` to the commands."""
    app.command("doctor")(doctor)


def doctor(
    *,
    target: TargetOption = Path("sut.toml"),
    as_json: JsonOption = False,
    permitted: PermissionOption = False,
    language: LanguageOption = "en",
) -> None:
    """Look whether the target file and the target permit a run; exit 3 where they do not."""
    from digione_conformance.session import opened
    from digione_conformance.target.file import load_target

    with opened(load_target(target)) as through:
        healthy = examined(through, permitted=permitted, as_json=as_json, language=language)
    raise typer.Exit(Exit.CONFORMANT if healthy else Exit.CONFIGURATION)
