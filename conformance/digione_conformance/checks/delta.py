"""Checks of what a consumer that reads changes relies on: later records, all of them, tombstones included."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import RESOURCES, RESOURCES_V1P1, ROSTERS, single_of
from digione_conformance.probing.probe import Listing, Probe
from digione_conformance.relations.asking import OK, filtered, require, wholes
from digione_conformance.relations.membership import active
from digione_conformance.relations.order import instant
from digione_sdk.wire.filter import Clause, Predicate

_TOTAL = "OR-*-PAGE-004"


def _later_than(listing: Listing, moment: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids surely later than a moment, and those at the very moment (a server may keep finer instants)."""
    cut = instant(moment)
    rows = listing.records
    times = rows.derived(
        ("changed",), lambda: [(key, instant(r.get("dateLastModified"))) for key, r in zip(rows.ids, rows, strict=True)]
    )
    later = frozenset(key for key, time in times if cut and time and time > cut)
    return later, frozenset(key for key, time in times if time == cut)


def _times(listing: Listing) -> list[tuple[datetime, str]]:
    """Return the times of change in order, each with the text that the target wrote."""
    texts = {str(record.get("dateLastModified")) for record in listing.records}
    return sorted((time, text) for text in texts if (time := instant(text)) is not None)


def _departures(probe: Probe, listing: Listing, literal: str, moment: str, how: str) -> Findings:
    later, at = _later_than(listing, moment)
    answered = filtered(probe, listing.endpoint, Clause("dateLastModified", Predicate.GT, literal))
    probe.examined()
    if isinstance(answered, Finding):
        yield answered
        return
    missing, early = len(later - set(answered.ids)), len(set(answered.ids) - later - at)
    if missing or early:
        yield Finding(
            f"{listing.endpoint.operation_id}: dateLastModified > {how}: {missing} changed records are missing, "
            f"{early} records are older",
            answered.exchanges,
        )


@check("OR-*-DELTA-001", after=(_TOTAL,))
def delta_is_the_changed_set(probe: Probe) -> Findings:
    """`dateLastModified>'T'` answers exactly the records that changed after T, in every collection."""
    for listing in wholes(probe):
        times = _times(listing)
        if not times:
            continue
        (_, middle), (_, last) = times[len(times) // 2], times[-1]
        yield from _departures(probe, listing, middle, middle, "a moment between the first and the last change")
        if listing.endpoint in probe.family.views:
            continue  # a view is the whole collection with one more condition: one moment shows whether both hold
        yield from _departures(probe, listing, last, last, "the last change")
        before = f"{(times[0][0] - timedelta(seconds=2)).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
        yield from _departures(probe, listing, before, before, "a moment before all changes")
    require(probe, "seed records with different times of change")


@check("OR-*-DELTA-002", after=("OR-*-DELTA-001",))
def other_literals_of_a_moment_work(probe: Probe) -> Findings:
    """A bare date means midnight UTC; an offset other than Z, and milliseconds that are nought, change no instant."""
    for listing in wholes(probe, probe.family.kinds):
        times = _times(listing)
        if not times:
            continue
        # The closest neighbours tell a comparison of text from one of instants.
        closest = min(pairwise(time for time, _ in times), key=lambda pair: pair[1] - pair[0], default=None)
        middle = closest[0] if closest else times[0][0]
        midnight = f"{middle.date().isoformat()}T00:00:00Z"
        yield from _departures(probe, listing, middle.date().isoformat(), midnight, "a bare date")
        moment = middle.replace(microsecond=0)
        # In one question: who takes `.000Z` and no offset, or the other way round, departs as well.
        shifted = (moment + timedelta(hours=14)).replace(tzinfo=None).isoformat() + ".000+14:00"
        yield from _departures(probe, listing, shifted, moment.isoformat(), "an instant in milliseconds at +14:00")
    require(probe, "seed records with different times of change")


@check("OR-*-DELTA-003", after=(_TOTAL, "OR-*-FILT-001"), of=(*ROSTERS, RESOURCES, RESOURCES_V1P1))
def tombstones_are_served(probe: Probe) -> Findings:
    """A deleted record stays in lists, delta and single reads with status tobedeleted until it is purged."""
    for listing in wholes(probe):
        marked = filtered(probe, listing.endpoint, Clause("status", Predicate.EQ, "tobedeleted"), every=True)
        if isinstance(marked, Finding):
            yield marked
            continue
        hidden = len(set(marked.ids) - set(listing.ids))
        if hidden:
            yield Finding(
                f"{listing.endpoint.operation_id}: {hidden} records with status tobedeleted are missing from the list",
                marked.exchanges,
            )
        tombstones = [record for record in listing.records if not active(record)]
        for tombstone in tombstones[:1]:
            probe.examined()
            single = single_of(listing.endpoint)
            exchange = probe.get(single, path={"sourcedId": str(tombstone.get("sourcedId"))})
            body = exchange.json.get(single.wrapper_key) if isinstance(exchange.json, dict) else None
            status = body.get("status") if isinstance(body, dict) else None
            if exchange.status != OK or status != tombstone.get("status"):
                yield Finding.at(
                    f"{single.operation_id} answered {exchange.status} for a tombstone of the list", exchange
                )
    require(probe, "seed one record of some kind with status tobedeleted")
