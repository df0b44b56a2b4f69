"""`digione mutants`: proves that the checks can fail, by running them against servers that are wrong on purpose.

The matrix is computed, never declared: every fault of the reference server is switched on alone, and the requirements
that then are not met have killed it. A fault that nothing kills, or a check that kills nothing, is a defect of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from digione_sdk.cli.csv_matrix import export_faults, packages
from digione_sdk.cli.installed import loaded
from digione_sdk.cli.matrix import STAGES, Matrix, proved, quick, whole
from digione_sdk.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add `mutants` to the `digione` command."""
    app.command("mutants")(mutants)


def mutants(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    fault: Annotated[list[str] | None, typer.Option("--fault", help="Try this fault only.", metavar="ID")] = None,
    only_quick: Annotated[
        bool, typer.Option("--quick", help="Stop at the first requirement that notices; says nothing of idle checks.")
    ] = False,
    every: Annotated[bool, typer.Option("--whole", help="Run every check against every fault: a long table.")] = False,
    seen: Annotated[
        Path | None,
        typer.Option("--seen", help="An earlier matrix, as --json prints it: where to look first.", metavar="FILE"),
    ] = None,
    stage: Annotated[
        list[str] | None, typer.Option("--stage", help="Run this stage only; repeat for more.", metavar="NAME")
    ] = None,
    admitted: Annotated[
        Path | None,
        typer.Option(
            "--admitted", help="File of what is on record as open: `id  # reason`, or a pattern of ids.", metavar="FILE"
        ),
    ] = None,
    of_packages: Annotated[
        bool, typer.Option("--packages", help="Try the faults of exporters against the rules of CSV packages instead.")
    ] = False,
) -> None:
    """Prove that every fault of the reference server is noticed, and that every check notices some fault."""
    known = export_faults() if of_packages else tuple(loaded("digione.reference_server", "faults"))
    for name in fault or ():
        if name not in known:
            raise UsageError(f"{name} is unknown; known are {', '.join(known)}", argument="--fault")
    chosen = tuple(name for name in known if not fault or name in fault)
    on_record = read_admitted(admitted) if admitted else {}
    stages = stage or STAGES
    if of_packages:
        matrix = packages(chosen, every=len(chosen) == len(known), admitted=on_record)
    elif only_quick:
        matrix = quick(chosen, stages=stages)
    elif every or fault:
        matrix = whole(chosen, every=len(chosen) == len(known), stages=stages)
    else:
        matrix = proved(chosen, seen=read_matrix(seen) if seen else {}, stages=stages, admitted=on_record)
    matrix = replace(matrix, admitted=on_record)
    typer.echo(json.dumps(matrix.as_json(), indent=2) if as_json else "\n".join(_lines(matrix)))
    raise typer.Exit(0 if matrix.sound else 1)


def read_matrix(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read who noticed each fault in an earlier matrix.

    Raises:
        UsageError: The file cannot be read, or is no matrix.
    """
    try:
        faults = json.loads(path.read_text(encoding="utf-8"))["faults"]
        return {one["id"]: tuple(one["killed_by"]) for one in faults}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", argument="--seen") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: is no matrix as --json prints it", argument="--seen") from None


def read_admitted(path: Path) -> dict[str, str]:
    """Read the record of what is known to be open: ids or patterns of ids on a line, with their reason after `#`.

    Raises:
        UsageError: The file cannot be read, or an id has no reason.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", argument="--admitted") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        names, _, reason = (part.strip() for part in line.partition("#"))
        if names and not reason:
            raise UsageError(f"line {number}: {names} has no reason", argument="--admitted")
        found |= dict.fromkeys(names.split(), reason)
    return found


def _lines(matrix: Matrix) -> list[str]:
    lines = [f"{fault}: {', '.join(killers) or 'SURVIVES'}" for fault, killers in matrix.killed_by.items()]
    lines += [f"clean server: {requirement} is {outcome}" for requirement, outcome in matrix.false_alarms.items()]
    lines += [f"idle: {requirement} kills nothing" for requirement in matrix.idle if not matrix.admits(requirement)]
    reasons = dict.fromkeys(matrix.admitted.values())
    for reason in reasons:
        names = [name for name, why in matrix.admitted.items() if why == reason]
        lines.append(f"on record as open: {reason}: {', '.join(names)}")
    closed = [name for name in matrix.admitted if matrix.killed_by.get(name)]
    lines += [f"closed: {name} is noticed now; take it off the record" for name in closed]
    killed = len(matrix.killed_by) - len(matrix.survivors)
    lines.append(f"{killed} of {len(matrix.killed_by)} faults killed, {len(matrix.idle)} idle checks")
    return lines
