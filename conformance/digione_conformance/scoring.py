"""From the record of a client's traffic to a report: the same plan, engine, evidence and formats as for a provider."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.checks import load_checks
from digione_conformance.evidence.door import ReplayDoor
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.observed import events, read_record
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.probing.probe import Survey
from digione_conformance.probing.traffic import gone_through
from digione_conformance.running.engine import Engine
from digione_conformance.running.plan import Plan, make_plan
from digione_conformance.running.result import Result
from digione_conformance.running.waiver import FILE, load_waivers
from digione_conformance.session import Recorded, noted, suite_version, write_reports
from digione_conformance.target.file import Target, load_target
from digione_sdk.errors import ConfigurationError

TARGET: Final = "consumer.toml"
REPORT: Final = "report"


@dataclass(frozen=True)
class Scored:
    """What a record was found to say.

    Attributes:
        result: The result; its times are those of the record.
        through: The client as `consumer.toml` describes it, and the recorder of the evidence.
    """

    result: Result
    through: Recorded


def score(
    folder: Path,
    out: Path | None = None,
    *,
    profiles: Collection[str] = (),
    only: Collection[str] = (),
    language: str = "en",
) -> Scored:
    """Judge a client by its record, and write evidence and report.

    Args:
        folder: What `digione consumer serve` wrote.
        out: Folder of the report; None writes nothing.
        profiles: Judge these instead of the claimed ones.
        only: Decide these requirements only.
        language: Language in which the HTML report opens.

    Raises:
        ConfigurationError: Record or `consumer.toml` are missing or malformed, or the profiles are about providers.
        UsageError: A profile or requirement is unknown.
    """
    target = load_target(folder / TARGET)
    if not target.target.synthetic:
        raise ConfigurationError(f"{TARGET}: [target] synthetic: stays true, for the scenarios hold no real people")
    record = read_record(folder)
    plan = _plan(target, record, profiles=profiles, only=only)
    evidence = out / "evidence" if out is not None else None
    recorder = Recorder(target.claims(), Redactor(keep_ids=True), evidence)
    try:
        recorder.record(record)
        known = events(record)
        recorder.requests = sum(event["event"] == "request" for event in known)
        waivers = load_waivers(folder / FILE)
        result = noted(lambda: _judged(plan, target, record), plan, target, recorder, waivers)
        through = Recorded(target, recorder)
        if out is not None:
            write_reports(result, through, out, language=language)
    finally:
        recorder.stop()
    return Scored(result, through)


def _plan(target: Target, record: Exchange, *, profiles: Collection[str], only: Collection[str]) -> Plan:
    plan = make_plan(
        load_catalogue(),
        load_checks(),
        claimed=target.profiles,
        suite=suite_version(),
        profiles=profiles,
        only=only,
        scenarios=gone_through(record),
    )
    if plan.role != "consumer":
        raise ConfigurationError(f"{TARGET}: [claims] profiles: {', '.join(plan.profiles)} is about providers")
    return plan


def _judged(plan: Plan, target: Target, record: Exchange) -> Result:
    door = ReplayDoor({record.id: record})
    found = Engine(plan, Survey(door, target.claims()), max_parallel=1, attested=target.attest).run()
    began, ended = _times(record)
    return replace(found, started_at=began, finished_at=ended)


def _times(record: Exchange) -> tuple[datetime, datetime]:
    known = events(record)
    try:
        began = datetime.fromisoformat(known[0]["started_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        raise ConfigurationError("traffic.jsonl line 1: started_at is no instant") from None
    return began, began + timedelta(seconds=float(known[-1]["at"]))
