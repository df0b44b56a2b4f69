"""The kill matrix as a value, and how it is computed: faults on servers of their own, over two processes.

Three ways: `quick` says of each fault whether something notices it; `proved` says so too, and of each check whether it
notices something; `whole` runs every check against every fault. An earlier matrix tells `proved` where to look first:
it decides nothing, and what it no longer finds there is looked for everywhere.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Final

from digione_sdk.cli.installed import loaded

_PROCESSES: Final = 2
_FAULTS_A_POOL: Final = 40
"""Two new processes then take over: fuzzers and compilers of others keep memory of every schema that they saw.

`max_tasks_per_child` would say the same, but hangs for ever on Python 3.11 when all processes end at once.
"""
_UNCHECKED: Final = frozenset({"attest", "inapplicable"})
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
        whole: Whether a check that noticed nothing was tried on every known fault; only then it can be called idle.
        admitted: What is on record as open, with the reason: ids of faults and of requirements, or patterns of them.
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
            if outcome not in _UNCHECKED
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
        return not self.false_alarms and all(self.admits(name) for name in (*self.survivors, *self.idle))

    def admits(self, name: str) -> bool:
        """Whether a fault or a requirement is on record as open."""
        return admits(self.admitted, name)

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


def admits(admitted: Collection[str], name: str) -> bool:
    """Whether an id is among those on record, or fits one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in admitted)


@dataclass(frozen=True)
class Bench:
    """Where faults are tried: the stages, and the clean server's outcomes and costs by requirement."""

    stages: Sequence[str]
    clean: Mapping[str, str]
    costs: Mapping[str, float]

    @property
    def active(self) -> tuple[str, ...]:
        """The requirements that have a check which can notice something."""
        return tuple(name for name, outcome in self.clean.items() if outcome not in _UNCHECKED)

    def tried(self, tasks: Mapping[str, Collection[str]], *, quick: bool = False) -> dict[str, tuple[str, ...]]:
        """Return who noticed each fault; requirements are those named beside it, all where none is."""
        one = partial(_task, stages=self.stages, costs=self.costs if quick else None)
        waiting, killers = list(tasks.items()), dict[str, tuple[str, ...]]()
        while waiting:
            some, waiting = waiting[:_FAULTS_A_POOL], waiting[_FAULTS_A_POOL:]
            with _pool() as pool:
                for (fault, _), outcomes in zip(some, pool.map(one, some), strict=True):
                    killers[fault] = self._killers(outcomes)
        return killers

    def _killers(self, outcomes: Mapping[str, tuple[str, float]]) -> tuple[str, ...]:
        return tuple(r for r, (outcome, _) in outcomes.items() if outcome in _NOT_MET and self.clean[r] not in _NOT_MET)


def _pool() -> ProcessPoolExecutor:
    # Spawned, not forked: a forked copy of a process with server threads may hold their locks for ever.
    return ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn"))


def benched(stages: Sequence[str] = STAGES) -> Bench:
    """Judge the clean server."""
    with _pool() as pool:
        first = pool.submit(judged, CLEAN, stages=stages).result()
    clean = {requirement: outcome for requirement, (outcome, _) in first.items()}
    costs = {requirement: seconds for requirement, (_, seconds) in first.items()}
    return Bench(stages, clean, costs)


def quick(faults: Sequence[str], *, stages: Sequence[str] = STAGES) -> Matrix:
    """Stop at the first requirement that notices a fault, cheap ones first; says nothing of idle checks."""
    bench = benched(stages)
    return Matrix(bench.clean, bench.tried(dict.fromkeys(faults, ()), quick=True), whole=False)


def whole(faults: Sequence[str], *, every: bool, stages: Sequence[str] = STAGES) -> Matrix:
    """Run every check against each of these faults; with `every`, they are all the faults that there are."""
    bench = benched(stages)
    return Matrix(bench.clean, bench.tried(dict.fromkeys(faults, ())), whole=every)


def proved(
    faults: Sequence[str],
    *,
    seen: Mapping[str, Collection[str]],
    stages: Sequence[str] = STAGES,
    admitted: Mapping[str, str],
) -> Matrix:
    """Return a matrix that tells survivors and idle checks, but not every check that notices a fault.

    Args:
        faults: All faults.
        seen: Requirements that noticed each fault in an earlier matrix.
        stages: Stages to run.
        admitted: What is on record as open: such a fault is not tried, and such a requirement need not notice any.
            `whole` tries them.
    """
    bench = benched(stages)
    faults = [fault for fault in faults if not admits(admitted, fault)]
    active = [name for name in bench.active if not admits(admitted, name)]
    killed_by = {fault: set[str]() for fault in faults}

    def add(found: Mapping[str, Collection[str]]) -> None:
        """Take over who noticed what."""
        for fault, killers in found.items():
            killed_by[fault].update(killers)

    add(bench.tried(where_to_look(faults, active, seen, bench.costs)))
    add(bench.tried({fault: () for fault in faults if not killed_by[fault]}, quick=True))
    waiting = list(faults)
    while waiting and (idle := set(active).difference(*killed_by.values())):
        some, waiting = waiting[:_FAULTS_A_POOL], waiting[_FAULTS_A_POOL:]
        add(bench.tried(dict.fromkeys(some, sorted(idle))))
    order = list(bench.clean)
    told = {fault: tuple(sorted(found, key=order.index)) for fault, found in killed_by.items()}
    return Matrix(bench.clean, told, whole=True, admitted=admitted)


def where_to_look(
    faults: Collection[str], active: Collection[str], seen: Mapping[str, Collection[str]], costs: Mapping[str, float]
) -> dict[str, list[str]]:
    """Return for each fault a few requirements of which one at least noticed it before; every requirement stands once.

    A fault or a requirement that is new stands nowhere: it is looked for everywhere afterwards.
    """
    cheapest = {
        fault: min(
            (name for name in seen.get(fault, ()) if name in active),
            key=lambda name: costs.get(name, 0.0),
            default=None,
        )
        for fault in faults
    }
    chosen = {fault: [name] for fault, name in cheapest.items() if name is not None}
    covered = {name for names in chosen.values() for name in names}
    for name in active:
        if name not in covered and (fault := next((f for f in chosen if name in seen[f]), None)):
            chosen[fault].append(name)
    return chosen


def _task(
    task: tuple[str, Collection[str]], *, stages: Sequence[str], costs: Mapping[str, float] | None
) -> dict[str, tuple[str, float]]:
    fault, only = task
    return judged(fault, costs=costs, stages=stages, only=only)


def judged(
    fault: str,
    *,
    costs: Mapping[str, float] | None = None,
    stages: Sequence[str] = STAGES,
    only: Collection[str] = (),
) -> dict[str, tuple[str, float]]:
    """Return requirement -> (outcome, seconds) on a server with this fault, or on the clean one.

    With `costs`, what was not decided when the first requirement was not met is left out; with `only`, all others are.

    Raises:
        ConfigurationError: The server or the suite is not installed.
    """
    serving = loaded("digione.reference_server", "serving")
    write_target = loaded("digione.reference_server", "write_target")
    judge = loaded("digione.suite", "judge")
    with tempfile.TemporaryDirectory(prefix="digione-mutants-") as folder:
        target = Path(folder) / "sut.toml"
        with serving(faults=[fault] if fault else [], control=True) as server:
            write_target(target, server.settings, server.register, ca_file=None)
            found: dict[str, tuple[str, float]] = judge(target, costs=costs, stages=stages, only=only)
    return found
