"""What a run will decide, fixed before it starts: requirements, checks, and what is left out and why.

The plan is a closed world: every requirement of the chosen profiles is either planned or listed with a reason, and the
hash over all of it stands in every report. Nothing can drop out of a run unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from digione_conformance.catalogue.consumers import NamedConsumer
from digione_conformance.catalogue.requirement import Catalogue, Requirement, Role
from digione_conformance.evidence.exchange import Json
from digione_conformance.probing.check import Check, Registry
from digione_sdk.errors import ConfigurationError, UsageError

STAGES = ("static", "core", "contract", "model", "explore")
"""All stages, in the order in which they run."""


@dataclass(frozen=True)
class LeftOut:
    """A requirement of a chosen profile that this run does not decide, and why."""

    requirement: Requirement
    reason: str
    chosen: bool = False
    """Whether the operator's own filter left it out, rather than the suite."""


@dataclass(frozen=True)
class Plan:
    """A closed plan; equal plans have equal hashes.

    Attributes:
        profiles: Ids of the profiles to be judged.
        requirements: What is decided, in catalogue order.
        checks: What runs, prerequisites first.
        left_out: Requirements of the profiles that are not decided.
        catalogue_sha256: Hash of the catalogue it was made from.
        suite: Version of the suite.
        only: Requirements that the operator chose; empty where nothing was left out by choice.
        stages: Stages that run.
        role: Who is judged.
        scenarios: Scenarios that a consumer went through; None where that plays no part.
        consumers: Named consumers for which a provider is judged, by what the run asks anyway or by their own profiles.
    """

    profiles: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    checks: tuple[Check, ...]
    left_out: tuple[LeftOut, ...]
    catalogue_sha256: str
    suite: str
    only: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    role: Role = "provider"
    scenarios: tuple[str, ...] | None = None
    consumers: tuple[NamedConsumer, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was left out by the operator's own choice: only a whole run can make a profile conformant."""
        return not any(out.chosen for out in self.left_out)

    @cached_property
    def sha256(self) -> str:
        """Hash over the canonical JSON of the plan."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> Json:
        """Return the plan as JSON, without its hash."""
        return {
            "suite": self.suite,
            "role": self.role,
            "catalogue_sha256": self.catalogue_sha256,
            "profiles": list(self.profiles),
            "stages": list(self.stages),
            "requirements": [{"id": r.id, "level": str(r.level), "title": r.title.en} for r in self.requirements],
            "checks": [
                {"name": c.name, "stage": c.stage, "decides": list(c.requirements), "may_change_target": c.alone}
                for c in self.checks
            ],
            "left_out": [{"id": out.requirement.id, "reason": out.reason} for out in self.left_out],
        }


def make_plan(
    catalogue: Catalogue,
    registry: Registry,
    *,
    claimed: Iterable[str],
    suite: str,
    profiles: Collection[str] = (),
    only: Collection[str] = (),
    stages: Collection[str] = (),
    scenarios: Collection[str] | None = None,
) -> Plan:
    """Plan a run.

    Args:
        catalogue: All requirements.
        registry: All checks.
        claimed: Ids of the profiles that the target claims.
        suite: Version of the suite.
        profiles: Judge these instead of the claimed ones.
        only: Decide these requirements only.
        stages: Run these stages only; by default all but `explore`.
        scenarios: Scenarios that a consumer went through; None for all. Requirements that need others are left out.

    Raises:
        UsageError: `profiles`, `only` or `stages` names something unknown.
        ConfigurationError: The target claims an unknown profile, or profiles of providers and of consumers at once, or
            checks wait for each other in a circle.
    """
    _refuse_unknown(catalogue, claimed=claimed, profiles=profiles, stages=stages, only=only)
    chosen_profiles = tuple(dict.fromkeys(profiles or claimed))
    role = _role(catalogue, chosen_profiles)
    wanted_stages = tuple(stage for stage in STAGES if (stage in stages if stages else stage != "explore"))
    demanded = [r for r in catalogue if r.status != "retired" and any(map(r.is_of, chosen_profiles))]
    outs = {r.id: _left_out(r, registry, only, wanted_stages, role, scenarios) for r in demanded}
    decided = tuple(r for r in demanded if outs[r.id] is None)
    return Plan(
        chosen_profiles,
        decided,
        _ordered(registry, [r.id for r in decided], wanted_stages),
        tuple(out for out in outs.values() if out is not None),
        catalogue.sha256,
        suite,
        tuple(only),
        wanted_stages,
        role,
        None if scenarios is None else tuple(sorted(scenarios)),
        catalogue.consumers if role == "provider" else (),
    )


def refuse_consumers(plan: Plan, name: str) -> None:
    """Refuse to ask by a plan about a consumer: it asks itself, and is judged by its record.

    Args:
        plan: The plan.
        name: Name of the file that claims its profiles.

    Raises:
        ConfigurationError: The plan is about a consumer.
    """
    if plan.role == "consumer":
        profiles = ", ".join(plan.profiles)
        raise ConfigurationError(f"{name}: {profiles} judges consumers: digione consumer serve, then score")


def orphans(catalogue: Catalogue, registry: Registry) -> tuple[str, ...]:
    """Return what is unconnected: active automatic requirements without a check, checks without a requirement."""
    known = {requirement.id for requirement in catalogue}
    found = [
        f"{requirement.id}: active, yet no check decides it"
        for requirement in catalogue
        if requirement.status == "active"
        and requirement.verification == "auto"
        and requirement.role != "file"  # digione_sdk.bulk decides those, and its tests hold that it knows each
        and not registry.deciding(requirement.id)
    ]
    for check in registry.checks.values():
        if not check.requirements:
            found.append(f"{check.name}: decides no requirement")
        found.extend(
            f"{check.name}: {name} is not in the catalogue"
            for name in (*check.requirements, *check.after)
            if name not in known
        )
    return tuple(found)


_LISTED_BY: Final = {
    "--profile": "`digione profiles` lists them",
    "--stage": f"there are {', '.join(STAGES)}",
    "--only": "`digione catalogue` lists them",
}


def _refuse_unknown(
    catalogue: Catalogue,
    *,
    claimed: Iterable[str],
    profiles: Iterable[str],
    stages: Iterable[str],
    only: Iterable[str],
) -> None:
    known = {"--profile": (profiles, catalogue.profiles), "--stage": (stages, STAGES)}
    for option, (given, names) in {**known, "--only": (only, catalogue.requirements)}.items():
        for name in given:
            if name not in names:
                near = get_close_matches(name, list(names), n=1)
                meant = f": did you mean {near[0]}?" if near else ";"
                raise UsageError(f"{name} is unknown{meant} {_LISTED_BY[option]}", argument=option)
    for profile in claimed:
        if profile not in catalogue.profiles:
            raise ConfigurationError(
                f"[claims] profiles: {profile} is no profile; known are {', '.join(catalogue.profiles)}"
            )


def _role(catalogue: Catalogue, profiles: tuple[str, ...]) -> Role:
    roles = {catalogue.role_of(profile) for profile in profiles} - {"file"}
    if len(roles) > 1:
        raise ConfigurationError("[claims] profiles: providers and consumers are judged apart; name those of one")
    return roles.pop() if roles else "provider"


def _left_out(
    requirement: Requirement,
    registry: Registry,
    only: Collection[str],
    stages: tuple[str, ...],
    role: Role,
    scenarios: Collection[str] | None,
) -> LeftOut | None:
    if requirement.status == "pending":
        return LeftOut(requirement, "pending: it is announced and does not count yet")
    if requirement.role == "file":
        return LeftOut(requirement, "a rule for CSV files: `digione csv validate` decides it")
    if requirement.role != role:
        return LeftOut(requirement, f"a rule for {requirement.role}s; a {role} is judged")
    if only and requirement.id not in only:
        return LeftOut(requirement, "not chosen by --only", chosen=True)
    deciding = registry.deciding(requirement.id)
    missing = sorted({check.stage for check in deciding} - set(stages))
    if missing:
        return LeftOut(requirement, f"needs stage {', '.join(missing)}", chosen=True)
    skipped = [
        name for check in deciding for name in check.scenarios if scenarios is not None and name not in scenarios
    ]
    if skipped:
        return LeftOut(requirement, f"scenario not gone through: {', '.join(dict.fromkeys(skipped))}", chosen=True)
    return None


def _ordered(registry: Registry, decided: Iterable[str], stages: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the checks that decide these requirements and, transitively, what they come after; prerequisites first."""
    ordered: dict[str, Check] = {}
    entered: set[str] = set()

    def visit(check: Check) -> None:
        if check.name in ordered:
            return
        if check.name in entered:
            raise ConfigurationError(f"checks wait for each other in a circle: {check.name}")
        entered.add(check.name)
        for name in check.after:
            for earlier in registry.deciding(name):
                if earlier.alone and not check.alone:
                    raise ConfigurationError(f"{check.name} waits for {earlier.name}, which runs alone at the end")
                visit(earlier)
        ordered[check.name] = check

    for requirement_id in decided:
        for check in registry.deciding(requirement_id):
            if check.stage in stages:
                visit(check)
    # Checks that change the target run last, one at a time; the sort is stable, so prerequisites stay first.
    return tuple(sorted(ordered.values(), key=lambda check: (check.alone, STAGES.index(check.stage))))
