"""Checks of POST: each object gets an id of its own and a pair that tells it, and stands where the path says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.checks.posts import Place, Posted, allocated, anew, answered_posts, places, post
from digione_conformance.checks.put_refusals import holds, is_refusal, malformed
from digione_conformance.checks.written import single
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, GRADEBOOK, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import NotOffered, Workshop, workshop
from digione_conformance.relations.asking import LINE_ITEMS, NOT_FOUND, RESULTS, SERVER_ERROR
from digione_conformance.relations.keeping import changed

POSTED: Final = "OR-*-POST-001"
_CREATED: Final = 201


@check(POSTED, alone=True, after=("OR-*-PUT-001",), of=(GRADEBOOK,))
def post_makes_objects_and_answers_pairs(probe: Probe) -> Findings:
    """POST of two objects answers 201 with a list of pairs of ids, as the schema has it."""
    with workshop(probe) as shop:
        for place in places(shop):
            posted = post(shop, place)
            exchange, name = posted.exchange, place.operation.operation_id
            if not exchange.ok:
                try:
                    shop.require_offered(place.operation, place.path, exchange)
                except NotOffered:
                    continue
            probe.examined()
            if exchange.status != _CREATED:
                yield Finding.at(f"{name} answered {exchange.status}, expected 201", exchange)
            elif errors := probe.schemas.of_response(place.operation, "201").errors(exchange.json):
                yield Finding.at(f"{name}: the pairs depart from the schema: {errors[0]}", exchange)
        if not probe.looked_at:
            raise NotOffered("the target offers no POST")


@check("OR-*-POST-002", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def pairs_tell_each_object_once(probe: Probe) -> Findings:
    """Each supplied id stands in one pair, no other does, and no id is allocated twice."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            name = posted.place.operation.operation_id
            supplied = [pair.get("suppliedSourcedId") for pair in posted.pairs]
            given = [pair.get("allocatedSourcedId") for pair in posted.pairs]
            probe.examined()
            if sorted(map(str, supplied)) != sorted(posted.stored):
                yield Finding.at(f"{name}: the pairs do not tell each supplied id once", posted.exchange)
            if len(set(given)) != len(given):
                yield Finding.at(f"{name}: an id is allocated twice", posted.exchange)


@check("OR-*-POST-003", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def each_pair_leads_to_its_object(probe: Probe) -> Findings:
    """The allocated id of a pair reads as the object that was sent under the supplied one, field by field."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place = posted.place
            for sent in place.drafts:
                key = allocated(posted, str(sent["sourcedId"]))
                if key is None:
                    continue  # judged by the pairs
                wanted = {**sent, "sourcedId": key}
                read, shown = single(shop, place.kind, wanted)
                probe.examined()
                if not shown:
                    name = single_of(place.kind).operation_id
                    yield Finding.at(f"{name} answered {read.status} to an allocated id", posted.exchange, read)
                elif lost := changed(wanted, shown):
                    told = f"{place.operation.operation_id}: {', '.join(lost)} not read as posted"
                    yield Finding.at(told, posted.exchange, read)


@check("OR-*-POST-004", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def what_was_posted_is_listed_once(probe: Probe) -> Findings:
    """Each posted object stands once in the list, under the allocated id, and once in the list of its parent."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place = posted.place
            for supplied, rows in posted.stored.items():
                key = allocated(posted, supplied)
                probe.examined()
                if [row.get("sourcedId") for row in rows] != [key]:
                    yield Finding.at(
                        f"{place.kind.operation_id} shows {len(rows)} of one posted object", posted.exchange
                    )
            yield from _below(shop, posted)


def _below(shop: Workshop, posted: Posted) -> Findings:
    place = posted.place
    keys = [key for supplied in posted.stored if (key := allocated(posted, supplied))]
    nested = [each for each in shop.probe.family.nested if each.model is place.kind.model]
    above = dict(place.path)
    if place.kind is RESULTS:
        above["classSourcedId"] = str(shop.parent_of(place.drafts[0]["lineItem"])["class"]["sourcedId"])
        above["lineItemSourcedId"] = str(place.drafts[0]["lineItem"]["sourcedId"])
    else:  # what is posted to a school stands in its class as well
        above["classSourcedId"] = str(place.drafts[0]["class"]["sourcedId"])
    for endpoint in nested:
        if not set(endpoint.path_parameters) <= above.keys():
            continue
        path = {name: above[name] for name in endpoint.path_parameters}
        for key in keys:
            query = {"filter": f"sourcedId='{key}'"}
            page = shop.awaited(
                partial(shop.probe.get, endpoint, path=path, query=query, fresh=True), partial(_shows, endpoint, key)
            )
            if page.ok and page.listed(endpoint.wrapper_key) != (key,):
                yield Finding.at(f"{endpoint.operation_id} lacks what was posted", posted.exchange, page)


def _shows(endpoint: ANY_ENDPOINT, key: str, page: Exchange) -> bool:
    return page.listed(endpoint.wrapper_key) == (key,)


@check("OR-*-POST-005", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def an_unknown_parent_is_told(probe: Probe) -> Findings:
    """POST below a parent that does not exist answers 404, and makes nothing."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name = posted.place, posted.place.operation.operation_id
            for parameter in place.path:
                lost = {**place.path, parameter: shop.new_id()}
                drafts = anew(shop, place)
                late = post(shop, Place(place.operation, place.kind, lost, drafts))
                probe.examined()
                if any(late.stored.values()):
                    yield Finding.at(f"{name}: something was made below an unknown {parameter}", late.exchange)
                elif late.exchange.status != NOT_FOUND:
                    told = f"{name} answered {late.exchange.status} to an unknown {parameter}, expected 404"
                    yield Finding.at(told, late.exchange)


@check("OR-*-POST-006", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def post_replaces_nothing(probe: Probe) -> Findings:
    """A supplied id that is taken is no address: the object that has it stays as it was."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place = posted.place
            there = [rows[0] for rows in posted.stored.values() if rows]
            if not there:
                continue
            first, *_ = anew(shop, place)
            late = post(shop, place, ({**first, "sourcedId": there[0]["sourcedId"]},))
            probe.examined()
            read, shown = single(shop, place.kind, there[0])
            if lost := changed(there[0], shown):
                told = f"{place.operation.operation_id}: a POST changed {', '.join(lost)} of what was there"
                yield Finding.at(told, late.exchange, read)


@check("OR-*-POST-007", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def a_refused_post_makes_nothing(probe: Probe) -> Findings:
    """A list with one wrong object is refused as a whole, or its pairs tell what was made, and nothing else was."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name = posted.place, posted.place.operation.operation_id
            good, *rest = anew(shop, place)
            required = "dueDate" if place.kind is LINE_ITEMS else "scoreDate"
            bad = {k: v for k, v in (rest or [good])[0].items() if k != required} | {"sourcedId": shop.new_id()}
            late = post(shop, place, (good, bad))
            probe.examined()
            made = [rows for rows in late.stored.values() if rows]
            if late.exchange.status >= SERVER_ERROR:
                yield Finding.at(f"{name} answered {late.exchange.status} to a list with a wrong object", late.exchange)
            elif not late.exchange.ok and made:
                yield Finding.at(f"{name}: a refused POST made {len(made)} objects", late.exchange)
            elif late.exchange.ok and len(late.pairs) != len(made):
                yield Finding.at(f"{name}: {len(late.pairs)} pairs tell of {len(made)} objects", late.exchange)


@check("OR-*-POST-008", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def malformed_posts_are_refused(probe: Probe) -> Findings:
    """A body that is no JSON, or no list in its wrapper, is refused, or made what it holds; an empty list fails not."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name, taken = posted.place, posted.place.operation.operation_id, False
            (first, *_) = anew(shop, place)
            for what, body, content in malformed(place.operation.body_key, first, listed=True):
                exchange = shop.send(place.operation, place.path, body, content=content)
                probe.examined()
                if exchange.ok and holds(body, first) and shop.found(place.kind, first, wait=True):
                    taken = True  # what it holds was meant, and was made
                elif not is_refusal(exchange):
                    yield Finding.at(f"{name} answered {exchange.status} to {what}, expected 4xx", exchange)
            if not taken and shop.found(place.kind, first):
                yield Finding.at(f"{name}: a malformed body made an object", posted.exchange)
            empty = shop.send(place.operation, place.path, {place.operation.body_key: []})
            if not empty.ok and not is_refusal(empty):
                yield Finding.at(f"{name} answered {empty.status} to an empty list", empty)


@check("OR-*-POST-009", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def the_path_of_a_post_names_the_parent(probe: Probe) -> Findings:
    """An object whose own link names another parent than the path is refused, or is made below that of the path."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name = posted.place, posted.place.operation.operation_id
            for parameter, key in place.path.items():
                field = parameter.removesuffix("SourcedId")
                other = next((row[field] for row in _others(shop, place, field, key)), None)
                if other is None:
                    continue
                first, *_ = anew(shop, place)
                late = post(shop, place, ({**first, field: other},))
                probe.examined()
                for row in (row for rows in late.stored.values() for row in rows):
                    if row.get(field, {}).get("sourcedId") != key:
                        yield Finding.at(f"{name} made an object below another {field} than its path's", late.exchange)
        if not probe.looked_at:
            raise Untested("seed line items in two classes of two schools")


def _others(shop: Workshop, place: Place, field: str, key: str) -> Iterator[Record]:
    if field not in place.drafts[0]:
        return
    for row in shop.rows(place.kind):
        if isinstance(row.get(field), dict) and row[field].get("sourcedId") != key:
            yield row


_DOZEN: Final = 12


@check("OR-*-POST-010", alone=True, after=(POSTED,), of=(GRADEBOOK,))
def alike_and_many_are_kept_one_by_one(probe: Probe) -> Findings:
    """Line items of one title, and a dozen at a time, are refused, or each allocated id is of one and reads as it."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name = posted.place, posted.place.operation.operation_id
            if place.kind is not LINE_ITEMS:
                continue
            first, *_ = anew(shop, place)
            twins = (first, {**first, "sourcedId": shop.new_id()})
            for drafts in (twins, tuple(anew(shop, place)[0] for _ in range(_DOZEN))):
                late = post(shop, place, drafts)
                if not late.exchange.ok:
                    continue  # that titles differ, or how many come at a time, is a provider's own rule
                given = {str(one["sourcedId"]): allocated(late, str(one["sourcedId"])) for one in drafts}
                probe.examined()
                keys = [key for key in given.values() if key is not None]
                if len(set(keys)) < len(keys):
                    yield Finding.at(f"{name}: two objects were given one id", late.exchange)
                lost = [
                    key for one in drafts if (key := given[str(one["sourcedId"])]) is not None
                    and changed({**one, "sourcedId": key}, single(shop, place.kind, {**one, "sourcedId": key})[1])
                ]  # fmt: skip
                if lost:
                    yield Finding.at(
                        f"{name}: {len(lost)} of {len(drafts)} objects are not read as posted", late.exchange
                    )
        if not probe.looked_at:
            raise Inapplicable("the target takes neither line items of one title nor a dozen at a time")


@check("OR-*-POST-011", alone=True, after=(POSTED, "OR-*-DEL-001"), of=(GRADEBOOK,))
def an_allocated_id_is_new(probe: Probe) -> Findings:
    """After a deletion the next allocated id is none that was given before, and no object gives way to it."""
    with workshop(probe) as shop:
        for posted in answered_posts(shop):
            place, name = posted.place, posted.place.operation.operation_id
            given = [key for one in place.drafts if (key := allocated(posted, str(one["sourcedId"]))) is not None]
            if len(given) < len(place.drafts):
                continue  # judged by the pairs
            stays = {**place.drafts[-1], "sourcedId": given[-1]}
            for victim in (given[0], None):  # the first, and then the one that was made last
                if not shop.delete(place.kind, victim or given[-1]).ok:
                    break
                late = post(shop, place, anew(shop, place)[:1])
                new = allocated(late, late_id) if (late_id := next(iter(late.stored))) else None
                if new is None:
                    break  # as where a pupil's result was deleted, and a second one may not be
                probe.examined()
                if new in given:
                    yield Finding.at(f"{name} allocated an id that it had given before", late.exchange)
                given.append(new)
                if len(place.drafts) == 1:
                    continue  # it was the only one, and is the one that was deleted
                read, shown = single(shop, place.kind, stays)
                if lost := changed(stays, shown):
                    yield Finding.at(f"{name} changed {', '.join(lost)} of what was there", late.exchange, read)
        if not probe.looked_at:
            raise Inapplicable("the target deletes nothing that was posted, or posts nothing anew")
