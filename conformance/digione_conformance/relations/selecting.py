"""Holds the answer to a filter against the records that the target listed: what it must select, and what it may."""

from __future__ import annotations

from typing import Final

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.probe import Listing, Probe
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    CATEGORIES,
    CLASSES,
    COURSES,
    LINE_ITEMS,
    ORGS,
    RESOURCES,
    SERVER_ERROR,
    USERS,
    filtered,
)
from digione_conformance.relations.order import Scale, selected
from digione_conformance.relations.payload import holds_records
from digione_sdk.wire.filter import Clause

TOTAL: Final = "OR-*-PAGE-004"
"""Lists under a filter are read up to the total, so a wrong total would make every filter look wrong."""
SEED: Final = "seed records that differ in their fields"
AFTER_EQUALITY: Final = (TOTAL, "OR-*-FILT-001")

_NAMES: Final = (
    (USERS, "familyName"),
    (CLASSES, "title"),
    (ORGS, "name"),
    (COURSES, "courseCode"),
    (LINE_ITEMS, "title"),
    (CATEGORIES, "title"),
    (ASSESSMENT_LINE_ITEMS, "title"),
    (RESOURCES, "title"),
)
"""Kinds with a field of free text."""
FOREMOST: Final = (USERS, LINE_ITEMS, ASSESSMENT_LINE_ITEMS, RESOURCES)
"""The kinds whose text is asked about with every wildcard and every awkward value."""


def names_of(probe: Probe) -> list[tuple[ANY_ENDPOINT, str]]:
    """Return the kinds of the family that have a field of free text, each with that field."""
    return [pair for pair in _NAMES if pair[0] in probe.family.kinds]


def departs(listing: Listing, clause: Clause, scale: Scale, answered: Listing) -> Findings:
    """Yield how an answer departs from what its clause selects."""
    departure = selected(listing.records, clause, scale).departure(answered.ids)
    if departure:
        yield Finding(
            f"{listing.endpoint.operation_id}: {clause.field} {clause.predicate}: {departure}", answered.exchanges
        )


def judged(probe: Probe, listing: Listing, clause: Clause, scale: Scale = Scale.TEXT) -> Findings:
    """Ask a list with one clause, and yield how the answer departs from what the clause selects."""
    answered = filtered(probe, listing.endpoint, clause)
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
    else:
        yield from departs(listing, clause, scale, answered)


def compared(
    probe: Probe, listing: Listing, answered: Listing | Finding, expected: frozenset[str], what: str
) -> Findings:
    """Yield how an answer departs from the ids that other answers lead to expect."""
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
    elif set(answered.ids) != expected or len(answered.ids) != len(expected):
        missing, more = len(expected - set(answered.ids)), len(set(answered.ids) - expected)
        twice = len(answered.ids) - len(set(answered.ids))
        yield Finding(
            f"{listing.endpoint.operation_id}: {what}: {missing} records are missing, {more} too many, {twice} twice",
            answered.exchanges,
        )


def empty_or_refused(probe: Probe, endpoint: ANY_ENDPOINT, text: str, what: str) -> Findings:
    """Yield a finding where a filter that no record meets was neither refused nor answered with nothing."""
    exchange = probe.get(endpoint, query={"filter": text})
    probe.examined()
    if exchange.status >= SERVER_ERROR or holds_records(exchange.json):
        yield Finding.at(f"{endpoint.operation_id}: {what} answered {exchange.status} and was not applied", exchange)
