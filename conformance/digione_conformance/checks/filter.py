"""Checks of the filter: what each predicate selects."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
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
    SESSIONS,
    USERS,
    filtered,
    require,
    wholes,
)
from digione_conformance.relations.order import Scale, difference
from digione_conformance.relations.sampling import (
    Field,
    dividing_value,
    equalities,
    numbers_to_ask,
    scalars,
    telling_value,
)
from digione_conformance.relations.selecting import (
    AFTER_EQUALITY,
    FOREMOST,
    SEED,
    TOTAL,
    departs,
    judged,
    names_of,
)
from digione_sdk.wire.filter import Clause, Predicate

_VIEW_FIELDS = 3


@check("OR-*-FILT-001", after=(TOTAL,))
def equality_selects_the_records_with_the_value(probe: Probe) -> Findings:
    """`field='value'` answers the records that hold the value and no other, for every text field of every kind."""
    for listing in wholes(probe):
        found = equalities(probe.family.spoken(listing.endpoint), listing.records)
        if listing.endpoint in probe.family.views:
            # A view is the whole collection with one more condition: a few fields show whether the two get along.
            found = islice((pair for pair in found if pair[1].required), _VIEW_FIELDS)
        for clause, field in found:
            yield from judged(probe, listing, clause, field.scale)
    require(probe, SEED)


@check("OR-*-FILT-002", after=AFTER_EQUALITY)
def inequality_is_the_complement(probe: Probe) -> Findings:
    """`field!='value'` answers the records that `field='value'` leaves out; absent fields may go either way."""
    for listing in wholes(probe):
        candidates = [(c, f) for c, f in equalities(listing.endpoint, listing.records) if f.name != "sourcedId"]
        chosen = candidates[:2] if listing.endpoint in probe.family.kinds else candidates[1:2]
        optional = (
            [pair for pair in candidates if not pair[1].required][:1] if listing.endpoint in probe.family.kinds else []
        )
        for clause, field in (*chosen, *optional):
            yield from judged(probe, listing, Clause(clause.field, Predicate.NE, clause.value), field.scale)
    for endpoint, name in names_of(probe):
        for listing in wholes(probe, (endpoint,)):
            # A piece of a value is another value: whoever holds the whole is not left out.
            value = telling_value(listing.records, name) or ""
            if piece := value[:-1].strip():
                yield from judged(probe, listing, Clause(name, Predicate.NE, piece))
    require(probe, SEED)


_ORDERED_FIELDS = {
    SESSIONS: ("startDate", "dateLastModified"),
    ORGS: ("dateLastModified", "identifier"),
    COURSES: ("dateLastModified",),
    CLASSES: ("title", "dateLastModified"),
    USERS: ("dateLastModified", "familyName"),
    ENROLLMENTS: ("endDate", "dateLastModified"),
    CATEGORIES: ("dateLastModified",),
    SCORE_SCALES: ("dateLastModified",),
    LINE_ITEMS: ("dueDate", "title"),
    RESULTS: ("scoreDate", "dateLastModified"),
    ASSESSMENT_LINE_ITEMS: ("title",),
    ASSESSMENT_RESULTS: ("scoreDate",),
    RESOURCES: ("vendorResourceId", "dateLastModified"),
}


_SCORED = (RESULTS, ASSESSMENT_RESULTS)
"""The kinds whose records hold a score."""


@check("OR-*-FILT-003", after=AFTER_EQUALITY)
def order_predicates_partition(probe: Probe) -> Findings:
    """`<`, `=` and `>` share the records out, `<=` and `>=` join their neighbours; dates, numbers compare as such."""
    for listing in wholes(probe, probe.family.kinds):
        fields = {field.name: field for field in scalars(listing.endpoint)}
        for name in _ORDERED_FIELDS[listing.endpoint]:
            for cut in dividing_value(listing.records, name):
                yield from _order_at(probe, listing, fields[name], cut)
        if listing.endpoint in _SCORED:
            for cut in numbers_to_ask(listing.records, "score"):
                yield from _order_at(probe, listing, fields["score"], cut)
        # Of the other numbers it is enough to know that they are found as they are shown.
        for field in (field for field in fields.values() if field.scale is Scale.NUMBER and field.name != "score"):
            for value in numbers_to_ask(listing.records, field.name)[:1]:
                yield from judged(probe, listing, Clause(field.name, Predicate.EQ, value), field.scale)
    require(probe, SEED)


def _order_at(probe: Probe, listing: Listing, field: Field, cut: str) -> Findings:
    ids: dict[Predicate, frozenset[str]] = {}
    for predicate in (Predicate.LT, Predicate.LE, Predicate.EQ, Predicate.GE, Predicate.GT):
        clause = Clause(field.name, predicate, cut)
        answered = filtered(probe, listing.endpoint, clause)
        if isinstance(answered, Finding):
            yield answered
            return
        yield from departs(listing, clause, field.scale, answered)
        ids[predicate] = frozenset(answered.ids)
    probe.examined()
    lt, le, eq, ge, gt = ids.values()
    holding = frozenset(str(r.get("sourcedId")) for r in listing.records if field.name in r)
    relations = (
        ("> and <= overlap", len(gt & le)),
        ("> and <= leave records out", len(holding - gt - le)),
        ("< and >= overlap", len(lt & ge)),
        ("< and >= leave records out", len(holding - lt - ge)),
        (">= is not > together with =", difference(ge, gt | eq)),
        ("<= is not < together with =", difference(le, lt | eq)),
    )
    for what, count in relations:
        if count:
            yield Finding(
                f"{listing.endpoint.operation_id}: {field.name}: {what} ({count} records)", listing.exchanges[:1]
            )


@check("OR-*-FILT-006", after=AFTER_EQUALITY)
def contains_is_a_literal_substring(probe: Probe) -> Findings:
    """`~` answers the records whose field holds the text; `%`, `_`, `.`, `*` and the like mean themselves."""
    for endpoint, name in names_of(probe):
        for listing in wholes(probe, (endpoint,)):
            for part in _parts(listing, name):
                yield from judged(probe, listing, Clause(name, Predicate.CONTAINS, part))
    require(probe, SEED)


def _parts(listing: Listing, field: str) -> Iterator[str]:
    """Yield pieces of a value, and pieces in which a letter is replaced by a wildcard of some query language."""
    value = telling_value(listing.records, field)
    if value is None:
        return
    yield value[1:4] or value
    yield value[-2:]
    if listing.endpoint in FOREMOST:
        yield from ("%", "_", ".", "*", "^", "[a-z]", "\\")
    if listing.endpoint in {*FOREMOST, CLASSES}:
        yield from (f"{value[:1]}{wildcard}{value[2:]}" for wildcard in ("_", ".", "%", ".*"))
