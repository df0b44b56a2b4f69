"""`digione keygen`: a key to sign results with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `keygen` to the commands."""
    app.command("keygen")(keygen)


def keygen(
    *,
    out: Annotated[Path, typer.Option("--out", help="File of the private key; must not exist.", metavar="FILE")],
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Make an Ed25519 key: the private half in FILE, for its owner alone, and the public half beside it."""
    from digione_conformance.certificate.keys import make_key

    key, public = make_key(out)
    if quiet:
        return
    typer.echo(f"private key  {out}   keep it secret; who has it signs in your name")
    typer.echo(f"public key   {public}   give it to those who are to trust you")
    typer.echo(f"thumbprint   {key.public.kid}")
