"""`earl.jsonld`: an assertion per requirement in EARL 1.0 (W3C), for whoever gathers test results of many tools.

EARL knows five outcomes, we know eight; `digione:outcome` always holds ours.

ours              EARL
passed            passed
failed            failed
warning           failed: the test did fail; that it was no MUST stands in `digione:level` of the test
inapplicable      inapplicable
untested          untested
cantTell          cantTell
waived            failed where something was found, else untested: a waiver excuses, it does not mend
attest            untested, in mode manual: only a person can state it
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.evidence.exchange import Json
from digione_conformance.report.content import NOTICE, SUITE, Content, Entry, documentation, instant, page_of
from digione_conformance.words.texts import LANGUAGES

_CONTEXT: Final = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "digione": "urn:digione-sdk:earl#",
}
_TOOL: Final = "urn:digione-sdk:conformance"
_OUTCOMES: Final = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.WARNING: "failed",
    Outcome.INAPPLICABLE: "inapplicable",
    Outcome.UNTESTED: "untested",
    Outcome.CANT_TELL: "cantTell",
    Outcome.ATTEST: "untested",
}
_NOTES: Final = {
    Outcome.WARNING: "Not met, and not binding: it never decides a verdict.",
    Outcome.WAIVED: "Excused by a waiver for a time; not shown to be met.",
    Outcome.ATTEST: "A test from outside cannot see this; a person must state it.",
}


def as_earl(report: Content) -> Json:
    """Return what a report says as an EARL report in JSON-LD."""
    tool = {
        "@id": _TOOL,
        "@type": ["earl:Assertor", "earl:Software", "doap:Project"],
        "doap:name": SUITE,
        "doap:release": {"@type": "doap:Version", "doap:revision": report.suite_version},
        "dct:description": NOTICE,
    }
    subject: dict[str, Json] = {"@id": "_:subject", "@type": "earl:TestSubject", "dct:title": report.target}
    if report.waivers:
        subject["digione:waiver"] = [f"{waiver.requirement}: {waiver.terms}" for waiver in report.waivers]
    return {"@context": _CONTEXT, "@graph": [tool, subject, *(_assertion(entry, report) for entry in report.entries)]}


def _assertion(entry: Entry, report: Content) -> Json:
    attested = entry.outcome is Outcome.ATTEST
    return {
        "@type": "earl:Assertion",
        "earl:assertedBy": {"@id": _TOOL},
        "earl:subject": {"@id": "_:subject"},
        "earl:mode": {"@id": "earl:manual" if attested else "earl:automatic"},
        "earl:test": _test(entry),
        "earl:result": _result(entry, report),
    }


def _test(entry: Entry) -> Json:
    demanded = entry.requirement
    titles = [
        {"@language": language, "@value": text}
        for language in LANGUAGES
        if (text := getattr(demanded.title, language)) is not None
    ]
    test: dict[str, Json] = {
        "@id": f"urn:digione-sdk:requirement:{entry.id}",
        "@type": "earl:TestRequirement",
        "dct:identifier": entry.id,
        "dct:title": titles,
        "dct:source": [f"{source.document}, {source.clause} ({source.evidence})" for source in demanded.source],
        "dct:isPartOf": [{"@id": f"urn:digione-sdk:profile:{profile}"} for profile in demanded.profiles],
        "digione:level": str(demanded.level),
    }
    root = documentation()
    if root is not None:
        test["dct:references"] = {"@id": urljoin(root, page_of(entry.id))}
    return test


def _result(entry: Entry, report: Content) -> Json:
    result: dict[str, Json] = {
        "@type": "earl:TestResult",
        "earl:outcome": {"@id": f"earl:{_outcome(entry)}"},
        "digione:outcome": str(entry.outcome),
        "dct:description": {"@language": "en", "@value": entry.message},
        "dct:date": {"@type": "xsd:dateTime", "@value": instant(report.finished_at)},
    }
    if entry.messages:
        result["earl:info"] = [{"@language": "en", "@value": message} for message in entry.messages]
    if entry.outcome in _NOTES:
        result["digione:note"] = {"@language": "en", "@value": _NOTES[entry.outcome]}
    return result


def _outcome(entry: Entry) -> str:
    if entry.outcome is Outcome.WAIVED:
        return "failed" if entry.messages else "untested"
    return _OUTCOMES[entry.outcome]
