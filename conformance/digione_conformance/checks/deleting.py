"""Checks of DELETE: what is deleted is gone or says so, everywhere, and nothing goes with it that should stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.replacing import not_filled_in
from digione_conformance.checks.written import (
    WRITTEN,
    bystanders,
    found_by,
    let_time_pass,
    listed,
    others_changed,
    single,
    touched,
)
from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import (
    ANY_ENDPOINT,
    ASSESSMENT,
    GRADEBOOK,
    WRITABLE,
    delete_of,
    put_of,
    single_of,
)
from digione_conformance.probing.probe import Probe, Record, total_of
from digione_conformance.probing.workshop import ABOVE, NO_SUCH_OPERATION, NotOffered, Workshop, workshop
from digione_conformance.relations.asking import (
    ASSESSMENT_LINE_ITEMS,
    ASSESSMENT_RESULTS,
    BAD_REQUEST,
    CATEGORIES,
    LINE_ITEMS,
    NOT_FOUND,
    RESULTS,
    SCORE_SCALES,
    SERVER_ERROR,
)
from digione_conformance.relations.keeping import changed, surplus
from digione_conformance.relations.order import instant
from digione_conformance.relations.sampling import model_fields

DELETED: Final = "OR-*-DEL-001"
_GONE: Final = frozenset({404, 410})


def deleted(shop: Workshop, kinds: tuple[ANY_ENDPOINT, ...] | None = None) -> Iterator[tuple[ANY_ENDPOINT, Record]]:
    """Yield each kind that takes DELETE, with an object of it that was there and was just deleted.

    Raises:
        NotOffered: There was none.
    """
    found = False
    for kind, sent in shop.each(kinds):
        single(shop, kind, sent)
        if not shop.delete(kind, str(sent["sourcedId"])).ok:
            continue  # judged by the first requirement
        found = True
        yield kind, sent
    if not found:
        raise NotOffered("the target offers no DELETE")


def is_gone(shop: Workshop, kind: ANY_ENDPOINT, exchange: Exchange) -> bool:
    """Whether a single read shows nothing, or something that says it is deleted."""
    found = shop.body_of(kind, exchange)
    return exchange.status in _GONE or (found is not None and found.get("status") == "tobedeleted")


def read_gone(shop: Workshop, kind: ANY_ENDPOINT, key: str) -> Exchange:
    """Return the single read of what was deleted, once it shows that, or the time is up."""
    return shop.awaited(lambda: shop.read(kind, key), lambda page: is_gone(shop, kind, page))


def _alive(rows: tuple[Record, ...], key: str) -> bool:
    return any(row.get("sourcedId") == key and row.get("status") != "tobedeleted" for row in rows)


def listed_gone(shop: Workshop, kind: ANY_ENDPOINT, text: str, key: str) -> tuple[Exchange, tuple[Record, ...]]:
    """Return a list under a filter, and its records, once the object is no more alive in it, or the time is up."""
    exchange = shop.awaited(
        lambda: shop.find(kind, text), lambda page: page.ok and not _alive(shop.probe.records(kind, page), key)
    )
    return exchange, shop.probe.records(kind, exchange)


# --- going -----------------------------------------------------------------------------------------------------------


@check(DELETED, alone=True, of=WRITABLE, after=(WRITTEN,))
def delete_takes_the_object_away(probe: Probe) -> Findings:
    """DELETE answers 204 or 200, and a single read then answers 404, or shows the object as tobedeleted."""
    with workshop(probe) as shop:
        refusals: list[Finding] = []
        for kind, sent in shop.each():
            key, operation = str(sent["sourcedId"]), shop.told(delete_of(kind))
            single(shop, kind, sent)
            exchange = shop.delete(kind, key)
            if exchange.status in NO_SUCH_OPERATION:
                continue
            if exchange.status not in operation.success:
                told = f"{operation.operation_id} answered {exchange.status} to an object that is there, expected 204"
                refusals.append(Finding.at(told, exchange))
                continue
            probe.examined()
            read = read_gone(shop, kind, key)
            if not is_gone(shop, kind, read):
                yield Finding.at(f"{single_of(kind).operation_id} still shows what was deleted", exchange, read)
        only_unknown = all(finding.exchanges[0].status == NOT_FOUND for finding in refusals)
        if only_unknown and not probe.looked_at:
            raise NotOffered("the target offers no DELETE")
        probe.examined(len(refusals))
        yield from refusals


@check("OR-*-DEL-002", alone=True, of=WRITABLE, after=(DELETED,))
def lists_lose_what_was_deleted(probe: Probe) -> Findings:
    """After DELETE no list shows the object as active, and the count of active ones falls by one."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            key, active = str(sent["sourcedId"]), "status='active'"
            listed(shop, kind, key)
            before = total_of(shop.find(kind, active))
            gone = shop.delete(kind, key)
            if not gone.ok:
                continue  # judged by the first requirement
            probe.examined()
            named = f"title='{sent['title']}'" if "title" in sent else f"{active} AND sourcedId='{key}'"
            for text in (f"sourcedId='{key}'", named):
                page, rows = listed_gone(shop, kind, text, key)
                if _alive(rows, key):
                    yield Finding.at(f"{kind.operation_id} still shows what was deleted", gone, page)
            page = _fallen(shop, kind, active, before)
            if before is not None and total_of(page) not in {None, before - 1}:
                yield Finding.at(f"{kind.operation_id}: the count of active objects did not fall by one", gone, page)
        if not probe.looked_at:
            raise NotOffered("the target offers no DELETE")


def _fallen(shop: Workshop, kind: ANY_ENDPOINT, text: str, before: int | None) -> Exchange:
    return shop.awaited(
        lambda: shop.find(kind, text), lambda page: before is None or total_of(page) in {None, before - 1}
    )


@check("OR-*-DEL-003", alone=True, of=WRITABLE, after=(DELETED,))
def deleting_nothing_is_told(probe: Probe) -> Findings:
    """DELETE of an id that never was answers 404."""
    with workshop(probe) as shop:
        for kind, _ in deleted(shop):
            exchange = shop.delete(kind, shop.new_id())
            probe.examined()
            if exchange.status not in _GONE:
                yield Finding.at(
                    f"{delete_of(kind).operation_id} answered {exchange.status} to an unknown id, expected 404",
                    exchange,
                )


@check("OR-*-DEL-004", alone=True, of=WRITABLE, after=(DELETED,))
def deleting_twice_is_no_failure(probe: Probe) -> Findings:
    """A second DELETE causes no failure, and the object stays deleted."""
    with workshop(probe) as shop:
        for kind, sent in deleted(shop):
            again = shop.delete(kind, str(sent["sourcedId"]))
            probe.examined()
            if again.status >= SERVER_ERROR or (not again.ok and again.status < BAD_REQUEST):
                yield Finding.at(f"{delete_of(kind).operation_id} answered {again.status} to a second DELETE", again)
            read = read_gone(shop, kind, str(sent["sourcedId"]))
            if not is_gone(shop, kind, read):
                yield Finding.at(f"{kind.wrapper_key}: a second DELETE brought the object back", again, read)


# --- staying ---------------------------------------------------------------------------------------------------------


@check("OR-*-DEL-005", alone=True, of=WRITABLE, after=(DELETED,))
def delete_takes_nothing_else(probe: Probe) -> Findings:
    """DELETE leaves others as they were: those of ours, a second result of the pupil too, and one of the target's."""
    with workshop(probe) as shop:
        for kind, first in shop.each():
            others = bystanders(shop, kind, first)
            gone = shop.delete(kind, str(first["sourcedId"]))
            if not gone.ok:
                continue
            read_gone(shop, kind, str(first["sourcedId"]))
            yield from others_changed(shop, kind, others, gone, "a DELETE")
        if not probe.looked_at:
            raise NotOffered("the target offers no DELETE")


@check("OR-*-DEL-006", alone=True, of=WRITABLE, after=(DELETED,))
def nothing_is_left_hanging(probe: Probe) -> Findings:
    """DELETE of what something of ours links to is refused, or nothing is left whose link leads to nothing."""
    with workshop(probe) as shop:
        for kind, name, above in LINKS:
            if not {kind, above} <= set(probe.family.kinds):
                continue
            for _, sent in shop.each((kind,)):
                if name in sent:
                    yield from _left_hanging(shop, kind, sent, name, above)
        if not probe.looked_at:
            raise NotOffered("the target offers no DELETE")


LINKS: Final = (
    (RESULTS, "lineItem", LINE_ITEMS),
    (LINE_ITEMS, "category", CATEGORIES),
    (LINE_ITEMS, "scoreScale", SCORE_SCALES),
    (ASSESSMENT_RESULTS, "assessmentLineItem", ASSESSMENT_LINE_ITEMS),
)
"""Which kind links by which field to which other one, both of which can be deleted."""


def _left_hanging(shop: Workshop, kind: ANY_ENDPOINT, sent: Record, name: str, above: ANY_ENDPOINT) -> Findings:
    """Delete what an object of ours links to, a thing of ours too, and look for a link that leads to nothing."""
    if kind not in ABOVE:
        parent = shop.store(above, shop.draft(above))
        sent = shop.store(kind, {**sent, name: shop.link_to(above, parent, like=sent[name])})
    single(shop, kind, sent)
    key = str(sent[name]["sourcedId"])
    exchange = shop.delete(above, key)
    if exchange.status in NO_SUCH_OPERATION:
        return
    shop.probe.examined()
    if exchange.status >= SERVER_ERROR:
        yield Finding.at(f"{delete_of(above).operation_id} answered {exchange.status}", exchange)
        return
    parent_read = read_gone(shop, above, key) if exchange.ok else shop.read(above, key)
    if not exchange.ok and shop.body_of(above, parent_read) is None:
        yield Finding.at(f"{above.wrapper_key}: a refused DELETE was done all the same", exchange, parent_read)
    if parent_read.status not in _GONE:
        return  # what it links to can be read
    page, rows = listed_gone(shop, kind, f"sourcedId='{sent['sourcedId']}'", str(sent["sourcedId"]))
    hanging = [row for row in rows if row.get("status") != "tobedeleted" and row.get(name, {}).get("sourcedId") == key]
    if hanging:
        yield Finding.at(f"{kind.operation_id} shows an object whose {name} was deleted", exchange, page)


# --- traces ----------------------------------------------------------------------------------------------------------


@check("OR-*-DEL-007", alone=True, of=WRITABLE, after=(DELETED,))
def a_tombstone_tells_when_it_was_deleted(probe: Probe) -> Findings:
    """Where deleted objects are served, they say tobedeleted, obey the schema and have a later dateLastModified."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            key = str(sent["sourcedId"])
            _, shown = single(shop, kind, sent)
            if (since := instant(shown.get("dateLastModified"))) is not None:
                let_time_pass(probe, since)
            if not shop.delete(kind, key).ok:
                continue
            read = read_gone(shop, kind, key)
            buried = f"sourcedId='{key}' AND status='tobedeleted'"
            page = found_by(shop, kind, buried, (key,)) if read.ok else shop.find(kind, buried)
            rows = probe.records(kind, page) if page.ok else ()
            for stone, exchange in ((shop.body_of(kind, read), read), *((row, page) for row in rows)):
                if stone is not None:
                    probe.examined()
                    yield from _buried(probe, kind, exchange, stone, since=shown.get("dateLastModified"))
            if read.ok and page.ok and not rows:
                yield Finding.at(f"{kind.operation_id}: a deleted object is read singly and not listed", read, page)
    if not probe.looked_at:
        raise Inapplicable("the target shows nothing of what was deleted")


def _buried(probe: Probe, kind: ANY_ENDPOINT, exchange: Exchange, stone: Record, *, since: Json) -> Findings:
    before, after = instant(since), instant(stone.get("dateLastModified"))
    if before is None or after is None or after <= before:
        yield Finding.at(f"{kind.wrapper_key}: a deletion did not move dateLastModified forward", exchange)
    endpoint = single_of(kind) if "sourcedId" not in exchange.ask.url.partition("?")[2] else kind
    if errors := probe.schema_errors(endpoint, exchange.json):
        yield Finding.at(f"{kind.wrapper_key}: a deleted object is served as {errors[0]}", exchange)


@check("OR-*-DEL-008", alone=True, of=WRITABLE, after=(DELETED,))
def what_was_deleted_comes_back_whole_or_not(probe: Probe) -> Findings:
    """PUT at the id of what was deleted is refused with a 4xx, or the object is there again as it was put."""
    with workshop(probe) as shop:
        for kind, sent in deleted(shop):
            key = str(sent["sourcedId"])
            optional = {facts.wire_name for facts in model_fields(shop.told(kind)).values() if not facts.required}
            again = touched({name: value for name, value in sent.items() if name not in optional})
            read_gone(shop, kind, key)
            exchange = shop.put(kind, again)
            probe.examined()
            if exchange.status >= SERVER_ERROR:
                yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} after a DELETE", exchange)
                continue
            if not exchange.ok:
                continue  # an id may stay taken
            read, shown = single(shop, kind, again, without=frozenset(sent.keys() - again.keys()))
            if lost := changed(again, shown):
                yield Finding.at(
                    f"{kind.wrapper_key}: put after a DELETE, {', '.join(lost)} not as put", exchange, read
                )
            kept = {name: shown[name] for name in surplus(again, shown) if name in sent}
            if kept and (old := not_filled_in(shop, kind, again, kept)):
                yield Finding.at(
                    f"{kind.wrapper_key}: put after a DELETE, it has {', '.join(old)} of what was deleted",
                    exchange,
                    read,
                )
            page, rows = listed(shop, kind, key, put=again)
            if len(rows) != 1:
                yield Finding.at(f"{kind.operation_id} shows {len(rows)} objects of what was put again", exchange, page)


@check("OR-*-DEL-009", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(DELETED,))
def delete_takes_the_very_object(probe: Probe) -> Findings:
    """DELETE takes the object of its kind and its whole id: none of another kind, none whose id begins with it."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            key = str(sent["sourcedId"])
            longer = {**shop.draft(kind), "sourcedId": f"{key}-1"}
            taken = shop.put(kind, longer).ok  # what an id may hold is a provider's own rule
            single(shop, kind, sent)
            for other in (other for other in probe.family.kinds if other is not kind):
                stray = shop.delete(other, key)
                probe.examined()
                if not shop.lives(kind, key):
                    yield Finding.at(f"{delete_of(other).operation_id} took away an object of another kind", stray)
                    shop.store(kind, sent)
            gone = shop.delete(kind, key)
            if not gone.ok or not taken:
                continue
            read_gone(shop, kind, key)
            read, shown = single(shop, kind, longer)
            probe.examined()
            if changed(longer, shown):
                yield Finding.at(f"{delete_of(kind).operation_id} took away an id that begins with its own", gone, read)
        if not probe.looked_at:
            raise NotOffered("the target offers no DELETE")
