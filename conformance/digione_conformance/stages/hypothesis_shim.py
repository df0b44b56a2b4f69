"""The only place that knows hypothesis: it looks for a short sequence of steps after which something is wrong.

Walks are drawn first, and hypothesis is asked to shorten only after one of them has gone wrong: on a target that
follows its changes it would do nothing but take time, in the run and whenever its evidence is judged again.

Hypothesis is made to be the same on every machine: its own generator draws constants out of whatever modules happen to
be loaded, so choices come from a provider of ours, a plain seeded generator. It keeps no database, has no deadline, and
stops after a number of steps instead of seconds; so a recorded search can be replayed.
"""

from __future__ import annotations

import random
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.stages.leaving import leave_no_folder

_SEED: Final = 20261123
_BACKEND: Final = "digione-plain"


class Walk(Protocol):
    """Something that can be brought to its start and moved on step by step."""

    def begin(self) -> None:
        """Go back to the start."""
        ...

    def enabled(self) -> Sequence[str]:
        """Return the steps that are possible now; never empty."""
        ...

    def take(self, step: str) -> str | None:
        """Take a step; return what is wrong after it, or None."""
        ...


@dataclass(frozen=True)
class Bounds:
    """How far a search goes.

    Attributes:
        walks: Most sequences that are tried before anything is found wrong.
        length: Most steps of a sequence.
        steps: Most steps in all, those that shorten what was found included.
    """

    walks: int
    length: int
    steps: int


@dataclass(frozen=True)
class Failure:
    """The shortest sequence found after which something is wrong, and what it is."""

    steps: tuple[str, ...]
    message: str


class _Over(BaseException):
    """Ends a search from within; not an Exception, so that hypothesis does not take it for something found."""


@dataclass
class _Search:
    walk: Walk
    bounds: Bounds
    taken: int = 0
    best: Failure | None = None
    reason: Exception | None = None
    current: list[str] = field(default_factory=list)

    def guarded(self, act: Callable[[], Any]) -> Any:
        """Do something of the walk; whatever it raises ends the search."""
        try:
            return act()
        except Exception as reason:  # noqa: BLE001 - hypothesis would take it for what it looks for; `search` raises it
            self.reason = reason
            raise _Over from None

    def step(self, step: str) -> str | None:
        if self.taken == self.bounds.steps:
            raise _Over
        self.taken += 1
        self.current.append(step)
        wrong: str | None = self.guarded(lambda: self.walk.take(step))
        if wrong and (self.best is None or len(self.current) < len(self.best.steps)):
            self.best = Failure(tuple(self.current), wrong)
        return wrong


def search(walk: Walk, bounds: Bounds, *, seed: int = _SEED) -> Failure | None:
    """Return the shortest sequence found after which something is wrong, or None.

    Raises:
        CantTell: hypothesis is not installed.
        Exception: Whatever the walk raises.
    """
    chance = random.Random(seed)  # noqa: S311 - choices of a test, no secret
    taken = 0
    for _ in range(bounds.walks):
        walk.begin()
        steps: list[str] = []
        while len(steps) < bounds.length and taken < bounds.steps:
            taken += 1
            steps.append(chance.choice(walk.enabled()))
            if wrong := walk.take(steps[-1]):
                return _shortened(_Search(walk, bounds, taken, Failure(tuple(steps), wrong)), seed)
    return None


def _shortened(state: _Search, seed: int) -> Failure | None:
    bounds = state.bounds
    leave_no_folder()
    try:
        import hypothesis
        from hypothesis import stateful
    except ImportError:
        raise CantTell("the model stage needs hypothesis: pip install 'digione-sdk[conformance]'") from None
    settings = hypothesis.settings(
        max_examples=bounds.walks,
        stateful_step_count=bounds.length,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        backend=_registered(seed),
    )
    try:
        # hypothesis keeps every machine's class for ever, so the class must not keep the run that it walked.
        stateful.run_state_machine_as_test(_machine(weakref.proxy(state)), settings=settings)
    except (_Over, _Wrong):
        pass
    except hypothesis.errors.Flaky:
        raise CantTell("the same steps went wrong once and right another time") from None
    if state.reason is not None:
        raise state.reason
    return state.best


class _Wrong(AssertionError):
    """What hypothesis looks for: something is wrong after the last step."""


def _machine(state: _Search) -> Any:
    from hypothesis import stateful
    from hypothesis import strategies as st

    class Machine(stateful.RuleBasedStateMachine):
        """Takes one possible step after the other."""

        def __init__(self) -> None:
            super().__init__()
            state.current = []
            state.guarded(state.walk.begin)

        @stateful.rule(choice=st.data())
        def move(self, choice: Any) -> None:
            step = choice.draw(st.sampled_from(list(state.guarded(state.walk.enabled))))
            if state.step(step):
                raise _Wrong

    return Machine


def _registered(seed: int) -> str:
    from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider

    class Plain(PrimitiveProvider):
        """Draws from a seeded generator and from nothing else."""

        def __init__(self, conjecturedata: Any, /) -> None:
            super().__init__(conjecturedata)
            self._random = random.Random(seed)  # noqa: S311 - choices of a test, no secret

        def draw_boolean(self, p: float = 0.5) -> bool:
            return self._random.random() < p

        def draw_integer(self, min_value: int | None = None, max_value: int | None = None, **_weights: Any) -> int:
            low = min_value if min_value is not None else (max_value or 0) - 100
            return self._random.randint(low, max_value if max_value is not None else low + 100)

        def draw_float(self, *, min_value: float = 0.0, max_value: float = 1.0, **_limits: Any) -> float:
            return min(max(self._random.random(), min_value), max_value)

        def draw_string(self, intervals: Any, *, min_size: int = 0, max_size: int = 10) -> str:
            size = self._random.randint(min_size, min(max_size, min_size + 10))
            return "".join(chr(intervals[self._random.randrange(len(intervals))]) for _ in range(size))

        def draw_bytes(self, min_size: int = 0, max_size: int = 10) -> bytes:
            return self._random.randbytes(self._random.randint(min_size, min(max_size, min_size + 10)))

    name = f"{_BACKEND}-{seed}"
    AVAILABLE_PROVIDERS.setdefault(name, Plain)
    return name
