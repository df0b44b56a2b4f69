"""Runs a plan over a door and says what happens as events; it neither knows who listens nor how answers come about."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.undecided import CantTell, Inapplicable, Undecided
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.check import Check
from digione_conformance.probing.probe import Probe, Survey
from digione_conformance.running.plan import Plan
from digione_conformance.running.result import (
    CheckFinished,
    CheckResult,
    CheckStarted,
    Event,
    Listener,
    RequirementDecided,
    RequirementResult,
    Result,
    RunFinished,
    RunStarted,
)
from digione_conformance.stages.explore import NAME as EXPLORE
from digione_conformance.stages.explore import explored

MOST_FINDINGS: Final = 20
"""Findings kept of one check; the rest are counted."""

INTERRUPTED: Final = "the run was interrupted"
"""What is said of a check that had not ended when a run was broken off."""

STATED: Final = "stated: "
"""How begins what a person stated of a requirement that no program can decide."""

INTERNAL: Final = "internal"
"""How begins what is said of a check that broke down."""

_MOST_EXCHANGES: Final = 3
_LOOK_FOR_SIGNALS: Final = 0.2
"""Seconds."""
_OURS: Final = "digione_conformance"
_TIDYING: Final = "tidying"
_LAST_ANSWER: Final = 10.0
"""Seconds that an interrupted run waits for the check that may be changing the target."""

_WORST_FIRST: Final = (Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED, Outcome.PASSED, Outcome.INAPPLICABLE)
"""How the outcomes of several checks make one: untested beats passed, for what was skipped never counts as met."""


def run_check(check: Check, survey: Survey) -> CheckResult:
    """Run one check and return what it found; never raises for what a check does."""
    probe = Probe(survey, check.name, check.family)
    started = time.monotonic()
    findings: list[Finding] = []
    count = 0
    undecided: Undecided | None = None
    try:
        for finding in check.function(probe):
            count += 1
            if len(findings) < MOST_FINDINGS:
                findings.append(finding)
    except Undecided as reason:
        # Its traceback holds this frame, and the frame all that the run has read.
        undecided = reason.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - a defect of a check must not take the run down with it
        undecided = CantTell(f"{INTERNAL}: {type(error).__name__} at {_place(error)}")
    outcome, message = _outcome(count, undecided, probe.looked_at)
    return CheckResult(
        check,
        outcome,
        message,
        tuple(findings),
        count,
        tuple(probe.exchanges[:_MOST_EXCHANGES]),
        probe.looked_at,
        time.monotonic() - started,
    )


def _outcome(findings: int, undecided: Undecided | None, looked_at: int) -> tuple[Outcome, str]:
    if findings:
        # What was seen before a check gave up was still seen.
        return Outcome.FAILED, ""
    if isinstance(undecided, Inapplicable):
        return Outcome.INAPPLICABLE, str(undecided)
    if isinstance(undecided, CantTell):
        return Outcome.CANT_TELL, str(undecided)
    if undecided is not None:
        return Outcome.UNTESTED, str(undecided)
    if not looked_at:
        return Outcome.UNTESTED, "nothing to compare: the target holds too little for this requirement"
    return Outcome.PASSED, ""


def _place(error: Exception) -> str:
    # Exception texts may quote records, so a defect is named by where it is, not by what it says.
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _OURS in frame.filename]
    return f"{Path(ours[-1].filename).name} line {ours[-1].lineno}" if ours else "an unknown place"


@dataclass
class Engine:
    """Runs one plan, once.

    Attributes:
        plan: What to decide.
        survey: Door, claims and schemas shared by all checks.
        listeners: Called with every event, always from the calling thread.
        max_parallel: How many checks run at the same time; 0 runs them one by one in the calling thread, for evidence
            that nothing is waited for.
        now: Wall clock.
        stop: Called when the run is broken off, so that checks under way end soon.
        attested: What people state of requirements that no program can decide, by id.
        unfinished: Checks that had not ended in the run that is judged again; they stay undecided.
    """

    plan: Plan
    survey: Survey
    listeners: Sequence[Listener] = ()
    max_parallel: int = 4
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    stop: Callable[[], None] = lambda: None
    attested: Mapping[str, str] = field(default_factory=dict)
    unfinished: Collection[str] = ()
    _results: dict[str, CheckResult] = field(default_factory=dict)
    _deciding: Mapping[str, tuple[Check, ...]] = field(init=False)
    _earlier: Mapping[str, frozenset[str]] = field(init=False)
    _decided: dict[str, RequirementResult] = field(default_factory=dict)
    _changing: tuple[threading.Thread, ...] = ()
    """The thread of a check that runs alone: it may be changing the target."""

    def __post_init__(self) -> None:
        deciding: dict[str, list[Check]] = {}
        for check in self.plan.checks:
            for name in check.requirements:
                deciding.setdefault(name, []).append(check)
        self._deciding = {name: tuple(checks) for name, checks in deciding.items()}
        self._earlier = {
            check.name: frozenset(earlier.name for name in check.after for earlier in self._deciding.get(name, ()))
            for check in self.plan.checks
        }

    def run(self) -> Result:
        """Run all checks and return the result; a keyboard interrupt ends the run, what is missing is `cantTell`."""
        started = self.now()
        interrupted = False
        advisory: tuple[Finding, ...] = ()
        self._emit(RunStarted(self.plan))
        try:
            self._decide_ready()
            self._run_together([check for check in self.plan.checks if not check.alone])
            waiting = [check for check in self.plan.checks if check.alone]
            while waiting:
                # A plan may be sorted by cost; what a check builds on still comes first.
                check = next(filter(self._prerequisites_done, waiting))
                waiting.remove(check)
                # Each starts from answers of its own, so that what it changed before an interruption, or what
                # another one changed, is never mistaken for what it finds now.
                self.survey.forget()
                self._run_together([check])
            advisory = self._explored()
        except KeyboardInterrupt:
            interrupted = True
            self.stop()
            self._mark_missing()
        finally:
            left = self._tidied()
        result = Result(
            self.plan,
            tuple(self._decided[requirement.id] for requirement in self.plan.requirements),
            tuple(self._results[check.name] for check in self.plan.checks),
            started,
            self.now(),
            interrupted,
            advisory=(*advisory, *left),
        )
        self._emit(RunFinished(result))
        return result

    def _explored(self) -> tuple[Finding, ...]:
        if EXPLORE not in self.plan.stages:
            return ()
        self.survey.forget()
        return tuple(explored(Probe(self.survey, EXPLORE)))

    def _tidied(self) -> tuple[Finding, ...]:
        """Take away what checks made and could not take away themselves, and say what stays."""
        for thread in tuple(self._changing):
            thread.join(_LAST_ANSWER)  # it may still be waiting for the answer to something that it made
        left = self.survey.ledger.settle(lambda ask: self.survey.door.ask(ask, check=_TIDYING, fresh=True))
        if not left:
            return ()
        named = ", ".join(ask.url.rpartition("/")[2] for ask in left[:MOST_FINDINGS])
        return (Finding(f"{len(left)} objects that the run made stay in the target, it took none away: {named}"),)

    # --- scheduling --------------------------------------------------------------------------------------------------

    def _run_together(self, checks: Iterable[Check]) -> None:
        waiting = list(checks)
        running = 0
        done: queue.SimpleQueue[CheckResult] = queue.SimpleQueue()
        while waiting or running:
            ready = [check for check in waiting if self._prerequisites_done(check)]
            for check in ready[: max(1, self.max_parallel) - running]:
                waiting.remove(check)
                self._emit(CheckStarted(check))
                held_back = self._held_back(check)
                if held_back is not None:
                    done.put(held_back)
                elif self.max_parallel == 0:
                    done.put(run_check(check, self.survey))
                else:
                    # Daemon threads: an interrupted run must not wait for answers that never come.
                    thread = threading.Thread(
                        target=lambda check=check: done.put(run_check(check, self.survey)), name=check.name, daemon=True
                    )
                    self._changing = (thread,) if check.alone else ()
                    thread.start()
                running += 1
            self._finished(_next(done))
            running -= 1

    def _prerequisites_done(self, check: Check) -> bool:
        return self._earlier[check.name] <= self._results.keys()

    def _held_back(self, check: Check) -> CheckResult | None:
        """Return `cantTell` for a check that says nothing: what it builds on is broken, or it had not ended."""
        if check.name in self.unfinished:
            return CheckResult(check, Outcome.CANT_TELL, INTERRUPTED)
        broken = [
            name
            for name in check.after
            if any(
                name in result.check.requirements and result.outcome is Outcome.FAILED
                for result in self._results.values()
            )
        ]
        if not broken:
            return None
        why = f"it builds on {', '.join(broken)}, which is not met"
        return CheckResult(check, Outcome.CANT_TELL, why, held_back_by=tuple(broken))

    def _finished(self, result: CheckResult) -> None:
        self._results[result.check.name] = result
        self._emit(CheckFinished(result))
        self._decide_ready()

    def _mark_missing(self) -> None:
        for check in self.plan.checks:
            if check.name not in self._results:
                self._results[check.name] = CheckResult(check, Outcome.CANT_TELL, INTERRUPTED)
        self._decide_ready()

    # --- deciding ----------------------------------------------------------------------------------------------------

    def _decide_ready(self) -> None:
        for requirement in self.plan.requirements:
            if requirement.id in self._decided:
                continue
            checks = self._deciding.get(requirement.id, ())
            if all(check.name in self._results for check in checks):
                found = [self._results[check.name] for check in checks]
                result = decide(requirement, found, statement=self.attested.get(requirement.id))
                self._decided[requirement.id] = result
                self._emit(RequirementDecided(result))

    def _emit(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def _next(done: queue.SimpleQueue[CheckResult]) -> CheckResult:
    # A signal that arrives just before a thread blocks does not wake it, so an interrupt is looked for now and then.
    while True:
        try:
            return done.get(timeout=_LOOK_FOR_SIGNALS)
        except queue.Empty:
            continue


def decide(
    requirement: Requirement, results: Sequence[CheckResult], *, statement: str | None = None
) -> RequirementResult:
    """Return what the checks of one requirement say of it together, or what a person states where none can decide."""
    if requirement.verification != "auto":
        asked = f"not stated; write it under [attest] in the target file. {requirement.reason or ''}".rstrip()
        return RequirementResult(requirement, Outcome.ATTEST, f"{STATED}{statement}" if statement else asked)
    if not results:
        return RequirementResult(requirement, Outcome.UNTESTED, "no check decides it yet")
    names = tuple(result.check.name for result in results)
    worst = min(results, key=lambda result: _WORST_FIRST.index(result.outcome))
    if worst.outcome is Outcome.FAILED:
        findings = tuple(finding for result in results for finding in result.findings)
        count = sum(result.finding_count for result in results)
        more = f" (findings in all: {count})" if count > 1 else ""
        return RequirementResult(
            requirement,
            Outcome.FAILED if requirement.level is Level.MUST else Outcome.WARNING,
            findings[0].message + more,
            findings,
            tuple({exchange.id: exchange for finding in findings for exchange in finding.exchanges}.values()),
            names,
        )
    exchanges = tuple({e.id: e for result in results for e in result.exchanges}.values())[:_MOST_EXCHANGES]
    message = worst.message or f"{sum(result.looked_at for result in results)} compared"
    return RequirementResult(requirement, worst.outcome, message, (), exchanges, names, worst.held_back_by)
