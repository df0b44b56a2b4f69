"""Walks of the model stage: a tour of every kind of step, then a search, and what is found must go wrong every time."""

from __future__ import annotations

from typing import Final, Protocol

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.probe import Probe
from digione_conformance.stages.hypothesis_shim import Bounds, Walk, search

BOUNDS: Final = Bounds(walks=1, length=7, steps=40)
_REPLAYS: Final = 3


class Observed(Walk, Protocol):
    """A walk through a target that a probe looks at."""

    @property
    def probe(self) -> Probe:
        """What the target is asked through."""
        ...


def through(walk: Observed, steps: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Walk from the start; return what is wrong and after which steps, or None."""
    walk.begin()
    for count, step in enumerate(steps, start=1):
        wrong = walk.take(step)
        if wrong:
            return wrong, steps[:count]
    return None


def gone_wrong(walk: Observed, tour: tuple[str, ...]) -> Finding | None:
    """Return what a walk finds, or None.

    Args:
        walk: Takes steps and says what is wrong after them.
        tour: A walk with every kind of step, taken first: chance must not decide which kinds are tried at all.

    Raises:
        CantTell: The same steps do not go wrong every time.
    """
    first = through(walk, tour)
    if first is not None:
        wrong, steps = first
    else:
        failure = search(walk, BOUNDS)
        if failure is None:
            return None
        wrong, steps = failure.message, failure.steps
    for _ in range(_REPLAYS):
        # It may go wrong sooner or otherwise: what a stale cache remembers, no reset undoes.
        if through(walk, steps) is None:
            raise CantTell(f"after {', '.join(steps)}: {wrong}; but not every time the same steps were taken")
    return Finding(f"after {', '.join(steps)}: {wrong}", tuple(walk.probe.exchanges[-4:]))
