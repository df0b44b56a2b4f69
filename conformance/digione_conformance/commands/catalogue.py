"""`digione catalogue`: all requirements that the suite knows."""

from __future__ import annotations

import typer

from digione_conformance.commands.options import JsonOption
from digione_conformance.commands.printing import print_json


def register(app: typer.Typer) -> None:
    """Add `catalogue` to the commands."""
    app.command("catalogue")(catalogue)


def catalogue(*, as_json: JsonOption = False) -> None:
    """List all requirements."""
    from digione_conformance.catalogue.requirement import load_catalogue

    known = load_catalogue()
    if as_json:
        entries = [requirement.model_dump(mode="json") for requirement in known]
        print_json({"catalogue_sha256": known.sha256, "profiles": list(known.profiles), "requirements": entries})
        return
    for requirement in known:
        typer.echo(f"{requirement.id}  {requirement.level:6} {requirement.status:8} {requirement.title.en}")
