"""`digione verify`: whether a certificate is as it was signed, holds, and whose word it is; works offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.catalogue.text import Text
from digione_conformance.catalogue.verdict import MET, Level, Outcome
from digione_conformance.commands.files import CertificateArgument
from digione_conformance.commands.options import JsonOption, LanguageOption
from digione_conformance.commands.printing import print_json
from digione_conformance.words.said import Said
from digione_conformance.words.texts import LANGUAGES, filled, say, words
from digione_sdk.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from digione_conformance.certificate.keys import PublicKey
    from digione_conformance.certificate.statement import Statement, Waiver
    from digione_conformance.certificate.verification import Verification

TrustOption = Annotated[
    list[Path] | None,
    typer.Option("--trust", help="Public key of somebody whose word counts: PEM, JWK or JWK set.", metavar="PUB"),
]
EvidenceOption = Annotated[
    Path | None, typer.Option("--evidence", help="Folder of the run: compare every file.", metavar="DIR")
]


def register(app: typer.Typer) -> None:
    """Add `verify` to the commands."""
    app.command("verify")(verify)


def verify(
    certificate: CertificateArgument,
    *,
    trust: TrustOption = None,
    evidence: EvidenceOption = None,
    revocations: Annotated[
        list[Path] | None, typer.Option("--revocations", help="Revocation list to look it up in.", metavar="FILE")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Ask for this day or instant instead of now (ISO 8601).", metavar="DATE")
    ] = None,
    as_json: JsonOption = False,
    language: LanguageOption = "en",
) -> None:
    """Verify a certificate offline: exit 0 if it holds, 1 if not, 4 if it is only a signed result."""
    from digione_conformance.certificate.canonical import read_small
    from digione_conformance.certificate.keys import read_trusted
    from digione_conformance.certificate.revocation import read_revocations
    from digione_conformance.certificate.verification import verify as verified

    if evidence is not None and not evidence.is_dir():
        raise ConfigurationError(f"--evidence: {evidence} is no folder")
    found = verified(
        read_small(certificate, "CERT"),
        at=_instant(at) if at is not None else datetime.now(UTC),
        trusted=[key for path in trust or () for key in read_trusted(path)],
        evidence=evidence,
        revocations=[read_revocations(path) for path in revocations or ()],
    )
    if as_json:
        print_json(as_json_value(found))
    else:
        for line in told(found):
            typer.echo(_printable(line.within(language)))
    raise typer.Exit(found.exit)


def told(found: Verification) -> Iterator[Said]:
    """Say in words what is known of a certificate, the verdict first."""
    if found.statement is None:
        yield _line("{verdict}  {problem}", verdict=say("v.broken"), problem=found.problems[0])
        yield say("v.nothing")
        return
    statement = found.statement
    verdict = say("v.fails" if found.problems else "v.holds")
    yield _line("{verdict}  {kind}", verdict=verdict, kind=say(f"v.{statement.kind}"))
    yield from (_line("  {problem}", problem=problem) for problem in found.problems)
    yield from _subject(statement)
    yield from _verdicts(statement)
    yield _line("  {issuer}", issuer=_issuer(found))
    yield from (_line("  {witness}", witness=_witness(key)) for key in found.witnesses)
    issued, until = f"{statement.issued_at:%Y-%m-%d}", f"{statement.valid_until:%Y-%m-%d}"
    yield _line("  {said}", said=say("v.valid", issued=issued, until=until))
    counts = say("v.not_tested", count=len(statement.not_tested), waivers=len(statement.waivers))
    yield _line("  {said}", said=counts)
    for waiver in statement.waivers:
        said = say("v.waiver", requirement=waiver.requirement, terms=_terms(waiver))
        yield _line("  {said}{fails}", said=said, fails=say("v.fails_the_run") if waiver.fails_the_run else "")
    for item in statement.attested:
        stated = say("v.stated", statement=item.statement) if item.statement else say("v.not_stated")
        yield _line("  {said}", said=say("v.attested", level=item.level, requirement=item.id, said=stated))
    yield _line("  {said}", said=say("v.evidence", said=_evidence(found)))
    looked_up = say("v.revocations", count=found.revocations) if found.revocations else say("v.revocations.none")
    yield _line("  {said}", said=looked_up)
    notice = words()["notice"]
    yield filled(notice) if statement.notice == notice.en else Said(statement.notice)


def _line(form: str, /, **places: object) -> Said:
    """Return one line in every language; the form itself holds no words."""
    return filled(Text(en=form), **places)


def _subject(statement: Statement) -> Iterator[Said]:
    subject = statement.subject
    product = " ".join(part for part in (subject.software, subject.version) if part)
    whose = f"{subject.name} ({subject.role}, {subject.environment}){f', {product}' if product else ''}"
    yield _line("  {about}: {whose}", about=say("v.about"), whose=whose)
    yield from (_line("  {service}: {url}", service=service, url=url) for service, url in subject.services.items())


def _verdicts(statement: Statement) -> Iterator[Said]:
    for profile in statement.profiles:
        verdict, musts = _loud(profile.verdict), _counted(profile.counts.get(Level.MUST, {}))
        yield _line("  {profile}: {verdict} (MUST: {musts})", profile=profile.id, verdict=verdict, musts=musts)
    for consumer in statement.consumers:
        met = sum(outcome in MET for outcome in consumer.demands.values())
        verdict, demands = _loud(f"suits.{consumer.verdict}"), len(consumer.demands)
        said = say("v.consumer", consumer=consumer.id, verdict=verdict, met=met, demands=demands)
        yield _line("  {said}", said=said)


def _loud(key: str) -> Said:
    """Return a word in capitals, as verdicts are written on a terminal."""
    return Said(*(words()[key].within(language).upper() for language in LANGUAGES))


def _counted(counts: Mapping[Outcome, int]) -> Said:
    return Said(
        *(
            ", ".join(f"{count} {words()[outcome].within(language)}" for outcome, count in counts.items())
            for language in LANGUAGES
        )
    )


def as_json_value(found: Verification) -> dict[str, object]:
    """Return what is known of a certificate for machines."""
    statement = found.statement
    return {
        "holds": not found.problems,
        "problems": list(found.problems),
        "certificate": found.certificate,
        "standing": found.standing if statement else None,
        "issuer": _key(found.issuer) if found.issuer else None,
        "witnesses": [_key(key) for key in found.witnesses],
        "evidence_compared": found.evidence,
        "report_compared": found.report,
        "revocation_lists": found.revocations,
        "statement": statement.model_dump(mode="json") if statement else None,
    }


def _terms(waiver: Waiver) -> Said:
    terms = waiver.model_extra or {}
    said = [Said(str(terms[key])) for key in ("use", "owner", "reason") if terms.get(key)]
    if (use := words().get(f"use.{terms.get('use')}")) is not None:
        said[0] = filled(use)
    if terms.get("expires"):
        said.append(say("v.until", day=terms["expires"]))
    return Said(*(", ".join(one.within(language) for one in said) for language in LANGUAGES))


def _issuer(found: Verification) -> Said:
    key = found.issuer
    if key is None or not key.name:
        return say("v.self_declared", key=key.kid if key else "")
    return say("v.issued_by", name=key.name, key=key.kid)


def _witness(key: PublicKey) -> Said:
    return say("v.witnessed", name=key.name, key=key.kid) if key.name else say("v.signed_too", key=key.kid)


def _evidence(found: Verification) -> Said:
    if not found.evidence:
        return say("v.evidence.none")
    if any(problem.startswith("evidence") for problem in found.problems):
        return say("v.evidence.differs")
    return say("v.evidence.same" if found.report else "v.evidence.no_report")


def _key(key: PublicKey) -> dict[str, str | None]:
    return {"thumbprint": key.kid, "trusted_as": key.name or None}


def _printable(line: str) -> str:
    # A certificate by a stranger must not be able to steer the terminal.
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


def _instant(text: str) -> datetime:
    """Return the instant that an ISO 8601 text names, the end of the day for a date; UTC where it names no offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("must be a date as 2026-11-23, or an instant in ISO 8601", argument="--at") from None
    if len(text) <= len("2026-11-23"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
