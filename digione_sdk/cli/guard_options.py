"""Options that say how much a command may delete in a store, and how it ends, shared by `sync` and `csv load`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from digione_sdk.errors import UsageError

if TYPE_CHECKING:
    from digione_sdk.synchronise import Guard

STOPPED: Final = 1
"""Exit status of a command that stopped and applied nothing."""
_PERCENT: Final = 100

DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Print the difference and apply nothing.")]
MaxDeletion: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--max-deletion",
        help="Per cent of a kind that may be deleted (default 10); for one kind as KIND=PERCENT.",
        metavar="PERCENT",
    ),
]
DeletionFloor: TypeAlias = Annotated[
    int, typer.Option("--deletion-floor", help="So many deletions in a kind are let through.", min=0)
]
AllowMassDeletion: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--allow-mass-deletion", help="Let this kind lose any number of records.", metavar="KIND"),
]
AllowReplacedIds: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--allow-replaced-ids", help="Let records of this kind come under new ids.", metavar="KIND"),
]
StrictReferences: TypeAlias = Annotated[
    bool, typer.Option("--strict-references", help="Stop where links lead to no active record.")
]


def guard_of(
    max_deletion: list[str] | None,
    deletion_floor: int,
    allow_mass_deletion: list[str] | None,
    allow_replaced_ids: list[str] | None,
) -> Guard:
    """Return the guard that the options describe.

    Raises:
        UsageError: A value is no number of per cent, or a kind is unknown.
    """
    from digione_sdk.synchronise import Guard

    share, shares = _shares(max_deletion or ())
    return Guard(
        share=share,
        floor=deletion_floor,
        kinds=shares,
        allow=allow_mass_deletion or (),
        allow_replaced=allow_replaced_ids or (),
    )


def _shares(given: Iterable[str]) -> tuple[float, dict[str, float]]:
    """Return the share for all kinds, and those for some."""
    share, shares = 0.10, dict[str, float]()
    for text in given:
        kind, _, percent = text.rpartition("=")
        try:
            value = float(percent) / _PERCENT
        except ValueError:
            raise UsageError("PERCENT or KIND=PERCENT, as 10 or enrollments=30", argument="--max-deletion") from None
        if not 0 <= value <= 1:
            raise UsageError("from 0 to 100", argument="--max-deletion")
        if kind:
            shares[kind] = value
        else:
            share = value
    return share, shares
