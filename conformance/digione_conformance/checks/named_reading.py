"""Checks of how many records each way of reading lists gets: by links, by counting, until a short page, in one page.

None of these ways is wrong by the standard, which declares neither a largest page nor that Link and X-Total-Count come.
What each of them would read is computed from the pages that were answered. A client that stops early notices nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final
from urllib.parse import urljoin, urlsplit

from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT, ROSTERING_V1P1, ROSTERS
from digione_conformance.probing.probe import Listing, Probe, total_of
from digione_conformance.relations.asking import ENROLLMENTS, KINDS, USERS, page_query, refused, require
from digione_conformance.relations.membership import active
from digione_sdk.wire.paging import links_of

_PAGE: Final = 100
"""The declared default of limit, and the size of page by which plain clients read."""
_MOST_PAGES: Final = 10
"""Pages read of a list at most: a way of reading that loses records does so on the first of them."""
_GOOGLES: Final = 10_000
_SDSS: Final = 5_000
_ACTIVE: Final = {"filter": "status='active'"}
_SEED: Final = "seed more than one page of some kind of record, or offer its collection"


@dataclass(frozen=True)
class Read:
    """What a way of reading gets of one list.

    Attributes:
        count: How many records.
        pages: The pages.
        cut: Whether we stopped, rather than the client.
    """

    count: int
    pages: tuple[Exchange, ...]
    cut: bool = False


def _known(listing: Listing) -> int:
    """Return how many records there are: those that were read, where the list was read whole, else as it tells."""
    read = len(set(listing.ids))
    return read if listing.complete else max(read, listing.total or 0)


def _lists(probe: Probe) -> Iterator[Listing]:
    """Yield each collection that holds records, also those that are too long to be read whole."""
    for endpoint in KINDS:
        listing = probe.census(endpoint)
        if listing.ids:
            yield listing


# --- three plain clients ---------------------------------------------------------------------------------------------


def _page(probe: Probe, endpoint: ANY_ENDPOINT, offset: int) -> Exchange:
    return probe.get(endpoint, query={"limit": str(_PAGE), "offset": str(offset)})


def by_link(probe: Probe, endpoint: ANY_ENDPOINT) -> Read:
    """Read as a client that follows Link rel=next alone."""
    pages = [_page(probe, endpoint, 0)]
    count = len(probe.listed(endpoint, pages[0]))
    while (target := links_of(pages[-1].headers).get("next")) is not None:
        url = urljoin(pages[-1].ask.url, target)
        # A link to another host is followed by clients, and not by us: what they would read there is not known.
        if len(pages) == _MOST_PAGES or urlsplit(url).netloc != urlsplit(pages[0].ask.url).netloc:
            return Read(count, tuple(pages), cut=True)
        pages.append(probe.ask(Ask("GET", url)))
        count += len(probe.listed(endpoint, pages[-1]))
    return Read(count, tuple(pages))


def by_counting(probe: Probe, endpoint: ANY_ENDPOINT) -> Read:
    """Read as a client that makes its pages from X-Total-Count: as many as it takes, each as long as it asked for."""
    pages = [_page(probe, endpoint, 0)]
    count = len(probe.listed(endpoint, pages[0]))
    total = total_of(pages[0]) or 0
    for offset in range(_PAGE, total, _PAGE):
        if len(pages) == _MOST_PAGES:
            return Read(count, tuple(pages), cut=True)
        pages.append(_page(probe, endpoint, offset))
        count += len(probe.listed(endpoint, pages[-1]))
    return Read(count, tuple(pages))


def until_short(probe: Probe, endpoint: ANY_ENDPOINT) -> Read:
    """Read as a client that goes on until a page is shorter than it asked for."""
    pages: list[Exchange] = []
    count = 0
    while len(pages) < _MOST_PAGES:
        pages.append(_page(probe, endpoint, len(pages) * _PAGE))
        arrived = len(probe.listed(endpoint, pages[-1]))
        count += arrived
        if arrived < _PAGE:
            return Read(count, tuple(pages))
    return Read(count, tuple(pages), cut=True)


def _stopped_early(probe: Probe, how: str, reading: Callable[[Probe, ANY_ENDPOINT], Read]) -> Findings:
    for listing in _lists(probe):
        read, known = reading(probe, listing.endpoint), _known(listing)
        expected = min(known, _MOST_PAGES * _PAGE) if read.cut else known
        probe.examined(read.count)
        # A link may lead to pages that are shorter than asked for: then the bound is ours, and nothing is lost.
        if read.count < expected and not (read.cut and reading is by_link):
            yield Finding(
                f"{listing.endpoint.operation_id}: a client that {how} reads {read.count} of {expected} records and "
                "notices nothing",
                read.pages,
            )
    require(probe, _SEED)


@check("CNS-READ-001")
def whoever_follows_links_reads_all(probe: Probe) -> Findings:
    """A client that follows Link rel=next alone reads every collection to its end."""
    yield from _stopped_early(probe, "follows Link alone", by_link)


@check("CNS-READ-002")
def whoever_counts_reads_all(probe: Probe) -> Findings:
    """A client that makes pages of 100 from X-Total-Count reads every collection to its end."""
    yield from _stopped_early(probe, "counts by X-Total-Count in pages of 100", by_counting)


@check("CNS-PAGE-004")
def whoever_stops_at_a_short_page_reads_all(probe: Probe) -> Findings:
    """A client that asks for pages of 100 until one is shorter reads every collection to its end."""
    probe.turn_to(ROSTERING_V1P1)
    yield from _stopped_early(probe, "stops at a page shorter than 100", until_short)


@check("CNS-READ-003")
def whoever_never_pages_can_see_it(probe: Probe) -> Findings:
    """The answer to a request without limit and offset shows that more follows, where more follows."""
    for listing in _lists(probe):
        page = probe.get(listing.endpoint)
        rows, known = len(probe.listed(listing.endpoint, page)), _known(listing)
        probe.examined()
        if rows < known and total_of(page) is None and not links_of(page.headers).get("next"):
            yield Finding.at(
                f"{listing.endpoint.operation_id}: a client that never pages reads {rows} of {known} records, and "
                "nothing in the answer says that there are more",
                page,
            )
    require(probe, _SEED)


# --- large pages -----------------------------------------------------------------------------------------------------


def _answer(probe: Probe, endpoint: ANY_ENDPOINT, query: Mapping[str, str], limit: int) -> Exchange | Finding:
    page = probe.get(endpoint, query={**query, "limit": str(limit), "offset": "0"})
    return refused(endpoint, page, what=f"limit={limit}") or page


@check("CNS-PAGE-001")
def ten_thousand_or_a_link(probe: Probe) -> Findings:
    """limit=10000 is answered with all records up to that many, or with fewer and a Link rel=next."""
    for listing in _lists(probe):
        endpoint, known = listing.endpoint, _known(listing)
        page = _answer(probe, endpoint, {}, _GOOGLES)
        probe.examined()
        if isinstance(page, Finding):
            yield page
            continue
        rows = len(probe.listed(endpoint, page))
        if rows < known and not links_of(page.headers).get("next"):
            yield Finding.at(
                f"{endpoint.operation_id}: limit={_GOOGLES} answered {rows} of {known} records and no Link to more",
                page,
            )
    require(probe, _SEED)


@check("CNS-PAGE-002")
def five_thousand_active_records(probe: Probe) -> Findings:
    """offset=0, limit=5000 and status='active' answer all active records up to that many, in every collection."""
    probe.turn_to(ROSTERING_V1P1)
    for listing in _lists(probe):
        endpoint = listing.endpoint
        page = _answer(probe, endpoint, _ACTIVE, _SDSS)
        probe.examined()
        if isinstance(page, Finding):
            yield page
            continue
        known = sum(map(active, listing.records)) if listing.complete else total_of(page) or 0
        rows = len(probe.listed(endpoint, page))
        if rows < min(known, _SDSS):
            yield Finding.at(
                f"{endpoint.operation_id}: limit={_SDSS} answered {rows} of {known} active records in one page", page
            )
    require(probe, _SEED)


@check("CNS-PAGE-003")
def every_list_has_a_total(probe: Probe) -> Findings:
    """Every collection says in X-Total-Count how many records the question has, also under a filter."""
    probe.turn_to(ROSTERING_V1P1)
    for listing in _lists(probe):
        for query in ({}, _ACTIVE):
            page = probe.get(listing.endpoint, query=page_query(probe, query))
            probe.examined()
            if page.ok and total_of(page) is None:
                how = " under a filter" if query else ""
                yield Finding.at(f"{listing.endpoint.operation_id}{how} sends no X-Total-Count", page)
    require(probe, _SEED)


# --- time ------------------------------------------------------------------------------------------------------------

_PATIENCE: Final = 30.0
"""Seconds."""
_TOO_LATE: Final = ("time limit passed", "was not complete after")
"""What the transport says of an answer that did not come in time; a spent budget of the run says otherwise."""


@check("CNS-TIME-001")
def large_pages_come_in_time(probe: Probe) -> Findings:
    """A page of 5000 active users and one of 5000 enrolments are answered within 30 seconds."""
    views = [view for family in ROSTERS if (view := probe.within(family)).names(USERS)]
    for view, endpoint in product(views, (USERS, ENROLLMENTS)):
        url = view.url(endpoint, query={**_ACTIVE, "limit": str(_SDSS), "offset": "0"})
        page = probe.attempt(Ask("GET", url))
        if page.trouble and not any(words in page.trouble for words in _TOO_LATE):
            raise Untested(f"{endpoint.operation_id} got no answer: {page.trouble}")
        probe.examined()
        if page.trouble:
            yield Finding.at(f"{endpoint.operation_id}: no answer in time to limit={_SDSS}: {page.trouble}", page)
        elif page.elapsed > _PATIENCE:
            yield Finding.at(f"{endpoint.operation_id}: limit={_SDSS} took {page.elapsed:.0f} s", page)
