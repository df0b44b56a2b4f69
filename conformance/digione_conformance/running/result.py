"""What a run found: per check, per requirement, per profile, and the events on the way there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from digione_conformance.catalogue.consumers import NamedConsumer
from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.verdict import (
    MET,
    SEEN_TO_LACK,
    Exit,
    Level,
    Outcome,
    Suits,
    Verdict,
    as_profile,
    consumer_verdict,
    exit_status,
    profile_verdict,
)
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.check import Check
from digione_conformance.running.plan import Plan
from digione_conformance.running.waiver import WaiverUse


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        check: The check.
        outcome: passed, failed (it has findings), untested, inapplicable or cantTell; levels are not known here.
        message: Why it is undecided; empty where it is decided.
        findings: At most `MOST_FINDINGS`.
        finding_count: How many findings there were in all.
        exchanges: What it looked at first, as evidence of a pass.
        looked_at: How many things it compared.
        seconds: How long it took.
        held_back_by: Ids of the requirements that are not met and without which it says nothing; then it did not run.
    """

    check: Check
    outcome: Outcome
    message: str = ""
    findings: tuple[Finding, ...] = ()
    finding_count: int = 0
    exchanges: tuple[Exchange, ...] = ()
    looked_at: int = 0
    seconds: float = 0.0
    held_back_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class RequirementResult:
    """What is known of one requirement."""

    requirement: Requirement
    outcome: Outcome
    message: str
    findings: tuple[Finding, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    checks: tuple[str, ...] = ()
    held_back_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The requirement's id."""
        return self.requirement.id


@dataclass(frozen=True)
class Served:
    """What is known of a provider before one named consumer.

    Attributes:
        consumer: The consumer.
        verdict: Whether it works.
        broken: Ids of what it stands on, or is harmed by, and that is not met, in the consumer's own order.
        unknown: Ids of what it stands on and that was asked to no end.
        unasked: Ids of what it stands on and that is no part of the run.
        met: How many of its demands are met.
    """

    consumer: NamedConsumer
    verdict: Suits
    broken: tuple[str, ...]
    unknown: tuple[str, ...]
    unasked: tuple[str, ...]
    met: int


@dataclass(frozen=True)
class Result:
    """A finished run.

    Attributes:
        plan: What was to be decided.
        requirements: One result per planned requirement, in plan order.
        checks: One result per check that ran or was held back, in plan order.
        interrupted: Whether the run was broken off; what is missing is `cantTell`.
        waivers: Every waiver and what became of it.
        advisory: What the explore stage came upon; it decides nothing.
    """

    plan: Plan
    requirements: tuple[RequirementResult, ...]
    checks: tuple[CheckResult, ...]
    started_at: datetime
    finished_at: datetime
    interrupted: bool = False
    waivers: tuple[WaiverUse, ...] = ()
    advisory: tuple[Finding, ...] = ()

    def of_profile(self, profile: str) -> tuple[RequirementResult, ...]:
        """Return the results that count for a profile."""
        return tuple(result for result in self.requirements if result.requirement.is_of(profile))

    def counts(self, profile: str) -> Mapping[Outcome, int]:
        """Return how many requirements of a profile ended how; what the operator left out counts as untested."""
        found = Counter(outcome for _, outcome in self._outcomes(profile))
        return {outcome: found[outcome] for outcome in Outcome}

    def verdict(self, profile: str) -> Verdict:
        """Return the verdict on a profile: only a whole run can find it conformant."""
        consumer = next((each for each in self.plan.consumers if each.id == profile), None)
        found = as_profile(self.before(consumer).verdict) if consumer else profile_verdict(self._outcomes(profile))
        return found if self.plan.whole or found is not Verdict.CONFORMANT else Verdict.INCOMPLETE

    @property
    def served(self) -> tuple[Served, ...]:
        """What is known of a provider before each named consumer; it decides no profile but their own."""
        return tuple(self.before(consumer) for consumer in self.plan.consumers)

    def before(self, consumer: NamedConsumer) -> Served:
        """Return what is known of the provider before one consumer."""
        outcomes = {result.id: result.outcome for result in self.requirements}
        demanded = {name: outcomes.get(name) for name in consumer.demands}
        known = {name: outcomes.get(name) for name in consumer.breaks_by}
        return Served(
            consumer,
            consumer_verdict(demanded.values(), known.values()),
            broken=tuple(name for name, outcome in known.items() if outcome in SEEN_TO_LACK),
            unknown=tuple(name for name, outcome in demanded.items() if outcome and outcome not in SEEN_TO_LACK | MET),
            unasked=tuple(name for name, outcome in demanded.items() if outcome is None),
            met=sum(outcome in MET - SEEN_TO_LACK for outcome in demanded.values()),
        )

    @property
    def exit(self) -> Exit:
        """The exit status of the run.

        A run of a chosen part is judged by that part, so that `--only` can be used in a loop; the verdicts on profiles
        stay incomplete all the same. A waiver that excuses nothing, or no longer, fails the run.
        """
        if self.interrupted:
            return Exit.INTERRUPTED
        if any(use.faulty for use in self.waivers):
            return Exit.NOT_CONFORMANT
        if self.plan.whole:
            return exit_status(self.verdict(profile) for profile in self.plan.profiles)
        chosen = [(result.requirement.level, result.outcome) for result in self.requirements]
        if any(outcome is Outcome.FAILED for _, outcome in chosen) or self._breaks_a_claimed_consumer():
            return Exit.NOT_CONFORMANT
        unknown = {Outcome.UNTESTED, Outcome.CANT_TELL}
        if any(level is Level.MUST and outcome in unknown for level, outcome in chosen):
            return Exit.INCOMPLETE
        return Exit.CONFORMANT if any(outcome not in unknown for _, outcome in chosen) else Exit.INCOMPLETE

    def _breaks_a_claimed_consumer(self) -> bool:
        judged = (each for each in self.plan.consumers if each.id in self.plan.profiles)
        return any(self.before(consumer).verdict is Suits.BREAKS for consumer in judged)

    def _outcomes(self, profile: str) -> list[tuple[Level, Outcome]]:
        known = [(result.requirement.level, result.outcome) for result in self.of_profile(profile)]
        missing = [
            (out.requirement.level, Outcome.UNTESTED)
            for out in self.plan.left_out
            if out.chosen and out.requirement.is_of(profile)
        ]
        return known + missing


@dataclass(frozen=True)
class RunStarted:
    """The plan is fixed, nothing was asked yet."""

    plan: Plan


@dataclass(frozen=True)
class CheckStarted:
    """A check begins."""

    check: Check


@dataclass(frozen=True)
class CheckFinished:
    """A check ended."""

    result: CheckResult


@dataclass(frozen=True)
class RequirementDecided:
    """All checks of a requirement ended."""

    result: RequirementResult


@dataclass(frozen=True)
class RunFinished:
    """Everything ended, or the run was broken off."""

    result: Result


Event: TypeAlias = RunStarted | CheckStarted | CheckFinished | RequirementDecided | RunFinished
Listener: TypeAlias = Callable[[Event], None]
