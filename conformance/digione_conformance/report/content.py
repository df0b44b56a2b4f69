"""What a report may say, as one value: redacted, made visible and shortened once, so that no format can forget it.

Every format is a function of this value and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

from digione_conformance.catalogue.requirement import Layer, Requirement, Role, layer_of
from digione_conformance.catalogue.verdict import Outcome, Verdict
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.report.excerpt import Excerpt, Reference, excerpt, operation, reference
from digione_conformance.report.places import Package, Place
from digione_conformance.report.showing import line
from digione_conformance.running.mending import Start, held_back, where_to_begin
from digione_conformance.running.result import CheckResult, RequirementResult, Result, Served
from digione_conformance.running.waiver import WaiverUse
from digione_conformance.target.file import Target
from digione_conformance.words.texts import texts

NOTICE: Final = "Community profile, not an official DigiOne specification. No OneRoster certification by 1EdTech."
SUITE: Final = "digione-conformance"
FOLDED: Final = frozenset({Outcome.PASSED, Outcome.INAPPLICABLE})
"""Outcomes that ask nobody to do anything: listed, not told at length."""
_WORST_FIRST: Final = (Verdict.NOT_CONFORMANT, Verdict.INCOMPLETE, Verdict.CONFORMANT)
_MOST_REFERENCES: Final = 10
_MOST_EXCERPTS: Final = 3
_MOST_MESSAGES: Final = 8


@dataclass(frozen=True)
class Judged:
    """One profile and what is known of it."""

    profile: str
    verdict: Verdict
    counts: Mapping[Outcome, int]


@dataclass(frozen=True)
class Entry:
    """One requirement and what is known of it.

    Attributes:
        requirement: The requirement.
        outcome: How it ended.
        message: Why, in one line of English.
        messages: What was seen, each way once, at most eight; empty where nothing was found.
        finding_count: How many deviations there were in all.
        looked_at: How many things its checks compared.
        operations: Names of the operations that its evidence asked.
        checks: Names of the checks that decided it.
        evidence: Exchanges by name, at most ten.
        excerpts: The first exchanges at length; none where the outcome is folded away.
        places: Where in a package it is not met, at most a hundred; none where a target was asked.
        held_back_by: Ids of the requirements that are not met and without which it says nothing.
    """

    requirement: Requirement
    outcome: Outcome
    message: str
    messages: tuple[str, ...]
    finding_count: int
    looked_at: int
    operations: tuple[str, ...]
    checks: tuple[str, ...]
    evidence: tuple[Reference, ...]
    excerpts: tuple[Excerpt, ...]
    places: tuple[Place, ...] = ()
    held_back_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The requirement's id."""
        return self.requirement.id


@dataclass(frozen=True)
class Skipped:
    """A requirement that was no part of the run, and why."""

    requirement: Requirement
    reason: str
    chosen: bool


@dataclass(frozen=True)
class Excuse:
    """A waiver, what became of it, and whether it fails the run because it excuses nothing or no longer."""

    requirement: str
    owner: str
    reason: str
    expires: str
    issue: str | None
    use: str
    faulty: bool

    @property
    def terms(self) -> str:
        """What became of it, whose it is, until when, and why, in one line."""
        fails = "; fails the run" if self.faulty else ""
        issue = f" ({self.issue})" if self.issue else ""
        return f"{self.use}{fails}: {self.owner}, until {self.expires}: {self.reason}{issue}"


@dataclass(frozen=True)
class Content:
    """Everything that a report may say; `package` is there where files were judged, and not a target.

    `software` and `version` are those of the product, where the target file names them.
    """

    target: str
    role: Role
    environment: str
    synthetic: bool
    services: Mapping[str, str]
    tenants: int
    judged: tuple[Judged, ...]
    served: tuple[Served, ...]
    entries: tuple[Entry, ...]
    left_out: tuple[Skipped, ...]
    waivers: tuple[Excuse, ...]
    whole: bool
    interrupted: bool
    requests: int
    writes: int
    bytes_received: int
    suite_version: str
    catalogue_sha256: str
    plan_hash: str
    started_at: datetime
    finished_at: datetime
    package: Package | None = None
    advisory: tuple[str, ...] = ()
    software: str | None = None
    version: str | None = None

    def with_outcome(self, outcome: Outcome) -> tuple[Entry, ...]:
        """Return the entries that ended so, in plan order."""
        return tuple(entry for entry in self.entries if entry.outcome is outcome)

    @property
    def counted(self) -> tuple[Judged, ...]:
        """The judged profiles whose outcomes are counted; consumers, told otherwise, only where they stand alone."""
        return tuple(judged for judged in self.judged if layer_of(judged.profile) != "consumers") or self.judged

    @property
    def starts(self) -> tuple[Start[Entry], ...]:
        """Where to begin: everything that stands in the way of a verdict by itself, what holds up most others first."""
        return where_to_begin(self.entries)

    @property
    def waiting(self) -> Mapping[tuple[str, ...], tuple[Entry, ...]]:
        """The undecided requirements that only wait for others, by the ids of those."""
        return held_back(self.with_outcome(Outcome.CANT_TELL))

    def verdicts(self, layer: Layer) -> Mapping[Verdict, tuple[str, ...]]:
        """Return the profiles of a layer by verdict, the worst first."""
        found: dict[Verdict, list[str]] = {}
        for judged in self.of_layer(layer):
            found.setdefault(judged.verdict, []).append(judged.profile)
        return {verdict: tuple(found[verdict]) for verdict in _WORST_FIRST if verdict in found}

    @property
    def worst(self) -> Verdict:
        """The worst verdict on any profile."""
        return min((judged.verdict for judged in self.judged), key=_WORST_FIRST.index)

    def of_layer(self, layer: Layer) -> tuple[Judged, ...]:
        """Return the judged profiles that hold the demands of the standard, of consumers or of the community."""
        return tuple(judged for judged in self.judged if layer_of(judged.profile) == layer)


def content(result: Result, target: Target, recorder: Recorder) -> Content:
    """Return what a report may say of a result."""
    plan = result.plan
    by_name = {found.check.name: found for found in result.checks}
    return Content(
        target=line(target.target.name),
        software=line(target.target.software) if target.target.software else None,
        version=line(target.target.version) if target.target.version else None,
        role=plan.role,
        environment=target.target.environment,
        synthetic=target.target.synthetic,
        services={name: line(url) for name, url in target.services_by_name.items()},
        tenants=len(target.tenants),
        judged=tuple(Judged(p, result.verdict(p), result.counts(p)) for p in plan.profiles),
        served=result.served,
        entries=tuple(_entry(item, by_name, recorder) for item in result.requirements),
        left_out=tuple(Skipped(out.requirement, line(out.reason), out.chosen) for out in plan.left_out),
        waivers=tuple(_excuse(use) for use in result.waivers),
        advisory=tuple(line(recorder.redactor.scrubbed_text(found.message)) for found in result.advisory),
        whole=plan.whole,
        interrupted=result.interrupted,
        requests=recorder.requests,
        writes=recorder.writes,
        bytes_received=recorder.bytes_received,
        suite_version=plan.suite,
        catalogue_sha256=plan.catalogue_sha256,
        plan_hash=plan.sha256,
        started_at=result.started_at,
        finished_at=result.finished_at,
    )


def _excuse(use: WaiverUse) -> Excuse:
    waiver = use.waiver
    return Excuse(
        line(waiver.requirement),
        line(waiver.owner),
        line(waiver.reason),
        waiver.expires.isoformat(),
        line(waiver.issue) if waiver.issue else None,
        str(use.use),
        use.faulty,
    )


def _entry(item: RequirementResult, checks: Mapping[str, CheckResult], recorder: Recorder) -> Entry:
    ran = [checks[name] for name in item.checks if name in checks]
    told = item.exchanges[:_MOST_EXCERPTS] if item.outcome not in FOLDED else ()
    asked = dict.fromkeys(operation(exchange, recorder) for exchange in item.exchanges)
    # A message should hold no secret anyhow; where a check quotes an answer, a token must not come along.
    scrubbed = recorder.redactor.scrubbed_text
    return Entry(
        requirement=item.requirement,
        outcome=item.outcome,
        message=line(scrubbed(item.message)),
        messages=tuple(dict.fromkeys(line(scrubbed(one.message)) for one in item.findings))[:_MOST_MESSAGES],
        finding_count=sum(found.finding_count for found in ran) or len(item.findings),
        looked_at=sum(found.looked_at for found in ran),
        operations=tuple(name for name in asked if name),
        checks=item.checks,
        evidence=tuple(reference(exchange, recorder) for exchange in item.exchanges[:_MOST_REFERENCES]),
        excerpts=tuple(excerpt(exchange, recorder) for exchange in told),
        held_back_by=item.held_back_by,
    )


def told_of(served: Served, language: str = "en") -> str:
    """Return in one line what the verdict on a named consumer rests on."""
    say = texts(language)
    parts = [say["served.met"].format(met=served.met, demands=len(served.consumer.demands))]
    if served.broken:
        parts.append(f"{say['served.broken']} {', '.join(served.broken)}")
    if served.unknown:
        parts.append(f"{say['served.unknown']}: {', '.join(served.unknown)}")
    if served.unasked:
        parts.append(f"{len(served.unasked)} {say['served.unasked']} (--profile {served.consumer.id})")
    return "; ".join(parts)


def instant(moment: datetime) -> str:
    """Return an instant in UTC with milliseconds, as `2026-11-23T10:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page_of(requirement_id: str) -> str:
    """Return where the documentation tells of a requirement, relative to its root."""
    return f"reference/requirements/{requirement_id.lower()}/"


@cache
def documentation() -> str | None:
    """Root of the published documentation as the installed package names it, with a final slash; None where nowhere."""
    try:
        urls = metadata("digione-sdk").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = dict(entry.split(", ", 1) for entry in urls)
    return named["Documentation"].rstrip("/") + "/" if "Documentation" in named else None
