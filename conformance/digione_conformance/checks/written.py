"""What was written, as reads show it: how all checks of writes look at it, and wait until it settles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from digione_conformance.catalogue.undecided import CantTell
from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.family import ANY_ENDPOINT, put_of, single_of
from digione_conformance.probing.probe import Probe, Record
from digione_conformance.probing.workshop import ABOVE, Workshop
from digione_conformance.relations.keeping import all_exactly, changed, exactly

WRITTEN: Final = "OR-*-PUT-001"
KEPT: Final = "OR-*-PUT-002"


def put_again(shop: Workshop, kind: ANY_ENDPOINT, record: Record) -> Exchange:
    """Return the answer to one more PUT of an object that is there.

    Raises:
        CantTell: It is refused; another requirement judges that.
    """
    exchange = shop.put(kind, record)
    if not exchange.ok:
        raise CantTell(f"{put_of(kind).operation_id} answered {exchange.status} to an object that is there")
    return exchange


def single(
    shop: Workshop, kind: ANY_ENDPOINT, sent: Record, *, without: frozenset[str] = frozenset()
) -> tuple[Exchange, Record]:
    """Return the single read of what was put, and what it shows, once it shows that or the time is up.

    Args:
        shop: Where it was put.
        kind: Its kind.
        sent: What was put, or a part of it.
        without: Fields that were there before and should be gone.
    """
    key = single_of(kind).wrapper_key

    def settled(page: Exchange) -> bool:
        shown = exactly(page, key)
        return not changed(sent, shown) and not without & shown.keys()

    exchange = shop.awaited(lambda: shop.read(kind, str(sent["sourcedId"])), settled)
    return exchange, exactly(exchange, key)


def listed(
    shop: Workshop, kind: ANY_ENDPOINT, key: str, *, once: bool = True, put: Record | None = None
) -> tuple[Exchange, tuple[Record, ...]]:
    """Return the list under a filter on an id, and its records, once it shows one (or none), or the time is up.

    Args:
        shop: Where it was put.
        kind: Its kind.
        key: Its id.
        once: Whether the list should show it.
        put: What was put there last; then the list is awaited that shows that.

    Raises:
        CantTell: The list is refused; another requirement judges that.
    """

    def settled(page: Exchange) -> bool:
        if page.listed(kind.wrapper_key) != ((key,) if once else ()):
            return False
        return put is None or not any(changed(put, row) for row in all_exactly(page, kind.wrapper_key))

    exchange = shop.awaited(lambda: shop.find_id(kind, key), settled)
    shop.probe.listed(kind, exchange)
    return exchange, all_exactly(exchange, kind.wrapper_key)


def neighbours(shop: Workshop, kind: ANY_ENDPOINT, record: Record) -> tuple[str, ...]:
    """Store others like an object and return their ids: one, and of a result a second of the same pupil there too.

    Whether a pupil may have two results in one line item is open: a second one may be refused.
    """
    second = shop.store(kind, shop.draft(kind))
    single(shop, kind, second)
    found = [str(second["sourcedId"])]
    namesake = {**record, "sourcedId": shop.new_id()}
    if kind in ABOVE and shop.put(kind, namesake).ok:
        single(shop, kind, namesake)
        found.append(str(namesake["sourcedId"]))
    return tuple(found)


def bystanders(shop: Workshop, kind: ANY_ENDPOINT, record: Record) -> tuple[tuple[str, Record | None], ...]:
    """Return the ids of others than an object, of ours like it and of one of the target's, each with what it shows."""
    keys = (*neighbours(shop, kind, record), str(shop.model_of(kind)["sourcedId"]))
    return tuple((key, shop.shown(kind, key)) for key in keys)


def others_changed(
    shop: Workshop, kind: ANY_ENDPOINT, others: Iterable[tuple[str, Record | None]], done: Exchange, what: str
) -> Findings:
    """Yield which bystanders are no longer as they were before a write."""
    for key, was in others:
        read = shop.read(kind, key)
        shop.probe.examined()
        if was is not None and shop.body_of(kind, read) != was:
            yield Finding.at(f"{kind.wrapper_key}: {what} changed another object", done, read)


def found_by(shop: Workshop, kind: ANY_ENDPOINT, text: str, expected: tuple[str, ...]) -> Exchange:
    """Return the list under a filter, once it shows what is expected, or the time is up."""
    return shop.awaited(lambda: shop.find(kind, text), lambda page: page.listed(kind.wrapper_key) == expected)


def touched(record: Record) -> Record:
    """Return the object with one text changed; twice touched, it differs from once touched."""
    if "title" in record:
        return {**record, "title": f"{record['title']} B"}
    return {**record, "comment": f"{record.get('comment', 'Toinen sana')} B"}


_A_SECOND_AND_MORE: Final = 1.05
_A_TICK_AND_MORE: Final = 0.01


def let_time_pass(probe: Probe, since: datetime) -> None:
    """Wait until a change can have a later time: many keep whole seconds, where two within one have one time."""
    probe.pause(_A_SECOND_AND_MORE if since.microsecond == 0 else _A_TICK_AND_MORE)
