"""Checks of fields: a projection of the whole object, the same records, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from digione_conformance.checks.errors import pupils_alone
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, FAMILIES, ROSTERS, single_of
from digione_conformance.probing.probe import Listing, Probe, Record
from digione_conformance.relations.asking import BAD_REQUEST, NOT_FOUND, USERS, answer, page_query, require, wholes
from digione_conformance.relations.order import READERS, Scale, alike, canonical, difference, inversions
from digione_conformance.relations.payload import holds_records, reasons, silent
from digione_conformance.relations.sampling import NO_FIELD, halving, model_fields, names_unknown, scalars

_TOTAL = "OR-*-PAGE-004"
_SEED = "seed at least one record of each kind"


def _selections(endpoint: ANY_ENDPOINT) -> tuple[tuple[str, ...], ...]:
    """Return the fields to ask for: all but two of the required ones without sourcedId, and one object or array."""
    facts = list(model_fields(endpoint).values())
    required = [f.wire_name for f in facts if f.required and f.wire_name != "sourcedId"]
    structured = [f.wire_name for f in facts if (f.many or f.record is not None) and f.wire_name != "metadata"]
    return tuple(filter(None, (tuple(required[1:]), ("sourcedId", *structured[:2]))))


def _departure(chosen: Sequence[str], shown: Record, whole: Record) -> str | None:
    if any(key not in chosen and key != "sourcedId" for key in shown):
        return "keys came that were not asked for"
    expected = [key for key in chosen if key in whole]
    if lacking := [key for key in expected if key not in shown]:
        return f"{', '.join(sorted(lacking))} did not come"
    changed = [key for key in expected if not alike(whole[key], shown[key])]
    return f"{', '.join(changed)} came with another value" if changed else None


def _projected(record: Record, chosen: Sequence[str]) -> Record:
    return {key: record[key] for key in chosen if key in record}


def _departures(chosen: Sequence[str], shown: Sequence[Record], whole: Sequence[Record]) -> list[str]:
    """Return how projected records depart; where sourcedId did not come unasked, the two lists are compared as bags."""
    if all("sourcedId" in record for record in shown):
        by_id = {record.get("sourcedId"): record for record in whole}
        pairs = ((record, by_id.get(record["sourcedId"], {})) for record in shown)
        return [text for record, full in pairs if (text := _departure(chosen, record, full))]
    left = Counter(canonical(record) for record in shown)
    right = Counter(canonical(_projected(record, chosen)) for record in whole)
    return ["records are no projection of the whole objects"] * (left - right).total()


@check("OR-*-FIELD-001", after=(_TOTAL,))
def fields_is_a_projection(probe: Probe) -> Findings:
    """With fields, each record of a list holds just the named properties, with the values of the whole object."""
    for listing in wholes(probe):
        name = listing.endpoint.operation_id
        for chosen in (
            _selections(probe.family.spoken(listing.endpoint))
            if listing.endpoint in probe.family.kinds
            else _selections(probe.family.spoken(listing.endpoint))[:1]
        ):
            answered = answer(probe, listing.endpoint, {"fields": ",".join(chosen)}, what="fields")
            probe.examined()
            if isinstance(answered, Finding):
                yield answered
            elif len(answered.ids) != len(listing.ids):
                yield Finding(f"{name}: fields changed the number of records", answered.exchanges)
            elif wrong := _departures(chosen, answered.records, listing.records):
                yield Finding(f"{name}: fields: {wrong[0]} ({len(wrong)} records)", answered.exchanges)
    for listing in wholes(probe, probe.family.thorough[:1]):
        yield from _optional_alone(probe, listing)
    require(probe, _SEED)


def _optional_alone(probe: Probe, listing: Listing) -> Findings:
    """Ask for one property that some records lack, from the second record on.

    Whoever drops what it cannot show drops records, and who keeps the question for later pages may forget a part of it.
    """
    endpoint = listing.endpoint
    optional = [field.name for field in scalars(endpoint) if not field.required]
    holding = {name: sum(name in record for record in listing.records) for name in optional}
    for name in [name for name, count in holding.items() if 0 < count < len(listing.ids)][:1]:
        page = probe.get(endpoint, query={**page_query(probe, {"fields": name}), "offset": "1"})
        first = probe.get(endpoint, query=page_query(probe, {})).listed(endpoint.wrapper_key) or ()
        if not page.ok or page.listed(endpoint.wrapper_key) is None:
            continue
        probe.examined()
        shown = probe.records(endpoint, page)
        if len(shown) != min(len(first), len(listing.ids) - 1):
            yield Finding.at(
                f"{endpoint.operation_id}: fields={name}, which some records lack, changed the number of records", page
            )
        if more := sum(not record.keys() <= {name, "sourcedId"} for record in shown):
            yield Finding.at(
                f"{endpoint.operation_id}: from the second record on {more} have more than fields={name}", page
            )


@check("OR-*-FIELD-002")
def fields_projects_single_reads(probe: Probe) -> Findings:
    """With fields, a single read holds just the named properties, with the values of the whole object."""
    for listing in wholes(probe):
        single, whole = single_of(listing.endpoint), listing.records[-1]
        chosen = _selections(probe.family.spoken(listing.endpoint))[0][:2]
        exchange = probe.get(
            single, path={"sourcedId": str(whole.get("sourcedId"))}, query={"fields": ",".join(chosen)}
        )
        shown = exchange.json.get(single.wrapper_key) if exchange.ok and isinstance(exchange.json, dict) else None
        if exchange.status == NOT_FOUND:
            continue
        probe.examined()
        if not isinstance(shown, dict):
            yield Finding.at(
                f"{single.operation_id} answered {exchange.status} to fields, expected the object", exchange
            )
        elif text := _departure(chosen, shown, whole):
            yield Finding.at(f"{single.operation_id}: fields: {text}", exchange)
    require(probe, _SEED)


@check("OR-*-FIELD-003", after=(_TOTAL,))
def fields_leaves_filter_and_sort_alone(probe: Probe) -> Findings:
    """Filter and sort see the whole object, also where fields leaves out what they look at."""
    for listing in wholes(probe, probe.family.kinds):
        endpoint = listing.endpoint
        clause = halving(endpoint, listing.records)
        if clause is None:
            continue
        plain = answer(probe, endpoint, {"filter": str(clause)}, what="a filter")
        bare = answer(probe, endpoint, {"filter": str(clause), "fields": "sourcedId"}, what="a filter with fields")
        probe.examined()
        if isinstance(bare, Finding):
            yield bare
        elif not isinstance(plain, Finding) and (apart := difference(plain.ids, bare.ids)):
            yield Finding(
                f"{endpoint.operation_id}: fields changed what a filter selects ({apart} records)", bare.exchanges
            )
        yield from _sort_under_fields(probe, endpoint, listing.records)
    require(probe, _SEED)


def _sort_under_fields(probe: Probe, endpoint: ANY_ENDPOINT, records: Sequence[Record]) -> Findings:
    changed = {str(r.get("sourcedId")): READERS[Scale.INSTANT](r.get("dateLastModified")) for r in records}
    query = {"sort": "dateLastModified", "orderBy": "desc", "fields": "sourcedId"}
    answered = answer(probe, endpoint, query, what="sort with fields")
    if isinstance(answered, Finding):
        yield answered
        return
    times = [time for key in answered.ids if (time := changed.get(key)) is not None]
    if wrong := inversions(times, descending=True):
        yield Finding(f"{endpoint.operation_id}: fields broke the order of sort at {wrong} places", answered.exchanges)


def _anybody(probe: Probe) -> Iterator[tuple[ANY_ENDPOINT, str]]:
    """Yield a record to read singly with a name that it does not have: of people one of whom that is asked anyway."""
    if probe.family in ROSTERS:
        yield from ((USERS, str(person["sourcedId"])) for person in pupils_alone(probe)[:1])
    else:
        yield from ((listing.endpoint, listing.ids[0]) for listing in wholes(probe, probe.family.thorough[:1]))


@check("OR-*-FIELD-004", of=FAMILIES)
def unknown_selection_is_refused(probe: Probe) -> Findings:
    """A property that the objects do not have answers 400 invalid_selection_field and no records."""
    asked: list[tuple[ANY_ENDPOINT, Mapping[str, str] | None, str]] = [
        (endpoint, None, f"sourcedId,{name}") for endpoint, name in names_unknown(probe.family)
    ]
    asked += [(single_of(kind), {"sourcedId": key}, NO_FIELD) for kind, key in _anybody(probe)]
    for endpoint, path, names in asked:
        exchange = probe.get(endpoint, path=path, query={"fields": names})
        probe.examined()
        if exchange.status != BAD_REQUEST or holds_records(exchange.json):
            yield Finding.at(
                f"{endpoint.operation_id}: an unknown name in fields answered {exchange.status}, expected 400", exchange
            )
        elif "invalid_selection_field" not in reasons(exchange.json) and not silent(exchange.json):
            yield Finding.at(f"{endpoint.operation_id}: 400 without codeMinor invalid_selection_field", exchange)


@check("OR-*-FIELD-005", after=("OR-*-FIELD-001",))
def both_forms_of_fields_agree(probe: Probe) -> Findings:
    """`fields=a,b` and `fields=a&fields=b` give the same answer: generated clients send the second."""
    for endpoint in dict.fromkeys((probe.family.thorough[0], *probe.family.kinds[:2])):
        # Not sourcedId: a server may send it unasked, and its loss would not be seen.
        joined = probe.get(endpoint, query={"fields": "status,dateLastModified", "limit": "3"})
        repeated = probe.get(endpoint, query=(("fields", "status"), ("fields", "dateLastModified"), ("limit", "3")))
        probe.examined()
        if joined.ok and (not repeated.ok or not alike(joined.json, repeated.json)):
            yield Finding.at(
                f"{endpoint.operation_id}: the two ways to write fields give different answers", joined, repeated
            )
