"""Is a certificate as it was signed, does it still hold, and whose word is it? Answered offline, from files alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.certificate.envelope import Envelope, NotIntact, open_sealed
from digione_conformance.certificate.issuing import CLOCK_SKEW, REPORT
from digione_conformance.certificate.keys import PublicKey
from digione_conformance.certificate.revocation import RevocationList, certificate_id
from digione_conformance.certificate.sealing import as_recorded, evidence_folder, examine
from digione_conformance.certificate.statement import TYPE, Statement, read_statement
from digione_conformance.words.said import Said
from digione_conformance.words.texts import say
from digione_sdk.errors import ConfigurationError


@dataclass(frozen=True)
class Verification:
    """What is known of a certificate.

    Attributes:
        problems: Why it does not hold; empty where it does.
        statement: What it states; None where that cannot be believed, because a signature is broken.
        certificate: Its id.
        issuer: Key that issued it; its `name` is set where it is trusted.
        witnesses: Keys that signed besides, likewise.
        evidence: Whether the evidence was compared.
        report: Whether `report.json` was compared too.
        revocations: How many revocation lists were looked at.
    """

    problems: tuple[Said, ...]
    statement: Statement | None = None
    certificate: str | None = None
    issuer: PublicKey | None = None
    witnesses: tuple[PublicKey, ...] = ()
    evidence: bool = False
    report: bool = False
    revocations: int = 0

    @property
    def standing(self) -> str:
        """Whose word it is: `issued` by a trusted key, or `self-declared`."""
        return "issued" if self.issuer is not None and self.issuer.name else "self-declared"

    @property
    def exit(self) -> Exit:
        """0 for a certificate that holds, 1 for anything that does not, 4 for a result: intact, but no certificate."""
        if self.problems or self.statement is None:
            return Exit.NOT_CONFORMANT
        return Exit.CONFORMANT if self.statement.kind == "certificate" else Exit.INCOMPLETE


def open_certificate(content: bytes) -> tuple[Envelope, Statement]:
    """Return a certificate's envelope and what it states.

    Raises:
        NotIntact: It is none, was changed, claims more than it shows, or its issuer has not signed it.
    """
    envelope = open_sealed(content, kind=TYPE)
    statement = read_statement(envelope.payload_bytes)
    if statement.issuer not in {signer.kid for signer in envelope.signers}:
        raise NotIntact(say("v.issuer_absent"))
    return envelope, statement


def verify(
    content: bytes,
    *,
    at: datetime,
    trusted: Sequence[PublicKey] = (),
    evidence: Path | None = None,
    revocations: Sequence[RevocationList] = (),
) -> Verification:
    """Verify a certificate.

    Args:
        content: The file's bytes.
        at: The instant for which the question is asked, with offset.
        trusted: Keys whose word counts: where some are given, one of them must have signed.
        evidence: Evidence folder, or folder of the report; None leaves it aside.
        revocations: Lists to look it up in.

    Raises:
        ConfigurationError: A revocation list is of a key that neither issued the certificate nor is trusted.
    """
    try:
        envelope, statement = open_certificate(content)
    except NotIntact as error:
        return Verification((error.reason,))
    names = {key.kid: key for key in trusted}
    signers = [names.get(signer.kid, signer) for signer in envelope.signers]
    compared, report, differences = _compared(statement, evidence)
    problems = [
        *_strangers(signers, names),
        *_dates(statement, at),
        *_revoked(envelope, statement, trusted, revocations),
        *differences,
    ]
    return Verification(
        tuple(problems),
        statement,
        certificate_id(envelope),
        next(signer for signer in signers if signer.kid == statement.issuer),
        tuple(signer for signer in signers if signer.kid != statement.issuer),
        compared,
        report,
        len(revocations),
    )


def _strangers(signers: Iterable[PublicKey], trusted: Collection[str]) -> Iterator[Said]:
    if trusted and all(signer.kid not in trusted for signer in signers):
        yield say("v.strangers")


def _dates(statement: Statement, at: datetime) -> Iterator[Said]:
    if at > statement.valid_until:
        yield say("v.expired", day=f"{statement.valid_until:%Y-%m-%d}")
    if at + CLOCK_SKEW < statement.issued_at:
        yield say("v.early", day=f"{statement.issued_at:%Y-%m-%d}")


def _revoked(
    envelope: Envelope,
    statement: Statement,
    trusted: Iterable[PublicKey],
    revocations: Iterable[RevocationList],
) -> Iterator[Said]:
    # Anybody can add a signature to a copy; that must not let a stranger take the issuer's word back.
    entitled = {statement.issuer, *(key.kid for key in trusted)}
    for listed in revocations:
        if listed.signer.kid not in entitled:
            raise ConfigurationError("--revocations: is of a key that neither issued the certificate nor is trusted")
        reason = listed.reason_for(certificate_id(envelope))
        if reason is not None:
            yield say("v.revoked", reason=reason)


def _compared(statement: Statement, folder: Path | None) -> tuple[bool, bool, tuple[Said, ...]]:
    """Return whether evidence and report were compared, and what differs."""
    if folder is None:
        return False, False, ()
    sealed = examine(evidence_folder(folder))
    problems = list(sealed.problems)
    if sealed.manifest is not None:
        signed = (statement.evidence.manifest_sha256, statement.evidence.root, statement.evidence.files)
        if (sealed.manifest_sha256, sealed.manifest.root, len(sealed.manifest.files)) != signed:
            problems.append(say("v.other_evidence"))
    report = folder / REPORT
    if not report.is_file():
        return True, False, tuple(problems)
    try:
        unchanged = as_recorded(report.read_bytes(), statement.evidence.report_sha256)
    except OSError:
        unchanged = False
    return True, True, (*problems, *(() if unchanged else (say("v.changed", file=REPORT),)))
