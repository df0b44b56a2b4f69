"""`digione verify`: whether a certificate is as it was signed, holds, and whose word it is; works offline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_conformance.catalogue.verdict import MET, Level
from digione_conformance.commands.files import CertificateArgument
from digione_conformance.commands.options import JsonOption
from digione_conformance.commands.printing import print_json
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
            typer.echo(_printable(line))
    raise typer.Exit(found.exit)


def told(found: Verification) -> Iterator[str]:
    """Say in words what is known of a certificate, the verdict first."""
    if found.statement is None:
        yield f"BROKEN  {found.problems[0]}"
        yield "Nothing that it states can be believed."
        return
    statement = found.statement
    yield f"{'HOLDS  ' if not found.problems else 'DOES NOT HOLD  '}{_kind(statement)}"
    yield from (f"  {problem}" for problem in found.problems)
    product = " ".join(part for part in (statement.subject.software, statement.subject.version) if part)
    subject = statement.subject
    yield f"  about: {subject.name} ({subject.role}, {subject.environment}){f', {product}' if product else ''}"
    yield from (f"  {service}: {url}" for service, url in statement.subject.services.items())
    for profile in statement.profiles:
        musts = ", ".join(f"{count} {outcome}" for outcome, count in profile.counts.get(Level.MUST, {}).items())
        yield f"  {profile.id}: {str(profile.verdict).upper()} (MUST: {musts})"
    for consumer in statement.consumers:
        met = sum(outcome in MET for outcome in consumer.demands.values())
        yield f"  {consumer.id}: {str(consumer.verdict).upper()} ({met} of {len(consumer.demands)} demands met)"
    yield f"  {_issuer(found)}"
    yield from (f"  {_witness(key)}" for key in found.witnesses)
    yield f"  issued {statement.issued_at:%Y-%m-%d}, valid until {statement.valid_until:%Y-%m-%d}"
    yield f"  not tested: {len(statement.not_tested)}, waivers: {len(statement.waivers)}"
    for waiver in statement.waivers:
        fails = "; it fails the run" if waiver.fails_the_run else ""
        yield f"  waiver of {waiver.requirement}: {_terms(waiver)}{fails}"
    for item in statement.attested:
        told = f"stated by a person: {item.statement}" if item.statement else "nobody stated anything"
        yield f"  not tested from outside, {item.level} {item.id}: {told}"
    yield f"  evidence: {_evidence(found)}"
    yield f"  {'revocation lists: ' + str(found.revocations) if found.revocations else 'revocation: not looked up'}"
    yield statement.notice


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


def _terms(waiver: Waiver) -> str:
    terms = waiver.model_extra or {}
    named = [str(terms[key]) for key in ("use", "owner", "reason") if terms.get(key)]
    return ", ".join([*named, *([f"until {terms['expires']}"] if terms.get("expires") else [])])


def _kind(statement: Statement) -> str:
    if statement.kind == "certificate":
        return "certificate of a whole, conformant run"
    return "signed result; it certifies nothing"


def _issuer(found: Verification) -> str:
    key = found.issuer
    if key is None or not key.name:
        return f"self-declared: key {key.kid if key else ''} is not one that you trust"
    return f"issued by {key.name} (key {key.kid})"


def _witness(key: PublicKey) -> str:
    if key.name:
        return f"witnessed by {key.name} (key {key.kid})"
    return f"also signed by a key that you do not trust: {key.kid}"


def _evidence(found: Verification) -> str:
    if not found.evidence:
        return "not looked at; give its folder with --evidence"
    if any(problem.startswith("evidence") for problem in found.problems):
        return "NOT as it was signed"
    return f"every file is as it was signed{'' if found.report else '; report.json is not there'}"


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
