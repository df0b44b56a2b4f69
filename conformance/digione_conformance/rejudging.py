"""Computes all verdicts again from evidence alone, offline, for somebody who does not trust whoever ran the suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from digione_conformance.catalogue.requirement import Catalogue, load_catalogue
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.door import ReplayDoor
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.recorder import Recorder, read_evidence, refuse_changed
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.evidence.run_file import Found, RunFile, read_run_file
from digione_conformance.evidence.stand_in import GONE
from digione_conformance.probing.probe import Survey
from digione_conformance.running.collecting import seldom_collecting
from digione_conformance.running.engine import INTERNAL, Engine
from digione_conformance.running.plan import Plan, make_plan
from digione_conformance.running.result import RequirementResult, Result
from digione_conformance.running.waiver import FILE, read_waivers
from digione_conformance.running.waiving import with_waivers
from digione_conformance.session import suite_version
from digione_conformance.target.file import Target

EVIDENCE: Final = "evidence"


@dataclass(frozen=True)
class Difference:
    """A requirement of which run and replay say different things; None where one of them does not know it."""

    requirement: str
    run: Found | None
    again: Found | None


@dataclass(frozen=True)
class Rejudged:
    """What replay finds.

    Attributes:
        result: The result, with the times of the run.
        target: The target as the run described it, without credentials.
        recorder: Shows exchanges to reports; writes nothing.
        run: What the run noted.
        differences: Where the two differ, in plan order.
    """

    result: Result
    target: Target
    recorder: Recorder
    run: RunFile
    differences: tuple[Difference, ...]

    def is_gone(self, difference: Difference) -> bool:
        """Whether a difference says no more than that redaction took away what the run could see."""
        redacted = not self.target.target.synthetic
        return redacted and difference.again is not None and difference.again.outcome == Outcome.UNTESTED


def evidence_folder(folder: Path) -> Path:
    """Return the evidence folder of a report folder, or the folder itself where it is one."""
    return folder / EVIDENCE if (folder / EVIDENCE).is_dir() else folder


def rejudge(folder: Path, *, catalogue: Path | None = None) -> Rejudged:
    """Judge the evidence of a run again.

    Checks and catalogue are those of this installation, which may be newer; what the evidence lacks is untested.

    Args:
        folder: A report folder, or its evidence folder.
        catalogue: Folder of another catalogue.

    Raises:
        ConfigurationError: There is no evidence, it was changed, or this version cannot read it.
        UsageError: The catalogue no longer knows what the run chose.
    """
    folder = evidence_folder(folder)
    run = read_run_file(folder)
    refuse_changed(folder)
    target = run.restored_target()
    known = load_catalogue(catalogue)
    plan = _plan(run, target, known)
    with seldom_collecting():
        found = _found(folder, run, target, plan)
    waivers = read_waivers(run.waivers, FILE)
    judged = with_waivers(found, waivers, known=known.requirements, today=run.started_at.date())
    result = replace(
        judged,
        started_at=run.started_at,
        finished_at=run.finished_at or judged.finished_at,
        interrupted=run.interrupted,
    )
    return Rejudged(result, target, _shower(run, target), run, differences(run, result, whole=target.target.synthetic))


def _found(folder: Path, run: RunFile, target: Target, plan: Plan) -> Result:
    exchanges = read_evidence(folder)
    engine = Engine(
        plan,
        Survey(ReplayDoor(exchanges, whole=target.target.synthetic), target.claims()),
        max_parallel=0,  # nothing is waited for, so threads would only take turns
        attested=target.attest,
        unfinished=run.unfinished,
    )
    found = _with_plain_exchanges(engine.run(), exchanges)
    return found if target.target.synthetic else _of_pseudonyms(found, run)


def _of_pseudonyms(result: Result, run: RunFile) -> Result:
    """Return a result over redacted evidence in which no pseudonym is found fault with.

    Where a check reads a value in a way that a stand-in cannot notice (a pattern, a vocabulary), it would judge the
    pseudonym: `p-0f3a…` is no date. What the run did not find, such evidence cannot show.
    """

    def believed(item: RequirementResult) -> RequirementResult:
        """Leave out what the run did not find."""
        noted = run.outcomes.get(item.id)
        same = noted is not None and noted.outcome in {item.outcome, Outcome.WAIVED}
        broken = item.outcome is Outcome.CANT_TELL and item.message.startswith(INTERNAL)
        if same or (item.outcome not in {Outcome.FAILED, Outcome.WARNING} and not broken):
            return item
        return replace(item, outcome=Outcome.UNTESTED, message=GONE, findings=(), exchanges=())

    return replace(result, requirements=tuple(believed(item) for item in result.requirements))


def differences(run: RunFile, result: Result, *, whole: bool = True) -> tuple[Difference, ...]:
    """Return where a result differs from what the run noted.

    Args:
        run: What the run noted.
        result: What was found again.
        whole: Whether the evidence holds all; where it was redacted, fewer things can be counted in it.
    """
    again = {item.id: Found(outcome=str(item.outcome), message=item.message) for item in result.requirements}
    pairs = {name: (run.outcomes.get(name), again.get(name)) for name in dict.fromkeys([*run.outcomes, *again])}
    return tuple(
        Difference(name, before, after)
        for name, (before, after) in pairs.items()
        if before != after and (whole or before is None or after is None or before.outcome != after.outcome)
    )


def _plan(run: RunFile, target: Target, known: Catalogue) -> Plan:
    chosen = run.selection
    return make_plan(
        known,
        load_checks(),
        claimed=target.profiles,
        suite=suite_version(),
        profiles=chosen.profiles,
        only=chosen.only,
        stages=chosen.stages,
        scenarios=chosen.scenarios,
    )


def _shower(run: RunFile, target: Target) -> Recorder:
    # The evidence is redacted already, so addresses stand as they are in it and can be found there.
    recorder = Recorder(target.claims(), Redactor(keep_ids=True))
    recorder.requests, recorder.bytes_received, recorder.writes = run.requests, run.bytes_received, run.writes
    return recorder


def _with_plain_exchanges(result: Result, exchanges: Mapping[str, Exchange]) -> Result:
    """Return the result with exchanges that can be shown, and that hold no parsed body, in place of those judged."""

    def plain(found: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """Return exchanges as they were recorded."""
        # Lines of a record of traffic are no exchanges of their own in the evidence; they are shown as they are.
        return tuple(replace(exchanges.get(exchange.id, exchange)) for exchange in found)

    def shown(item: RequirementResult) -> RequirementResult:
        """Return a requirement's result with exchanges that can be shown."""
        findings = tuple(replace(finding, exchanges=plain(finding.exchanges)) for finding in item.findings)
        return replace(item, findings=findings, exchanges=plain(item.exchanges))

    return replace(result, requirements=tuple(shown(item) for item in result.requirements))
