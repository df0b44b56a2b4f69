"""`digione explain`: what one requirement demands, where it comes from and how to mend a failure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.commands.options import JsonOption, LanguageOption
from digione_conformance.commands.printing import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digione_conformance.catalogue.requirement import Requirement


def register(app: typer.Typer) -> None:
    """Add `explain` to the commands."""
    app.command("explain")(explain)


def explain(
    requirement: Annotated[str, typer.Argument(metavar="REQ", help="Id of a requirement.")],
    *,
    as_json: JsonOption = False,
    language: LanguageOption = "en",
) -> None:
    """Say what a requirement demands, where it comes from, what passes and how to mend a failure."""
    from digione_conformance.catalogue.requirement import load_catalogue

    known = load_catalogue()
    requirement = requirement.upper()
    if requirement not in known.requirements:
        near = get_close_matches(requirement, known.requirements, n=1)
        mean = f"; do you mean {near[0]}?" if near else ";"
        raise typer.BadParameter(
            f"{requirement} is not in the catalogue{mean} `digione catalogue` lists all", param_hint="REQ"
        )
    if as_json:
        print_json(known[requirement].model_dump(mode="json"))
        return
    for line in _explained(known[requirement], language):
        typer.echo(line)


def _explained(requirement: Requirement, language: str) -> Iterator[str]:
    from digione_conformance.words.texts import consumer, texts, why

    words = texts(language)
    yield f"{requirement.id}  {requirement.level}  {requirement.title.within(language)}"
    for source in requirement.source:
        yield f"{words['source']}: {source.document}, {source.clause} ({words['evidence.' + source.evidence]})"
    yield f"{words['profiles']}: {', '.join(requirement.profiles)}"
    yield f"{words['would_pass']}: {requirement.passes.within(language)}"
    yield f"{words['fix']}: {requirement.fix.within(language)}"
    for name in requirement.breaks:
        reasons = " ".join(text.within(language) for text in why(name, requirement.id))
        yield f"{words['breaks']}: {consumer(name).within(language)}. {reasons}".rstrip()
