"""Checks of nested reads as questions: what is refused below an unknown parent, and what of the query is heeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from digione_conformance.checks.views import world_of
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK, NESTED_FAMILIES, RESOURCES, ROSTERS
from digione_conformance.probing.probe import Listing, Probe, Record
from digione_conformance.relations.asking import NOT_FOUND, OK, answer, page_query, refused, require
from digione_conformance.relations.membership import judgeable
from digione_conformance.relations.order import READERS, Scale, inversions, selected
from digione_conformance.relations.parents import parents_of
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import Field, halving, scalars
from digione_sdk.wire.filter import Clause, Predicate
from digione_sdk.wire.paging import links_of

_PAGED: Final = 2
"""Kinds of records whose paging below a parent is looked at: who forgets it, forgets it for all."""
_NOBODY: Final = "no-such-parent-of-the-suite"
_NOTHING: Final = Clause("sourcedId", Predicate.EQ, "no-such-id-of-the-suite")


def _offered(probe: Probe) -> Iterator[tuple[ANY_ENDPOINT, Mapping[str, str]]]:
    """Yield each nested read that the target offers, with the parent below which there is most."""
    world = world_of(probe)
    for endpoint in (endpoint for endpoint in probe.family.nested if judgeable(endpoint, world)):
        for path in parents_of(probe, endpoint, 1, world):
            if probe.get(endpoint, path=path, query=page_query(probe, {})).status == OK:
                yield endpoint, path


@check("OR-*-NEST-004", after=("OR-*-NEST-001",), of=(GRADEBOOK, RESOURCES))
def unknown_parents_are_unknown_objects(probe: Probe) -> Findings:
    """Below an unknown parent a nested read that declares 404 answers it, also where the last one alone is unknown."""
    for endpoint, known in _offered(probe):
        if NOT_FOUND not in endpoint.errors:
            continue  # Rostering's nested reads declare none, so an empty list is as good there
        *_, last = endpoint.path_parameters
        unknown = [dict.fromkeys(known, _NOBODY)]
        if len(known) > 1:
            unknown.append({**known, last: _NOBODY})
        for path in unknown:
            exchange = probe.get(endpoint, path=path, query={"limit": "3"})
            probe.examined()
            if exchange.status != NOT_FOUND or holds_records(exchange.json):
                yield Finding.at(
                    f"{endpoint.operation_id} answered {exchange.status} to an unknown parent, expected 404", exchange
                )
    require(probe, "offer nested reads and seed what belongs to a class")


@check("OR-*-NEST-005", after=("OR-*-NEST-001", "OR-*-FILT-001", "OR-*-SORT-001"), of=NESTED_FAMILIES)
def nested_reads_heed_filter_and_sort(probe: Probe) -> Findings:
    """A nested read holds what meets the filter, in the order asked for, as fields says, no more than limit says."""
    asked = set[type]()
    # Of Rostering one list of each kind that is asked most: all seventeen would cost as many requests again.
    foremost = {kind.model for kind in probe.family.thorough}
    for endpoint, path in _offered(probe):
        if probe.family in ROSTERS and (endpoint.model in asked or endpoint.model not in foremost):
            continue
        below = probe.read(endpoint, path=path)
        if below.complete and below.records:
            asked.add(endpoint.model)
            yield from _narrowed(probe, below, path)
            if len(asked) <= _PAGED:
                yield from _unbounded(probe, below, path)
    require(probe, "offer nested reads and seed parents and what belongs to them")


def _unbounded(probe: Probe, below: Listing, path: Mapping[str, str]) -> Findings:
    """Ask for the second record alone: paging below a parent is often forgotten, and every page is the whole list."""
    if len(below.ids) < 2:  # noqa: PLR2004 - one record fills any page
        return
    page = probe.get(below.endpoint, path=path, query={"limit": "1", "offset": "1"})
    probe.examined()
    if refusal := refused(below.endpoint, page, what="limit and offset below a known parent"):
        yield refusal
        return
    shown = probe.listed(below.endpoint, page)
    if len(shown) != 1:
        yield Finding.at(
            f"{below.endpoint.operation_id}: limit=1&offset=1 answered {len(shown)} of {len(below.ids)} records", page
        )
    elif not set(shown) <= set(below.ids):
        yield Finding.at(f"{below.endpoint.operation_id}: offset=1 shows what is not below the parent", page)
    else:
        yield from _led_away(probe, below, page)


def _led_away(probe: Probe, below: Listing, page: Exchange) -> Findings:
    """Yield where the next page holds what does not belong to the parent: its link was made for another list."""
    target = links_of(page.headers).get("next")
    if target is None or urlsplit(target).netloc != urlsplit(page.ask.url).netloc:
        return
    following = probe.ask(Ask("GET", target))
    if more := set(following.listed(below.endpoint.wrapper_key) or ()) - set(below.ids):
        name = below.endpoint.operation_id
        yield Finding.at(f"{name}: Link rel=next leads to {len(more)} records of another parent", page, following)


def _narrowed(probe: Probe, below: Listing, path: Mapping[str, str]) -> Findings:
    """Ask one question with both, so that whichever is not heeded shows."""
    endpoint, fields = below.endpoint, {field.name: field for field in scalars(below.endpoint)}
    clause = halving(endpoint, below.records) or _NOTHING
    meant = selected(below.records, clause, fields[clause.field].scale)
    order = _telling_order(endpoint, [r for r in below.records if r.get("sourcedId") in meant.must])
    query = {"filter": str(clause)}
    named = {"sourcedId"}
    if order is not None:
        query |= {"sort": order[0].name, "orderBy": order[1]}
        named.add(order[0].name)
    query["fields"] = ",".join(sorted(named))
    answered = answer(probe, endpoint, query, path=path, what="filter, sort and fields below a known parent")
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
        return
    if departure := meant.departure(answered.ids):
        yield Finding(f"{endpoint.operation_id}: filter on {clause.field}: {departure}", answered.exchanges)
    if more := sum(not record.keys() <= named for record in answered.records):
        yield Finding(f"{endpoint.operation_id}: {more} records have more than fields names", answered.exchanges)
    if order is not None and (wrong := _misplaced(answered.records, *order)):
        yield Finding(
            f"{endpoint.operation_id}: sort={order[0].name}&orderBy={order[1]}: {wrong} neighbours stand in the wrong "
            "order",
            answered.exchanges,
        )


def _telling_order(endpoint: ANY_ENDPOINT, records: list[Record]) -> tuple[Field, str] | None:
    """Return a field and a direction in which the records do not stand already; what is no text first."""
    for field in sorted(scalars(endpoint), key=lambda field: field.scale is Scale.TEXT):
        for direction in ("asc", "desc"):
            if _misplaced(records, field, direction):
                return field, direction
    return None


def _misplaced(records: list[Record] | tuple[Record, ...], field: Field, direction: str) -> int:
    read = READERS[field.scale]
    values = [value for record in records if (value := read(record.get(field.name))) is not None]
    return inversions(values, descending=direction == "desc")
