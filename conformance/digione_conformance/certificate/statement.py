"""What a certificate states: who was judged by what, every MUST with its outcome, what is not known, and until when.

A `certificate` is a whole run that found every profile conformant. Everything else that is signed is a `result`: just
as unchangeable, but no claim of conformance.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from digione_conformance.catalogue.verdict import Level, Outcome, Suits, Verdict, consumer_verdict, profile_verdict
from digione_conformance.certificate.envelope import NotIntact

FORMAT: Final = "digione-certificate/1"
TYPE: Final = "digione-certificate"
"""`typ` of the signatures."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    # Unknown members are allowed: they are signed like all others, and a later version may add some.
    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)


class Subject(_Part):
    """What was judged.

    Attributes:
        name: Name of the target, from the target file.
        role: Whether it was judged as a `provider` of OneRoster or as a `consumer` that reads it.
        environment: `test`, `staging` or `production`.
        synthetic: Whether the operator attested that it held synthetic data only.
        services: Base URL by service.
        software: Name of the product, where the target file tells it.
        version: Its version, where the target file tells it.
        server: Values of the `Server` header that were seen, sorted.
        fingerprint: Of the deployment; `fingerprint.py` says over what. Equal ones do not prove an equal deployment.
    """

    name: str
    role: Literal["provider", "consumer"] = "provider"
    environment: str
    synthetic: bool
    services: dict[str, str]
    software: str | None = None
    version: str | None = None
    server: tuple[str, ...] = ()
    fingerprint: Sha256


class ProfileVerdict(_Part):
    """The verdict on a profile, and how many requirements of each level ended how."""

    id: str
    verdict: Verdict
    counts: dict[Level, dict[Outcome, int]]


class ConsumerVerdict(_Part):
    """Whether a named consumer works with the provider, and how each requirement that it stands on ended.

    Attributes:
        id: Its profile.
        verdict: Whether it works.
        demands: By requirement that it stands on, the outcome; `untested` for what the run did not ask.
        harming: The same of what breaks it where it is not met, as far as the run asked.
    """

    id: str
    verdict: Suits
    demands: dict[str, Outcome]
    harming: dict[str, Outcome] = {}


class Must(_Part):
    """One MUST of the profiles and its outcome."""

    id: str
    outcome: Outcome
    profiles: tuple[str, ...]


class NotTested(_Part):
    """A requirement of the profiles of which the run says nothing, and why."""

    id: str
    level: Level
    reason: str


class Attested(_Part):
    """A requirement that only a person can state, and what was stated; None where nobody stated anything."""

    id: str
    level: Level
    statement: str | None = None


class Waiver(_Part):
    """A waiver as the run printed it; its owner, reason and expiry are signed along.

    Attributes:
        requirement: Id of what it excuses.
        fails_the_run: Whether it excuses nothing, or no longer; then nothing is certified.
    """

    model_config = ConfigDict(extra="allow")

    requirement: str
    fails_the_run: bool = False


class Evidence(_Part):
    """The recorded run: `root` is over the hashes of all files, the two others over the bytes of single files."""

    root: Sha256
    manifest_sha256: Sha256
    report_sha256: Sha256
    files: int


class Statement(_Part):
    """The signed statement; all instants are UTC.

    Attributes:
        issuer: Thumbprint (RFC 7638) of the key that issued it; other signatures are witnesses'.
        profiles: Verdicts on the profiles of the standard and of the community.
        consumers: Verdicts on the named consumers that the target claims to work with; none where it claims none.
        tools: Version by package of what judged, as recorded with the evidence.
        valid_until: One year after the run ended: signing late does not make what was seen any younger.
    """

    format: Literal["digione-certificate/1"] = FORMAT
    kind: Literal["certificate", "result"]
    notice: str
    issuer: str
    subject: Subject
    whole: bool
    profiles: tuple[ProfileVerdict, ...]
    consumers: tuple[ConsumerVerdict, ...] = ()
    musts: tuple[Must, ...]
    not_tested: tuple[NotTested, ...]
    attested: tuple[Attested, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    catalogue_sha256: Sha256
    plan_hash: Sha256
    suite: str
    tools: dict[str, str]
    evidence: Evidence
    started_at: datetime
    finished_at: datetime
    issued_at: datetime
    valid_until: datetime

    @model_validator(mode="after")
    def _claims_no_more_than_it_shows(self) -> Self:
        if not self.profiles and not self.consumers:
            raise ValueError("nothing was judged")
        for consumer in self.consumers:
            shows = consumer_verdict(consumer.demands.values(), consumer.harming.values())
            if consumer.verdict is Suits.WORKS and shows is not Suits.WORKS:
                raise ValueError(f"the demands do not show that {consumer.id} works")
        for profile in self.profiles:
            shown = verdict_of(profile.id, self.musts)
            if profile.verdict is Verdict.CONFORMANT and shown is not Verdict.CONFORMANT:
                raise ValueError(f"the MUSTs do not make {profile.id} conformant")
        excused = {waiver.requirement for waiver in self.waivers if not waiver.fails_the_run}
        if any(must.outcome is Outcome.WAIVED and must.id not in excused for must in self.musts):
            raise ValueError("a MUST is called waived, and no waiver names it")
        faulty = any(waiver.fails_the_run for waiver in self.waivers)
        if self.kind == "certificate" and (faulty or not (self.whole and self.conformant and self.profiles)):
            raise ValueError("a certificate needs a whole run that found every profile conformant")
        if any(moment.tzinfo is None for moment in (self.issued_at, self.valid_until, self.finished_at)):
            raise ValueError("an instant without offset")
        return self

    @property
    def conformant(self) -> bool:
        """Whether every profile was found conformant, and every consumer that is claimed works."""
        works = all(consumer.verdict is Suits.WORKS for consumer in self.consumers)
        return works and all(profile.verdict is Verdict.CONFORMANT for profile in self.profiles)


def verdict_of(profile: str, musts: Iterable[Must]) -> Verdict:
    """Return the verdict that the outcomes of the MUSTs make."""
    return profile_verdict((Level.MUST, must.outcome) for must in musts if profile in must.profiles)


def as_payload(statement: Statement) -> Any:
    """Return the statement as the JSON value that is signed."""
    return statement.model_dump(mode="json")


def read_statement(payload: bytes) -> Statement:
    """Return the statement of a verified payload.

    Raises:
        NotIntact: It is not of this format, or claims more than it shows.
    """
    try:
        return Statement.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise NotIntact(f"payload: {place + ': ' if place else ''}{reason}") from None
