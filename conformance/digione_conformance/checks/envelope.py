"""Checks of what wraps the records: content type, JSON, wrapper keys, and single reads against the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ROSTERS, Family, collections, single_of
from digione_conformance.probing.probe import DEMOGRAPHICS, Probe, Record, spread, total_of
from digione_conformance.relations.asking import NOT_OFFERED, OK, page_query, require, wholes
from digione_conformance.relations.order import differing_keys
from digione_conformance.relations.payload import repeated_keys

_SEED = "seed at least one record of each kind"


def first_page(probe: Probe, endpoint: ANY_ENDPOINT) -> Exchange:
    """Return the first page of a collection, as every check reads it."""
    return probe.get(endpoint, query=page_query(probe, {}))


def singles(probe: Probe, endpoint: ANY_ENDPOINT, count: int) -> Iterator[tuple[Record, ANY_ENDPOINT, Exchange]]:
    """Yield up to `count` records of a collection with their single reads."""
    single = single_of(endpoint)
    for record in spread(probe.census(endpoint).records, count):
        yield record, single, probe.get(single, path={"sourcedId": str(record.get("sourcedId"))})


@check("OR-*-SHAPE-001")
def lists_are_wrapped(probe: Probe) -> Findings:
    """Each core collection answers 200 with an object whose only key is the wrapper key."""
    yield from _unwrapped_lists(probe, probe.family.collections)


def _unwrapped_lists(probe: Probe, endpoints: Iterable[ANY_ENDPOINT]) -> Findings:
    beside = probe.family.beside
    for endpoint in endpoints:
        page = first_page(probe, endpoint)
        probe.examined()
        name, key = endpoint.operation_id, endpoint.wrapper_key
        if page.status != OK:
            yield Finding.at(f"{name} answered {page.status}, expected 200", page)
        elif not isinstance(page.json, dict):
            yield Finding.at(f"{name} answered no JSON object, expected one with the key {key}", page)
        elif not page.json:
            # The published wrappers require no key, so {} is an empty list; with a total above zero it hides records.
            if total_of(page):
                yield Finding.at(f"{name} counts records and answers without the key {key}", page)
        elif set(page.json) - beside != {key}:
            yield Finding.at(f"{name} answered {len(page.json)} top-level keys, expected {key} alone", page)
        elif not isinstance(page.json[key], list) or not all(isinstance(row, dict) for row in page.json[key]):
            yield Finding.at(f"{name}: {key} is no array of objects", page)


@check("OR-*-SHAPE-002")
def single_objects_are_wrapped(probe: Probe) -> Findings:
    """Each core single read answers 200 with an object whose only key is the singular wrapper key."""
    for endpoint in probe.family.collections:
        for _, single, exchange in singles(probe, endpoint, 2):
            probe.examined()
            yield from _unwrapped_object(probe.family, single, exchange)
    require(probe, _SEED)


def _unwrapped_object(family: Family, single: ANY_ENDPOINT, exchange: Exchange) -> Findings:
    name, key = single.operation_id, single.wrapper_key
    if exchange.status != OK:
        yield Finding.at(f"{name} answered {exchange.status} for an id that the list holds, expected 200", exchange)
    elif not isinstance(exchange.json, dict) or set(exchange.json) - family.beside != {key}:
        yield Finding.at(f"{name} answered a body that is not an object with the key {key} alone", exchange)
    elif not isinstance(exchange.json[key], dict):
        yield Finding.at(f"{name}: {key} is no object", exchange)


@check("OR-*-DEMO-001", of=ROSTERS)
def demographics_are_wrapped_and_valid(probe: Probe) -> Findings:
    """Both demographics reads use the key `demographics`, an array and an object, and obey the schema."""
    (endpoint,) = collections(DEMOGRAPHICS)
    page = first_page(probe, endpoint)
    if page.status in NOT_OFFERED | {403}:
        raise Untested("demographics are not offered to this client: offer them and grant roster-demographics.readonly")
    yield from _unwrapped_lists(probe, (endpoint,))
    if page.is_json and (errors := probe.schema_errors(endpoint, page.json)):
        yield Finding.at(f"{endpoint.operation_id} departs from the schema in {len(errors)} places", page)
    for _, single, exchange in singles(probe, endpoint, 2):
        yield from _unwrapped_object(probe.family, single, exchange)
        if exchange.ok and exchange.is_json and (errors := probe.schema_errors(single, exchange.json)):
            yield Finding.at(f"{single.operation_id} departs from the schema: {errors[0]}", exchange)


@check("OR-*-JSON-001")
def bodies_are_json_in_utf_8(probe: Probe) -> Findings:
    """Lists and single reads are declared as application/json and are JSON in UTF-8."""
    for endpoint in probe.family.collections:
        arrived = probe.attempt(Ask("GET", probe.url(endpoint, query=page_query(probe, {}))))
        if arrived.trouble and "DecodingError" in arrived.trouble:
            probe.examined()
            yield Finding.at(f"{endpoint.path}: the body is not packed as Content-Encoding says", arrived)
            continue
        exchanges = [first_page(probe, endpoint)]
        # What cannot be read as JSON has no ids to ask single reads for.
        if exchanges[0].ok and exchanges[0].is_json:
            exchanges += [exchange for _, _, exchange in singles(probe, endpoint, 1)]
        for exchange in filter(lambda e: e.ok, exchanges):
            probe.examined()
            media, charset = declared(exchange.headers.get("content-type", ""))
            if media != "application/json":
                yield Finding.at(f"{endpoint.path}: Content-Type is not application/json", exchange)
            elif charset not in {"", "utf-8", "utf8"}:
                yield Finding.at(f"{endpoint.path}: Content-Type names another charset than UTF-8", exchange)
            if not exchange.is_json:
                yield Finding.at(f"{endpoint.path}: the body is no JSON in UTF-8", exchange)


def declared(content_type: str) -> tuple[str, str]:
    """Return media type and charset, both in lower case; other parameters may stand around the charset."""
    media, *parameters = (part.strip() for part in content_type.lower().split(";"))
    named = {name.strip(): value.strip(' "') for name, _, value in (part.partition("=") for part in parameters)}
    return media, named.get("charset", "")


@check("OR-*-JSON-002")
def objects_hold_each_key_once(probe: Probe) -> Findings:
    """No JSON object holds the same key twice: parsers would keep different ones."""
    for listing in wholes(probe):
        # Who forces the id in may tell it twice where it is asked for; the question is another check's as well.
        named = page_query(probe, {"sort": "dateLastModified", "orderBy": "desc", "fields": "sourcedId"})
        asked = (probe.get(listing.endpoint, query=named),) if listing.endpoint in probe.family.two else ()
        for page in (*listing.exchanges, *asked):
            probe.examined()
            if repeated := repeated_keys(page):
                yield Finding.at(
                    f"{listing.endpoint.operation_id}: {len(repeated)} keys stand twice in an object", page
                )
    require(probe, _SEED)


@check("OR-*-READ-001", after=("OR-*-SHAPE-002",))
def single_read_is_the_element_of_the_list(probe: Probe) -> Findings:
    """A single read gives the record that was asked for, and says of it what the list says."""
    for record, single, exchange, found in _pairs(probe):
        if found.get("sourcedId") != record.get("sourcedId"):
            yield Finding.at(f"{single.operation_id} answered another sourcedId than the one asked for", exchange)
        elif differing := differing_keys(record, found):
            yield Finding.at(f"{single.operation_id} and the list differ in {', '.join(differing)}", exchange)
    require(probe, _SEED)


@check("OR-*-READ-002", after=("OR-*-SHAPE-002",))
def single_read_holds_the_same_fields(probe: Probe) -> Findings:
    """A single read holds neither more nor fewer fields than the element of the list."""
    for record, single, exchange, found in _pairs(probe):
        if lacking := record.keys() ^ found.keys():
            yield Finding.at(
                f"{single.operation_id}: only list or single read holds {', '.join(sorted(lacking))}", exchange
            )
    require(probe, _SEED)


def _pairs(probe: Probe) -> Iterator[tuple[Record, ANY_ENDPOINT, Exchange, Record]]:
    for endpoint in probe.family.collections:
        for record, single, exchange in singles(probe, endpoint, 4 if endpoint.view.whole else 2):
            found = exchange.json.get(single.wrapper_key) if isinstance(exchange.json, dict) else None
            if exchange.ok and isinstance(found, dict):
                probe.examined()
                yield record, single, exchange, found
