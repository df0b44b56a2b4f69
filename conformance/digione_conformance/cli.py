"""The suite's place in the `digione` command: registers the commands, each of which lives in a file of `commands/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digione_conformance.commands import (
    catalogue,
    certify,
    consumer,
    countersign,
    diff,
    doctor,
    explain,
    init,
    keygen,
    plan,
    profiles,
    rejudge,
    rerun,
    revoke,
    run,
    verify,
)

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the commands of the suite to `app`."""
    for command in (
        init,
        doctor,
        plan,
        run,
        explain,
        catalogue,
        profiles,
        rejudge,
        diff,
        rerun,
        keygen,
        certify,
        verify,
        countersign,
        revoke,
        consumer,
    ):
        command.register(app)
