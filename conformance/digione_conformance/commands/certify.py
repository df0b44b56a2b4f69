"""`digione certify`: sign what a run found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from digione_conformance.catalogue.verdict import Exit
from digione_conformance.commands.files import KeyOption, replace_file, signing_key

NAME = "certificate.json"


def register(app: typer.Typer) -> None:
    """Add `certify` to the commands."""
    app.command("certify")(certify)


def certify(
    *,
    folder: Annotated[Path, typer.Option("--from", help="Folder of the run.", metavar="DIR")],
    key: KeyOption,
    out: Annotated[
        Path | None, typer.Option("--out", help=f"The signed file; by default {NAME} in DIR.", metavar="FILE")
    ] = None,
) -> None:
    """Sign the result of a run: a certificate if the run was whole and conformant (exit 0), else a result (exit 4)."""
    kind = write_certificate(folder, key, out)
    raise typer.Exit(Exit.CONFORMANT if kind == "certificate" else Exit.INCOMPLETE)


def write_certificate(folder: Path, key: Path, out: Path | None = None) -> str:
    """Sign the run in `folder`, write the signed file, say so, and return its kind: `certificate` or `result`.

    Raises:
        ConfigurationError: The key, the run or the file is not usable; nothing is written then.
    """
    from digione_conformance.catalogue.requirement import load_catalogue
    from digione_conformance.certificate.issuing import issue
    from digione_conformance.checks import load_checks

    target = out or folder / NAME
    envelope = issue(
        folder, signing_key(key), catalogue=load_catalogue(), registry=load_checks(), now=datetime.now(UTC)
    )
    replace_file(target, envelope.as_bytes(), "--out")
    kind = str(envelope.payload["kind"])
    why = "" if kind == "certificate" else "; no certificate: the run was not whole, or not conformant"
    typer.echo(f"Signed {kind}: {target}{why}", err=True)
    return kind
