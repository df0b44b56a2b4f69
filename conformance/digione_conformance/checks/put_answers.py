"""Checks of what the answer to a write tells: where something was made, and how it looks, as it then is read."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.written import WRITTEN, single, touched
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ASSESSMENT, GRADEBOOK, put_of, single_of
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.workshop import workshop
from digione_conformance.relations.keeping import changed, exactly

_CREATED = 201


@check("OR-*-PUT-030", alone=True, of=(GRADEBOOK, ASSESSMENT), after=(WRITTEN,))
def answers_to_puts_tell_the_truth(probe: Probe) -> Findings:
    """Where the answer to a PUT names an address, it is the object's; where it shows the object, it is as read."""
    with workshop(probe) as shop:
        for kind, sent in shop.drafts():
            name, wrapper = put_of(kind).operation_id, single_of(kind).wrapper_key
            for record in (sent, touched(sent)):
                exchange = shop.put(kind, record)
                if not exchange.ok:
                    break  # judged by the first requirement
                place, told = exchange.headers.get("location"), exactly(exchange, wrapper)
                if place is not None and exchange.status == _CREATED:
                    probe.examined()
                    if not _leads_to(exchange, place, str(record["sourcedId"])):
                        yield Finding.at(f"{name}: Location leads elsewhere than to what was put", exchange)
                if told:
                    probe.examined()
                    read, shown = single(shop, kind, record)
                    if lost := changed(told, shown):
                        yield Finding.at(
                            f"{name}: the answer shows another {', '.join(lost)} than is read", exchange, read
                        )
        if not probe.looked_at:
            raise Inapplicable("answers to PUT name no address and show no object")


def _leads_to(exchange: Exchange, place: str, key: str) -> bool:
    """Whether an address, absolute or relative, is at the host that was asked, and ends in the id."""
    asked = exchange.ask.url
    found = urlsplit(urljoin(asked, place))
    return found.netloc == urlsplit(asked).netloc and unquote(found.path.rstrip("/").rpartition("/")[2]) == key
