"""`report.json`: the result for machines, as `specs/report/report-1.json` says it; fields stay, new ones may come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.evidence.exchange import Json
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.content import NOTICE, SUITE, Content, Entry, Excuse, Judged, content, instant, page_of
from digione_conformance.report.places import Package, Place
from digione_conformance.running.result import Result, Served
from digione_conformance.target.file import Target
from digione_conformance.words.texts import LANGUAGES

SCHEMA_VERSION: Final = "1.2"


def json_report(result: Result, target: Target, recorder: Recorder) -> Json:
    """Return the report of a result as JSON; it holds no body, no secret, and no personal value in an address."""
    return as_json(content(result, target, recorder))


def as_json(report: Content) -> Json:
    """Return what a report says as JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "suite": {"name": SUITE, "version": report.suite_version, "catalogue_sha256": report.catalogue_sha256},
        "target": {
            "name": report.target,
            **({"software": report.software} if report.software else {}),
            **({"version": report.version} if report.version else {}),
            "role": report.role,
            "environment": report.environment,
            "synthetic": report.synthetic,
            "services": dict(report.services),
            "tenants": report.tenants,
        },
        "profiles": [_profile(judged) for judged in report.judged],
        "layers": {
            "standard": [judged.profile for judged in report.of_layer("standard")],
            "consumers": [served.consumer.id for served in report.served],
            "digione": [judged.profile for judged in report.of_layer("digione")],
        },
        "consumers": [_consumer(served, report.judged) for served in report.served],
        "requirements": [_requirement(entry) for entry in report.entries],
        "not_planned": [{"id": out.requirement.id, "reason": out.reason} for out in report.left_out],
        "waivers": [_waiver(waiver) for waiver in report.waivers],
        **({"package": _package(report.package)} if report.package else {}),
        "advisory": list(report.advisory),
        "whole": report.whole,
        "interrupted": report.interrupted,
        "requests": report.requests,
        "writes": report.writes,
        "bytes_received": report.bytes_received,
        "plan_hash": report.plan_hash,
        "started_at": instant(report.started_at),
        "finished_at": instant(report.finished_at),
    }


def _profile(judged: Judged) -> Json:
    return {
        "id": judged.profile,
        "verdict": str(judged.verdict),
        "counts": {str(outcome): count for outcome, count in judged.counts.items()},
    }


def _waiver(waiver: Excuse) -> Json:
    return {
        "requirement": waiver.requirement,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires,
        "issue": waiver.issue,
        "use": waiver.use,
        "fails_the_run": waiver.faulty,
    }


def _package(package: Package) -> Json:
    return {
        "version": package.version,
        "rows": package.rows,
        "files": [{"file": one.file, "rows": one.rows, "mode": one.mode} for one in package.files],
    }


def _place(place: Place) -> Json:
    return {
        "file": place.file,
        "row": place.row,
        "column": place.column,
        "value": place.value,
        "message": {language: place.message.within(language) for language in LANGUAGES},
        "consequence": place.consequence,
    }


def _consumer(served: Served, judged: Iterable[Judged]) -> Json:
    consumer = served.consumer
    return {
        "id": consumer.id,
        "name": consumer.name.en,
        "speaks": consumer.speaks,
        "verdict": str(served.verdict),
        "judged_as_profile": any(consumer.id == each.profile for each in judged),
        "demands": len(consumer.demands),
        "met": served.met,
        "broken_by": list(served.broken),
        "not_known": list(served.unknown),
        "not_asked": list(served.unasked),
    }


def _requirement(entry: Entry) -> Json:
    demanded = entry.requirement
    return {
        "id": entry.id,
        "level": str(demanded.level),
        "outcome": str(entry.outcome),
        "title": demanded.title.en,
        "profiles": list(demanded.profiles),
        "message": entry.message,
        "evidence": [
            {"exchange": at.id, "method": at.method, "url": at.url, "auth": at.auth, "status": at.status}
            for at in entry.evidence
        ],
        "source": [source.model_dump() for source in demanded.source],
        "passes": demanded.passes.en,
        "fix": demanded.fix.en,
        "breaks": list(demanded.breaks),
        "operations": list(entry.operations),
        "findings": list(entry.messages),
        "finding_count": entry.finding_count,
        "looked_at": entry.looked_at,
        "waits_for": list(entry.held_back_by),
        "checks": list(entry.checks),
        **({"places": [_place(place) for place in entry.places]} if entry.places else {}),
        "documentation": page_of(entry.id),
        "translations": _translations(demanded),
    }


def _translations(demanded: Requirement) -> Json:
    found = {}
    for language in LANGUAGES:
        texts = {
            name: getattr(text, language)
            for name, text in (("title", demanded.title), ("passes", demanded.passes), ("fix", demanded.fix))
            if language != "en" and getattr(text, language)
        }
        if texts:
            found[language] = texts
    return found
