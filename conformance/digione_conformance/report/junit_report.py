"""`junit.xml`: one case per requirement for CI systems, and one per profile, so that untested never looks green.

outcome                what a CI system sees
passed                 a passed case
failed                 a failure
warning                a passed case with output: a SHOULD never breaks a build
cantTell               an error
untested, waived,
inapplicable, attest   a skipped case with the reason

Many CI systems count skipped cases as good. The cases of the second suite are therefore the verdicts: a profile that is
not conformant is a failure, one that is incomplete is an error, and so is a waiver that excuses nothing a failure. The
verdicts on named consumers stand there too; those that the target does not claim break no build.

The file obeys the schema of Jenkins' xUnit plug-in but for the properties of a case, which readers take that care for
requirement ids, and others pass over.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.verdict import Outcome, Suits, Verdict
from digione_conformance.report.content import NOTICE, SUITE, Content, Entry, Excuse, Judged, instant, told_of
from digione_conformance.running.result import Served

_SKIPPED: Final = frozenset({Outcome.UNTESTED, Outcome.WAIVED, Outcome.INAPPLICABLE, Outcome.ATTEST})


def as_junit(report: Content) -> str:
    """Return what a report says as JUnit XML."""
    seconds = (report.finished_at - report.started_at).total_seconds()
    root = Element("testsuites", name=f"{SUITE}: {report.target}", time=f"{seconds:.3f}")
    requirements = SubElement(root, "testsuite", name="requirements", timestamp=instant(report.started_at))
    _properties(
        requirements,
        {
            "notice": NOTICE,
            "suite": f"{SUITE} {report.suite_version}",
            "catalogue_sha256": report.catalogue_sha256,
            "plan_hash": report.plan_hash,
            "role": report.role,
            "environment": report.environment,
        },
    )
    for entry in report.entries:
        _requirement(requirements, entry)
    for out in report.left_out:
        case = _case(requirements, out.requirement)
        _properties(case, {"level": str(out.requirement.level), "outcome": "not planned"})
        SubElement(case, "skipped", message=f"not planned: {out.reason}")
    verdicts = SubElement(root, "testsuite", name="verdicts", timestamp=instant(report.started_at))
    for judged in report.judged:
        _verdict(verdicts, judged)
    for served in report.served:
        _consumer(verdicts, served)
    for waiver in report.waivers:
        _waiver(verdicts, waiver)
    for suite in (requirements, verdicts):
        _count(suite)
    for name in ("tests", "failures", "errors"):  # the schema of Jenkins has no `skipped` here
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in (requirements, verdicts))))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, requirement: Requirement) -> Element:
    group = requirement.id.rpartition("-")[0]
    return SubElement(suite, "testcase", classname=group, name=f"{requirement.id} {requirement.title.en}")


def _requirement(suite: Element, entry: Entry) -> None:
    demanded = entry.requirement
    case = _case(suite, demanded)
    _properties(
        case,
        {
            "requirement": entry.id,
            "level": str(demanded.level),
            "outcome": str(entry.outcome),
            "profiles": " ".join(demanded.profiles),
            "clause": "; ".join(f"{source.document}, {source.clause}" for source in demanded.source),
        },
    )
    if entry.outcome is Outcome.FAILED:
        SubElement(case, "failure", type=str(demanded.level), message=entry.message).text = _told(entry)
    elif entry.outcome is Outcome.CANT_TELL:
        SubElement(case, "error", type=str(entry.outcome), message=entry.message).text = _told(entry)
    elif entry.outcome in _SKIPPED:
        SubElement(case, "skipped", message=f"{entry.outcome}: {entry.message}")
    elif entry.outcome is Outcome.WARNING:
        SubElement(case, "system-out").text = f"warning ({demanded.level}): {entry.message}\n{_told(entry)}"


def _told(entry: Entry) -> str:
    demanded = entry.requirement
    lines = [
        *entry.messages,
        f"would have passed: {demanded.passes.en}",
        f"mend: {demanded.fix.en}",
        *(f"source: {source.document}, {source.clause} ({source.evidence})" for source in demanded.source),
        *(f"ask again: {shown.curl}" for shown in entry.excerpts if shown.curl),
    ]
    return "\n".join(lines)


def _verdict(suite: Element, judged: Judged) -> None:
    case = SubElement(suite, "testcase", classname="profile", name=judged.profile)
    message = ", ".join(f"{count} {outcome}" for outcome, count in judged.counts.items() if count)
    if judged.verdict is Verdict.NOT_CONFORMANT:
        SubElement(case, "failure", type="profile", message=f"{judged.verdict}: {message}")
    elif judged.verdict is Verdict.INCOMPLETE:
        SubElement(case, "error", type="profile", message=f"{judged.verdict}: {message}")


def _consumer(suite: Element, served: Served) -> None:
    # Where its profile is claimed, the case of the profile fails; for others a build never breaks.
    case = SubElement(suite, "testcase", classname="consumer", name=served.consumer.name.en)
    message = f"{served.verdict}: {told_of(served)}"
    if served.verdict is Suits.NOT_KNOWN:
        SubElement(case, "skipped", message=message)
    else:
        SubElement(case, "system-out").text = message


def _waiver(suite: Element, waiver: Excuse) -> None:
    case = SubElement(suite, "testcase", classname="waiver", name=f"waiver of {waiver.requirement}")
    terms = f"{waiver.use}: {waiver.owner}, until {waiver.expires}: {waiver.reason}"
    if waiver.faulty:
        SubElement(case, "failure", type="waiver", message=terms)
    else:
        SubElement(case, "system-out").text = terms


def _properties(parent: Element, named: dict[str, str]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in named.items():
        SubElement(properties, "property", name=name, value=value)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{element}"))))
