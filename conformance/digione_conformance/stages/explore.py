"""The explore stage: odd combinations of good questions, for what no check thought of. Advisory: it decides nothing.

A question is built step by step out of the target's own values, and every answer is held against the target's own
answers to the parts: AND is the intersection, OR the union, a page a slice, a projection a subset. What does not fit is
reported only where it does not fit three times more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from digione_conformance.catalogue.undecided import Undecided
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import ANY_ENDPOINT, EVERYWHERE, Family
from digione_conformance.probing.probe import Probe, spread, total_of
from digione_conformance.relations.asking import BAD_REQUEST, OK, SERVER_ERROR
from digione_conformance.relations.sampling import equalities, scalars
from digione_conformance.stages.hypothesis_shim import Bounds, search
from digione_sdk.wire.filter import Clause

NAME: Final = "explore"
SEED: Final = 20261123
_BOUNDS: Final = Bounds(walks=5, length=6, steps=30)
_REPLAYS: Final = 3
_CLAUSES: Final = 5
_FIELDS: Final = 4


@dataclass
class Question:
    """A question that grows: up to two clauses, a sort, a window, a choice of fields.

    Attributes:
        probe: Asks the target.
        endpoint: The collection that is asked.
        clauses: Clauses to choose from, made of the target's own values.
        names: Fields to sort by and to choose.
        repeated: Whether answers are asked for anew, for a replay.
    """

    probe: Probe
    endpoint: ANY_ENDPOINT
    clauses: tuple[Clause, ...]
    names: tuple[str, ...]
    repeated: bool = False
    chosen: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Ask for everything."""
        self.chosen = {}

    def enabled(self) -> list[str]:
        """Return what can be added or changed; clauses and fields by position, for values are nobody's business."""
        steps = [f"{name} {place}" for name in ("first", "second") for place in range(len(self.clauses))]
        steps += [f"{name} {place}" for name in ("sort", "fields") for place in range(len(self.names))]
        return [*steps, "join OR", "join AND", "orderBy desc", "limit 1", "limit 7", "offset 1", "offset 5"]

    def take(self, step: str) -> str | None:
        """Add something, ask, and say what does not fit, or None."""
        name, _, value = step.partition(" ")
        self.chosen[name] = value
        return self.wrong()

    def through(self, steps: tuple[str, ...]) -> str | None:
        """Ask the grown question once more, anew, and say what does not fit."""
        self.begin()
        for step in steps:
            name, _, value = step.partition(" ")
            self.chosen[name] = value
        return self.wrong()

    def wrong(self) -> str | None:
        """Hold the answer against the answers to its parts."""
        query = {**self._filter(), **self._rest()}
        exchange = self.probe.get(self.endpoint, query=query, fresh=self.repeated)
        if exchange.status >= SERVER_ERROR:
            return f"answered {exchange.status}"
        if exchange.status != OK:
            return None if exchange.status == BAD_REQUEST else f"answered {exchange.status}, expected 200 or 400"
        rows = self.probe.records(self.endpoint, exchange)
        whole = self.probe.read(self.endpoint, query=self._filter())
        if not whole.complete:
            return None
        limit, offset, total = query.get("limit"), int(query.get("offset", "0")), total_of(exchange)
        most = max(0, len(whole.records) - offset)
        if len(rows) > (most if limit is None else min(most, int(limit))):
            return f"{len(rows)} records at offset {offset}, limit {limit}, of {len(whole.records)}"
        if total is not None and total != len(whole.records):
            return f"X-Total-Count is {total}, the same filter has {len(whole.records)} records"
        if "fields" in query and any(set(row) - {query["fields"], "sourcedId"} for row in rows):
            return "properties came that were not asked for"
        return self._joined(set(whole.ids))

    def _joined(self, found: set[str]) -> str | None:
        parts = self._parts()
        if len(parts) != 2:  # noqa: PLR2004 - a logical operator joins two
            return None
        left, right = (set(self.probe.read(self.endpoint, query={"filter": str(part)}).ids) for part in parts)
        expected = left | right if self.chosen.get("join") == "OR" else left & right
        return None if found == expected else f"{len(found)} records under two clauses, {len(expected)} expected"

    def _parts(self) -> list[Clause]:
        places = dict.fromkeys(self.chosen[name] for name in ("first", "second") if name in self.chosen)
        return [self.clauses[int(place)] for place in places]

    def _filter(self) -> Mapping[str, str]:
        joint = f" {self.chosen.get('join', 'AND')} "
        return {"filter": joint.join(map(str, self._parts()))} if self._parts() else {}

    def _rest(self) -> dict[str, str]:
        rest: dict[str, str] = {}
        for name, value in self.chosen.items():
            if name in {"sort", "fields"}:
                rest[name] = self.names[int(value)]
            elif name in {"limit", "offset", "orderBy"}:
                rest[name] = value
        return rest


def explored(probe: Probe, *, seed: int = SEED) -> Iterator[Finding]:
    """Yield what does not fit in every collection, at most one finding each; what cannot be asked is left out.

    Args:
        probe: Asks the target, all services that its file names.
        seed: Another seed asks other questions.
    """
    for family in EVERYWHERE:
        if probe.claims.base_of(family.service) is not None:
            yield from _of_family(probe.within(family), family, seed)


def _of_family(probe: Probe, family: Family, seed: int) -> Iterator[Finding]:
    for endpoint in map(family.spoken, family.kinds):
        try:
            found = _found(probe, endpoint, seed)
        except Undecided:
            continue  # advisory: what a busy or odd target does not answer is no news
        if found is not None:
            yield found


def _found(probe: Probe, endpoint: ANY_ENDPOINT, seed: int) -> Finding | None:
    records = probe.census(endpoint).records
    clauses = spread([clause for clause, _ in equalities(endpoint, records)], _CLAUSES)
    names = spread([f.name for f in scalars(endpoint) if any(f.name in row for row in records)], _FIELDS)
    if not clauses or not names:
        return None
    question = Question(probe, endpoint, clauses, names)
    failure = search(question, _BOUNDS, seed=seed)
    if failure is None:
        return None
    question.repeated = True
    if any(question.through(failure.steps) != failure.message for _ in range(_REPLAYS)):
        return None  # gone, or wrong in another way each time: nothing that somebody could look into
    kinds = ", ".join(dict.fromkeys(step.partition(" ")[0] for step in failure.steps))
    return Finding.at(
        f"{endpoint.operation_id} of {endpoint.service.title} with {kinds}: {failure.message}", *probe.exchanges[-1:]
    )
