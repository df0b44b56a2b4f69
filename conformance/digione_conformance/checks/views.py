"""Checks of the paths that show a part of a collection: subsets such as students, and what belongs to a parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from email.utils import parsedate_to_datetime

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, EVERY_KIND, NESTED_FAMILIES, ROSTERING, ROSTERS, Family
from digione_conformance.probing.probe import Listing, Probe, Record
from digione_conformance.relations.asking import (
    NOT_FOUND,
    NOT_OFFERED,
    SERVER_ERROR,
    answer,
    filtered,
    page_query,
    require,
    whole_of,
)
from digione_conformance.relations.membership import World, active, bounds, by_active_links, judgeable, with_roles
from digione_conformance.relations.order import alike, differing_keys
from digione_conformance.relations.parents import (
    alive,
    belong_together,
    childless,
    deserted,
    listed,
    mismatched,
    parents_of,
)
from digione_conformance.relations.sampling import model_fields
from digione_sdk.model.oneroster import Base, User
from digione_sdk.wire.filter import Clause, Predicate

_AFTER = ("OR-*-SHAPE-001", "OR-*-PAGE-004")
_PARENTS = 2


def kinds_deciding(family: Family) -> tuple[ANY_ENDPOINT, ...]:
    """Return the collections that together decide what the nested reads of a family show."""
    views = [endpoint.view for endpoint in family.nested]
    linking = [link.model for view in views for link in (view.through, view.via) if link is not None]
    return tuple(dict.fromkeys((*family.kinds, *(kind for kind in EVERY_KIND if kind.model in linking))))


def world_of(probe: Probe) -> World:
    """Return all kinds that could be read whole, and the day that the target's own Date header names."""
    listings = [probe.census(kind) for kind in kinds_deciding(probe.family) if probe.names(kind)]
    return probe.shared(("world", probe.family.name), lambda: _world(listings))


def _world(listings: Iterable[Listing]) -> World:
    dates = (_day_of(page.headers.get("date", "")) for listing in listings for page in listing.exchanges)
    records = {listing.endpoint.model: listing.records for listing in listings if listing.complete}
    if User in records:
        records[User] = with_roles(records[User])
    return World(records, next((found for found in dates if found), None))


def _day_of(header: str) -> date | None:
    try:
        return parsedate_to_datetime(header).date()
    except ValueError:
        return None


@check("OR-*-VIEW-001", after=_AFTER, of=ROSTERS)
def subsets_are_filtered_parents(probe: Probe) -> Findings:
    """schools, students, teachers, terms and gradingPeriods hold the records of their kind: all, and no other."""
    world = world_of(probe)
    for view in probe.family.views:
        shown, whole = probe.census(view), probe.census(whole_of(view))
        if not (shown.complete and whole.complete and whole.records):
            continue
        probe.examined()
        if departure := bounds(view, {}, world).departure(shown.ids):
            yield Finding(f"{view.operation_id}: {departure}", shown.exchanges)
        contents = {str(r.get("sourcedId")): r for r in whole.records}
        keys = [str(r.get("sourcedId")) for r in shown.records]
        other = sum(1 for k, r in zip(keys, shown.records, strict=True) if k in contents and not alike(r, contents[k]))
        if other:
            yield Finding(
                f"{view.operation_id}: {other} records differ from {whole.endpoint.operation_id}", shown.exchanges
            )
    require(probe, "seed organisations, users and academic sessions")


def _nested_answers(
    probe: Probe, world: World
) -> Iterator[tuple[ANY_ENDPOINT, Mapping[str, str], Listing | Finding | Exchange]]:
    """Yield each nested read with known parents and its answer; the bare exchange where it says that there is none."""
    for endpoint in (endpoint for endpoint in probe.family.nested if judgeable(endpoint, world)):
        paths = parents_of(probe, endpoint, _PARENTS, world)
        if probe.family not in ROSTERS and (empty := childless(probe, endpoint, world)):
            paths.append(empty)  # Rostering's parents are drawn from all of them, the others from those with something
        for path in paths:
            first = probe.get(endpoint, path=path, query=page_query(probe, {}))
            if first.status in NOT_OFFERED:
                yield endpoint, path, first
            else:
                yield endpoint, path, answer(probe, endpoint, {}, path=path, what="a known parent")


def _seed(probe: Probe) -> str:
    if any(probe.names(kind) for kind in ROSTERING.kinds):
        return "seed classes, courses, terms and enrolments"
    if probe.family.is_v1p1:
        return "register the client for roster.readonly too, which tells what the parents are"
    return "name [services] rostering, which tells what the parents are"


@check("OR-*-NEST-001", after=_AFTER, of=NESTED_FAMILIES)
def nested_reads_show_what_belongs_to_the_parent(probe: Probe) -> Findings:
    """A nested read holds the records that belong to its parent, and no other."""
    world = world_of(probe)
    refused: dict[str, Exchange] = {}
    offered: set[str] = set()
    for endpoint, path, answered in _nested_answers(probe, world):
        name = endpoint.operation_id
        if isinstance(answered, Exchange):
            # Below a parent that is to be deleted there may be nothing any more, and not even an empty list.
            if alive(endpoint, path, world) and listed(probe, endpoint, path):
                refused.setdefault(name, answered)
            continue
        offered.add(name)
        if isinstance(answered, Finding):
            yield answered
            continue
        probe.examined()
        if departure := bounds(endpoint, path, world).departure(answered.ids):
            yield Finding(f"{name}: {departure}", answered.exchanges)
        if retold := _retold(answered, world, _needed(probe, endpoint)):
            yield Finding(f"{name}: {retold} records differ from what their collection says", answered.exchanges)
    for endpoint in probe.family.nested:
        name = endpoint.operation_id
        if name in refused and name in offered and belong_together(endpoint):
            yield Finding.at(f"{name} answered 404 for one known parent and 200 for another", refused[name])
    absent = [name for name in refused if name not in offered]
    if absent:
        raise Untested(f"not offered for the parents that the target lists: {', '.join(absent)}")
    require(probe, _seed(probe))


def _needed(probe: Probe, endpoint: ANY_ENDPOINT) -> frozenset[str]:
    """Return the properties that every record of a list has."""
    fields = model_fields(probe.family.spoken(endpoint)).values()
    return frozenset(field.wire_name for field in fields if field.required)


def _retold(answered: Listing, world: World, needed: frozenset[str]) -> int:
    """Return how many records say otherwise than in their collection; what they may leave out is not counted."""
    known = world.by_id(answered.endpoint.model)
    pairs = [(record, known.get(str(record.get("sourcedId")), {})) for record in answered.records]
    return sum(1 for below, whole in pairs if differing_keys(below, whole) or needed & (whole.keys() - below.keys()))


_LINKED = tuple(family for family in NESTED_FAMILIES if any(read.view.through for read in family.nested))
"""Families in which some read below a parent shows what records of another kind link to."""


@check("OR-*-NEST-002", after=("OR-*-NEST-001",), of=_LINKED)
def nested_reads_follow_active_links(probe: Probe) -> Findings:
    """A nested read follows exactly the active links: a deleted enrolment enrols nobody."""
    world = world_of(probe)
    for endpoint, path, answered in _nested_answers(probe, world):
        if isinstance(answered, Listing) and alive(endpoint, path, world):
            probe.examined()
            shown = by_active_links(endpoint, path, world)
            missing, more = shown.missing(answered.ids), shown.foreign(answered.ids)
            if missing or more:
                yield Finding(
                    f"{endpoint.operation_id}: {missing} records are missing and {more} too many", answered.exchanges
                )
    if probe.family not in ROSTERS:
        yield from _links_of_the_deleted(probe, world)
    require(probe, f"offer nested reads and {_seed(probe)}")


def _links_of_the_deleted(probe: Probe, world: World) -> Findings:
    """Look at a parent to which deleted records alone link something; Rostering's parents show it as they are drawn."""
    for endpoint in probe.family.nested:
        through = endpoint.view.through
        if through is None or not judgeable(endpoint, world):
            continue
        found = deserted(endpoint, world, _deleted(probe, through.model, world))
        if found is None:
            continue
        path, alone = found
        first = probe.get(endpoint, path=path, query=page_query(probe, {}))
        # A deleted parent may be unknown.
        answered = None if first.status in NOT_OFFERED else answer(probe, endpoint, {}, path=path, what="a parent")
        probe.examined()
        if isinstance(answered, Listing) and (more := len(alone.intersection(answered.ids))):
            yield Finding(f"{endpoint.operation_id}: {more} records that only deleted records link", answered.exchanges)


def _deleted(probe: Probe, model: type[Base], world: World) -> list[Record]:
    """Return the deleted records of a kind: those of its list, and those that it shows only to who asks for them."""
    known = {str(r.get("sourcedId")): r for r in world.of(model) if not active(r)}
    kind = next((kind for kind in probe.family.kinds if kind.model is model), None)
    if kind is not None:
        told = filtered(probe, kind, Clause("status", Predicate.EQ, "tobedeleted"), every=True)
        shown = told.records if isinstance(told, Listing) else ()
        known |= {str(r.get("sourcedId")): r for r in shown if not active(r)}
    return list(known.values())


@check("OR-*-NEST-003", after=("OR-*-NEST-001",), of=NESTED_FAMILIES)
def foreign_parents_show_nothing(probe: Probe) -> Findings:
    """A class under another school, a line item under another class, and an unknown parent show no record."""
    world = world_of(probe)
    for endpoint in probe.family.nested:
        unknown = dict.fromkeys(endpoint.path_parameters, "no-such-parent-of-the-suite")
        for what, path in (("an unknown parent", unknown), ("another parent", mismatched(probe, endpoint, world))):
            if path is None:
                continue
            exchange = probe.get(endpoint, path=path, query={"limit": "3"})
            rows = exchange.json.get(endpoint.wrapper_key) if isinstance(exchange.json, dict) else None
            probe.examined()
            if rows or exchange.status >= SERVER_ERROR:
                count = len(rows) if isinstance(rows, list) else 0
                yield Finding.at(
                    f"{endpoint.operation_id} answered {exchange.status} with {count} records to {what}, expected "
                    f"{NOT_FOUND} or an empty list",
                    exchange,
                )
