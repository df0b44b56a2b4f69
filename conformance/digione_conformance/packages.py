"""What came of a CSV package as a report: the rules of its version are the requirements, findings are their places.

`digione csv validate --report DIR` finds `write_package_report` by its entry point, because the SDK imports nothing
that stands on it. The formats are those of a run: each is a function of the same redacted value (`report.content`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from digione_conformance.catalogue.requirement import Requirement, load_catalogue
from digione_conformance.catalogue.text import Text
from digione_conformance.catalogue.verdict import Level, Outcome, profile_verdict
from digione_conformance.report.content import Content, Entry, Judged
from digione_conformance.report.formats import write_files
from digione_conformance.report.places import MOST_PLACES, Package, PackageFile, Place
from digione_conformance.report.showing import line
from digione_conformance.session import suite_version
from digione_conformance.words.texts import words
from digione_sdk.bulk import Finding, Validation
from digione_sdk.bulk.catalogue import RuleId

_MOST_MESSAGES: Final = 8
_OF_BYTES: Final = ("CSV-PKG", "CSV-MAN", "CSV-FILE")
"""Groups of rules on the package and its files as text; the others are on rows."""
_OF_MANIFEST: Final = "CSV-MAN"


def write_package_report(
    validation: Validation, folder: Path, *, started_at: datetime, finished_at: datetime, language: str = "en"
) -> None:
    """Write every format into `folder`; all of them are made before the first is written.

    Args:
        validation: What came of the package.
        folder: Where to write; made where it is not there.
        started_at: When judging began.
        finished_at: When it ended.
        language: Language in which the page opens.

    Raises:
        ConfigurationError: The folder cannot be written.
        KeyError: There is no such language.
    """
    report = package_content(validation, started_at=started_at, finished_at=finished_at)
    write_files(report, folder, language=language)


def package_content(validation: Validation, *, started_at: datetime, finished_at: datetime) -> Content:
    """Return what a report may say of a package."""
    catalogue, profile = load_catalogue(), f"csv-{validation.version}"
    demanded = catalogue.of_profile(profile)
    places: dict[str, list[Finding]] = {}
    for one in validation.findings:
        places.setdefault(str(one.rule), []).append(one)
    entries = tuple(_entry(each, validation, places.get(each.id, ())) for each in demanded)
    outcomes = [(entry.requirement.level, entry.outcome) for entry in entries]
    counted = Counter(outcome for _, outcome in outcomes)
    return Content(
        target=line(validation.package),
        role="file",
        environment="unknown",
        synthetic=False,
        services={},
        tenants=0,
        judged=(Judged(profile, profile_verdict(outcomes), {outcome: counted[outcome] for outcome in Outcome}),),
        served=(),
        entries=entries,
        left_out=(),
        waivers=(),
        whole=True,
        interrupted=False,
        requests=0,
        writes=0,
        bytes_received=0,
        suite_version=suite_version(),
        catalogue_sha256=catalogue.sha256,
        plan_hash=_plan_hash(profile, demanded, catalogue.sha256),
        started_at=started_at,
        finished_at=finished_at,
        package=_package(validation),
    )


def _package(validation: Validation) -> Package:
    files = []
    for name in validation.files:
        mode = validation.modes.get(name.removesuffix(".csv"))
        rows = None if name in validation.unreadable else validation.rows[name]
        files.append(PackageFile(name, rows, str(mode) if mode else None))
    return Package(str(validation.version), tuple(files))


def _plan_hash(profile: str, demanded: Iterable[Requirement], catalogue: str) -> str:
    """Hash over what was judged: equal hashes judged the same rules of the same catalogue."""
    return hashlib.sha256("\n".join((profile, catalogue, *(each.id for each in demanded))).encode()).hexdigest()


def _entry(requirement: Requirement, validation: Validation, found: Iterable[Finding]) -> Entry:
    rule = RuleId(requirement.id)
    places = tuple(_place(one) for one in found)[:MOST_PLACES]
    outcome, message = _outcome(requirement, validation, rule)
    return Entry(
        requirement=requirement,
        outcome=outcome,
        message=places[0].told if places else message,
        messages=tuple(dict.fromkeys(place.told for place in places))[:_MOST_MESSAGES],
        finding_count=validation.counts.get(rule, 0),
        looked_at=sum(validation.rows[name] for name in validation.asked.get(rule, ())),
        operations=(),
        checks=(),
        evidence=(),
        excerpts=(),
        places=places,
    )


def _outcome(requirement: Requirement, validation: Validation, rule: RuleId) -> tuple[Outcome, str]:
    """Say how a rule ended: nothing is called met of which a part was out of sight."""
    if rule in validation.counts:
        return (Outcome.FAILED if requirement.level is Level.MUST else Outcome.WARNING), ""
    if rule.startswith(_OF_MANIFEST) and RuleId.MANIFEST_THERE in validation.counts:
        return Outcome.UNTESTED, _said("m.no_manifest")
    if validation.unreadable and (rule is RuleId.MANIFEST_MODE or not rule.startswith(_OF_BYTES[:2])):
        return Outcome.UNTESTED, _said("m.unreadable")
    if not rule.startswith(_OF_BYTES) and rule not in validation.asked:
        return Outcome.INAPPLICABLE, _said("m.nothing_in_package")
    return Outcome.PASSED, requirement.passes.en


def _said(key: str) -> str:
    return words()[key].en


def _place(one: Finding) -> Place:
    message = one.message
    return Place(
        file=line(one.file),
        row=one.row,
        column=line(one.column) if one.column else None,
        value=line(one.value) if one.value is not None else None,
        message=Text(en=line(message.en), fi=line(message.fi), sv=line(message.sv)),
        consequence=one.consequence,
    )
