"""Checks of who must not be found: pupils under a protection order (turvakielto), as a client without entitlement asks.

The ids come from `[fixtures.ids] protected` of the target file. A list of people under protection is itself worth
protecting, so only a target that holds synthetic data alone is asked about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, WRITABLE, collections, single_of
from digione_conformance.probing.probe import CORE, DEMOGRAPHICS, Probe, Record, operation, spread, total_of, values_at
from digione_conformance.relations.asking import CLASSES, ENROLLMENTS, FORBIDDEN, NOT_OFFERED, USERS, page_query, wholes
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import model_fields
from digione_sdk.model.oneroster import Demographics, User
from digione_sdk.wire.filter import Clause, Predicate

_UNKNOWN: Final = "no-such-id-of-the-suite"
_LAID: Final = "suite-result-of-a-protected-pupil"
_CLASS_STUDENTS: Final = operation("getStudentsForClass")
_MOST_CLASSES: Final = 40


def protected(probe: Probe) -> tuple[str, ...]:
    """Return the ids of people whom the client must not find.

    Raises:
        Untested: The target file names none, or the target holds data of real people.
    """
    if not probe.claims.synthetic:
        raise Untested("only a target that attests synthetic data is asked about people under protection")
    ids = probe.claims.fixture_ids.get("protected", ())
    if not ids:
        raise Untested("name pupils under protection in the target file: [fixtures.ids] protected")
    return ids


def _people() -> Iterator[ANY_ENDPOINT]:
    """Yield the collections whose records are people."""
    yield from (e for e in collections((*CORE, *DEMOGRAPHICS)) if e.model in {User, Demographics})


@check("OR-ROS-EXPO-001")
def protected_ids_are_unknown(probe: Probe) -> Findings:
    """Single reads and reads below a protected person answer as they do to an id that nobody has."""
    for key in protected(probe):
        for listed in _people():
            single = single_of(listed)
            stranger = probe.get(single, path={"sourcedId": _UNKNOWN})
            if stranger.status == FORBIDDEN:
                continue
            exchange = probe.get(single, path={"sourcedId": key})
            probe.examined()
            yield from _told_apart(single, stranger, exchange, "the id of a protected person")
        yield from _found(probe, USERS, key, "a protected person")


def _told_apart(single: ANY_ENDPOINT, stranger: Exchange, exchange: Exchange, what: str) -> Findings:
    """Yield that a single read answered otherwise than to an id that nobody has, or with something."""
    if exchange.status != stranger.status or holds_records(exchange.json):
        told = f"answered {exchange.status} to {what}, and {stranger.status} to an unknown one"
        yield Finding.at(f"{single.operation_id} {told}", stranger, exchange)


def _found(probe: Probe, listed: ANY_ENDPOINT, key: str, what: str, *, fresh: bool = False) -> Findings:
    """Yield that a filter on an id, which the client must not know of, finds or counts something."""
    query = {"filter": str(Clause("sourcedId", Predicate.EQ, key)), "limit": "1"}
    counted = probe.get(listed, query=query, fresh=fresh)
    if total_of(counted) or holds_records(counted.json):
        yield Finding.at(f"{listed.operation_id} finds or counts {what} under a filter", counted)


@check("OR-ROS-EXPO-002")
def protected_people_stand_in_no_list(probe: Probe) -> Findings:
    """No list of any kind, and no class list, holds or links a protected person."""
    ids = frozenset(protected(probe))
    for listing in wholes(probe, (*probe.family.collections, *_readable(probe))):
        yield from _shown(probe, listing.endpoint, listing.records, ids, listing.exchanges)
    for key in _classes(probe):
        page = probe.get(_CLASS_STUDENTS, path={"classSourcedId": key}, query=page_query(probe, {}))
        if page.status in NOT_OFFERED | {FORBIDDEN}:
            break
        yield from _shown(probe, _CLASS_STUDENTS, probe.records(_CLASS_STUDENTS, page), ids, (page,))


def _readable(probe: Probe) -> Iterator[ANY_ENDPOINT]:
    for listed in collections(DEMOGRAPHICS):
        if probe.get(listed, query=page_query(probe, {})).ok:
            yield listed


def _classes(probe: Probe) -> tuple[str, ...]:
    """Return the ids of some classes: of homerooms alone where every pupil belongs to one, else homerooms first."""
    listing = probe.census(CLASSES)
    ordered = sorted(listing.records, key=lambda r: (r.get("classType") != "homeroom", str(r.get("sourcedId"))))
    homerooms = [r for r in ordered if r.get("classType") == "homeroom"]
    every = len(homerooms) >= _MOST_CLASSES or _all_are_in(probe, {str(r.get("sourcedId")) for r in homerooms})
    return tuple(str(r.get("sourcedId")) for r in spread(homerooms if every else ordered, _MOST_CLASSES))


def _all_are_in(probe: Probe, classes: AbstractSet[str]) -> bool:
    """Whether every pupil who is enrolled anywhere is enrolled in one of these classes."""
    enrolments = [r for r in probe.census(ENROLLMENTS).records if r.get("role") == "student"]
    inside = (r for r in enrolments if classes & set(map(str, values_at(r, "class.sourcedId"))))
    return bool(enrolments) and _people_of(enrolments) == _people_of(inside)


def _people_of(enrolments: Iterable[Record]) -> frozenset[str]:
    return frozenset(str(person) for enrolment in enrolments for person in values_at(enrolment, "user.sourcedId"))


def _shown(
    probe: Probe, endpoint: ANY_ENDPOINT, records: Iterable[Json], ids: frozenset[str], exchanges: tuple[Exchange, ...]
) -> Findings:
    probe.examined()
    people = endpoint.model in {User, Demographics}
    if count := sum((people and record.get("sourcedId") in ids) or _links(record, ids) for record in records):
        yield Finding(f"{endpoint.operation_id}: {count} records are or link a protected person", exchanges)


def _links(value: Json, ids: frozenset[str]) -> bool:
    """Whether a link to a user with one of these ids stands anywhere in a record.

    Ids are unique within a kind only: a class may bear the id of a person, so the link's type decides.
    """
    if isinstance(value, dict):
        if "type" in value and str(value["type"]).startswith("user") and value.get("sourcedId") in ids:
            return True
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        if isinstance(part, (dict, list)) and _links(part, ids):
            return True
    return False


@check("OR-*-EXPO-002", of=WRITABLE, alone=True)
def protected_pupils_results_are_unknown(probe: Probe) -> Findings:
    """No result is or links a protected pupil's: none of the lists, and none that test control has just laid there."""
    ids = protected(probe)
    for listing in wholes(probe, probe.family.kinds):
        yield from _shown(probe, listing.endpoint, listing.records, frozenset(ids), listing.exchanges)
    results = probe.family.thorough[0]
    known = next((r for r in probe.census(results).records if isinstance(r.get("student"), dict)), None)
    if probe.claims.control_url is None or known is None:
        return
    control = probe.control
    needed = [facts.wire_name for facts in model_fields(results).values() if facts.required]
    plain = {name: known[name] for name in needed if name in known}
    laid = {**plain, "sourcedId": _LAID, "student": {**known["student"], "sourcedId": ids[0]}}
    control.upsert(results.path.strip("/"), laid)
    try:
        yield from _laid_is_unknown(probe, results)
    finally:
        control.delete(results.path.strip("/"), _LAID, purge=True)


def _laid_is_unknown(probe: Probe, results: ANY_ENDPOINT) -> Findings:
    single = single_of(results)
    stranger = probe.get(single, path={"sourcedId": _UNKNOWN})
    exchange = probe.get(single, path={"sourcedId": _LAID}, fresh=True)
    what = "the result of a protected pupil"
    yield from _told_apart(single, stranger, exchange, what)
    yield from _found(probe, results, _LAID, what, fresh=True)
