"""From the folder of a run to a signed statement, refusing whatever the folder does not bear out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from digione_conformance.catalogue.requirement import Catalogue, Requirement
from digione_conformance.catalogue.verdict import Level, Outcome, Suits, Verdict, consumer_verdict
from digione_conformance.certificate.canonical import NotCanonical
from digione_conformance.certificate.envelope import Envelope, NotIntact, seal
from digione_conformance.certificate.fingerprint import deployment
from digione_conformance.certificate.keys import PrivateKey
from digione_conformance.certificate.sealing import Manifest, evidence_folder, examine
from digione_conformance.certificate.statement import (
    TYPE,
    Attested,
    ConsumerVerdict,
    Evidence,
    Must,
    NotTested,
    ProfileVerdict,
    Statement,
    Subject,
    Waiver,
    as_payload,
    read_statement,
    verdict_of,
)
from digione_conformance.evidence.recorder import read_evidence
from digione_conformance.probing.check import Registry
from digione_conformance.running.engine import STATED
from digione_conformance.running.plan import STAGES, make_plan
from digione_sdk.errors import ConfigurationError

REPORT: Final = "report.json"
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far two clocks may differ before "not yet" is said."""

_UNKNOWN: Final = frozenset({Outcome.UNTESTED, Outcome.CANT_TELL})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Suite(_Part):
    version: str
    catalogue_sha256: str


class _Target(_Part):
    name: str
    role: Literal["provider", "consumer"] = "provider"
    environment: str
    synthetic: bool
    services: dict[str, str]
    software: str | None = None
    version: str | None = None


class _Profile(_Part):
    id: str
    verdict: Verdict


class _Requirement(_Part):
    id: str
    outcome: Outcome
    message: str


class _LeftOut(_Part):
    id: str
    reason: str


class Report(_Part):
    """The members of `report.json` that a statement is made from."""

    notice: str
    suite: _Suite
    target: _Target
    profiles: tuple[_Profile, ...]
    requirements: tuple[_Requirement, ...]
    not_planned: tuple[_LeftOut, ...]
    waivers: tuple[Waiver, ...] = ()
    whole: bool
    interrupted: bool
    plan_hash: str
    started_at: AwareDatetime
    finished_at: AwareDatetime


def issue(folder: Path, key: PrivateKey, *, catalogue: Catalogue, registry: Registry, now: datetime) -> Envelope:
    """Sign what a run found.

    Args:
        folder: Folder of the run, with `report.json` and `evidence/`.
        key: Who signs.
        catalogue: The installed catalogue; the run must have used the same.
        registry: The installed checks; a whole run must have planned all of them.
        now: Instant of signing, with offset.

    Raises:
        ConfigurationError: The folder is incomplete, was changed, contradicts itself, is of another version of the
            suite, or of a run that ended more than a year ago; the message says which.
    """
    report, digest = _read_report(folder)
    sealed = examine(evidence_folder(folder))
    if sealed.manifest is None or sealed.problems:
        raise ConfigurationError(f"--from: {'; '.join(sealed.problems)}")
    _agree(report, sealed.manifest, catalogue, registry)
    evidence = Evidence(
        root=sealed.manifest.root,
        manifest_sha256=sealed.manifest_sha256,
        report_sha256=digest,
        files=len(sealed.manifest.files),
    )
    seen = deployment(read_evidence(evidence_folder(folder)).values(), report.target.services)
    subject = Subject(**report.target.model_dump(), server=seen.server, fingerprint=seen.fingerprint)
    statement = _statement(report, catalogue, subject, evidence, sealed.manifest.tools, issuer=key.public.kid, now=now)
    try:
        envelope = seal(as_payload(statement), key, kind=TYPE)
        read_statement(envelope.payload_bytes)  # what is issued must be what a verifier accepts
    except (NotCanonical, NotIntact) as error:
        raise ConfigurationError(f"--from: {REPORT}: {error}") from None
    return envelope


def one_year_after(moment: datetime) -> datetime:
    """Return the same instant of the next year; 28 February for 29 February."""
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:
        return moment.replace(year=moment.year + 1, day=28)


def _read_report(folder: Path) -> tuple[Report, str]:
    try:
        content = (folder / REPORT).read_bytes()
    except OSError:
        raise ConfigurationError(f"--from: no {REPORT} in {folder}") from None
    try:
        return Report.model_validate_json(content), hashlib.sha256(content).hexdigest()
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise ConfigurationError(f"--from: {REPORT} is malformed{f' at {place}' if place else ''}") from None


def _agree(report: Report, manifest: Manifest, catalogue: Catalogue, registry: Registry) -> None:
    """Refuse a report that is not of this evidence, of this suite, or less whole than it says."""
    made = (manifest.suite, manifest.plan_hash, manifest.catalogue_sha256)
    if made != (report.suite.version, report.plan_hash, report.suite.catalogue_sha256):
        raise ConfigurationError(f"--from: {REPORT} and the evidence are of different runs")
    if report.suite.catalogue_sha256 != catalogue.sha256:
        raise ConfigurationError(
            f"--from: the run used another catalogue; sign with the suite that ran, version {report.suite.version}"
        )
    unknown = [item.id for item in report.requirements if item.id not in catalogue.requirements]
    if unknown:
        raise ConfigurationError(f"--from: {REPORT}: {unknown[0]} is not in the catalogue")
    if report.whole and not _is_whole(report, catalogue, registry):
        raise ConfigurationError(f"--from: {REPORT} says that the run was whole, but its plan is another")


def _is_whole(report: Report, catalogue: Catalogue, registry: Registry) -> bool:
    """Whether the plan of the run is one that leaves nothing out: the usual stages, or all of them."""
    profiles = [profile.id for profile in report.profiles]
    plans = [
        make_plan(catalogue, registry, claimed=profiles, suite=report.suite.version, stages=stages)
        for stages in ((), STAGES)
    ]
    decided = {item.id for item in report.requirements}
    return any(plan.sha256 == report.plan_hash and {r.id for r in plan.requirements} == decided for plan in plans)


def _statement(
    report: Report,
    catalogue: Catalogue,
    subject: Subject,
    evidence: Evidence,
    tools: Mapping[str, str],
    *,
    issuer: str,
    now: datetime,
) -> Statement:
    valid_until = _valid_until(report, now)
    demanded = _demanded(report, catalogue)
    outcomes = {item.id: item.outcome for item in report.requirements}
    musts = tuple(
        Must(id=r.id, outcome=outcomes.get(r.id, Outcome.UNTESTED), profiles=r.profiles)
        for r in demanded
        if r.level is Level.MUST
    )
    named = {consumer.id for consumer in catalogue.consumers}
    others = [profile for profile in report.profiles if profile.id not in named]
    profiles = tuple(_profile(profile, demanded, outcomes, musts) for profile in others)
    consumers = tuple(_consumers(report, catalogue, outcomes))
    return Statement(
        kind="certificate" if _is_certified(report, profiles, consumers) else "result",
        notice=report.notice,
        issuer=issuer,
        subject=subject,
        whole=report.whole and not report.interrupted,
        profiles=profiles,
        consumers=consumers,
        musts=musts,
        not_tested=tuple(_not_tested(report, catalogue)),
        attested=tuple(_attested(report, catalogue)),
        waivers=report.waivers,
        catalogue_sha256=report.suite.catalogue_sha256,
        plan_hash=report.plan_hash,
        suite=report.suite.version,
        tools=dict(tools),
        evidence=evidence,
        started_at=report.started_at,
        finished_at=report.finished_at,
        issued_at=now.replace(microsecond=0),
        valid_until=valid_until,
    )


def _valid_until(report: Report, now: datetime) -> datetime:
    """Return when a statement ends, a year after its run; refuse a run that ended longer ago, or has not ended yet."""
    valid_until = one_year_after(report.finished_at)
    if now >= valid_until:
        raise ConfigurationError("--from: the run ended more than a year ago; run again")
    if now + CLOCK_SKEW < report.finished_at:
        raise ConfigurationError("--from: the run ended in the future; look at the clock of this machine")
    return valid_until


def _is_certified(report: Report, profiles: Sequence[ProfileVerdict], consumers: Iterable[ConsumerVerdict]) -> bool:
    """Whether a statement is a certificate: the run was whole, its waivers are valid, and all holds that is claimed."""
    conformant = bool(profiles) and all(profile.verdict is Verdict.CONFORMANT for profile in profiles)
    conformant = conformant and all(consumer.verdict is Suits.WORKS for consumer in consumers)
    faulty = any(waiver.fails_the_run for waiver in report.waivers)
    return report.whole and conformant and not report.interrupted and not faulty


def _demanded(report: Report, catalogue: Catalogue) -> tuple[Requirement, ...]:
    """Return what the profiles demand of whom was judged, whether the run looked at it or not."""
    profiles, role = {profile.id for profile in report.profiles}, report.target.role
    return tuple(r for r in catalogue if r.status == "active" and r.role == role and any(map(r.is_of, profiles)))


def _profile(
    profile: _Profile, demanded: Iterable[Requirement], outcomes: Mapping[str, Outcome], musts: Iterable[Must]
) -> ProfileVerdict:
    if profile.verdict is Verdict.CONFORMANT and verdict_of(profile.id, musts) is not Verdict.CONFORMANT:
        raise ConfigurationError(f"--from: {REPORT} calls {profile.id} conformant against its own outcomes")
    ended = Counter((r.level, outcomes.get(r.id, Outcome.UNTESTED)) for r in demanded if profile.id in r.profiles)
    counts = {
        level: {outcome: ended[level, outcome] for outcome in Outcome if ended[level, outcome]} for level in Level
    }
    return ProfileVerdict(id=profile.id, verdict=profile.verdict, counts=counts)


def _consumers(report: Report, catalogue: Catalogue, outcomes: Mapping[str, Outcome]) -> Iterable[ConsumerVerdict]:
    """Yield the verdicts on the consumers that the target claims; what is known of others by the way is not signed."""
    told = {profile.id: profile.verdict for profile in report.profiles}
    for consumer in catalogue.consumers:
        if consumer.id not in told:
            continue
        demands = {name: outcomes.get(name, Outcome.UNTESTED) for name in consumer.demands}
        known = {name: outcomes[name] for name in consumer.breaks_by if name in outcomes and name not in demands}
        verdict = consumer_verdict(demands.values(), known.values())
        if told[consumer.id] is Verdict.CONFORMANT and verdict is not Suits.WORKS:
            raise ConfigurationError(f"--from: {REPORT} says that {consumer.id} works, against its own outcomes")
        yield ConsumerVerdict(id=consumer.id, verdict=verdict, demands=demands, harming=known)


def _attested(report: Report, catalogue: Catalogue) -> Iterable[Attested]:
    for item in report.requirements:
        if item.outcome is Outcome.ATTEST:
            stated = item.message.removeprefix(STATED) if item.message.startswith(STATED) else None
            yield Attested(id=item.id, level=catalogue[item.id].level, statement=stated)


def _not_tested(report: Report, catalogue: Catalogue) -> Iterable[NotTested]:
    for item in report.requirements:
        if item.outcome in _UNKNOWN:
            yield NotTested(id=item.id, level=catalogue[item.id].level, reason=item.message)
    for out in report.not_planned:
        if out.id in catalogue.requirements:
            yield NotTested(id=out.id, level=catalogue[out.id].level, reason=out.reason)
