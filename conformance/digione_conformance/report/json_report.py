"""`report.json`: the result for machines; its fields are stable, new ones may be added."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.running.result import RequirementResult, Result
from digione_conformance.target.file import Target

SCHEMA_VERSION: Final = "1.0"
NOTICE: Final = "Community profile, not an official DigiOne specification. No OneRoster certification by 1EdTech."
_MOST_EVIDENCE: Final = 10


def json_report(result: Result, target: Target, recorder: Recorder) -> Json:
    """Return the report as JSON; it holds no body, no secret, and no personal value in an address."""
    plan = result.plan
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "suite": {"name": "digione-conformance", "version": plan.suite, "catalogue_sha256": plan.catalogue_sha256},
        "target": {
            "name": target.target.name,
            "software": target.target.software,
            "version": target.target.version,
            "environment": target.target.environment,
            "synthetic": target.target.synthetic,
            "services": dict(target.services_by_name),
            "tenants": len(target.tenants),
        },
        "profiles": [
            {
                "id": profile,
                "verdict": str(result.verdict(profile)),
                "counts": {str(outcome): count for outcome, count in result.counts(profile).items()},
            }
            for profile in plan.profiles
        ],
        "requirements": [_requirement(item, recorder) for item in result.requirements],
        "not_planned": [{"id": out.requirement.id, "reason": out.reason} for out in plan.left_out],
        "whole": plan.whole,
        "interrupted": result.interrupted,
        "requests": recorder.requests,
        "bytes_received": recorder.bytes_received,
        "plan_hash": plan.sha256,
        "started_at": _instant(result.started_at),
        "finished_at": _instant(result.finished_at),
    }


def _requirement(item: RequirementResult, recorder: Recorder) -> Json:
    return {
        "id": item.id,
        "level": str(item.requirement.level),
        "outcome": str(item.outcome),
        "title": item.requirement.title.en,
        "profiles": list(item.requirement.profiles),
        "message": item.message,
        "evidence": [_evidence(exchange, recorder) for exchange in item.exchanges[:_MOST_EVIDENCE]],
    }


def _evidence(exchange: Exchange, recorder: Recorder) -> Json:
    ask = recorder.stored_ask(exchange.ask)
    return {"exchange": exchange.id, "method": ask.method, "url": ask.url, "auth": ask.auth, "status": exchange.status}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
