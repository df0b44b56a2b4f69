"""Checks of text beyond ASCII: it arrives whole, it can be asked for, and addresses may spell it in every legal way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ROSTERS
from digione_conformance.probing.probe import Listing, Probe
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    CATEGORIES,
    CLASSES,
    COURSES,
    LINE_ITEMS,
    ORGS,
    RESOURCES,
    SCORE_SCALES,
    USERS,
    filtered,
    require,
    wholes,
)
from digione_conformance.relations.order import folded, selected
from digione_conformance.relations.sampling import covering_values, expressible, non_ascii_letters, scalars, texts_of
from digione_sdk.wire.filter import Clause, Predicate

_SEED = "seed names with å, ä, ö and, where people bear them, Sámi letters"
_TOTAL = "OR-*-PAGE-004"
_FIELDS = {
    USERS: ("familyName", "givenName", "preferredFirstName"),
    ORGS: ("name",),
    CLASSES: ("title",),
    COURSES: ("title",),
    LINE_ITEMS: ("title",),
    CATEGORIES: ("title",),
    SCORE_SCALES: ("title",),
    ASSESSMENT_LINE_ITEMS: ("title",),
    RESOURCES: ("title",),
}
# UTF-8 read as Latin-1 or Windows-1252, as "Ã¤" for "ä". After Ä and Å only control characters count (they are in
# the next pattern): a capital before a closing quotation mark is honest text.
_TWICE_ENCODED = re.compile("\u00c3[\u0080-\u00bf\u2013\u201e\u2026]|\u00c2[\u00a0-\u00bf]")
_BROKEN = re.compile("[\ufffd\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f]")


@check("OR-*-TEXT-001", after=("OR-*-SHAPE-001",))
def text_arrives_whole(probe: Probe) -> Findings:
    """Text is neither broken nor encoded twice: no replacement characters, no lone surrogates, no mojibake."""
    seen: set[str] = set()
    for listing in wholes(probe, probe.family.kinds):
        for field in scalars(listing.endpoint):
            texts = {text: len(places) for text, places in texts_of(listing.records, field.name).items()}
            seen.update(letter for text in texts for letter in non_ascii_letters(text))
            broken = sum(count for text, count in texts.items() if _BROKEN.search(text))
            twice = sum(count for text, count in texts.items() if _TWICE_ENCODED.search(text))
            if broken or twice:
                yield Finding(
                    f"{listing.endpoint.operation_id}: {field.name}: {broken} texts are broken, {twice} encoded twice",
                    listing.exchanges[:1],
                )
    probe.examined(len(seen))
    require(probe, _SEED)


def _questions(probe: Probe) -> Iterator[tuple[Listing, Clause]]:
    """Yield filters whose values together hold the target's letters outside ASCII."""
    for endpoint, fields in _FIELDS.items():
        if endpoint not in probe.family.kinds:
            continue
        for listing in wholes(probe, (endpoint,)):
            for field, value in covering_values(listing.records, fields, most=6 if endpoint is USERS else 2):
                yield listing, Clause(field, Predicate.EQ, value)
                if endpoint is USERS:
                    start = next(at for at, letter in enumerate(value) if non_ascii_letters(letter))
                    yield listing, Clause(field, Predicate.CONTAINS, value[start : start + 2])


@check("OR-*-TEXT-002", after=(_TOTAL,))
def nordic_text_can_be_found(probe: Probe) -> Findings:
    """A filter with letters outside ASCII finds the records that hold its value."""
    for listing, clause in _questions(probe):
        if clause.predicate is not Predicate.EQ:
            continue
        answered = filtered(probe, listing.endpoint, clause)
        probe.examined()
        if isinstance(answered, Finding):
            yield answered
        elif missing := selected(listing.records, clause).missing(answered.ids):
            yield Finding(
                f"{listing.endpoint.operation_id}: {clause.field} = beyond ASCII missed {missing} records",
                answered.exchanges,
            )
    require(probe, _SEED)


@check("OR-*-TEXT-003", after=(_TOTAL, "OR-*-FILT-001"))
def nordic_letters_are_letters_of_their_own(probe: Probe) -> Findings:
    """`ä` is not `a`: a filter with letters outside ASCII, by `=` or `~`, finds nothing but what holds them."""
    for listing, clause in _questions(probe):
        answered = filtered(probe, listing.endpoint, clause)
        if isinstance(answered, Finding):
            continue
        probe.examined()
        if departure := selected(listing.records, clause, loosened=folded).departure(answered.ids):
            yield Finding(
                f"{listing.endpoint.operation_id}: {clause.field} {clause.predicate} beyond ASCII: {departure}",
                answered.exchanges,
            )
        if clause.predicate is Predicate.EQ:
            yield from _found_without_accents(probe, listing, clause)
    require(probe, _SEED)


def _found_without_accents(probe: Probe, listing: Listing, clause: Clause) -> Findings:
    letters = unicodedata.normalize("NFKD", clause.value)
    bare = Clause(clause.field, clause.predicate, "".join(c for c in letters if not unicodedata.combining(c)))
    answered = filtered(probe, listing.endpoint, bare) if bare != clause else None
    if isinstance(answered, Listing) and (
        foreign := selected(listing.records, bare, loosened=folded).foreign(answered.ids)
    ):
        yield Finding(
            f"{listing.endpoint.operation_id}: {clause.field} = without accents found {foreign} records that have them",
            answered.exchanges,
        )


@check("OR-*-TEXT-004", after=("OR-*-TEXT-002",), of=ROSTERS)
def every_legal_spelling_of_an_address_is_one_question(probe: Probe) -> Findings:
    """Small hex digits, `+` for a space and a bare apostrophe ask the same as `%C3%A4`, `%20` and `%27`."""
    for endpoint, field in ((USERS, "familyName"), (ORGS, "name"), (CLASSES, "title")):
        for listing in wholes(probe, (endpoint,)):
            values = sorted({str(r[field]) for r in listing.records if expressible(r.get(field))})
            for value in [*[v for v in values if non_ascii_letters(v)][:1], *[v for v in values if " " in v][:1]]:
                yield from _spelt_otherwise(probe, listing, Clause(field, Predicate.EQ, value))
    require(probe, _SEED)


def _spelt_otherwise(probe: Probe, listing: Listing, clause: Clause) -> Findings:
    usual = probe.url(listing.endpoint, query={"filter": str(clause), "limit": "50"})
    spellings = {
        "small hex digits": re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), usual),
        "+ for a space": usual.replace("%20", "+"),
        "a bare apostrophe": usual.replace("%27", "'"),
    }
    expected = probe.ask(Ask("GET", usual))
    for what, url in spellings.items():
        if expected.ok and url != usual:
            exchange = probe.ask(Ask("GET", url))
            probe.examined()
            if _ids(listing, exchange) != _ids(listing, expected):
                yield Finding.at(f"{listing.endpoint.operation_id}: {what} changed the answer", expected, exchange)


def _ids(listing: Listing, exchange: Exchange) -> frozenset[str] | None:
    rows = exchange.json.get(listing.endpoint.wrapper_key) if isinstance(exchange.json, dict) else None
    return frozenset(str(r.get("sourcedId")) for r in rows if isinstance(r, dict)) if isinstance(rows, list) else None
