"""Which parents of a nested path are worth asking about: those with much below them, and one whose parts disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from digione_conformance.probing.family import ANY_ENDPOINT, EVERY_KIND, FAMILIES
from digione_conformance.probing.probe import Probe, Record, spread, values_at
from digione_conformance.relations.asking import whole_of
from digione_conformance.relations.membership import World, active, bounds, judgeable, strictly
from digione_sdk.core.endpoints.base import Service
from digione_sdk.model.oneroster import Base, Class, User

_CANDIDATES: Final = 8
_MOST_LOOKED_AT: Final = 200
_BY_PATH: Final = {endpoint.path: endpoint for family in FAMILIES for endpoint in family.collections}


def parent_collections(endpoint: ANY_ENDPOINT) -> dict[str, ANY_ENDPOINT]:
    """Return for each path parameter the collection whose ids it takes: the segment before it."""
    parts = endpoint.path.split("/")
    return {part[1:-1]: _BY_PATH[f"/{parts[at - 1]}"] for at, part in enumerate(parts) if part.startswith("{")}


def belong_together(endpoint: ANY_ENDPOINT) -> bool:
    """Whether parents that records name are parents for certain: a pupil who has a result may have left the class."""
    parents = parent_collections(endpoint).values()
    return len(parents) == 1 or all(parent.model is not User for parent in parents)


def _candidates(probe: Probe, endpoint: ANY_ENDPOINT, auth: str) -> Iterator[Mapping[str, str]]:
    parents = parent_collections(endpoint)
    if endpoint.view.via is not None or whole_of(endpoint).service is not parents_service(parents):
        yield from _of_records(probe, endpoint, auth)
        return
    *outer, (inner, collection) = parents.items()
    for record in spread(_known(probe, collection, auth), _CANDIDATES):
        key = record.get("sourcedId")
        # A class inside a school is asked for under its own school.
        owner = dict.fromkeys((name for name, _ in outer), next(iter(values_at(record, "school.sourcedId")), None))
        if isinstance(key, str) and all(isinstance(value, str) for value in owner.values()):
            yield {**{name: str(value) for name, value in owner.items()}, inner: key}


def parents_service(parents: Mapping[str, ANY_ENDPOINT]) -> Service:
    """Return the service that lists the first parent."""
    return next(iter(parents.values())).service


def _known(probe: Probe, kind: ANY_ENDPOINT, auth: str) -> tuple[Record, ...]:
    """Return the records of a kind; none where the target file does not name the service that lists them."""
    return probe.census(kind, auth=auth).records if probe.names(kind) else ()


def _of_records(probe: Probe, endpoint: ANY_ENDPOINT, auth: str) -> Iterator[Mapping[str, str]]:
    """Yield the parents that records name, for most classes have no results and most users no resources."""
    view = endpoint.view
    if view.through is not None:
        linking = _known(probe, _kind_of(view.through.model), auth)
        # What a deleted class was linked to is nobody's any more, and whether it is still a parent is left open.
        links = f"{view.through.link}.sourcedId"
        found = [_filled(r, view.through.where) for r in linking if active(r) and values_at(r, links)]
    elif view.via is not None:
        above = {str(r.get("sourcedId")): r for r in _known(probe, _kind_of(view.via.model), auth)}
        found = []
        for record in _known(probe, whole_of(endpoint), auth):
            key = next(iter(values_at(record, f"{view.via.link}.sourcedId")), None)
            found.append(_filled(record, view.where) | _filled(above.get(str(key), {}), view.via.where))
    else:
        found = [_filled(record, view.where) for record in _known(probe, whole_of(endpoint), auth)]
    distinct = {tuple(sorted(path.items())): path for path in found if path.keys() == set(endpoint.path_parameters)}
    yield from spread(list(distinct.values()), _CANDIDATES)


def _kind_of(model: type[Base]) -> ANY_ENDPOINT:
    return next(kind for kind in EVERY_KIND if kind.model is model)


def _filled(record: Record, where: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the path parameters that a record fills: those whose place in the record holds a value."""
    named = ((value[1:-1], next(iter(values_at(record, path)), None)) for path, value in where)
    return {name: value for name, value in named if isinstance(value, str)}


def parents_of(
    probe: Probe, endpoint: ANY_ENDPOINT, count: int, world: World | None = None, *, auth: str = "a"
) -> list[Mapping[str, str]]:
    """Return path parameters for up to `count` parents; with a world, those that show the most come first.

    None are returned where only a service that the target file does not name could tell them.
    """
    candidates = list(_candidates(probe, endpoint, auth))
    if world is not None:
        # The size and then the id decide, so that every run asks the same.
        candidates.sort(key=lambda path: (-len(strictly(endpoint, path, world)), sorted(path.values())))
        last = [path for path in candidates[1:] if _is_named_behind(endpoint, path, world)] or candidates[-1:]
        candidates = [*candidates[: max(1, count - 1)], *last[:1]]
    return candidates[:count]


def _is_named_behind(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> bool:
    """Whether some record names the parent in a list, behind another: a server may look at the first alone."""
    within = f"{endpoint.view.element}." if endpoint.view.element else ""
    asked = [(within + name, path.get(value[1:-1])) for name, value in endpoint.view.where if value.startswith("{")]
    return any(
        key in [*values_at(record, name)][1:]
        for name, key in asked
        for record in world.holding(endpoint.model, [(name, key)] if key else [])
    )


def alive(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> bool:
    """Whether no parent that a path names is marked for deletion: what is shown below one that is, is nowhere said."""
    kinds = parent_collections(endpoint)
    named = (world.by_id(kinds[name].model).get(key) for name, key in path.items())
    return all(active(record) for record in named if record is not None)


def listed(probe: Probe, endpoint: ANY_ENDPOINT, path: Mapping[str, str]) -> bool:
    """Whether the parents that a path names are in the lists that its segments name, as far as these can be read whole.

    A school whose type is a word of the vendor's own need not stand in the list of schools, nor below its segment.
    """
    lists = ((path[name], kind) for name, kind in parent_collections(endpoint).items() if probe.names(kind))
    return all(key in probe.census(kind).ids for key, kind in lists if probe.census(kind).complete)


def childless(probe: Probe, endpoint: ANY_ENDPOINT, world: World) -> Mapping[str, str] | None:
    """Return an active parent below which nothing can stand; None where each has something, or there are two parents.

    Whoever is named by records has something: who is not must be looked for.
    """
    ((name, collection), *others) = parent_collections(endpoint).items()
    if others or not probe.names(collection):
        return None
    for record in filter(active, spread(probe.census(collection).records, _MOST_LOOKED_AT)):
        path = {name: str(record.get("sourcedId"))}
        if not bounds(endpoint, path, world).may:
            return path
    return None


def deserted(
    endpoint: ANY_ENDPOINT, world: World, deleted: Sequence[Record]
) -> tuple[Mapping[str, str], frozenset[str]] | None:
    """Return a parent to which deleted records alone link something, and the ids of that; None where there is none.

    Args:
        endpoint: A nested read that goes through linking records.
        world: Whole collections.
        deleted: Deleted records of the linking kind, also those that its list does not show.
    """
    through = endpoint.view.through
    if through is None:
        return None
    known = world.by_id(endpoint.model).keys()
    for record in spread(deleted, _MOST_LOOKED_AT):
        path = _filled(record, through.where)
        links = known & {str(value) for value in values_at(record, f"{through.link}.sourcedId")}
        if path.keys() != set(endpoint.path_parameters):
            continue
        # A parent that is deleted itself tells nothing of who else links, unless nobody but parents does.
        apart = through.model not in {kind.model for kind in parent_collections(endpoint).values()}
        if apart and not alive(endpoint, path, world):
            continue
        if alone := links - strictly(endpoint, path, world):
            return path, frozenset(alone)
    return None


def mismatched(probe: Probe, endpoint: ANY_ENDPOINT, world: World) -> Mapping[str, str] | None:
    """Return a parent under one that is not its own: a class under another school, a line item under another class.

    None where the path has one parent or the target knows no other.
    """
    parents = parent_collections(endpoint)
    if set(parents) == {"classSourcedId", "lineItemSourcedId"}:
        return _line_item_elsewhere(probe, endpoint, world)
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


def _line_item_elsewhere(probe: Probe, endpoint: ANY_ENDPOINT, world: World) -> Mapping[str, str] | None:
    """Return a line item with results under a class in which it has none."""
    found = parents_of(probe, endpoint, _CANDIDATES, world) if judgeable(endpoint, world) else []
    for path in found:
        for other in found:
            apart = {**path, "classSourcedId": other["classSourcedId"]}
            if strictly(endpoint, path, world) and not bounds(endpoint, apart, world).may:
                return apart
    return None
