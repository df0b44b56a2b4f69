"""Checks of PUT: what is written is what is read, whole, once, and under the id of the path."""

from __future__ import annotations

from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.written import (
    KEPT,
    WRITTEN,
    bystanders,
    found_by,
    let_time_pass,
    listed,
    others_changed,
    put_again,
    single,
    touched,
)
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import (
    ANY_ENDPOINT,
    ASSESSMENT,
    GRADEBOOK,
    GRADEBOOKS,
    WRITABLE,
    put_of,
    single_of,
)
from digione_conformance.probing.probe import Probe, Record, total_of
from digione_conformance.probing.workshop import NotOffered, Workshop, workshop
from digione_conformance.relations.keeping import all_exactly, changed
from digione_conformance.relations.order import instant

_CREATED: Final = 201


# --- creating --------------------------------------------------------------------------------------------------------


@check(WRITTEN, alone=True, of=WRITABLE, after=("OR-*-SHAPE-002",))
def put_creates_at_the_id_of_the_path(probe: Probe) -> Findings:
    """PUT at a free id answers 201 or 200, and the object can be read singly and stands in the list, once."""
    with workshop(probe) as shop:
        offered = False
        for kind, sent in shop.drafts():
            exchange = shop.put(kind, sent)
            if not exchange.ok:
                try:
                    shop.require_offered(put_of(kind), {"sourcedId": str(sent["sourcedId"])}, exchange)
                except NotOffered:
                    continue
            offered = True
            probe.examined()
            yield from _created(shop, kind, sent, exchange)
        if not offered:
            raise NotOffered("the target offers no PUT")


def _created(shop: Workshop, kind: ANY_ENDPOINT, sent: Record, exchange: Exchange) -> Findings:
    name = put_of(kind).operation_id
    if exchange.status not in shop.told(put_of(kind)).success:
        yield Finding.at(f"{name} answered {exchange.status} to an object like the target's own", exchange)
        return
    key = str(sent["sourcedId"])
    read = _at_path(shop, kind, key)
    found = shop.body_of(kind, read)
    if found is None or found.get("sourcedId") != key:
        yield Finding.at(f"{single_of(kind).operation_id} answered {read.status} without what was put", exchange, read)
    page, rows = listed(shop, kind, key)
    if len(rows) != 1 or total_of(page) not in {None, 1}:
        yield Finding.at(f"{kind.operation_id} shows {len(rows)} objects of an id that was put once", exchange, page)


@check("OR-*-PUT-003", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def creating_answers_201(probe: Probe) -> Findings:
    """PUT at a free id answers 201, the declared status, and its body is empty or JSON."""
    with workshop(probe) as shop:
        for kind, sent in shop.drafts():
            exchange = shop.put(kind, sent)
            if not exchange.ok:
                continue  # judged by the first requirement
            probe.examined()
            if exchange.status != _CREATED:
                yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} to a new object", exchange)
            elif exchange.body.strip() and not exchange.is_json:
                yield Finding.at(f"{put_of(kind).operation_id} answered a new object with a body of no JSON", exchange)
        if not probe.looked_at:
            raise Inapplicable("the target takes no PUT")


# --- once -------------------------------------------------------------------------------------------------------------


@check("OR-*-PUT-005", alone=True, of=WRITABLE, after=(WRITTEN,))
def put_twice_is_put_once(probe: Probe) -> Findings:
    """The same PUT twice leaves one object, singly and in the count of the list."""
    with workshop(probe) as shop:
        for kind, known in shop.each():
            listed(shop, kind, str(known["sourcedId"]))
            before = total_of(_counted(shop, kind))
            sent = shop.draft(kind)  # a parent of its own is another kind, so the count of this kind stays
            first, again = shop.put(kind, sent), shop.put(kind, sent)
            probe.examined()
            if not first.ok:
                continue  # judged by the first requirement
            if again.status not in shop.told(put_of(kind)).success:
                yield Finding.at(f"{put_of(kind).operation_id} answered {again.status} to the same PUT again", again)
                continue
            page, rows = listed(shop, kind, str(sent["sourcedId"]))
            after = _awaited_count(shop, kind, before)
            grown = _grown(before, after)
            if len(rows) != 1:
                yield Finding.at(f"{kind.operation_id} shows {len(rows)} objects after one PUT sent twice", again, page)
            elif grown not in {None, 1}:
                yield Finding.at(f"{kind.operation_id} counts {grown} more after one PUT sent twice", again, after)
            if lost := changed(known, single(shop, kind, known)[1]):
                yield Finding.at(f"{kind.wrapper_key}: a PUT of another object changed {', '.join(lost)}", again)


def _counted(shop: Workshop, kind: ANY_ENDPOINT) -> Exchange:
    return shop.probe.get(kind, query={"limit": "1"}, fresh=True)


def _awaited_count(shop: Workshop, kind: ANY_ENDPOINT, before: int | None) -> Exchange:
    return shop.awaited(lambda: _counted(shop, kind), lambda now: _grown(before, now) in {None, 1})


def _grown(before: int | None, page: Exchange) -> int | None:
    now = total_of(page)
    return None if before is None or now is None else now - before


# --- where and when --------------------------------------------------------------------------------------------------


@check("OR-*-PUT-006", alone=True, of=WRITABLE, after=(WRITTEN,))
def a_write_moves_date_last_modified(probe: Probe) -> Findings:
    """A change moves dateLastModified forward, a read leaves it, and a read of changes since then finds the object."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            key = str(sent["sourcedId"])
            _, before = single(shop, kind, sent)
            again = shop.read(kind, key)
            first = instant(before.get("dateLastModified"))
            if first is None:
                continue  # judged by the schema
            probe.examined()
            if instant((shop.body_of(kind, again) or {}).get("dateLastModified")) != first:
                yield Finding.at(f"{kind.wrapper_key}: a read moved dateLastModified", again)
            other = str(shop.model_of(kind)["sourcedId"])
            bystander = (shop.shown(kind, other) or {}).get("dateLastModified")
            let_time_pass(probe, first)
            # As who reads, changes one thing and writes it back: with the time that was read.
            second = touched({**sent, "dateLastModified": before["dateLastModified"]})
            put = put_again(shop, kind, second)
            read, after = single(shop, kind, second)
            moved = instant(after.get("dateLastModified"))
            if moved is None or moved <= first:
                yield Finding.at(f"{kind.wrapper_key}: a change did not move dateLastModified forward", put, read)
                continue
            theirs = shop.read(kind, other)
            if bystander and instant((shop.body_of(kind, theirs) or {}).get("dateLastModified")) != instant(bystander):
                yield Finding.at(f"{kind.wrapper_key}: a change moved dateLastModified of another object", put, theirs)
            # Between the two lies no other change of ours; the target may keep finer instants than it shows.
            since = f"dateLastModified>'{before['dateLastModified']}' AND sourcedId='{key}'"
            delta = found_by(shop, kind, since, (key,))
            if delta.ok and delta.listed(kind.wrapper_key) != (key,):
                yield Finding.at(f"{kind.operation_id}: a read of what changed since lacks what was put", put, delta)


@check("OR-*-PUT-007", alone=True, of=WRITABLE, after=(WRITTEN,))
def the_path_names_the_object(probe: Probe) -> Findings:
    """Where the body names another id than the path, the object of that other id stays as it was."""
    with workshop(probe) as shop:
        for kind, bystander in shop.each():
            intruder = touched(shop.draft(kind))
            path, other = str(intruder["sourcedId"]), str(bystander["sourcedId"])
            exchange = shop.put(kind, {**intruder, "sourcedId": other}, key=path)
            probe.examined()
            _, shown = single(shop, kind, bystander)
            if lost := changed(bystander, shown):
                yield Finding.at(f"{kind.wrapper_key}: a PUT to another path changed {', '.join(lost)}", exchange)
            read = _at_path(shop, kind, path) if exchange.ok else shop.read(kind, path)
            found = shop.body_of(kind, read)
            if exchange.ok and (found is None or found.get("sourcedId") != path):
                yield Finding.at(f"{kind.wrapper_key}: an accepted PUT is not at the id of its path", exchange, read)
            elif not exchange.ok and found is not None:
                yield Finding.at(f"{kind.wrapper_key}: a refused PUT is stored all the same", exchange, read)


def _at_path(shop: Workshop, kind: ANY_ENDPOINT, key: str) -> Exchange:
    return shop.awaited(lambda: shop.read(kind, key), lambda page: shop.body_of(kind, page) is not None)


@check("OR-*-PUT-008", alone=True, of=WRITABLE, after=(KEPT,))
def a_put_changes_nothing_else(probe: Probe) -> Findings:
    """A change of one object leaves others as they were, their time too: those of ours and one of the target's."""
    with workshop(probe) as shop:
        for kind, first in shop.each():
            others = bystanders(shop, kind, first)
            read, shown = single(shop, kind, first)
            if lost := changed(first, shown):
                yield Finding.at(f"{kind.wrapper_key}: PUT of others like it changed {', '.join(lost)}", read)
            put = put_again(shop, kind, touched(first))
            single(shop, kind, touched(first))
            yield from others_changed(shop, kind, others, put, "a PUT")


# --- lists follow ----------------------------------------------------------------------------------------------------


@check("OR-*-PUT-009", alone=True, of=WRITABLE, after=(KEPT,))
def filters_follow_a_change(probe: Probe) -> Findings:
    """After a change a filter on the new value finds the object, and a filter on the old one does not."""
    with workshop(probe) as shop:
        for kind, first in shop.each():
            field = "title" if "title" in first else "comment"
            key, old, new = str(first["sourcedId"]), f"Suite {shop.new_id()}", f"Suite {shop.new_id()}"
            for text in (old, new):
                put_again(shop, kind, {**first, field: text})
                single(shop, kind, {**first, field: text})
                found = found_by(shop, kind, f"{field}='{text}'", (key,))
                if not found.ok:
                    continue  # whether the field can be asked for is judged elsewhere
                probe.examined()
                if found.listed(kind.wrapper_key) != (key,):
                    yield Finding.at(f"{kind.operation_id}: a filter on the {field} that was put lacks it", found)
            stale = found_by(shop, kind, f"{field}='{old}'", ())
            if stale.ok and stale.listed(kind.wrapper_key):
                yield Finding.at(f"{kind.operation_id}: a filter on the {field} of before still finds it", stale)


@check("OR-*-PUT-010", alone=True, of=GRADEBOOKS, after=(KEPT,))
def class_lists_follow_a_write(probe: Probe) -> Findings:
    """What is put into a class stands in the lists of that class, of the line item and of the pupil, as it was put."""
    with workshop(probe) as shop:
        results, line_items = probe.family.thorough
        for kind, sent in shop.drafts((results,)):
            parent = shop.parent_of(sent["lineItem"])
            above = {
                "classSourcedId": str(parent.get("class", {}).get("sourcedId")),
                "lineItemSourcedId": str(parent.get("sourcedId")),
                "studentSourcedId": str(sent["student"]["sourcedId"]),
                "schoolSourcedId": str(parent.get("school", {}).get("sourcedId")),
            }
            ours = {kind.model: sent, line_items.model: parent}
            below = [endpoint for endpoint in probe.family.nested if endpoint.model in ours]
            for endpoint in below:
                _nested(shop, endpoint, above, ours[endpoint.model])  # what is remembered must not outlive the write
            shop.store(kind, sent)
            for endpoint in below:
                yield from _in_nested(shop, endpoint, above, ours[endpoint.model])
            ours = {model: touched(record) for model, record in ours.items()}
            put_again(shop, line_items, ours[line_items.model])
            put_again(shop, kind, ours[kind.model])
            for endpoint in below:
                yield from _in_nested(shop, endpoint, above, ours[endpoint.model])
            if not probe.looked_at:
                raise Inapplicable("the target offers no reads below a class")


def _nested(shop: Workshop, endpoint: ANY_ENDPOINT, above: Record, record: Record) -> Exchange:
    path = {name: above[name] for name in endpoint.path_parameters}
    query = {"filter": f"sourcedId='{record['sourcedId']}'"}
    return shop.probe.get(endpoint, path=path, query=query, fresh=True)


def _in_nested(shop: Workshop, endpoint: ANY_ENDPOINT, above: Record, record: Record) -> Findings:
    page = shop.awaited(
        lambda: _nested(shop, endpoint, above, record),
        lambda page: [changed(record, row) for row in all_exactly(page, endpoint.wrapper_key)] == [()],
    )
    if not page.ok:
        return  # nested reads are optional, and what they refuse is judged elsewhere
    rows = all_exactly(page, endpoint.wrapper_key)
    shop.probe.examined()
    if len(rows) != 1:
        yield Finding.at(f"{endpoint.operation_id} shows {len(rows)} objects of the id that was put into it", page)
    elif lost := changed(record, rows[0]):
        yield Finding.at(f"{endpoint.operation_id}: {', '.join(lost)} not shown as put", page)
