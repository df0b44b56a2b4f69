"""`digione mutants`: proves that the checks can fail, by running them against servers that are wrong on purpose.

The matrix is computed, never declared: every fault of the reference server is switched on alone, and the requirements
that then are not met have killed it. A fault that nothing kills, or a check that kills nothing, is a defect of ours.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from digione_sdk.errors import ConfigurationError, UsageError

_PROCESSES: Final = 2
_FAULTS_A_PROCESS: Final = 12
"""A process is then replaced: fuzzers and compilers of others keep memory of every schema that they saw."""
_NOT_MET: Final = frozenset({"failed", "warning"})
_GREEN: Final = frozenset({"passed", "inapplicable", "attest"})
STAGES: Final = ("static", "core", "contract", "model")
"""All stages that decide something: some faults show in the discovery document or after a write only."""
CLEAN: Final = ""
"""Stands for the server without a fault."""


@dataclass(frozen=True)
class Matrix:
    """Who killed whom.

    Attributes:
        clean: Outcome by requirement on the server without faults.
        killed_by: Requirements by fault.
        whole: Whether every known fault was tried; only then can a check be called idle.
        admitted: Faults known to survive and requirements known to be idle, by id, with the reason that is on record.
    """

    clean: Mapping[str, str]
    killed_by: Mapping[str, tuple[str, ...]]
    whole: bool
    admitted: Mapping[str, str] = field(default_factory=dict)

    @property
    def kills(self) -> Mapping[str, tuple[str, ...]]:
        """Faults by requirement, for every requirement that was tested."""
        return {
            requirement: tuple(fault for fault, killers in self.killed_by.items() if requirement in killers)
            for requirement, outcome in self.clean.items()
            if outcome not in {"attest", "inapplicable"}
        }

    @property
    def false_alarms(self) -> Mapping[str, str]:
        """Requirements that the clean server does not meet, or that it leaves unknown."""
        return {requirement: outcome for requirement, outcome in self.clean.items() if outcome not in _GREEN}

    @property
    def survivors(self) -> tuple[str, ...]:
        """Faults that nothing killed."""
        return tuple(fault for fault, killers in self.killed_by.items() if not killers)

    @property
    def idle(self) -> tuple[str, ...]:
        """Requirements whose checks killed nothing."""
        return tuple(requirement for requirement, faults in self.kills.items() if not faults) if self.whole else ()

    @property
    def sound(self) -> bool:
        """Whether nothing survived or was idle beyond what is on record, and the clean server was green."""
        return not ({*self.survivors, *self.idle} - self.admitted.keys() or self.false_alarms)

    def as_json(self) -> Any:
        """Return the matrix as JSON."""
        return {
            "faults": [{"id": fault, "killed_by": list(killers)} for fault, killers in self.killed_by.items()],
            "checks": [{"id": requirement, "kills": list(faults)} for requirement, faults in self.kills.items()],
            "clean": dict(self.clean),
            "survivors": list(self.survivors),
            "idle": list(self.idle),
            "admitted": dict(self.admitted),
        }


def register(app: typer.Typer) -> None:
    """Add `mutants` to the `digione` command."""
    app.command("mutants")(mutants)


def mutants(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    fault: Annotated[list[str] | None, typer.Option("--fault", help="Try this fault only.", metavar="ID")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Stop at the first requirement that notices; says nothing of idle checks.")
    ] = False,
    stage: Annotated[
        list[str] | None, typer.Option("--stage", help="Run this stage only; repeat for more.", metavar="NAME")
    ] = None,
    admitted: Annotated[
        Path | None,
        typer.Option("--admitted", help="File of survivors and idle checks on record: `id  # reason`.", metavar="FILE"),
    ] = None,
) -> None:
    """Run the checks against every fault of the reference server and print which requirement notices which."""
    known = tuple(_loaded("digione.reference_server", "faults"))
    for name in fault or ():
        if name not in known:
            raise UsageError(f"{name} is unknown; known are {', '.join(known)}", argument="--fault")
    chosen = tuple(name for name in known if not fault or name in fault)
    whole = len(chosen) == len(known) and not quick
    on_record = read_admitted(admitted) if admitted else {}
    matrix = replace(made(chosen, whole=whole, quick=quick, stages=stage or STAGES), admitted=on_record)
    typer.echo(json.dumps(matrix.as_json(), indent=2) if as_json else "\n".join(_lines(matrix)))
    raise typer.Exit(0 if matrix.sound else 1)


def read_admitted(path: Path) -> dict[str, str]:
    """Read the record of what is known to be open: one id a line, with its reason after `#`.

    Raises:
        UsageError: The file cannot be read, or an id has no reason.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", argument="--admitted") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        name, _, reason = (part.strip() for part in line.partition("#"))
        if name and not reason:
            raise UsageError(f"line {number}: {name} has no reason", argument="--admitted")
        if name:
            found[name] = reason
    return found


def made(faults: Sequence[str], *, whole: bool, quick: bool, stages: Sequence[str] = STAGES) -> Matrix:
    """Try the clean server, then every fault over two processes, and return the matrix.

    With `quick`, a fault is done with when one requirement has noticed it; requirements that cost little go first.
    """
    # Spawned, not forked: a forked copy of a process with server threads may hold their locks for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context, max_tasks_per_child=_FAULTS_A_PROCESS) as pool:
        first = pool.submit(judged, CLEAN, stages=stages).result()
        clean = {requirement: outcome for requirement, (outcome, _) in first.items()}
        costs = {requirement: seconds for requirement, (_, seconds) in first.items()}
        faulty = list(pool.map(partial(judged, costs=costs if quick else None, stages=stages), faults))
    killed_by = {
        fault: tuple(r for r, (outcome, _) in found.items() if outcome in _NOT_MET and clean[r] not in _NOT_MET)
        for fault, found in zip(faults, faulty, strict=True)
    }
    return Matrix(clean, killed_by, whole)


def judged(
    fault: str, *, costs: Mapping[str, float] | None = None, stages: Sequence[str] = STAGES
) -> dict[str, tuple[str, float]]:
    """Return requirement -> (outcome, seconds) on a server with this fault, or on the clean one.

    With `costs`, what was not decided when the first requirement was not met is left out.

    Raises:
        ConfigurationError: The server or the suite is not installed.
    """
    serving = _loaded("digione.reference_server", "serving")
    write_target = _loaded("digione.reference_server", "write_target")
    judge = _loaded("digione.suite", "judge")
    with tempfile.TemporaryDirectory(prefix="digione-mutants-") as folder:
        target = Path(folder) / "sut.toml"
        with serving(faults=[fault] if fault else [], control=True) as server:
            write_target(target, server.settings, server.register, ca_file=None)
            found: dict[str, tuple[str, float]] = judge(target, costs=costs, stages=stages)
    return found


def _loaded(group: str, name: str) -> Any:
    found = [entry for entry in entry_points(group=group) if entry.name == name]
    if not found:
        raise ConfigurationError(f"no {name} in {group}: pip install 'digione-sdk[conformance,server]'")
    return found[0].load()


def _lines(matrix: Matrix) -> list[str]:
    admitted = matrix.admitted
    lines = [f"{fault}: {', '.join(killers) or 'SURVIVES'}" for fault, killers in matrix.killed_by.items()]
    lines += [f"clean server: {requirement} is {outcome}" for requirement, outcome in matrix.false_alarms.items()]
    lines += [f"idle: {requirement} kills nothing" for requirement in matrix.idle]
    still_open = {*matrix.survivors, *matrix.idle}
    lines += [f"on record as open: {name} ({reason})" for name, reason in admitted.items() if name in still_open]
    closed = [name for name in admitted if name in matrix.killed_by and name not in still_open]
    lines += [f"closed: {name} is noticed now; take it off the record" for name in closed]
    killed = len(matrix.killed_by) - len(matrix.survivors)
    lines.append(f"{killed} of {len(matrix.killed_by)} faults killed, {len(matrix.idle)} idle checks")
    return lines
