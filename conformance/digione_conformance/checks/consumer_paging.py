"""Checks of whether a consumer reads lists whole, whatever the server says or does not say about the rest of them."""

from __future__ import annotations

from collections import Counter
from typing import Final

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.checks.consumer_asking import PLAIN, as_far_as_plain, unfinished
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.probe import Probe
from digione_conformance.probing.traffic import Traffic, traffic, witnessed

_OK: Final = 200
_MOST_IN_A_CIRCLE: Final = 3


def _read_whole(probe: Probe, known: Traffic, scenario: str) -> Findings:
    known.require(scenario)
    long = [reading for reading in known.readings(scenario) if reading.is_long]
    if not long:
        raise Inapplicable(f"{scenario}: no list took more than one page")
    for reading in long:
        witnessed(probe, reading.pages, most=1)
    yield from unfinished(known, scenario)


@check("CON-PAGE-001", scenarios=("plain",))
def lists_are_read_to_their_end(probe: Probe) -> Findings:
    """From an ordinary server every list that was begun is read whole, in one page or in many."""
    known = traffic(probe)
    known.require(PLAIN)
    for reading in known.readings(PLAIN):
        witnessed(probe, reading.pages, most=1)
    yield from unfinished(known, PLAIN)


@check("CON-PAGE-002", scenarios=("no-link",))
def lists_without_links_are_read_whole(probe: Probe) -> Findings:
    """Without Link the client goes on by offset until the total is reached."""
    yield from _read_whole(probe, traffic(probe), "no-link")


@check("CON-PAGE-003", scenarios=("no-total",))
def lists_without_a_total_are_read_whole(probe: Probe) -> Findings:
    """Without X-Total-Count the client follows Link, or goes on until an empty page."""
    yield from _read_whole(probe, traffic(probe), "no-total")


@check("CON-PAGE-004", scenarios=("low-cap",))
def pages_smaller_than_asked_leave_no_gap(probe: Probe) -> Findings:
    """Where the server sends fewer rows than asked for, the client goes on from the rows received."""
    yield from _read_whole(probe, traffic(probe), "low-cap")


@check("CON-PAGE-005", scenarios=("circle",))
def a_circle_of_links_is_noticed(probe: Probe) -> Findings:
    """A next link that leads to its own page does not keep the client reading."""
    known = traffic(probe)
    known.require("circle")
    pages = Counter(seen.page for seen in known.reads("circle"))
    witnessed(probe, known.reads("circle"))
    for page, count in pages.most_common(1):
        if count > _MOST_IN_A_CIRCLE:
            shown = next(seen.exchange for seen in known.reads("circle") if seen.page == page)
            yield Finding.at(f"the same page was read {count} times", shown)


@check("CON-PAGE-006", scenarios=("plain",))
def no_page_is_read_twice(probe: Probe) -> Findings:
    """An ordinary server is asked for each page once."""
    known = traffic(probe)
    known.require(PLAIN)
    reads = [seen for seen in known.reads(PLAIN) if seen.status == _OK and "rows" in seen.event]
    witnessed(probe, reads)
    seen_before: set[str] = set()
    for seen in reads:
        if seen.page in seen_before:
            yield Finding.at("a page that had arrived was asked for again", seen.exchange)
        seen_before.add(seen.page)


@check("CON-PAGE-007", scenarios=("plain", "empty"))
def an_empty_list_is_a_list(probe: Probe) -> Findings:
    """A list without rows is read once and the rest of the roster is read all the same."""
    known = traffic(probe)
    known.require("empty")
    empty = [seen for seen in known.reads("empty") if seen.twist == "empty"]
    if not empty:
        raise Inapplicable("the client does not read courses")
    if len(empty) > _MOST_IN_A_CIRCLE:
        yield Finding.at(f"the empty list was asked for {len(empty)} times", empty[0].exchange)
    yield from as_far_as_plain(probe, known, "empty")


@check("CON-PAGE-008", scenarios=("slow",))
def a_slow_page_is_waited_for(probe: Probe) -> Findings:
    """While a page is under way it is not asked for a second time, and the list is read to its end."""
    known = traffic(probe)
    known.require("slow")
    slow = [seen for seen in known.reads("slow") if seen.twist == "slow"]
    if not slow:
        raise Inapplicable("no list took more than one page")
    witnessed(probe, slow)
    for seen in slow:
        again = [s for s in known.reads("slow") if s.page == seen.page and seen.began < s.began < seen.ended]
        if again:
            yield Finding.at("a page was asked for again while it was under way", seen.exchange, again[0].exchange)
    yield from unfinished(known, "slow")
