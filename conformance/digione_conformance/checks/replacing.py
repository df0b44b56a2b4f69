"""Checks of what PUT makes of an object: it is read as it was put, and a second PUT leaves nothing of the first."""

from __future__ import annotations

from contextlib import suppress

from digione_conformance.catalogue.undecided import Undecided
from digione_conformance.checks.written import KEPT, WRITTEN, listed, single, touched
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, WRITABLE, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import ABOVE, Workshop, workshop
from digione_conformance.relations.asking import CATEGORIES, LINE_ITEMS
from digione_conformance.relations.keeping import changed, is_link, surplus
from digione_conformance.relations.sampling import model_fields


@check(KEPT, alone=True, of=WRITABLE, after=(WRITTEN,))
def what_was_put_is_what_is_read(probe: Probe) -> Findings:
    """Each field of what was put is read again with the same meaning, singly and in the list, and none made up."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            one, shown = single(shop, kind, sent)
            page, rows = listed(shop, kind, str(sent["sourcedId"]), put=sent)
            for exchange, found in ((one, shown), *((page, row) for row in rows)):
                probe.examined()
                if lost := changed(sent, found):
                    yield Finding.at(f"{kind.wrapper_key}: {', '.join(lost)} not read as put", exchange)
                more = {name: found[name] for name in surplus(sent, found)}
                if more and (added := not_filled_in(shop, kind, sent, more)):
                    yield Finding.at(f"{kind.wrapper_key}: {', '.join(added)} read though not put", exchange)
            yield from _objectives(shop, kind, sent)


_SOURCES = {"case": "0c4e9b02-6f5e-4d64-9d0b-5f3c1f3a7a11", "unknown": "suite-1"}


def _objectives(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> Findings:
    """Put learning objectives of two sources, and look whether they are kept; those that it knows not it may refuse."""
    if "learningObjectiveSet" not in {facts.wire_name for facts in model_fields(shop.told(kind)).values()}:
        return
    told = [
        {"source": source, "learningObjectiveResults": [{"learningObjectiveId": key, "score": 1.5}]}
        if kind in ABOVE
        else {"source": source, "learningObjectiveIds": [key]}
        for source, key in _SOURCES.items()
    ]
    record = {**sent, "learningObjectiveSet": told}
    exchange = shop.put(kind, record)
    if exchange.ok:
        read, shown = single(shop, kind, record)
        if changed(record, shown):
            yield Finding.at(
                f"{kind.wrapper_key}: learning objectives of two sources are not read as put", exchange, read
            )


@check("OR-*-PUT-004", alone=True, of=WRITABLE, after=(KEPT,))
def put_replaces_the_whole_object(probe: Probe) -> Findings:
    """A second PUT replaces the object: changed fields are changed, optional ones that it lacks as in a new object."""
    with workshop(probe) as shop:
        for kind, first in shop.each():
            optional = {facts.wire_name for facts in model_fields(shop.told(kind)).values() if not facts.required}
            second = touched({name: value for name, value in first.items() if name not in optional})
            exchange = shop.put(kind, second)
            probe.examined()
            if exchange.status not in shop.told(put_of(kind)).success:
                yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} to a second PUT", exchange)
                continue
            one, shown = single(shop, kind, second, without=frozenset(first.keys() - second.keys()))
            page, rows = listed(shop, kind, str(first["sourcedId"]), put=second)
            for read, found in ((one, shown), *((page, row) for row in rows)):
                if lost := changed(second, found):
                    yield Finding.at(f"{kind.wrapper_key}: after a second PUT {', '.join(lost)} not as put", read)
                left = {name: found[name] for name in surplus(second, found) if name in first}
                if left and (kept := not_filled_in(shop, kind, second, left)):
                    yield Finding.at(f"{kind.wrapper_key}: a second PUT left {', '.join(kept)} of the first", read)
            for third in _moved(shop, kind, first):
                again = shop.put(kind, third)
                if again.ok:  # where an object belongs may be for good: then it is refused
                    read, shown = single(shop, kind, third)
                    if lost := changed(third, shown):
                        yield Finding.at(f"{kind.wrapper_key}: accepted with another {', '.join(lost)}", again, read)


def not_filled_in(shop: Workshop, kind: ANY_ENDPOINT, record: Record, found: Record) -> list[str]:
    """Return which fields, found though `record` lacks them, are no links that the target gives to any new object.

    A target may fill in what follows from the rest, as the class of a result from that of its line item.
    """
    if not any(is_link(value) for value in found.values()):
        return sorted(found)
    bare = shop.store(kind, shop.draft(kind, without=found.keys()))
    _, filled = single(shop, kind, bare)
    above = shop.parent_of(record[ABOVE[kind][0]]) if kind in ABOVE else {}
    wrong = {name: value for name, value in found.items() if name in above and changed({name: value}, above)}
    return sorted(name for name, v in found.items() if not is_link(v) or name in wrong or changed({name: v}, filled))


def _moved(shop: Workshop, kind: ANY_ENDPOINT, sent: Record) -> list[Record]:
    """Return an object with a link to another thing of ours: a line item in another category, a result of another."""
    made: list[Record] = []
    if kind is LINE_ITEMS:
        with suppress(Undecided):  # a target need not offer categories
            other = shop.store(CATEGORIES, shop.draft(CATEGORIES))
            made.append({**sent, "category": shop.link_to(CATEGORIES, other, like=sent["category"])})
    if kind in ABOVE:
        name, _ = ABOVE[kind]
        made.append({**sent, name: shop.draft(kind)[name]})
    return made
