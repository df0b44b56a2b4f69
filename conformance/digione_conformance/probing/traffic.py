"""What a check of a consumer may know: the requests that the reference server saw, lists as they were read, states.

Everything here comes from one record; a check of a consumer asks nothing else, so its verdict is a pure function of it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.observed import RECORD, events, shown
from digione_conformance.probing.probe import Probe
from digione_sdk.core.endpoints import SERVICES
from digione_sdk.specs import specs_root

_BASES: Final = tuple(f"{service.base_path}/" for service in SERVICES)
_DISCOVERY: Final = "/discovery/"
_OK: Final = 200
_PROBE_LIMIT: Final = 1
"""A list asked for with no more than one row is looked at, not read."""
_PAGING: Final = frozenset({"limit", "offset", "cursor"})


@dataclass(frozen=True)
class Seen:
    """One request that a client made, and its answer.

    Attributes:
        exchange: As reports show it.
        event: As the record has it; `specs/consumer/traffic-1.json` says what each member means.
    """

    exchange: Exchange
    event: Mapping[str, Json]

    @property
    def scenario(self) -> str:
        """Where it was made."""
        return str(self.event["scenario"])

    @property
    def step(self) -> int:
        """At which step of the scenario."""
        return int(self.event["step"])

    @property
    def began(self) -> float:
        """When it arrived, in seconds since the record began."""
        return float(self.event["began"])

    @property
    def ended(self) -> float:
        """When it was answered, on the same clock."""
        return float(self.event["at"])

    @property
    def path(self) -> str:
        """Template of its path."""
        return str(self.event["path"])

    @property
    def status(self) -> int:
        """Status of the answer."""
        return int(self.event["status"])

    @property
    def twist(self) -> str | None:
        """What the scenario did to it."""
        return self.event.get("twist")

    @property
    def query(self) -> Mapping[str, Json]:
        """Its query, as the record keeps it."""
        query: Mapping[str, Json] = self.event["query"]
        return query

    @property
    def token_request(self) -> Mapping[str, Json] | None:
        """What it told the token endpoint; None for other requests."""
        return self.event.get("token_request")

    @property
    def is_read(self) -> bool:
        """Whether it reads a service."""
        return self.event["method"] in {"GET", "HEAD"} and self.path.startswith(_BASES) and _DISCOVERY not in self.path

    @cached_property
    def place(self) -> str:
        """The list or object that it is about: path, parent and all of the query but the paging."""
        rest = {name: value for name, value in self.query.items() if name not in _PAGING}
        return json.dumps([self.path, self.event.get("below"), rest], sort_keys=True)

    @cached_property
    def page(self) -> str:
        """The very page that it asks for."""
        return json.dumps([self.place, self.query.get("limit"), self.query.get("offset"), self.query.get("cursor")])

    @property
    def offset(self) -> int | None:
        """Where its page begins; None where that is not said in numbers."""
        text = str(self.query.get("offset", "0"))
        return None if "cursor" in self.query or not text.isdigit() else int(text)

    @property
    def since(self) -> datetime | None:
        """The instant after which changes are asked for."""
        for clause in self.clauses:
            if clause["field"] == "dateLastModified" and clause["predicate"] in {">", ">="} and clause["value"] != "?":
                return instant(clause["value"])
        return None

    @property
    def clauses(self) -> tuple[Mapping[str, str], ...]:
        """Clauses of its filter."""
        return tuple(self.query.get("filter", {}).get("clauses", ()))


@dataclass(frozen=True)
class Reading:
    """A list as a client read it: every answered page of one place within one step."""

    asked: tuple[Seen, ...]

    @cached_property
    def pages(self) -> tuple[Seen, ...]:
        """The pages that arrived with rows, in the order in which they were asked for."""
        return tuple(sorted((s for s in self.asked if s.event.get("rows") is not None), key=lambda seen: seen.began))

    @property
    def is_look(self) -> bool:
        """Whether it was only looked at: the first row, or the total."""
        limits = [str(seen.query.get("limit", "")) for seen in self.asked]
        return all(limit.isdigit() and int(limit) <= _PROBE_LIMIT for limit in limits)

    @property
    def is_long(self) -> bool:
        """Whether it takes more than one page."""
        first = next((seen for seen in self.pages if seen.offset == 0), None)
        if first is None:
            return bool(self.pages)
        total = first.event.get("total")
        return bool(first.event.get("next")) or (total is not None and total > first.event["rows"])

    @cached_property
    def whole(self) -> bool:
        """Whether all of it was read: to its total where one was announced, else to the page that links no further."""
        if not self.pages:
            return False
        if any(seen.offset is None for seen in self.pages):
            return self.pages[-1].event.get("next") is False
        end = self._contiguous_end()
        totals = [seen.event["total"] for seen in self.pages if seen.event.get("total") is not None]
        if totals:
            return bool(end >= max(totals))
        return any(
            seen.event.get("next") is False or seen.event["rows"] == 0
            for seen in self.pages
            if (seen.offset or 0) + seen.event["rows"] >= end
        )

    def _contiguous_end(self) -> int:
        end = 0
        for start, stop in sorted(((seen.offset or 0), (seen.offset or 0) + seen.event["rows"]) for seen in self.pages):
            if start > end:
                break
            end = max(end, stop)
        return end


@dataclass(frozen=True)
class Traffic:
    """A whole record; what was recorded of a scenario before it was started over does not count.

    Attributes:
        requests: Everything that the client asked, in the order in which it was answered.
        steps: What the server did before each step, by (scenario, step): its `changed` and `holds`.
        states: What the client told of itself after a step, with the line that says so.
        state_told: Whether the vendor let the client tell its state.
    """

    requests: tuple[Seen, ...]
    steps: Mapping[tuple[str, int], Mapping[str, Json]]
    states: Mapping[tuple[str, int], tuple[Mapping[str, Json], Exchange]]
    state_told: bool

    def of(self, scenario: str, step: int | None = None) -> tuple[Seen, ...]:
        """Return the requests of a scenario, or of one step of it."""
        return tuple(s for s in self.requests if s.scenario == scenario and step in {None, s.step})

    def reads(self, scenario: str | None = None, step: int | None = None) -> tuple[Seen, ...]:
        """Return the reads of a service."""
        within = self.requests if scenario is None else self.of(scenario, step)
        return tuple(seen for seen in within if seen.is_read)

    def readings(self, scenario: str, step: int = 1) -> tuple[Reading, ...]:
        """Return the lists that were read in a step, those apart that were only looked at."""
        found: dict[str, list[Seen]] = {}
        for seen in self.reads(scenario, step):
            found.setdefault(seen.place, []).append(seen)
        readings = [Reading(tuple(group)) for group in found.values() if any("rows" in seen.event for seen in group)]
        return tuple(reading for reading in readings if not reading.is_look)

    def reach(self, scenario: str, step: int = 1) -> frozenset[str]:
        """Return the templates of all that was read successfully in a step."""
        return frozenset(seen.path for seen in self.reads(scenario, step) if seen.status == _OK)

    def require(self, scenario: str, step: int = 1) -> None:
        """Refuse to judge by a scenario that the client did not go through.

        Raises:
            Untested: It read nothing there.
        """
        if not self.reads(scenario, step):
            raise Untested(f"the client read nothing in scenario {scenario}, step {step}: go through it")

    def state(self, scenario: str, step: int) -> tuple[Mapping[str, Json], Exchange]:
        """Return what the client told of itself after a step, and the line that says so.

        Raises:
            Untested: It told nothing.
        """
        found = self.states.get((scenario, step))
        if found is None:
            raise Untested(
                f"no state is known after scenario {scenario}, step {step}: give digione consumer serve a "
                "--state-command, and say when the step is done"
            )
        event, exchange = found
        if "holds" not in event:
            raise Untested(f"the state after scenario {scenario}, step {step} was not told: {event.get('trouble')}")
        holds: Mapping[str, Json] = event["holds"]
        return holds, exchange


def traffic(probe: Probe) -> Traffic:
    """Return what the reference server recorded of the client.

    Raises:
        Untested: There is no record: a provider is judged, or nobody recorded.
    """
    record = probe.remembered(RECORD)
    return probe.shared(("traffic",), lambda: _traffic(events(record)))


def gone_through(record: Exchange) -> tuple[str, ...]:
    """Return the scenarios in every step of which a client read something."""
    known = _traffic(events(record))
    return tuple(
        scenario
        for scenario, steps in scenario_steps().items()
        if all(known.reads(scenario, step) for step in range(1, steps + 1))
    )


@cache
def scenario_steps() -> Mapping[str, int]:
    """Return how many steps each scenario has."""
    text = (specs_root() / "consumer" / "scenarios.toml").read_text(encoding="utf-8")
    return {scenario["id"]: len(scenario["step"]) for scenario in tomllib.loads(text)["scenario"]}


def witnessed(probe: Probe, seen: Iterable[Seen], *, most: int = 3) -> None:
    """Say that requests were looked at; the first of them become the evidence of a pass."""
    looked_at = list(seen)
    probe.examined(len(looked_at))
    probe.exchanges.extend(each.exchange for each in looked_at[:most])


def instant(text: str) -> datetime | None:
    """Return an instant or date of a filter, in UTC where no zone is given; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else datetime.fromisoformat(f"{moment.isoformat()}+00:00")


def _traffic(record: tuple[Mapping[str, Json], ...]) -> Traffic:
    url = str(record[0].get("url", ""))
    requests: list[Seen] = []
    steps: dict[tuple[str, int], Mapping[str, Json]] = {}
    states: dict[tuple[str, int], tuple[Mapping[str, Json], Exchange]] = {}
    for number, event in enumerate(record, start=1):
        kind = event["event"]
        if kind == "request":
            requests.append(Seen(shown(number, event, url=url), event))
        elif kind == "step":
            steps[event["scenario"], event["step"]] = event
        elif kind == "state":
            states[event["scenario"], event["step"]] = (event, shown(number, event, url=url))
        elif kind == "again":
            name = event["scenario"]
            requests = [seen for seen in requests if seen.scenario != name]
            steps = {key: value for key, value in steps.items() if key[0] != name}
            states = {key: value for key, value in states.items() if key[0] != name}
    return Traffic(tuple(requests), steps, states, bool(record[0].get("state_told")))
