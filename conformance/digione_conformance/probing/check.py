"""How a check is written: a function over a probe that yields findings, tied to the requirements it decides.

    @check("OR-ROS-PAGE-004")
    def total_is_the_length_of_the_list(probe: Probe) -> Findings:
        for listing in probe.listings():
            probe.examined()
            if listing.total != len(listing.records):
                yield Finding(f"X-Total-Count says {listing.total}, {len(listing.records)} arrived", listing.exchanges)

No finding means that the requirement is met, provided that something was examined; otherwise it is untested. A check
knows nothing but what the probe answers, so the same function judges a live target and recorded evidence alike. One
that holds for every list of the standard names its requirements with a star, as `OR-*-PAGE-004`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from digione_conformance.evidence.finding import Findings
from digione_conformance.probing.family import EVERYWHERE, ROSTERING, Family
from digione_conformance.probing.probe import Probe

CheckFunction: TypeAlias = Callable[[Probe], Findings]


@dataclass(frozen=True)
class Check:
    """A registered check.

    Attributes:
        name: Dotted name, `area.function`.
        requirements: Ids of the requirements it decides; a finding fails every one of them.
        function: The check itself.
        stage: When it runs: `core` or later stages.
        after: Ids of requirements without which it says nothing: if one of them failed, this one is `cantTell`.
        alone: Whether it runs alone, after the others, because it changes the target.
        scenarios: Scenarios that a consumer must have gone through, all of them; none for checks of providers.
        family: The part of the standard that the probe shows it.
    """

    name: str
    requirements: tuple[str, ...]
    function: CheckFunction
    stage: str = "core"
    after: tuple[str, ...] = ()
    alone: bool = False
    scenarios: tuple[str, ...] = ()
    family: Family = ROSTERING


@dataclass
class Registry:
    """All checks, by name, in the order of their definition."""

    checks: dict[str, Check] = field(default_factory=dict)

    def deciding(self, requirement_id: str) -> tuple[Check, ...]:
        """Return the checks that decide a requirement."""
        return tuple(check for check in self.checks.values() if requirement_id in check.requirements)


REGISTRY = Registry()


def check(
    *requirements: str,
    stage: str = "core",
    after: tuple[str, ...] = (),
    alone: bool = False,
    scenarios: tuple[str, ...] = (),
    of: tuple[Family, ...] = EVERYWHERE,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check that decides `requirements`.

    Ids that begin with `OR-*` stand for one requirement a family: the function is registered once for each family in
    `of`, and its probe shows it that family (`Probe.family`).
    """
    families = of if any("*" in name for name in requirements) else (ROSTERING,)

    def register(function: CheckFunction) -> CheckFunction:
        """Register the check, once for each family."""
        area = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        for family in families:
            name = area if family is ROSTERING or len(families) == 1 else f"{area}.{family.name}"
            if name in REGISTRY.checks:
                raise ValueError(f"two checks are called {name}")
            ids, earlier = (tuple(map(family.requirement, names)) for names in (requirements, after))
            REGISTRY.checks[name] = Check(name, ids, function, stage, earlier, alone, scenarios, family)
        return function

    return register
