"""Checks of PUTs at the same time: what was answered as done is done, whoever else was writing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from digione_conformance.checks.written import WRITTEN, listed, single, touched
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ASSESSMENT, GRADEBOOK, put_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import Workshop, workshop
from digione_conformance.relations.asking import SERVER_ERROR
from digione_conformance.relations.keeping import changed

_AT_ONCE = 4
"""As many as a considerate client has under way."""


def _put_at_once(shop: Workshop, kind: ANY_ENDPOINT, records: Sequence[Record]) -> list[Exchange]:
    """PUT objects at the same time and return the answers in their order."""
    with ThreadPoolExecutor(len(records)) as pool:
        return list(pool.map(lambda record: shop.put(kind, record), records))


def _broken(kind: ANY_ENDPOINT, answers: Sequence[Exchange]) -> Findings:
    for exchange in answers:
        if exchange.status >= SERVER_ERROR and exchange.status != HTTPStatus.SERVICE_UNAVAILABLE:
            yield Finding.at(f"{put_of(kind).operation_id} answered {exchange.status} beside others", exchange)


@check("OR-*-PUT-034", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def puts_at_the_same_time_are_all_kept(probe: Probe) -> Findings:
    """Of PUTs at the same time none fails, and whatever was accepted is read: all objects, or one of two versions."""
    with workshop(probe) as shop:
        for kind, sent in shop.each():
            single(shop, kind, sent)
            drafts = [shop.draft(kind) for _ in range(_AT_ONCE)]
            answers = _put_at_once(shop, kind, drafts)
            yield from _broken(kind, answers)
            for draft, exchange in zip(drafts, answers, strict=True):
                probe.examined()
                if exchange.ok and changed(draft, (read := single(shop, kind, draft))[1]):
                    name = put_of(kind).operation_id
                    yield Finding.at(
                        f"{name}: an object that was put beside others is not read as put", exchange, read[0]
                    )
            versions = (touched(sent), touched(touched(sent)))
            answers = _put_at_once(shop, kind, versions)
            yield from _broken(kind, answers)
            kept = [record for record, exchange in zip(versions, answers, strict=True) if exchange.ok]
            if not kept:
                continue
            page, rows = listed(shop, kind, str(sent["sourcedId"]))
            now = shop.read(kind, str(sent["sourcedId"]))
            if len(rows) != 1 or all(changed(record, shop.body_of(kind, now) or {}) for record in kept):
                yield Finding.at(f"{kind.wrapper_key}: of two PUTs at once the object is neither", *answers, page, now)
