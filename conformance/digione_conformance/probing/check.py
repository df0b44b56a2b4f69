"""How a check is written: a function over a probe that yields findings, tied to the requirements it decides.

    @check("OR-ROS-PAGE-004")
    def total_is_the_length_of_the_list(probe: Probe) -> Findings:
        for listing in probe.listings():
            probe.examined()
            if listing.total != len(listing.records):
                yield Finding(f"X-Total-Count says {listing.total}, {len(listing.records)} arrived", listing.exchanges)

No finding means that the requirement is met, provided that something was examined; otherwise it is untested. A check
knows nothing but what the probe answers, so the same function judges a live target and recorded evidence alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from digione_conformance.evidence.finding import Findings
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
    """

    name: str
    requirements: tuple[str, ...]
    function: CheckFunction
    stage: str = "core"
    after: tuple[str, ...] = ()
    alone: bool = False
    scenarios: tuple[str, ...] = ()


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
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check that decides `requirements`."""

    def register(function: CheckFunction) -> CheckFunction:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        if name in REGISTRY.checks:
            raise ValueError(f"two checks are called {name}")
        REGISTRY.checks[name] = Check(name, requirements, function, stage, after, alone, scenarios)
        return function

    return register
