"""Options that several commands share, so that they are spelled and explained alike everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TargetOption = Annotated[Path, typer.Option("--target", help="Target file.", metavar="FILE")]
ProfileOption = Annotated[
    list[str] | None, typer.Option("--profile", help="Judge this profile instead of the claimed ones.", metavar="ID")
]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Decide this requirement only.", metavar="REQ")]
StageOption = Annotated[
    list[str] | None,
    typer.Option("--stage", help="Run this stage only; repeat for more. By default all but explore.", metavar="NAME"),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="DIR")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
PermissionOption = Annotated[
    bool, typer.Option("--i-have-permission", help="The owner of a production-looking target agreed to the test.")
]


def _language(code: str) -> str:
    from digione_conformance.words.texts import LANGUAGES

    if code not in LANGUAGES:
        raise typer.BadParameter(f"must be one of {', '.join(LANGUAGES)}", param_hint="--language")
    return code


LanguageOption = Annotated[
    str,
    typer.Option(
        "--language", help="Language of the report and the terminal: en, fi or sv.", metavar="CODE", callback=_language
    ),
]
