"""Checks of how a consumer words its requests: addresses, parameters, names, filters, and how hard it asks."""

from __future__ import annotations

from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.traffic import Seen, Traffic, traffic, witnessed

PLAIN: Final = "plain"
HIDDEN: Final = "?"
_STANDARD: Final = frozenset({"limit", "offset", "sort", "orderBy", "filter", "fields"})
_LINKED: Final = frozenset({"cursor"})
"""Parameters that only the server's own links use."""
_METHOD_NOT_ALLOWED: Final = 405
_MOST_PARALLEL: Final = 5
_SMALLEST_PAGE: Final = 50


def _with(known: Traffic, *parameters: str) -> list[Seen]:
    """Return the reads that use one of these parameters.

    Raises:
        Inapplicable: There are reads, and none of them does.
    """
    found = [seen for seen in known.reads() if not seen.query.keys().isdisjoint(parameters)]
    if known.reads() and not found:
        raise Inapplicable(f"the client never uses {', '.join(parameters)}")
    return found


@check("CON-ASK-001")
def only_operations_of_the_standard_are_asked(probe: Probe) -> Findings:
    """Every request is to an address and by a method that the service has."""
    known = traffic(probe).requests
    witnessed(probe, known)
    for seen in known:
        if seen.path == "unmatched":
            yield Finding.at("a request to an address that is no operation of the standard", seen.exchange)
        elif seen.status == _METHOD_NOT_ALLOWED:
            yield Finding.at(f"{seen.event['method']} on an operation that has no such method", seen.exchange)


@check("CON-ASK-002")
def only_parameters_of_the_standard_are_sent(probe: Probe) -> Findings:
    """Queries hold limit, offset, sort, orderBy, filter and fields, each once."""
    reads = traffic(probe).reads()
    witnessed(probe, reads)
    for seen in reads:
        foreign = sorted(set(seen.query) - _STANDARD - _LINKED - {"twice"})
        if foreign:
            yield Finding.at(f"parameters that the standard does not know: {', '.join(foreign)}", seen.exchange)
        if seen.query.get("twice"):
            yield Finding.at(f"given twice: {', '.join(seen.query['twice'])}", seen.exchange)


@check("CON-ASK-003")
def limit_and_offset_are_counts(probe: Probe) -> Findings:
    """`limit` is a whole number from 1, `offset` one from 0."""
    reads = _with(traffic(probe), "limit", "offset")
    witnessed(probe, reads)
    for seen in reads:
        for name, least in (("limit", 1), ("offset", 0)):
            text = str(seen.query.get(name, least))
            if text == HIDDEN or int(text) < least:
                yield Finding.at(f"{name} is no count from {least}", seen.exchange)


@check("CON-ASK-004")
def filters_are_well_formed(probe: Probe) -> Findings:
    """A filter has at most two clauses, each a field, a predicate and a value in apostrophes that holds none."""
    reads = _with(traffic(probe), "filter")
    witnessed(probe, reads)
    for seen in reads:
        dialect = seen.query["filter"]["dialect"]
        if dialect == "none":
            yield Finding.at("a filter that cannot be read: look at apostrophes in values", seen.exchange)
        elif dialect != "standard":
            yield Finding.at("a filter with more than two clauses or a doubled apostrophe", seen.exchange)


@check("CON-ASK-005")
def names_are_those_of_the_standard(probe: Probe) -> Findings:
    """Fields in filter, sort and fields are properties of the model, in its spelling; orderBy is asc or desc."""
    reads = _with(traffic(probe), "filter", "sort", "fields", "orderBy")
    witnessed(probe, reads)
    for seen in reads:
        if any(clause["field"] == HIDDEN for clause in seen.clauses):
            yield Finding.at("a filter on a property that the standard does not have", seen.exchange)
        for name in ("sort", "fields"):
            if HIDDEN in str(seen.query.get(name, "")).split(","):
                yield Finding.at(f"{name} names a property that the standard does not have", seen.exchange)
        if seen.query.get("orderBy") == HIDDEN:
            yield Finding.at("orderBy is neither asc nor desc", seen.exchange)


@check("CON-ASK-006")
def json_is_asked_for(probe: Probe) -> Findings:
    """Every read says in Accept that it takes application/json."""
    reads = traffic(probe).reads()
    witnessed(probe, reads)
    for seen in reads:
        if "application/json" not in str(seen.event.get("accept", "")):
            yield Finding.at("Accept does not name application/json", seen.exchange)


@check("CON-ASK-007", scenarios=("plain", "elsewhere"))
def objects_are_found_by_id_not_by_href(probe: Probe) -> Findings:
    """Where href leads to another host, as much is read as from an ordinary server."""
    yield from as_far_as_plain(probe, traffic(probe), "elsewhere")


@check("CON-LOAD-001")
def at_most_five_requests_are_under_way(probe: Probe) -> Findings:
    """No more than five reads run at the same time."""
    reads = traffic(probe).reads()
    witnessed(probe, reads)
    # An answer at the very moment of another request comes first.
    turns = sorted([(s.began, 1, s) for s in reads] + [(s.ended, -1, s) for s in reads], key=lambda turn: turn[:2])
    under_way, most, busiest = 0, 0, None
    for _, change, seen in turns:
        under_way += change
        if under_way > most:
            most, busiest = under_way, seen
    if most > _MOST_PARALLEL and busiest is not None:
        yield Finding.at(f"{busiest.scenario}: {most} reads were under way at once", busiest.exchange)


@check("CON-LOAD-002")
def pages_are_not_tiny(probe: Probe) -> Findings:
    """Long lists are read in pages of fifty rows or more, as far as the server sends them."""
    known = traffic(probe)
    for scenario, step in known.steps:
        for reading in known.readings(scenario, step):
            if not reading.is_long:
                continue
            witnessed(probe, reading.pages, most=1)
            limits = [str(seen.query.get("limit", "")) for seen in reading.pages]
            small = [int(limit) for limit in limits if limit.isdigit() and int(limit) < _SMALLEST_PAGE]
            if len(small) > 1:
                yield Finding.at(f"a long list was read {max(small)} rows at a time", reading.pages[0].exchange)


def as_far_as_plain(probe: Probe, known: Traffic, scenario: str) -> Findings:
    """Yield what was read in the ordinary scenario and not in this one, and lists that were not read to their end."""
    known.require(scenario)
    if not known.reads(PLAIN):
        raise Untested(f"there is nothing to compare with: go through scenario {PLAIN} first")
    seen = known.reads(scenario)
    witnessed(probe, seen)
    missing = sorted(path.rpartition("/v1p2")[2] for path in known.reach(PLAIN) - known.reach(scenario))
    if missing:
        yield Finding.at(f"{scenario}: was not read, unlike from an ordinary server: {', '.join(missing)}", last(seen))
    yield from unfinished(known, scenario)


def unfinished(known: Traffic, scenario: str) -> Findings:
    """Yield the lists that were begun and not read to their end."""
    for reading in known.readings(scenario):
        if not reading.whole:
            path = reading.asked[0].path.rpartition("/v1p2")[2]
            pages = [seen.exchange for seen in reading.pages]
            rows = sum(seen.event["rows"] for seen in reading.pages)
            yield Finding(
                f"{scenario}: {path} was not read to its end: {rows} rows in {len(pages)} pages", (*pages[-2:],)
            )


def last(seen: tuple[Seen, ...]) -> Exchange:
    """Return the last of some requests, as reports show it."""
    return max(seen, key=lambda each: each.ended).exchange
