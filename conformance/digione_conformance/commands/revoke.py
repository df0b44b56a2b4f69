"""`digione revoke`: take a certificate back that you signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digione_conformance.commands.files import (
    CertificateArgument,
    KeyOption,
    replace_file,
    signed_certificate,
    signing_key,
)


def register(app: typer.Typer) -> None:
    """Add `revoke` to the commands."""
    app.command("revoke")(revoke)


def revoke(
    certificate: CertificateArgument,
    *,
    key: KeyOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it no longer holds; is published.", metavar="TEXT")],
    listed: Annotated[Path, typer.Option("--list", help="Your revocation list; is made if absent.", metavar="FILE")],
) -> None:
    """Name a certificate in your signed revocation list; publish the list where your certificates are published."""
    from digione_conformance.certificate.revocation import read_revocations
    from digione_conformance.certificate.revocation import revoke as revoked

    envelope = signed_certificate(certificate)
    earlier = read_revocations(listed, "--list") if listed.exists() else None
    signed = revoked(envelope, signing_key(key), reason=reason, earlier=earlier)
    replace_file(listed, signed.as_bytes(), "--list")
    typer.echo(f"{listed} names {len(signed.payload['revoked'])} certificates.")
