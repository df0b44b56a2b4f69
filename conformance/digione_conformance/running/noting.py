"""What a run notes of itself in its evidence, before it starts and when it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.run_file import Found, RunFile, Selection, described, digest_of, seen_from
from digione_conformance.running.engine import INTERRUPTED
from digione_conformance.running.plan import Plan
from digione_conformance.running.result import Result
from digione_conformance.running.waiver import Waiver
from digione_conformance.target.file import Target


def begun(
    plan: Plan, target: Target, *, evidence: Path, waivers: Sequence[Waiver] = (), started_at: datetime
) -> RunFile:
    """Return what a run that starts notes: killed, it could still be resumed and judged.

    Args:
        plan: What it decides.
        target: What it asks.
        evidence: The evidence folder.
        waivers: The waivers that will be applied.
        started_at: When it starts.

    Raises:
        ConfigurationError: The target file is gone.
    """
    return RunFile(
        suite=plan.suite,
        plan_hash=plan.sha256,
        catalogue_sha256=plan.catalogue_sha256,
        selection=Selection(profiles=plan.profiles, only=plan.only, stages=plan.stages, scenarios=plan.scenarios),
        target=dict(described(target)),
        target_file=seen_from(evidence, target.path),
        target_sha256=digest_of(target.path),
        started_at=started_at,
        interrupted=True,
        waivers=tuple(waiver.model_dump(mode="json", exclude_none=True) for waiver in waivers),
    )


def ended(note: RunFile, result: Result, recorder: Recorder) -> RunFile:
    """Return what a run notes when it ended or was broken off."""
    unfinished = tuple(
        each.check.name for each in result.checks if each.outcome is Outcome.CANT_TELL and each.message == INTERRUPTED
    )
    return note.model_copy(
        update={
            "started_at": result.started_at,
            "finished_at": result.finished_at,
            "interrupted": result.interrupted,
            "unfinished": unfinished,
            "requests": recorder.requests,
            "bytes_received": recorder.bytes_received,
            "writes": recorder.writes,
            "outcomes": {
                item.id: Found(outcome=str(item.outcome), message=item.message) for item in result.requirements
            },
        }
    )
