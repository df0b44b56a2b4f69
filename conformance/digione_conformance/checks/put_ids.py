"""Checks of ids that a client chooses: every sign of them counts, so that two that differ name two objects."""

from __future__ import annotations

from collections.abc import Iterator

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.written import WRITTEN, single, touched
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ASSESSMENT, GRADEBOOK, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import NO_SUCH_OPERATION, Workshop, workshop
from digione_conformance.relations.keeping import changed

_ENDINGS = ((".1", ".2"), ("+1", " 1"), ("%41", "A"), ("/1", "/2"), ("@x", "_x"), (";v=1", ";v=2"), ("", "-1"))
"""Ends of two ids that a careless decoder, router or query takes for one."""


def _kept_apart(shop: Workshop, kind: ANY_ENDPOINT, sent: Record, ids: tuple[str, str]) -> Iterator[Finding]:
    """PUT two objects at two ids and look whether each is read as it was put; either may be refused."""
    first, second = {**sent, "sourcedId": ids[0]}, {**touched(sent), "sourcedId": ids[1]}
    answers = [(record, shop.put(kind, record)) for record in (first, second)]
    for record, exchange in answers:
        if not exchange.ok:
            continue  # what an id may hold is a provider's own rule
        shop.probe.examined()
        read, shown = single(shop, kind, record)
        if lost := changed(record, shown):
            what = f"{put_of(kind).operation_id} took two ids that differ, and read at one of them"
            yield Finding.at(f"{what}: another {', '.join(lost)}", exchange, read)


@check("OR-*-PUT-031", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def every_sign_of_an_id_counts(probe: Probe) -> Findings:
    """Ids that differ in what stands behind a dot, plus, percent or slash are refused, or name two objects."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            for ends in _ENDINGS:
                stem = shop.new_id()[:13]
                yield from _kept_apart(shop, kind, sent, (stem + ends[0], stem + ends[1]))
        if not probe.looked_at:
            raise Inapplicable("the target takes none of these ids")


@check("OR-*-PUT-032", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def ids_mind_their_case(probe: Probe) -> Findings:
    """Ids that differ in case alone are refused, or name two objects."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            stem = f"a{shop.new_id()}"
            yield from _kept_apart(shop, kind, sent, (stem, stem.upper()))
        if not probe.looked_at:
            raise Inapplicable("the target takes none of these ids")


_LONG = "l" * 120


@check("OR-*-PUT-033", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def ids_of_any_form_are_taken(probe: Probe) -> Findings:
    """An id need be no UUID: words, digits, a long one, and one of all the signs that CSV allows are taken."""
    with workshop(probe) as shop:
        for kind in probe.family.thorough:
            for end in ("abc", "017", _LONG, "a.b_c-d@e", "a/b", "a%41", "a+b"):
                draft = shop.draft(kind)
                key = f"{str(draft['sourcedId'])[:13]}-{end}"
                exchange = shop.put(kind, {**draft, "sourcedId": key})
                if exchange.status in NO_SUCH_OPERATION:
                    break
                probe.examined()
                if not exchange.ok:
                    what = "a slash" if "/" in end else f"{len(key)} letters" if end == _LONG else f"the end {end}"
                    yield Finding.at(
                        f"{put_of(kind).operation_id} answered {exchange.status} to an id with {what}", exchange
                    )
        if not probe.looked_at:
            raise Inapplicable("the target takes no PUT")
