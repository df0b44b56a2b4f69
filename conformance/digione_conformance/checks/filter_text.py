"""Checks of what a filter is written with: values are text, and what is no filter is refused."""

from __future__ import annotations

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.probe import Listing, Probe
from digione_conformance.relations.asking import (
    BAD_REQUEST,
    CLASSES,
    COURSES,
    ORGS,
    filtered,
    require,
    wholes,
)
from digione_conformance.relations.payload import holds_records, reasons, silent
from digione_conformance.relations.sampling import (
    NO_FIELD,
    expressible,
    names_unknown,
    telling_value,
)
from digione_conformance.relations.selecting import (
    AFTER_EQUALITY,
    FOREMOST,
    SEED,
    compared,
    empty_or_refused,
    judged,
    names_of,
)
from digione_sdk.wire.filter import Clause, Predicate

_RESERVED = (" AND ", " OR ", *'<>=!~(),&#+%;"\\')
"""What stands in a value of the target's own makes it worth asking for."""
_AWKWARD = (
    " AND ", " OR ", ">=", "!=", "=", "~", "(,)", "&", "#+;", "%", '"\\', "%27 OR status!=%27",
)  # fmt: skip


@check("OR-*-FILT-007", after=AFTER_EQUALITY)
def values_are_text(probe: Probe) -> Findings:
    """Operators, predicates and reserved characters inside a value are part of the value."""
    fields = dict(names_of(probe))
    for listing in wholes(probe, [kind for kind in (CLASSES, *FOREMOST) if kind in fields]):
        field = fields[listing.endpoint]
        names = {str(r[field]) for r in listing.records if expressible(r.get(field))}
        real = [name for name in names if any(piece in name for piece in _RESERVED)]
        # What comes last is a value of its own: whoever takes the piece for the predicate finds those who hold it.
        held = telling_value(listing.records, field) or "y"
        made = [f"x{piece}{held}" for piece in (_AWKWARD if listing.endpoint in FOREMOST else _AWKWARD[:2])]
        for value in (*sorted(real)[:3], *made):
            yield from judged(probe, listing, Clause(field, Predicate.EQ, value))
        yield from _hidden_second_clause(probe, listing, field)
        if listing.endpoint in FOREMOST:
            # No escape is defined for an apostrophe: doubled ones may be refused, or stand for one, and end no value.
            text = f"{field}='x'' OR ''1''=''1'"
            yield from empty_or_refused(probe, listing.endpoint, text, "a value with doubled apostrophes")
    for listing in wholes(probe, [kind for kind in (ORGS, COURSES) if kind in fields]):
        field = "identifier" if listing.endpoint is ORGS else "courseCode"
        digits = sorted(value for r in listing.records if (value := str(r.get(field, ""))).isdecimal())
        for value in digits[:1]:
            # The same number written otherwise is another text.
            for other in (f"0{value}", f"{value}.0"):
                yield from judged(probe, listing, Clause(field, Predicate.EQ, other))
    require(probe, SEED)


def _hidden_second_clause(probe: Probe, listing: Listing, field: str) -> Findings:
    """A value that reads like a second clause must not act as one."""
    known = next((r["sourcedId"] for r in listing.records if expressible(r.get("sourcedId"))), None)
    if known is not None:
        first = Clause(field, Predicate.EQ, "x AND status=active OR y")
        second = Clause("sourcedId", Predicate.EQ, str(known))
        answered = filtered(probe, listing.endpoint, first | second)
        yield from compared(probe, listing, answered, frozenset({str(known)}), f"{field} OR sourcedId")


# --- refusals --------------------------------------------------------------------------------------------------------


def _refused_with(
    probe: Probe, endpoint: ANY_ENDPOINT, text: str, reason: str | None, what: str, *, literal: bool = False
) -> Findings:
    """Tell of an answer that does not refuse; `literal`: the text may also be read as something that no record has."""
    exchange = probe.get(endpoint, query={"filter": text})
    probe.examined()
    if literal and exchange.ok and exchange.json is not None and not holds_records(exchange.json):
        return
    if exchange.status != BAD_REQUEST or holds_records(exchange.json):
        yield Finding.at(
            f"{endpoint.operation_id}: {what} answered {exchange.status}, expected 400 without records", exchange
        )
    elif reason and reason not in probe.family.understood(reasons(exchange.json)) and not silent(exchange.json):
        yield Finding.at(f"{endpoint.operation_id}: {what} answered 400 without codeMinor {reason}", exchange)


@check("OR-*-FILT-008")
def unknown_field_is_refused(probe: Probe) -> Findings:
    """A filter on a field that the records do not have answers 400 invalid_filter_field and no records."""
    for endpoint, name in names_unknown(probe.family):
        what = "a filter on an unknown field" if name == NO_FIELD else f"a filter on {name}, which other records have"
        value = "x" if name == NO_FIELD else "2012-03-04"  # one that the field could hold
        yield from _refused_with(probe, endpoint, f"{name}='{value}'", "invalid_filter_field", what)
    for position, endpoint in enumerate(probe.family.thorough[::2]):
        # Once within a link, where whoever looks it up in JSON finds nothing: no clause says what such paths may name.
        text = f"status='active' AND class.{NO_FIELD}='x'" if position else f"status='active' OR {NO_FIELD}='x'"
        what = "an unknown field in the second clause"
        yield from _refused_with(probe, endpoint, text, "invalid_filter_field", what, literal=bool(position))


_BROKEN = {
    "a field alone": "status",
    "an unclosed value": "status='active",
    "a missing second clause": "status='active' AND ",
    "a missing field": "='active'",
    "an unknown operator": "status='active' XOR status='active'",
    "an unknown predicate": "status?'active'",
}
_LITERAL = frozenset({"an unknown operator"})
"""One clause with a value that no record has, where apostrophes are letters like others: the grammar leaves it open."""


@check("OR-*-FILT-009")
def broken_syntax_is_refused(probe: Probe) -> Findings:
    """A filter that is none answers 400 invalid_filter_field and no records."""
    for position, (what, text) in enumerate(_BROKEN.items()):
        kinds = probe.family.kinds
        for endpoint in dict.fromkeys((probe.family.thorough[0], kinds[position % len(kinds)])):
            yield from _refused_with(
                probe, endpoint, text, "invalid_filter_field", f"a filter with {what}", literal=what in _LITERAL
            )
