"""Checks of sort and orderBy: real order, both directions, nothing lost, and values that cannot be sorted by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digione_conformance.evidence.exchange import Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ROSTERS
from digione_conformance.probing.probe import Listing, Probe
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    ASSESSMENT_RESULTS,
    CATEGORIES,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    LINE_ITEMS,
    ORGS,
    RESOURCES,
    RESULTS,
    SCORE_SCALES,
    SERVER_ERROR,
    SESSIONS,
    USERS,
    answer,
    require,
    wholes,
)
from digione_conformance.relations.order import READERS, difference, inversions, number, reversed_up_to_ties
from digione_conformance.relations.sampling import Field, scalars

_TOTAL = "OR-*-PAGE-004"
_SEED = "seed records that differ in their dates and names"

_FIELDS = {
    SESSIONS: ("startDate", "title"),
    ORGS: ("name",),
    COURSES: ("title",),
    CLASSES: ("title",),
    USERS: ("familyName", "givenName"),
    ENROLLMENTS: ("beginDate",),
    CATEGORIES: ("title",),
    SCORE_SCALES: ("title",),
    LINE_ITEMS: ("dueDate", "title"),
    RESULTS: ("scoreDate", "score"),
    ASSESSMENT_LINE_ITEMS: ("title",),
    ASSESSMENT_RESULTS: ("scoreDate", "score"),
    RESOURCES: ("vendorResourceId",),
}


def _sorted(probe: Probe, listing: Listing, field: str, order: str) -> Listing | Finding:
    return answer(probe, listing.endpoint, {"sort": field, "orderBy": order}, what=f"sort={field}&orderBy={order}")


def _questions(probe: Probe, endpoints: Iterable[ANY_ENDPOINT] | None = None) -> Iterator[tuple[Listing, Field]]:
    """Yield every collection with its time of change, and every kind with a date or a name of its own."""
    for listing in wholes(probe, endpoints):
        fields = {field.name: field for field in scalars(listing.endpoint)}
        for name in (*_FIELDS.get(listing.endpoint, ()), "dateLastModified"):
            yield listing, fields[name]


@check("OR-*-SORT-001", after=(_TOTAL,))
def sort_puts_records_in_order(probe: Probe) -> Findings:
    """`sort` orders both ways: dates by time, numbers by size, words by letters, and no record is lost or added."""
    for listing, field in _questions(probe):
        for order in ("asc", "desc") if listing.endpoint in probe.family.kinds else ("desc",):
            answered = _sorted(probe, listing, field.name, order)
            if isinstance(answered, Finding):
                yield answered
                continue
            read = READERS[field.scale]
            values = [value for told in answered.column(field.name) if (value := read(told)) is not None]
            probe.examined(len(set(values)) > 1)
            if wrong := inversions(values, descending=order == "desc"):
                yield Finding(
                    f"{listing.endpoint.operation_id}: sort={field.name}&orderBy={order}: {wrong} of {len(values)} "
                    f"neighbours stand in the wrong order",
                    answered.exchanges,
                )
            if apart := difference(answered.ids, listing.ids):
                yield Finding(
                    f"{listing.endpoint.operation_id}: sort={field.name}: {apart} records are lost or added",
                    answered.exchanges,
                )
    for listing in wholes(probe, probe.family.kinds):
        yield from _kept(probe, listing)
    require(probe, _SEED)


def _kept(probe: Probe, listing: Listing) -> Findings:
    """Yield where sorting by a field that some records lack loses them; where they stand is the server's choice."""
    holding = {field: sum(field.name in r for r in listing.records) for field in scalars(listing.endpoint)}
    partly = [field for field, count in holding.items() if 0 < count < len(listing.ids)]
    # One that is asked about anyway tells as much as any other.
    asked = [field for field in partly if field.name in _FIELDS.get(listing.endpoint, ())]
    for field in (asked or partly)[:1]:
        answered = _sorted(
            probe, listing, field.name, "desc" if listing.endpoint in probe.family.thorough[::2] else "asc"
        )
        probe.examined()
        if isinstance(answered, Finding):
            yield answered
        elif apart := difference(answered.ids, listing.ids):
            yield Finding(
                f"{listing.endpoint.operation_id}: sort={field.name}, which some records lack: {apart} records are "
                f"lost or added",
                answered.exchanges,
            )


def _as_told(value: Json) -> str:
    """Return a value as text, numbers in one form: `8` and `8.0` tie, and may stand in any order."""
    found = number(value)
    return str(value) if found is None else str(found.normalize())


@check("OR-*-SORT-002", after=(_TOTAL,))
def descending_is_ascending_backwards(probe: Probe) -> Findings:
    """`orderBy=desc` gives the values of `orderBy=asc` backwards; records that tie may stand in any order."""
    for listing, field in _questions(probe, probe.family.kinds):
        answers = [_sorted(probe, listing, field.name, order) for order in ("asc", "desc")]
        columns = [[_as_told(value) for value in a.column(field.name)] for a in answers if isinstance(a, Listing)]
        if len(columns) < 2 or len(set(columns[0])) < 2:  # noqa: PLR2004 - two directions, two values
            continue
        probe.examined()
        if not reversed_up_to_ties(*columns):
            exchanges = tuple(e for a in answers if isinstance(a, Listing) for e in a.exchanges)
            yield Finding(f"{listing.endpoint.operation_id}: sort={field.name}: desc is not asc backwards", exchanges)
    require(probe, _SEED)


@check("OR-*-SORT-003", after=("OR-*-SORT-001",), of=ROSTERS)
def words_sort_by_code_point(probe: Probe) -> Findings:
    """Names sort in Unicode order, letters outside ASCII after `z`."""
    for listing in wholes(probe, (USERS,)):
        answered = _sorted(probe, listing, "familyName", "asc")
        if isinstance(answered, Finding):
            continue
        # Only words are compared: how spaces and hyphens sort is another question.
        words = [name for name in answered.column("familyName") if str(name).isalpha() and name.istitle()]
        if any(not word.isascii() for word in words):
            probe.examined()
            if wrong := inversions(words):
                yield Finding(
                    f"{listing.endpoint.operation_id}: sort=familyName: {wrong} of {len(words)} neighbours are not in "
                    f"Unicode order",
                    answered.exchanges,
                )
    require(probe, "seed users whose family names begin with å, ä or ö")


@check("OR-*-SORT-004")
def unsortable_values_are_no_server_error(probe: Probe) -> Findings:
    """An unknown sort field, or an orderBy that is neither asc nor desc, gives 200 or 400, never a server error."""
    for endpoint in probe.family.kinds:
        for query in ({"sort": "noSuchField"}, {"sort": "sourcedId", "orderBy": "sideways"}):
            exchange = probe.get(endpoint, query={**query, "limit": "2"})
            probe.examined()
            if exchange.status not in {200, 400}:
                kind = "an unknown orderBy" if "orderBy" in query else "an unknown sort field"
                verb = "failed with" if exchange.status >= SERVER_ERROR else "answered"
                yield Finding.at(f"{endpoint.operation_id} {verb} {exchange.status} on {kind}", exchange)
