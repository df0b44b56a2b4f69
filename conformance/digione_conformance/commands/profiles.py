"""`digione profiles`: what can be claimed, which services each is about, and how much it demands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import typer

from digione_conformance.commands.options import JsonOption
from digione_conformance.commands.printing import print_json

if TYPE_CHECKING:
    from digione_conformance.catalogue.requirement import Catalogue
    from digione_conformance.evidence.exchange import Json

_COLUMNS: Final = ("profile", "judges", "[services]", "MUST", "SHOULD", "MAY")


def register(app: typer.Typer) -> None:
    """Add `profiles` to the commands."""
    app.command("profiles")(profiles)


def profiles(*, as_json: JsonOption = False) -> None:
    """List the profiles that a target can claim, the services that each is about, and how many requirements it has."""
    from digione_conformance.catalogue.requirement import load_catalogue

    found = list(_told(load_catalogue()))
    if as_json:
        print_json({"profiles": found})
        return
    rows = [_COLUMNS, *((*map(_cell, one.values()),) for one in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _told(known: Catalogue) -> Iterator[dict[str, Json]]:
    from digione_conformance.probing.family import ROSTERING_V1P1, family_of

    older = {consumer.id for consumer in known.consumers if consumer.speaks == ROSTERING_V1P1.service.version}
    for profile in known.profiles:
        rules = known.of_profile(profile)
        families = dict.fromkeys(family_of(rule.id) for rule in rules)
        if profile in older:
            families = {ROSTERING_V1P1: None}
        levels = Counter(str(rule.level) for rule in rules)
        yield {
            "profile": profile,
            "judges": known.role_of(profile),
            "services": list(dict.fromkeys(family.service.key for family in families if family is not None)),
            **{level: levels.get(level, 0) for level in ("MUST", "SHOULD", "MAY")},
        }


def _cell(value: Json) -> str:
    return ", ".join(value) or "-" if isinstance(value, list) else str(value)
