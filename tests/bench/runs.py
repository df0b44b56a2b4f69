"""How a figure comes about: the things compared run by turns, each time in a fresh process; medians are taken.

A scenario is a function of a bench module, named in its `SCENARIOS`. Its arguments travel over standard input, because
some are secrets; its cost comes back as one line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[2]
CORES: Final = tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()
"""What this process may use as it starts; none where that cannot be told."""


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        scale: Part of the usual size.
        times: How often each scenario is run.
        fresh: Whether in a process of its own; else in this one, which starts faster and measures worse.
    """

    scale: float = 1.0
    times: int = 3
    fresh: bool = True

    @property
    def whole(self) -> bool:
        """Whether figures mean anything."""
        return self.scale == 1


FULL = Effort()
QUICK = Effort(scale=0.01, times=1, fresh=False)
"""Shows that the bench runs, and no more."""


_COUNTED = 0.2
"""Seconds from which the system's share is worth telling apart: it is counted in hundredths."""


@dataclass(frozen=True)
class Cost:
    """What a scenario took: seconds on the clock, seconds of its processor, largest memory in MB; counts of its own.

    Of the seconds of the processor, `system` are those that the operating system spent for it.
    """

    wall: float
    cpu: float
    peak_mb: float = 0.0
    count: float = 0.0
    system: float = 0.0

    @property
    def user(self) -> float:
        """Seconds of the processor in the process itself; all of them where they are too few for the system's count."""
        return self.cpu - self.system if self.cpu > _COUNTED else self.cpu


@dataclass(frozen=True)
class Scenario:
    """A command that reads `arguments` as JSON and prints a cost as JSON; `here` does the same in this process."""

    command: tuple[str, ...]
    arguments: Mapping[str, Any]
    here: Callable[..., Cost] | None = None


def scenario(module: str, name: str, **arguments: Any) -> Scenario:
    """Return the scenario `name` of a bench module."""
    command = (sys.executable, "-m", "tests.bench.runs", module, name)
    return Scenario(command, arguments, here=scenarios_of(module)[name])


def scenarios_of(module: str) -> Mapping[str, Callable[..., Cost]]:
    """Return the scenarios of a bench module, by name."""
    found: Mapping[str, Callable[..., Cost]] = import_module(f"tests.bench.{module}").SCENARIOS
    return found


def started() -> Callable[[], Cost]:
    """Start the clocks; the function returned reads them."""
    gc.collect()
    wall, cpu, system = time.perf_counter(), time.process_time(), os.times().system

    def read() -> Cost:
        took = time.perf_counter() - wall, time.process_time() - cpu
        return Cost(*took, peak_mb=peak_mb(), system=os.times().system - system)

    return read


def peak_mb() -> float:
    """Return the largest memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss counts the memory of the process that forked this one as well
        (peak,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], Any]) -> Cost:
    """Run the work once and return its cost; what it returns is held until the clocks have been read."""
    read = started()
    held = work()
    cost = read()
    del held
    return cost


def medians(scenarios: Mapping[str, Scenario], effort: Effort) -> dict[str, Cost]:
    """Run all scenarios by turns and return the median of each figure."""
    costs: dict[str, list[Cost]] = {name: [] for name in scenarios}
    for _ in range(effort.times):
        for name, one in scenarios.items():
            costs[name].append(run(one, effort))
    return {name: median_cost(found) for name, found in costs.items()}


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure by itself."""
    return Cost(**{one.name: median(getattr(cost, one.name) for cost in costs) for one in fields(Cost)})


def run(one: Scenario, effort: Effort) -> Cost:
    """Run a scenario."""
    if one.here is not None and not effort.fresh:
        try:
            return one.here(**one.arguments)
        finally:
            gc.enable()  # a scenario leaves the collector as its process ends with it
    done = subprocess.run(
        one.command, cwd=ROOT, input=json.dumps(one.arguments), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(one.command[1:])} failed:\n{done.stderr}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Keep this process and those that it starts on one core, so that client and server do not share one."""
    with on_cores(CORES[number : number + 1] if len(CORES) > 1 else CORES):
        yield


@contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """Keep this process to these cores, whatever it was kept to before; nothing where there are none to choose from."""
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def main(module: str, name: str) -> None:
    """Run a scenario here and print its cost."""
    cost = scenarios_of(module)[name](**json.load(sys.stdin))
    print(json.dumps(asdict(cost)))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main(*sys.argv[1:])
