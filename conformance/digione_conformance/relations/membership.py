"""Which records a view shows, computed from whole collections: strictly, and as widely as the standard can be read.

The endpoint table says what a path shows (`Endpoint.view`). The standard's words leave room: whether ended enrolments
count, whether a school's courses are those that it owns or those that it teaches. `bounds` takes it into account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.rows import Record, Rows, values_at
from digione_conformance.relations.order import Bounds, day
from digione_sdk.core.endpoints.base import Through, Via
from digione_sdk.model.oneroster import AcademicSession, Base, Class, Course, Enrollment, User

_CALENDAR: Final = "getTermsForSchool"
"""A session has no organisation, so every term may be that of every school."""


def active(record: Record) -> bool:
    """Whether a record is no tombstone."""
    return record.get("status") == "active"


def current(record: Record, today: date | None) -> bool:
    """Whether a record (begin inclusive, end exclusive) surely holds today; without today only undated ones do."""
    begin, end = record.get("beginDate"), record.get("endDate")
    if begin is None and end is None:
        return True
    first, last = day(begin) if begin else date.min, day(end) if end else date.max
    return today is not None and first is not None and last is not None and first <= today < last


def ended(record: Record, today: date | None) -> bool:
    """Whether a record (end exclusive) may be over today; without today whatever has an end may be."""
    end = record.get("endDate")
    if end is None:
        return False
    last = day(end)
    return today is None or last is None or last <= today


@dataclass(frozen=True)
class World:
    """Whole collections by model, and the day on which the target answered."""

    records: Mapping[type[Base], Sequence[Record]]
    today: date | None = None
    _index: dict[tuple[type[Base], str], Mapping[str, set[int]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _strictly: dict[tuple[str, frozenset[tuple[str, str]]], frozenset[str]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _by_id: dict[type[Base], Mapping[str, Record]] = field(default_factory=dict, compare=False, repr=False)
    _living: list[World] = field(default_factory=list, compare=False, repr=False)

    def of(self, model: type[Base]) -> Sequence[Record]:
        """Return the records of a kind; empty where the collection could not be read whole."""
        return self.records.get(model, ())

    def living(self) -> World:
        """Return the world without what was deleted; it is made once."""
        if not self._living:
            kinds = {model: [r for r in records if active(r)] for model, records in self.records.items()}
            self._living.append(World(kinds, self.today))
        return self._living[0]

    def by_id(self, model: type[Base]) -> Mapping[str, Record]:
        """Return the records of a kind by sourcedId."""
        found = self._by_id.get(model)
        if found is None:
            found = self._by_id[model] = {str(record.get("sourcedId")): record for record in self.of(model)}
        return found

    def holding(self, model: type[Base], wanted: Sequence[tuple[str, str]]) -> Sequence[Record]:
        """Return the records of a kind that hold all these values at these dotted paths, in order.

        The paths of all parents ask for the same few fields, so each field is looked through once.
        """
        if not wanted:
            return self.of(model)
        records = self.of(model)
        fewest, *others = sorted((self._at(model, name).get(value, set()) for name, value in wanted), key=len)
        return [records[position] for position in sorted(fewest.intersection(*others))]

    def _at(self, model: type[Base], name: str) -> Mapping[str, set[int]]:
        """Return for each value of a field where the records stand that hold it."""
        found = self._index.get((model, name))
        if found is None:
            places: dict[str, set[int]] = {}
            for position, record in enumerate(self.of(model)):
                for value in values_at(record, name):
                    if isinstance(value, str):
                        places.setdefault(value, set()).add(position)
            found = self._index[model, name] = places
        return found


def with_roles(records: Iterable[Record]) -> Rows:
    """Return users with `roles`, as views name them; those of 1.1 have one role, in each of their organisations."""
    return Rows({**r, "roles": list(_roles(r))} if "role" in r and "roles" not in r else r for r in records)


def _roles(record: Record) -> Iterator[Record]:
    orgs = record.get("orgs")
    for org in orgs if isinstance(orgs, list) and orgs else ({},):
        yield {"role": record["role"], "org": org}


def judgeable(endpoint: ANY_ENDPOINT, world: World) -> bool:
    """Whether the world holds every kind that decides what a path shows: what was not read whole decides nothing."""
    view = endpoint.view
    needed = {endpoint.model, *(link.model for link in (view.through, view.via) if link is not None)}
    if endpoint.is_nested and endpoint.model in {Course, User}:
        # A liberal reading reaches these by a detour.
        needed |= {Class} if endpoint.model is Course else {Enrollment}
    return needed <= world.records.keys()


def strictly(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return the ids that the endpoint table says; only active linking records count."""
    asked = (endpoint.operation_id, frozenset(path.items()))
    known = world._strictly  # noqa: SLF001 - the world's own memory, of what this function made of it
    if asked not in known:
        known[asked] = _shown(endpoint, path, world)
    return known[asked]


def _shown(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    view = endpoint.view
    if view.through is None:
        within = _below(view.via, path, world)
        shown: Iterable[Record] = _candidates(endpoint, path, world)
        if view.element is not None:
            shown = (r for r in shown if _meets(r, endpoint, path, view.element))
        return _ids(r for r in shown if view.via is None or _leads_into(r, view.via, within))
    linked = _linked(view.through, path, world, active)
    return _ids(r for r in world.holding(endpoint.model, _wanted(view.where, path)) if r.get("sourcedId") in linked)


def bounds(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> Bounds:
    """Return what the view must show and what it may show."""
    view = endpoint.view
    exact = strictly(endpoint, path, world)
    must = _ids(filter(active, world.holding(endpoint.model, (("status", "active"),)))) & exact
    if view.through is not None and view.through.model is Enrollment:
        must &= _linked(view.through, path, world, lambda e: active(e) and current(e, world.today))
    if view.element is not None:
        inside = _candidates(endpoint, path, world)
        must &= _ids(r for r in inside if _element_meets(r, endpoint, path, today=world.today))
    if endpoint.model is User and endpoint.path.startswith("/schools/{schoolSourcedId}/") and view.through is None:
        must &= _enrolled_in_school(endpoint, path, world)
    taught = _taught(endpoint, path, world)
    if taught is not None:
        must &= taught
    return Bounds(frozenset(must), exact | _wider(endpoint, path, world) | _of_near_type(endpoint, path, world))


def by_active_links(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> Bounds:
    """Return what a view shows that follows just the active links, by any of the ways that the standard leaves open."""
    exact = strictly(endpoint, path, world)
    living = world.living()
    taught, through = _taught(endpoint, path, living), endpoint.view.through
    must = exact if taught is None else exact & taught
    if through is not None and through.model is Enrollment:
        must &= _linked(through, path, living, lambda e: not ended(e, world.today))  # who has left is active nowhere
    by_detour = _detours(endpoint, path, living) if _has_detour(endpoint) else frozenset[str]()
    return Bounds(must, exact | by_detour | _of_near_type(endpoint, path, world))


def _has_detour(endpoint: ANY_ENDPOINT) -> bool:
    """Whether a view may also be read by other records than those that the endpoint table names."""
    return endpoint.view.through is None or endpoint.operation_id == _CALENDAR


def _of_near_type(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return what a view by type may show besides: a semester is a term to `Class.terms`, `ext:` is the vendor's."""
    types = {value for name, value in endpoint.view.where if name == "type"}
    if not types:
        return frozenset()
    near = {"semester"} if types == {"term"} else set()
    others = [pair for pair in _wanted(endpoint.view.where, path) if pair[0] != "type"]
    return _ids(
        record
        for record in world.of(endpoint.model)
        if (record.get("type") in near or str(record.get("type")).startswith("ext:")) and _holds(record, others)
    )


def _ids(records: Iterable[Record]) -> frozenset[str]:
    return frozenset(str(record.get("sourcedId")) for record in records)


def _filled(value: str, path: Mapping[str, str]) -> str:
    return path.get(value[1:-1], value) if value.startswith("{") else value


def _wanted(where: Iterable[tuple[str, str]], path: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, _filled(value, path)) for name, value in where]


def _equal(record: Record, where: Iterable[tuple[str, str]], path: Mapping[str, str]) -> bool:
    return _holds(record, _wanted(where, path))


def _candidates(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> Sequence[Record]:
    """Return the records that hold what a view asks for, be it in several elements where one must have all of it."""
    below = f"{endpoint.view.element}." if endpoint.view.element else ""
    return world.holding(endpoint.model, [(below + name, value) for name, value in _wanted(endpoint.view.where, path)])


def _holds(record: Record, wanted: Iterable[tuple[str, str]]) -> bool:
    for name, value in wanted:  # noqa: SIM110 - a loop: this runs for every record under every parent, all() costs twice
        if value not in values_at(record, name):
            return False
    return True


def _meets(record: Record, endpoint: ANY_ENDPOINT, path: Mapping[str, str], element: str) -> bool:
    return any(_equal(one, endpoint.view.where, path) for one in _elements(record, element))


def _element_meets(record: Record, endpoint: ANY_ENDPOINT, path: Mapping[str, str], *, today: date | None) -> bool:
    elements = _elements(record, endpoint.view.element or "")
    return any(_equal(element, endpoint.view.where, path) and current(element, today) for element in elements)


def _elements(record: Record, name: str) -> Iterator[Record]:
    values = record.get(name)
    yield from (v for v in values if isinstance(v, dict)) if isinstance(values, list) else ()


def _linked(
    through: Through, path: Mapping[str, str], world: World, counts: Callable[[Record], bool] = lambda _: True
) -> frozenset[str]:
    """Return where the linking records lead that a path asks for, and that count."""
    linking = world.holding(through.model, _wanted(through.where, path))
    link = f"{through.link}.sourcedId"
    return frozenset(str(target) for record in linking if counts(record) for target in values_at(record, link))


def _below(via: Via | None, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return the ids of the records by which a view reaches its own; deleted ones count (`Via`)."""
    return _ids(world.holding(via.model, _wanted(via.where, path))) if via is not None else frozenset()


def _leads_into(record: Record, via: Via, within: frozenset[str]) -> bool:
    return any(target in within for target in values_at(record, f"{via.link}.sourcedId"))


def _enrolled_in_school(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return who has a current enrolment in the school in the role of the view."""
    role = dict(endpoint.view.where)["role"]
    through = Through(Enrollment, "user", (("school.sourcedId", "{schoolSourcedId}"), ("role", role)))
    return _linked(through, path, world, lambda e: active(e) and current(e, world.today))


def _wider(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return what a liberal reading of the path shows besides: tombstones' links, and detours through other records."""
    through = endpoint.view.through
    if endpoint.view.via is not None:
        # `result.class` only repeats the class of the line item, yet a server may go by it.
        where = (*endpoint.view.where, *endpoint.view.via.where)
        return _ids(world.holding(endpoint.model, _wanted(where, path)))
    if through is not None and not _has_detour(endpoint):
        return _linked(through, path, world) & _ids(world.of(endpoint.model))
    return _detours(endpoint, path, world)


def _taught(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str] | None:
    """Return the courses that a school has classes of; None where a view is not about the courses of a school."""
    school = path.get("schoolSourcedId")
    if endpoint.model is not Course or not school:
        return None
    classes = world.holding(Class, (("school.sourcedId", school),))
    return frozenset(str(v) for r in classes if active(r) for v in values_at(r, "course.sourcedId"))


def _detours(endpoint: ANY_ENDPOINT, path: Mapping[str, str], world: World) -> frozenset[str]:
    """Return what belongs to a parent by way of other records: the courses of a school by its classes, and so on."""
    if endpoint.operation_id == _CALENDAR:
        return _ids(world.holding(AcademicSession, (("type", "term"),)))
    school, term = path.get("schoolSourcedId"), path.get("termSourcedId")
    if endpoint.model is Course and school:
        taught = world.holding(Class, (("school.sourcedId", school),))
        return frozenset(str(v) for r in taught for v in values_at(r, "course.sourcedId"))
    if endpoint.model is User and school:
        widest = Through(Enrollment, "user", (("school.sourcedId", school), *_role_of(endpoint)))
        return _linked(widest, path, world)
    if term:
        inside = _descendants(term, world.of(AcademicSession))
        if endpoint.model is Class:
            return _ids(r for r in world.of(Class) if inside & set(map(str, values_at(r, "terms.sourcedId"))))
        return _ids(r for r in world.of(AcademicSession) if r.get("type") == "gradingPeriod") & inside
    return frozenset()


def _role_of(endpoint: ANY_ENDPOINT) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in endpoint.view.where if pair[0] == "role")


def _descendants(root: str, sessions: Sequence[Record]) -> frozenset[str]:
    found, grown = {root}, True
    while grown:
        below = {str(s.get("sourcedId")) for s in sessions if found & set(map(str, values_at(s, "parent.sourcedId")))}
        below |= {str(c) for s in sessions if s.get("sourcedId") in found for c in values_at(s, "children.sourcedId")}
        grown = not below <= found
        found |= below
    return frozenset(found)
