"""One run from target file to report: opens the door, runs the plan, writes what was found."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.door import LiveDoor, Pace, Wire
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.probing.check import Check
from digione_conformance.probing.probe import Survey
from digione_conformance.report.formats import write_all
from digione_conformance.running.collecting import seldom_collecting
from digione_conformance.running.engine import Engine
from digione_conformance.running.noting import begun, ended
from digione_conformance.running.plan import Plan, make_plan, refuse_consumers
from digione_conformance.running.result import CheckFinished, Event, Listener, RequirementDecided, Result
from digione_conformance.running.waiver import Waiver
from digione_conformance.running.waiving import with_waivers
from digione_conformance.target.file import Target, load_target
from digione_sdk.errors import ConfigurationError
from digione_sdk.transport import Connection, Timeouts, Transport


def suite_version() -> str:
    """Version of the installed suite."""
    try:
        return version("digione-sdk")
    except PackageNotFoundError:
        return "0"


def tool_versions() -> dict[str, str]:
    """Versions of Python and of the packages that have a say in a verdict; they are recorded with the evidence."""
    judges = ("httpx", "hypothesis", "jsonschema-rs", "schemathesis")
    return {"python": platform.python_version(), **{package: version(package) for package in judges}}


@dataclass(frozen=True)
class Recorded:
    """A target and what records its evidence."""

    target: Target
    recorder: Recorder


@dataclass(frozen=True)
class Opened(Recorded):
    """A door to a target and what it records."""

    door: LiveDoor


@contextmanager
def opened(
    target: Target, *, evidence: Path | None = None, kept: Collection[str] | None = None, wire: Wire | None = None
) -> Iterator[Opened]:
    """Open a live door.

    Args:
        target: The target.
        evidence: Folder that gets the exchanges; None keeps nothing on disk.
        kept: Names of exchanges in that folder that stay, where an interrupted run is resumed.
        wire: Sends requests; by default the SDK's own transport.

    Raises:
        ConfigurationError: The CA file cannot be read.
    """
    limits = target.limits
    recorder = Recorder(target.claims(), Redactor(keep_ids=target.target.synthetic), evidence, kept)
    recorder.requests = len(kept or ())
    pace = Pace(limits.requests_per_second, limits.budget_seconds)
    with ExitStack() as stack:
        stack.enter_context(seldom_collecting())
        stack.callback(recorder.stop)
        if wire is None:
            transport = _transport(target)
            stack.callback(transport.close)
            wire = transport.send
        door = LiveDoor(target, wire, recorder, pace)
        stack.callback(door.close)  # checks that outlive a run that was broken off ask nothing more
        yield Opened(target, recorder, door)


def _transport(target: Target) -> Transport:
    seconds = target.limits.timeout_seconds
    if target.ca_file is not None and not target.ca_file.is_file():
        raise ConfigurationError(f"{target.path.name}: [services] ca_file: cannot read {target.services.ca_file}")
    verify = str(target.ca_file) if target.ca_file else True
    return Transport(Connection(verify=verify, timeouts=Timeouts(read=seconds, total=4 * seconds)))


def certify(
    through: Opened, plan: Plan, *, listeners: Sequence[Listener] = (), waivers: Sequence[Waiver] = ()
) -> Result:
    """Run a plan through an open door, apply waivers, and return the result.

    Raises:
        ConfigurationError: The plan is about a consumer, which cannot be asked.
    """
    target, recorder = through.target, through.recorder
    refuse_consumers(plan, target.path.name)
    engine = Engine(
        plan,
        Survey(through.door, recorder.claims, pause=through.door.pace.sleep),
        listeners,
        max_parallel=target.limits.max_parallel,
        stop=through.door.stopped.set,
        attested=target.attest,
    )
    return noted(engine.run, plan, target, recorder, waivers)


def noted(
    run: Callable[[], Result], plan: Plan, target: Target, recorder: Recorder, waivers: Sequence[Waiver]
) -> Result:
    """Run, apply waivers, and note before and after in the evidence what is judged and how."""
    note = None
    if recorder.folder is not None:
        note = begun(plan, target, evidence=recorder.folder, waivers=waivers, started_at=datetime.now(UTC))
        recorder.note(note.model_dump(mode="json"))
    with seldom_collecting():
        found = run()
    result = with_waivers(found, waivers, known=load_catalogue().requirements, today=found.started_at.date())
    if note is not None:
        recorder.note(ended(note, result, recorder).model_dump(mode="json"))
    return result


def write_reports(result: Result, through: Recorded, folder: Path, *, language: str = "en") -> None:
    """Write every format of the report and the manifest of the evidence.

    Raises:
        ConfigurationError: The folder cannot be written.
    """
    through.recorder.close(
        {
            "suite": result.plan.suite,
            "plan_hash": result.plan.sha256,
            "catalogue_sha256": result.plan.catalogue_sha256,
            "tools": tool_versions(),
        }
    )
    write_all(result, folder, target=through.target, recorder=through.recorder, language=language)


class _Noticed(Exception):
    """Enough is known: a requirement is not met."""


def judge(
    target_file: Path,
    *,
    costs: Mapping[str, float] | None = None,
    stages: Collection[str] = ("core",),
    only: Collection[str] = (),
) -> dict[str, tuple[str, float]]:
    """Run stages of all claimed profiles and return requirement id -> (outcome, seconds); writes nothing.

    Args:
        target_file: The target file.
        costs: Seconds by requirement, as an earlier call told them. With them the cheapest checks run first and the
            run ends at the first requirement that is not met; what was not decided by then is left out.
        stages: Stages to run.
        only: Decide these requirements only; by default all.

    Raises:
        UsageError: A stage or a requirement is unknown.
        ConfigurationError: The target file or the catalogue is malformed.
    """
    target = load_target(target_file)
    plan = make_plan(
        load_catalogue(), load_checks(), claimed=target.profiles, suite=suite_version(), stages=stages, only=only
    )
    decided: dict[str, str] = {}
    seconds: dict[str, float] = {}

    def listen(event: Event) -> None:
        """Note how each requirement ended, and what it cost."""
        if isinstance(event, CheckFinished):
            for name in event.result.check.requirements:
                seconds[name] = seconds.get(name, 0.0) + event.result.seconds
        elif isinstance(event, RequirementDecided):
            decided[event.result.id] = str(event.result.outcome)
            if costs is not None and event.result.outcome in {Outcome.FAILED, Outcome.WARNING}:
                raise _Noticed

    if costs is not None:
        plan = replace(plan, checks=tuple(sorted(plan.checks, key=lambda check: (check.alone, _cost(check, costs)))))
    with opened(target) as through, suppress(_Noticed):
        certify(through, plan, listeners=[listen])
    return {name: (outcome, seconds.get(name, 0.0)) for name, outcome in decided.items()}


def _cost(check: Check, costs: Mapping[str, float]) -> float:
    return max((costs.get(name, 0.0) for name in check.requirements), default=0.0)
