"""Checks of the filter: what each predicate selects, how clauses combine, what is text and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ASSESSMENT, GRADEBOOK, ROSTERS
from digione_conformance.probing.probe import Listing, Probe, values_at
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    ASSESSMENT_RESULTS,
    BAD_REQUEST,
    CATEGORIES,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    LINE_ITEMS,
    OK,
    ORGS,
    RESOURCES,
    RESULTS,
    SCORE_SCALES,
    SERVER_ERROR,
    SESSIONS,
    USERS,
    answer,
    filtered,
    page_query,
    require,
    wholes,
)
from digione_conformance.relations.order import Scale, difference, selected
from digione_conformance.relations.parents import parents_of
from digione_conformance.relations.payload import holds_records, reasons
from digione_conformance.relations.sampling import (
    Field,
    cut_points,
    dividing_value,
    equalities,
    expressible,
    numbers_to_ask,
    overlapping_pair,
    scalars,
    telling_value,
)
from digione_sdk.wire.filter import Clause, Predicate

_TOTAL = "OR-*-PAGE-004"
"""Lists under a filter are read up to the total, so a wrong total would make every filter look wrong."""
_SEED = "seed records that differ in their fields"
_AFTER_EQUALITY = (_TOTAL, "OR-*-FILT-001")
_VIEW_FIELDS = 3

_NAMES = (
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
_FOREMOST = (USERS, LINE_ITEMS, ASSESSMENT_LINE_ITEMS, RESOURCES)
"""The kinds whose text is asked about with every wildcard and every awkward value."""


def _names(probe: Probe) -> list[tuple[ANY_ENDPOINT, str]]:
    return [pair for pair in _NAMES if pair[0] in probe.family.kinds]


def _departs(listing: Listing, clause: Clause, scale: Scale, answered: Listing) -> Findings:
    departure = selected(listing.records, clause, scale).departure(answered.ids)
    if departure:
        yield Finding(
            f"{listing.endpoint.operation_id}: {clause.field} {clause.predicate}: {departure}", answered.exchanges
        )


def _judged(probe: Probe, listing: Listing, clause: Clause, scale: Scale = Scale.TEXT) -> Findings:
    answered = filtered(probe, listing.endpoint, clause)
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
    else:
        yield from _departs(listing, clause, scale, answered)


# --- predicates ------------------------------------------------------------------------------------------------------


@check("OR-*-FILT-001", after=(_TOTAL,))
def equality_selects_the_records_with_the_value(probe: Probe) -> Findings:
    """`field='value'` answers the records that hold the value and no other, for every text and number of every kind."""
    for listing in wholes(probe):
        found = equalities(probe.family.spoken(listing.endpoint), listing.records)
        if listing.endpoint in probe.family.views:
            # A view is the whole collection with one more condition: a few fields show whether the two get along.
            found = islice((pair for pair in found if pair[1].required), _VIEW_FIELDS)
        for clause, field in found:
            yield from _judged(probe, listing, clause, field.scale)
        if listing.endpoint in probe.family.kinds:
            yield from _numbers_equal(probe, listing)
    require(probe, _SEED)


def _numbers_equal(probe: Probe, listing: Listing) -> Findings:
    for field in (field for field in scalars(listing.endpoint) if field.scale is Scale.NUMBER):
        for value in numbers_to_ask(listing.records, field.name)[:1]:
            yield from _judged(probe, listing, Clause(field.name, Predicate.EQ, value), field.scale)


@check("OR-*-FILT-002", after=_AFTER_EQUALITY)
def inequality_is_the_complement(probe: Probe) -> Findings:
    """`field!='value'` answers the records that `field='value'` leaves out; absent fields may go either way."""
    for listing in wholes(probe):
        candidates = [(c, f) for c, f in equalities(listing.endpoint, listing.records) if f.name != "sourcedId"]
        chosen = candidates[:2] if listing.endpoint in probe.family.kinds else candidates[1:2]
        optional = (
            [pair for pair in candidates if not pair[1].required][:1] if listing.endpoint in probe.family.kinds else []
        )
        for clause, field in (*chosen, *optional):
            yield from _judged(probe, listing, Clause(clause.field, Predicate.NE, clause.value), field.scale)
    for endpoint, name in _names(probe):
        for listing in wholes(probe, (endpoint,)):
            # A piece of a value is another value: whoever holds the whole is not left out.
            value = telling_value(listing.records, name) or ""
            if piece := value[:-1].strip():
                yield from _judged(probe, listing, Clause(name, Predicate.NE, piece))
    require(probe, _SEED)


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


@check("OR-*-FILT-003", after=_AFTER_EQUALITY)
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
    require(probe, _SEED)


def _order_at(probe: Probe, listing: Listing, field: Field, cut: str) -> Findings:
    ids: dict[Predicate, frozenset[str]] = {}
    for predicate in (Predicate.LT, Predicate.LE, Predicate.EQ, Predicate.GE, Predicate.GT):
        clause = Clause(field.name, predicate, cut)
        answered = filtered(probe, listing.endpoint, clause)
        if isinstance(answered, Finding):
            yield answered
            return
        yield from _departs(listing, clause, field.scale, answered)
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


@check("OR-*-FILT-006", after=_AFTER_EQUALITY)
def contains_is_a_literal_substring(probe: Probe) -> Findings:
    """`~` answers the records whose field holds the text; `%`, `_`, `.`, `*` and the like mean themselves."""
    for endpoint, name in _names(probe):
        for listing in wholes(probe, (endpoint,)):
            for part in _parts(listing, name):
                yield from _judged(probe, listing, Clause(name, Predicate.CONTAINS, part))
    require(probe, _SEED)


def _parts(listing: Listing, field: str) -> Iterator[str]:
    """Yield pieces of a value, and pieces in which a letter is replaced by a wildcard of some query language."""
    value = telling_value(listing.records, field)
    if value is None:
        return
    yield value[1:4] or value
    yield value[-2:]
    if listing.endpoint in _FOREMOST:
        yield from ("%", "_", ".", "*", "^", "[a-z]", "\\")
    if listing.endpoint in {*_FOREMOST, CLASSES}:
        yield from (f"{value[:1]}{wildcard}{value[2:]}" for wildcard in ("_", ".", "%", ".*"))


# --- combinations ----------------------------------------------------------------------------------------------------


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


@check("OR-*-FILT-004", after=_AFTER_EQUALITY)
def conjunction_is_the_intersection(probe: Probe) -> Findings:
    """`A AND B` answers what both A and B answer."""
    for listing, left, right, left_ids, right_ids in _answered_pairs(probe):
        both = filtered(probe, listing.endpoint, left & right)
        yield from _compared(probe, listing, both, left_ids & right_ids, f"{left.field} AND {right.field}")
    require(probe, _SEED)


@check("OR-*-FILT-005", after=_AFTER_EQUALITY)
def disjunction_is_the_union(probe: Probe) -> Findings:
    """`A OR B` answers what A or B answers, each record once."""
    for listing, left, right, left_ids, right_ids in _answered_pairs(probe):
        either = filtered(probe, listing.endpoint, left | right)
        yield from _compared(probe, listing, either, left_ids | right_ids, f"{left.field} OR {right.field}")
    for listing in wholes(probe, probe.family.views):
        yield from _let_in(probe, listing, {})
    for endpoint in {e.model: e for e in probe.family.nested}.values():
        for path in parents_of(probe, endpoint, 1):
            first = probe.get(endpoint, path=path, query=page_query(probe, {}))
            below = probe.read(endpoint, path=path) if first.status == OK else None
            if below is not None and below.complete and below.records:
                yield from _let_in(probe, below, path)
    require(probe, _SEED)


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


def _compared(
    probe: Probe, listing: Listing, answered: Listing | Finding, expected: frozenset[str], what: str
) -> Findings:
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


# --- text ------------------------------------------------------------------------------------------------------------

_AWKWARD = (
    " AND ", " OR ", ">=", "!=", "=", "~", "(", ")", ",", "&", "#", "+", "%", ";", '"', "\\", "%27 OR status!=%27",
)  # fmt: skip


@check("OR-*-FILT-007", after=_AFTER_EQUALITY)
def values_are_text(probe: Probe) -> Findings:
    """Operators, predicates and reserved characters inside a value are part of the value."""
    fields = dict(_names(probe))
    for listing in wholes(probe, [kind for kind in (CLASSES, *_FOREMOST) if kind in fields]):
        field = fields[listing.endpoint]
        names = {str(r[field]) for r in listing.records if expressible(r.get(field))}
        real = [name for name in names if any(piece in name for piece in _AWKWARD)]
        # What comes last is a value of its own: whoever takes the piece for the predicate finds those who hold it.
        held = telling_value(listing.records, field) or "y"
        made = [f"x{piece}{held}" for piece in (_AWKWARD if listing.endpoint in _FOREMOST else _AWKWARD[:4])]
        for value in (*sorted(real)[:3], *made):
            yield from _judged(probe, listing, Clause(field, Predicate.EQ, value))
        yield from _hidden_second_clause(probe, listing, field)
        if listing.endpoint in _FOREMOST:
            # No escape is defined for an apostrophe: doubled ones may be refused, or stand for one, and end no value.
            text = f"{field}='x'' OR ''1''=''1'"
            yield from _empty_or_refused(probe, listing.endpoint, text, "a value with doubled apostrophes")
    for listing in wholes(probe, [kind for kind in (ORGS, COURSES) if kind in fields]):
        field = "identifier" if listing.endpoint is ORGS else "courseCode"
        digits = sorted(value for r in listing.records if (value := str(r.get(field, ""))).isdecimal())
        for value in digits[:1]:
            # The same number written otherwise is another text.
            for other in (f"0{value}", f"{value}.0"):
                yield from _judged(probe, listing, Clause(field, Predicate.EQ, other))
    require(probe, _SEED)


def _hidden_second_clause(probe: Probe, listing: Listing, field: str) -> Findings:
    """A value that reads like a second clause must not act as one."""
    known = next((r["sourcedId"] for r in listing.records if expressible(r.get("sourcedId"))), None)
    if known is not None:
        first = Clause(field, Predicate.EQ, "x AND status=active OR y")
        second = Clause("sourcedId", Predicate.EQ, str(known))
        answered = filtered(probe, listing.endpoint, first | second)
        yield from _compared(probe, listing, answered, frozenset({str(known)}), f"{field} OR sourcedId")


# --- refusals --------------------------------------------------------------------------------------------------------


def _refused_with(probe: Probe, endpoint: ANY_ENDPOINT, text: str, reason: str | None, what: str) -> Findings:
    exchange = probe.get(endpoint, query={"filter": text})
    probe.examined()
    if exchange.status != BAD_REQUEST or holds_records(exchange.json):
        yield Finding.at(
            f"{endpoint.operation_id}: {what} answered {exchange.status}, expected 400 without records", exchange
        )
    elif reason and reason not in probe.family.understood(reasons(exchange.json)):
        yield Finding.at(f"{endpoint.operation_id}: {what} answered 400 without codeMinor {reason}", exchange)


@check("OR-*-FILT-008")
def unknown_field_is_refused(probe: Probe) -> Findings:
    """A filter on a field that the records do not have answers 400 invalid_filter_field and no records."""
    for endpoint in probe.family.collections:
        yield from _refused_with(
            probe, endpoint, "noSuchField='x'", "invalid_filter_field", "a filter on an unknown field"
        )
    for endpoint in probe.family.thorough[::2]:
        text = "status='active' OR noSuchField='x'"
        yield from _refused_with(probe, endpoint, text, "invalid_filter_field", "an unknown field in the second clause")


_BROKEN = {
    "a field alone": "status",
    "an unclosed value": "status='active",
    "a missing second clause": "status='active' AND ",
    "a missing field": "='active'",
    "an unknown operator": "status='active' XOR status='active'",
    "an unknown predicate": "status?'active'",
}


@check("OR-*-FILT-009")
def broken_syntax_is_refused(probe: Probe) -> Findings:
    """A filter that is none answers 400 invalid_filter_field and no records."""
    for position, (what, text) in enumerate(_BROKEN.items()):
        kinds = probe.family.kinds
        for endpoint in dict.fromkeys((probe.family.thorough[0], kinds[position % len(kinds)])):
            yield from _refused_with(probe, endpoint, text, "invalid_filter_field", f"a filter with {what}")


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


@check("OR-*-FILT-010", after=_AFTER_EQUALITY, of=(*ROSTERS, GRADEBOOK, ASSESSMENT))
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
                yield from _judged(probe, listing, clause)
    require(probe, _SEED)


@check("OR-*-FILT-011", after=_AFTER_EQUALITY)
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
        yield from _empty_or_refused(probe, listing.endpoint, text, "a third clause that nothing meets")
        text = " OR ".join(str(nothing) for _ in range(3))
        yield from _empty_or_refused(probe, listing.endpoint, text, "three clauses that nothing meets")
    require(probe, _SEED)


def _empty_or_refused(probe: Probe, endpoint: ANY_ENDPOINT, text: str, what: str) -> Findings:
    exchange = probe.get(endpoint, query={"filter": text})
    probe.examined()
    if exchange.status >= SERVER_ERROR or holds_records(exchange.json):
        yield Finding.at(f"{endpoint.operation_id}: {what} answered {exchange.status} and was not applied", exchange)
