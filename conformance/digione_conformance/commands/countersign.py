"""`digione countersign`: a municipality or another witness adds its signature to a certificate."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from digione_conformance.commands.files import (
    CertificateArgument,
    KeyOption,
    replace_file,
    signed_certificate,
    signing_key,
)
from digione_conformance.commands.verify import EvidenceOption
from digione_sdk.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    """Add `countersign` to the commands."""
    app.command("countersign")(countersign)


def countersign(certificate: CertificateArgument, *, key: KeyOption, evidence: EvidenceOption = None) -> None:
    """Add your signature to a certificate or result that holds; with --evidence, only if every file is as signed."""
    from digione_conformance.certificate.envelope import add_signature
    from digione_conformance.certificate.statement import TYPE
    from digione_conformance.certificate.verification import verify

    envelope = signed_certificate(certificate)
    found = verify(envelope.as_bytes(), at=datetime.now(UTC), evidence=evidence)
    if found.problems:
        raise ConfigurationError(f"CERT: it does not hold: {'; '.join(found.problems)}")
    witnessed = add_signature(envelope, signing_key(key), kind=TYPE)
    replace_file(certificate, witnessed.as_bytes(), "CERT")
    typer.echo(f"{certificate} now bears {len(witnessed.signatures)} signatures.")
