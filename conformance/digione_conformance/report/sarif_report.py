"""`report.sarif`: SARIF 2.1.0 for code scanning; a rule per requirement, a result per requirement that is not met.

A black box has no source lines, so a result points at the operations that were asked (logical locations). A package
has: there is a result for each place, which points at file, line and column. What could not be tested is no result; it
is told as a notification of the run, so that a short list does not look like a good one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urljoin

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.verdict import Level, Outcome
from digione_conformance.evidence.exchange import Json
from digione_conformance.report.content import NOTICE, SUITE, Content, Entry, documentation, instant, page_of
from digione_conformance.report.excerpt import Excerpt
from digione_conformance.report.places import Place

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Outcome.FAILED: "error", Outcome.WARNING: "warning", Outcome.WAIVED: "error"}
_UNKNOWN: Final = (Outcome.UNTESTED, Outcome.CANT_TELL)


def as_sarif(report: Content) -> Json:
    """Return what a report says as a SARIF log."""
    rules = [entry.requirement for entry in report.entries]
    index = {rule.id: position for position, rule in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": SUITE,
                        "semanticVersion": report.suite_version,
                        "fullDescription": {"text": NOTICE},
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "automationDetails": {"id": f"{SUITE}/{report.target}/"},
                "invocations": [_invocation(report, index)],
                "results": [
                    result
                    for entry in report.entries
                    if entry.outcome in _LEVELS
                    for result in _results(entry, index, report)
                ],
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "planHash": report.plan_hash,
                    "catalogueSha256": report.catalogue_sha256,
                    "verdicts": {judged.profile: str(judged.verdict) for judged in report.judged},
                    "waivers": [f"{waiver.requirement}: {waiver.terms}" for waiver in report.waivers],
                },
            }
        ],
    }


def _rule(requirement: Requirement) -> Json:
    binding = requirement.level is Level.MUST
    clauses = "; ".join(f"{source.document}, {source.clause} ({source.evidence})" for source in requirement.source)
    rule: dict[str, Json] = {
        "id": requirement.id,
        "shortDescription": {"text": requirement.title.en},
        "fullDescription": {"text": f"{requirement.title.en}. Passes: {requirement.passes.en}"},
        "help": {
            "text": f"{requirement.fix.en}\n\nSource: {clauses}",
            "markdown": f"{requirement.fix.en}\n\n**Source:** {clauses}",
        },
        "defaultConfiguration": {"level": "error" if binding else "warning"},
        "properties": {"level": str(requirement.level), "tags": ["conformance", *requirement.profiles]},
    }
    root = documentation()
    if root is not None:
        rule["helpUri"] = urljoin(root, page_of(requirement.id))  # must be absolute (SARIF §3.49.12)
    return rule


def _results(entry: Entry, index: dict[str, int], report: Content) -> Iterator[Json]:
    if not entry.places:
        yield _result(entry, index, report)
    for place in entry.places:
        place_id = f"{entry.id}\n{place.file}\n{place.row}\n{place.column}"
        yield {
            "ruleId": entry.id,
            "ruleIndex": index[entry.id],
            "level": _LEVELS[entry.outcome],
            "kind": "fail",
            "message": {"text": place.told},
            "locations": [_location(place, report)],
            "partialFingerprints": {"digionePlace/v1": _fingerprint(report.target, place_id)},
            "properties": {"level": str(entry.requirement.level), "consequence": place.consequence},
        }


def _location(place: Place, report: Content) -> Json:
    where: dict[str, Json] = {"artifactLocation": {"uri": quote(place.file)}}
    if place.row:
        where["region"] = {"startLine": place.row}
    found: dict[str, Json] = {"physicalLocation": where}
    if place.column:
        table = place.file.removesuffix(".csv")
        name = {"name": place.column, "fullyQualifiedName": f"{report.target}/{table}/{place.column}", "kind": "member"}
        found["logicalLocations"] = [name]
    return found


def _result(entry: Entry, index: dict[str, int], report: Content) -> Json:
    more = f" ({entry.finding_count} deviations in all)" if entry.finding_count > 1 else ""
    result: dict[str, Json] = {
        "ruleId": entry.id,
        "ruleIndex": index[entry.id],
        "level": _LEVELS[entry.outcome],
        "kind": "fail",
        "message": {"text": (entry.messages or (entry.message,))[0] + more},
        "locations": [
            {"logicalLocations": [{"name": name, "fullyQualifiedName": f"oneroster/{name}", "kind": "resource"}]}
            for name in entry.operations
        ],
        "partialFingerprints": {"digioneRequirement/v1": _fingerprint(report.target, entry.id)},
        "properties": {
            "level": str(entry.requirement.level),
            "breaks": list(entry.requirement.breaks),
            "findings": list(entry.messages),
            "evidence": [reference.id for reference in entry.evidence],
        },
    }
    if entry.outcome is Outcome.WAIVED:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": entry.message}]
    if entry.excerpts:
        result |= _exchange(entry.excerpts[0])
    return result


def _exchange(shown: Excerpt) -> Json:
    answered: dict[str, Json] = {"headers": dict(shown.headers), "body": {"text": shown.body}}
    if shown.reference.status:
        answered["statusCode"] = shown.reference.status
    else:
        answered["noResponseReceived"] = True
    return {"webRequest": {"target": shown.reference.url, "method": shown.reference.method}, "webResponse": answered}


def _fingerprint(target: str, requirement_id: str) -> str:
    # Neither message nor address: the same defect must keep its identity when the wording or the sample changes.
    return hashlib.sha256(f"{target}\n{requirement_id}".encode()).hexdigest()


def _invocation(report: Content, index: dict[str, int]) -> Json:
    unknown = [entry for entry in report.entries if entry.outcome in _UNKNOWN]
    return {
        "executionSuccessful": not report.interrupted,
        "startTimeUtc": instant(report.started_at),
        "endTimeUtc": instant(report.finished_at),
        "toolExecutionNotifications": [
            {
                "level": "warning" if entry.requirement.level is Level.MUST else "note",
                "message": {"text": f"{entry.outcome}: {entry.message}"},
                "associatedRule": {"id": entry.id, "index": index[entry.id]},
            }
            for entry in unknown
        ],
    }
