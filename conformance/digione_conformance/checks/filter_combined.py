"""Checks of filters beyond one plain clause: two clauses, a third, and paths with dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ROSTERS, WRITABLE
from digione_conformance.probing.probe import Listing, Probe, values_at
from digione_conformance.relations.asking import (
    ASSESSMENT_RESULTS,
    BAD_REQUEST,
    CLASSES,
    ENROLLMENTS,
    LINE_ITEMS,
    OK,
    RESULTS,
    SCORE_SCALES,
    SESSIONS,
    USERS,
    answer,
    filtered,
    page_query,
    require,
    wholes,
)
from digione_conformance.relations.order import Scale
from digione_conformance.relations.parents import parents_of
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import (
    cut_points,
    equalities,
    expressible,
    overlapping_pair,
    scalars,
)
from digione_conformance.relations.selecting import (
    AFTER_EQUALITY,
    SEED,
    compared,
    empty_or_refused,
    judged,
)
from digione_sdk.wire.filter import Clause, Predicate


def _pairs(listing: Listing) -> Iterator[tuple[Clause, Clause]]:
    """Yield two clauses, on different fields and on one, that select different, overlapping sets."""
    fields = [f.name for f in scalars(listing.endpoint) if f.scale is Scale.TEXT and f.name != "sourcedId"]
    if pair := overlapping_pair(listing.records, fields):
        left, right = (Clause(field, Predicate.EQ, value) for field, value in pair)
        yield left, right
    instants = cut_points(listing.records, "dateLastModified")
    for clause, field in list(equalities(listing.endpoint, listing.records))[1:2]:
        if len(instants) > 1 and field.name != "dateLastModified":
            yield Clause("dateLastModified", Predicate.GE, instants[1]), clause
    if listing.endpoint in {USERS, SESSIONS, RESULTS} and len(set(instants)) > 2:  # noqa: PLR2004 - a range leaves both ends out
        first, middle, last = instants
        yield Clause("dateLastModified", Predicate.GT, first), Clause("dateLastModified", Predicate.LT, last)
        yield Clause("dateLastModified", Predicate.EQ, first), Clause("dateLastModified", Predicate.EQ, middle)


@check("OR-*-FILT-004", after=AFTER_EQUALITY)
def conjunction_is_the_intersection(probe: Probe) -> Findings:
    """`A AND B` answers what both A and B answer."""
    for listing, left, right, left_ids, right_ids in _answered_pairs(probe):
        both = filtered(probe, listing.endpoint, left & right)
        yield from compared(probe, listing, both, left_ids & right_ids, f"{left.field} AND {right.field}")
    require(probe, SEED)


@check("OR-*-FILT-005", after=AFTER_EQUALITY)
def disjunction_is_the_union(probe: Probe) -> Findings:
    """`A OR B` answers what A or B answers, each record once."""
    for listing, left, right, left_ids, right_ids in _answered_pairs(probe):
        either = filtered(probe, listing.endpoint, left | right)
        yield from compared(probe, listing, either, left_ids | right_ids, f"{left.field} OR {right.field}")
    for listing in wholes(probe, probe.family.views):
        yield from _let_in(probe, listing, {})
    for endpoint in {e.model: e for e in probe.family.nested}.values():
        for path in parents_of(probe, endpoint, 1):
            first = probe.get(endpoint, path=path, query=page_query(probe, {}))
            below = probe.read(endpoint, path=path) if first.status == OK else None
            if below is not None and below.complete and below.records:
                yield from _let_in(probe, below, path)
    require(probe, SEED)


def _let_in(probe: Probe, listing: Listing, path: Mapping[str, str]) -> Findings:
    """Yield where an OR, because it is not grouped, lets records into a part that do not belong to it."""
    endpoint = listing.endpoint
    broad = Clause("status", Predicate.NE, "tobedeleted")
    for narrow, _ in list(equalities(endpoint, listing.records))[:1]:
        # Without brackets one of the two clauses escapes, and which one depends on where the path's condition stands.
        for either in (broad | narrow, narrow | broad):
            answered = answer(probe, endpoint, {"filter": str(either)}, what="a filter with OR", path=path)
            probe.examined()
            if isinstance(answered, Finding):
                yield answered
            elif outside := len(set(answered.ids) - set(listing.ids)):
                yield Finding(f"{endpoint.operation_id}: OR let {outside} records in", answered.exchanges)


def _answered_pairs(
    probe: Probe,
) -> Iterator[tuple[Listing, Clause, Clause, frozenset[str], frozenset[str]]]:
    for listing in wholes(probe, probe.family.kinds):
        for left, right in _pairs(listing):
            answers = [filtered(probe, listing.endpoint, clause) for clause in (left, right)]
            sets = [frozenset(a.ids) for a in answers if isinstance(a, Listing)]
            if len(sets) == 2:  # noqa: PLR2004 - refusals of a single clause are judged elsewhere
                yield listing, left, right, sets[0], sets[1]


# --- beyond two plain clauses ----------------------------------------------------------------------------------------

_DOTTED = (
    (USERS, "role"),
    (USERS, "orgs.sourcedId"),
    (USERS, "roles.role"),
    (USERS, "roles.org.sourcedId"),
    (ENROLLMENTS, "class.sourcedId"),
    (ENROLLMENTS, "user.sourcedId"),
    (CLASSES, "school.sourcedId"),
    (CLASSES, "terms.sourcedId"),
    (SESSIONS, "parent.sourcedId"),
    (LINE_ITEMS, "class.sourcedId"),
    (LINE_ITEMS, "category.sourcedId"),
    (RESULTS, "lineItem.sourcedId"),
    (RESULTS, "student.sourcedId"),
    (SCORE_SCALES, "class.sourcedId"),
    (ASSESSMENT_RESULTS, "student.sourcedId"),
)


@check("OR-*-FILT-010", after=AFTER_EQUALITY, of=(*ROSTERS, *WRITABLE))
def dotted_paths_select_or_are_refused(probe: Probe) -> Findings:
    """A dotted path selects by any element it reaches, or is refused with 400: never a wrong answer."""
    for endpoint, path in (pair for pair in _DOTTED if pair[0] in probe.family.kinds):
        for listing in wholes(probe, (endpoint,)):
            values = sorted({str(v) for r in listing.records for v in values_at(r, path) if expressible(v)})
            if not values:
                continue
            clause = Clause(path, Predicate.EQ, values[len(values) // 2])
            exchange = probe.get(endpoint, query=page_query(probe, {"filter": str(clause)}))
            if exchange.status == BAD_REQUEST and not holds_records(exchange.json):
                probe.examined()
            else:
                yield from judged(probe, listing, clause)
    for listing in wholes(probe, (CLASSES,) if CLASSES in probe.family.kinds else ()):
        yield from _elements(probe, listing, "subjects")
    require(probe, SEED)


def _elements(probe: Probe, listing: Listing, name: str) -> Findings:
    """Ask for a piece of a text that is one of several: whoever has an element that holds it must come, or 400."""
    having = [(r, [v for v in values_at(r, name) if isinstance(v, str)]) for r in listing.records]
    pieces = sorted({text for _, texts in having for text in texts if expressible(text)})
    if not pieces:
        return
    piece = pieces[len(pieces) // 2]
    exchange = probe.get(
        listing.endpoint, query=page_query(probe, {"filter": str(Clause(name, Predicate.CONTAINS, piece))})
    )
    probe.examined()
    if exchange.status == BAD_REQUEST and not holds_records(exchange.json):
        return
    if exchange.status != OK:
        yield Finding.at(f"{listing.endpoint.operation_id}: {name} ~ answered {exchange.status}", exchange)
        return
    shown = set(probe.listed(listing.endpoint, exchange))
    # Whether capitals count is open, and so is what a list looks like as one text; who has no piece of it is wrong.
    must = {str(r.get("sourcedId")) for r, texts in having if any(piece in text for text in texts)}
    may = {str(r.get("sourcedId")) for r, texts in having if piece.casefold() in ",".join(texts).casefold()}
    full = len(shown) == probe.claims.page_size
    if missing := len(must - shown) if not full else 0:
        yield Finding.at(f"{listing.endpoint.operation_id}: {name} ~: {missing} records are missing", exchange)
    if more := len(shown - may - must):
        yield Finding.at(f"{listing.endpoint.operation_id}: {name} ~: {more} records too many", exchange)


@check("OR-*-FILT-011", after=AFTER_EQUALITY)
def a_third_clause_counts_or_is_refused(probe: Probe) -> Findings:
    """A third clause is applied, or the filter is refused: it is never dropped in silence."""
    for listing in wholes(probe, probe.family.thorough[::2]):
        clauses = [c for c, f in equalities(listing.endpoint, listing.records) if f.required and f.name != "sourcedId"][
            :2
        ]
        if len(clauses) < 2:  # noqa: PLR2004 - two clauses to stand before the third
            continue
        nothing = Clause("sourcedId", Predicate.EQ, "no-such-id-of-the-suite")
        text = " AND ".join(str(c) for c in (*clauses, nothing))
        yield from empty_or_refused(probe, listing.endpoint, text, "a third clause that nothing meets")
        text = " OR ".join(str(nothing) for _ in range(3))
        yield from empty_or_refused(probe, listing.endpoint, text, "three clauses that nothing meets")
    require(probe, SEED)
