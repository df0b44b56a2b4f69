"""Steps that several commands take: plan what the target file claims, and let the doctor look before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digione_conformance.commands.printing import console, print_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from digione_conformance.running.item import Item
    from digione_conformance.running.plan import Plan
    from digione_conformance.session import Opened
    from digione_conformance.target.file import Target


def planned(
    target: Target,
    *,
    profiles: Collection[str] | None = None,
    only: Collection[str] | None = None,
    stages: Collection[str] | None = None,
) -> Plan:
    """Return the plan for a target with the installed catalogue and checks.

    Raises:
        UsageError: A profile, requirement or stage is unknown.
        ConfigurationError: The target claims an unknown profile.
    """
    from digione_conformance.catalogue.requirement import load_catalogue
    from digione_conformance.checks import load_checks
    from digione_conformance.running.plan import make_plan
    from digione_conformance.session import suite_version

    return make_plan(
        load_catalogue(),
        load_checks(),
        claimed=target.profiles,
        suite=suite_version(),
        profiles=profiles or (),
        only=only or (),
        stages=stages or (),
    )


def examined(
    through: Opened, *, permitted: bool, as_json: bool = False, quiet: bool = False, language: str = "en"
) -> bool:
    """Run the doctor and show what it finds; with `quiet`, only what is not well. Return whether a run may follow."""
    from digione_conformance.running.doctor import examine
    from digione_conformance.running.item import Health
    from digione_conformance.terminal import show_items

    items: Iterator[Item] = examine(through.target, through.door, permitted=permitted)
    if as_json:
        found = list(items)
        print_json({"items": [vars(item) for item in found]})
        return all(item.health is not Health.RED for item in found)
    if quiet:
        unwell = (item for item in items if item.health is not Health.OK)
        return show_items(console(stderr=True), unwell, language=language)
    return show_items(console(), items, language=language)
