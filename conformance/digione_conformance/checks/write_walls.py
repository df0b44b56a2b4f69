"""Checks of the wall between tenants in what a write refers to: what another tenant has is as unknown as nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digione_conformance.catalogue.undecided import Inapplicable, Untested
from digione_conformance.checks.references import TARGETS
from digione_conformance.checks.write_rights import tenants
from digione_conformance.checks.written import WRITTEN
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import (
    ANY_ENDPOINT,
    ASSESSMENT,
    GRADEBOOK,
    delete_of,
    posts_of,
    put_of,
    single_of,
)
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import Workshop, workshop
from digione_conformance.relations.asking import NOT_FOUND
from digione_conformance.relations.keeping import is_link
from digione_conformance.relations.payload import reasons

_SEED = "seed both tenants with objects that link to something the other does not have"
Pair = tuple[str, Exchange, Exchange]
"""What was tried, how it was answered about nothing, and about what another tenant has."""


def _links(shop: Workshop, kind: ANY_ENDPOINT, sent: Record, other: str) -> Iterator[Pair]:
    """PUT objects of ours that link to nothing, and to what another tenant has and we do not."""
    theirs = shop.model_of(kind, auth=other)
    for name, link in theirs.items():
        if not is_link(link) or not is_link(sent.get(name)) or not _unknown_to_us(shop, link):
            continue
        answers = []
        for key in (shop.new_id(), str(link["sourcedId"])):
            href = f"{str(sent[name]['href']).rpartition('/')[0]}/{key}"
            record = {**sent, "sourcedId": shop.new_id(), name: {**sent[name], "sourcedId": key, "href": href}}
            answers.append(shop.put(kind, record))
        yield f"{put_of(kind).operation_id} with a {name}", answers[0], answers[1]


def _unknown_to_us(shop: Workshop, link: Record) -> bool:
    target = TARGETS.get(str(link.get("type")))
    if target is None or not shop.probe.names(single_of(target)):
        return False
    page = shop.probe.get(single_of(target), path={"sourcedId": str(link["sourcedId"])}, fresh=True)
    return page.status == NOT_FOUND


def _posts(shop: Workshop, kind: ANY_ENDPOINT, other: str) -> Iterator[Pair]:
    """POST an object as another tenant would, as us: below a parent that nobody has, and below theirs."""
    for operation in posts_of(kind):
        theirs = shop.draft(kind, auth=other)
        names = {name: name.removesuffix("SourcedId") for name in operation.path_parameters}
        if not all(is_link(theirs.get(field)) and _unknown_to_us(shop, theirs[field]) for field in names.values()):
            continue
        path = {name: str(theirs[field]["sourcedId"]) for name, field in names.items()}
        body = {operation.body_key: [theirs]}
        nobody = shop.send(operation, dict.fromkeys(path, shop.new_id()), body)
        yield operation.operation_id, nobody, _taken_away(shop, kind, shop.send(operation, path, body), other)


def _taken_away(shop: Workshop, kind: ANY_ENDPOINT, exchange: Exchange, other: str) -> Exchange:
    """Remember what a POST that should not be has made, so that its owner takes it away."""
    pairs = exchange.json.get("sourcedIdPairs") if exchange.ok and isinstance(exchange.json, dict) else None
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, Mapping) and isinstance(pair.get("allocatedSourcedId"), str):
            shop.kept(kind, pair["allocatedSourcedId"], auth=other)
    return exchange


@check("OR-*-WISO-003", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def nothing_leads_through_the_wall(probe: Probe) -> Findings:
    """A link to what another tenant has is taken no more than one to nothing, and nothing is posted below it."""
    _, other = tenants(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            for what, nobody, told in (*_links(shop, kind, sent, other), *_posts(shop, kind, other)):
                probe.examined()
                if told.ok and not nobody.ok:
                    yield Finding.at(f"{what} of another tenant was taken, {told.status}", nobody, told)
        if not probe.looked_at:
            raise Untested(_SEED)


@check("OR-*-WISO-004", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def no_write_tells_what_another_tenant_has(probe: Probe) -> Findings:
    """A write about what another tenant has is answered as one about nothing: same status, same reason."""
    _, other = tenants(probe)
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            theirs = str(shop.store(kind, shop.draft(kind, auth=other), auth=other)["sourcedId"])
            tried = [*_links(shop, kind, sent, other), *_posts(shop, kind, other)]
            if shop.read(kind, theirs).status == NOT_FOUND:
                gone = [shop.delete(kind, key) for key in (shop.new_id(), theirs)]
                tried.append((delete_of(kind).operation_id, gone[0], gone[1]))
                put = [
                    shop.put(kind, {**sent, "sourcedId": shop.new_id()}),
                    shop.put(kind, {**sent, "sourcedId": theirs}),
                ]
                tried.append((put_of(kind).operation_id, put[0], put[1]))
            for what, nobody, told in tried:
                probe.examined()
                if told.status != nobody.status or reasons(told.json) != reasons(nobody.json):
                    more = f"{told.status} about what another tenant has, and {nobody.status} about nothing"
                    yield Finding.at(f"{what}: {more}", nobody, told)
        if not probe.looked_at:
            raise Inapplicable(_SEED)
