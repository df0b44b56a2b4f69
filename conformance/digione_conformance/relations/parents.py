"""Which parents of a nested path are worth asking about: those with much below them, and one whose parts disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from digione_conformance.probing.probe import ANY_ENDPOINT, CORE, Probe, collections, spread, values_at
from digione_conformance.relations.membership import World, judgeable, strictly
from digione_sdk.model.oneroster import Class

_CANDIDATES: Final = 8
_BY_PATH: Final = {endpoint.path: endpoint for endpoint in collections(CORE)}


def parent_collections(endpoint: ANY_ENDPOINT) -> dict[str, ANY_ENDPOINT]:
    """Return for each path parameter the collection whose ids it takes: the segment before it."""
    parts = endpoint.path.split("/")
    return {part[1:-1]: _BY_PATH[f"/{parts[at - 1]}"] for at, part in enumerate(parts) if part.startswith("{")}


def _candidates(probe: Probe, endpoint: ANY_ENDPOINT) -> Iterator[Mapping[str, str]]:
    parents = parent_collections(endpoint)
    *outer, (inner, collection) = parents.items()
    for record in spread(probe.census(collection).records, _CANDIDATES):
        key = record.get("sourcedId")
        # A class inside a school is asked for under its own school.
        owner = dict.fromkeys((name for name, _ in outer), next(iter(values_at(record, "school.sourcedId")), None))
        if isinstance(key, str) and all(isinstance(value, str) for value in owner.values()):
            yield {**{name: str(value) for name, value in owner.items()}, inner: key}


def parents_of(probe: Probe, endpoint: ANY_ENDPOINT, count: int, world: World | None = None) -> list[Mapping[str, str]]:
    """Return path parameters for up to `count` parents; with a world, those that show the most come first."""
    candidates = list(_candidates(probe, endpoint))
    if world is not None:
        # The size and then the id decide, so that every run asks the same.
        candidates.sort(key=lambda path: (-len(strictly(endpoint, path, world)), sorted(path.values())))
        candidates = [*candidates[: max(1, count - 1)], *candidates[-1:]]
    return candidates[:count]


def mismatched(probe: Probe, endpoint: ANY_ENDPOINT, world: World) -> Mapping[str, str] | None:
    """Return a class under a school not its own; None where the path has one parent or the target one school."""
    parents = parent_collections(endpoint)
    if set(parents) != {"schoolSourcedId", "classSourcedId"}:
        return None
    schools = probe.census(parents["schoolSourcedId"]).ids
    for record in spread(world.of(Class), _CANDIDATES) if judgeable(endpoint, world) else ():
        own = values_at(record, "school.sourcedId")
        other = next((school for school in schools if school not in own), None)
        path = {"schoolSourcedId": str(next(iter(own), "")), "classSourcedId": str(record.get("sourcedId"))}
        if other and strictly(endpoint, path, world):
            return {**path, "schoolSourcedId": other}
    return None
