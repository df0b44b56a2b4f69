"""Reading and replacing signed files for the commands that handle certificates."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digione_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from digione_conformance.certificate.envelope import Envelope
    from digione_conformance.certificate.keys import PrivateKey

CertificateArgument = Annotated[Path, typer.Argument(metavar="CERT", help="The certificate, a JSON file.")]
KeyOption = Annotated[
    Path, typer.Option("--key", help="Your private key, as `digione keygen` makes it.", metavar="FILE")
]


def signing_key(path: Path) -> PrivateKey:
    """Read a private key; say so on standard error where other users can read it too.

    Raises:
        ConfigurationError: It cannot be read or is no Ed25519 private key.
    """
    from digione_conformance.certificate.keys import others_may_read, read_private_key

    key = read_private_key(path)
    if others_may_read(path):
        sys.stderr.write(f"digione: --key: other users can read {path}; chmod 600 it\n")
    return key


def signed_certificate(path: Path) -> Envelope:
    """Read a certificate whose signatures all verify.

    Raises:
        ConfigurationError: It cannot be read, is none, or was changed.
    """
    from digione_conformance.certificate.canonical import read_small
    from digione_conformance.certificate.envelope import NotIntact
    from digione_conformance.certificate.verification import open_certificate

    try:
        return open_certificate(read_small(path, "CERT"))[0]
    except NotIntact as error:
        raise ConfigurationError(f"CERT: {path} is no certificate, or it was changed: {error}") from None


def replace_file(path: Path, content: bytes, argument: str) -> None:
    """Write a file whole or not at all.

    Raises:
        ConfigurationError: It cannot be written; an earlier file is then still there.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise ConfigurationError(f"{argument}: cannot write {path} ({type(error).__name__})") from None
