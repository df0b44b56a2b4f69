"""Checks of limit and offset, of what the server says about the rest of a list, and of senseless paging parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, islice, pairwise
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from digione_conformance.catalogue.undecided import Inapplicable
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.evidence.finding import Finding, Findings
from digione_conformance.probing.check import check
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.probe import Listing, Probe, total_of
from digione_conformance.relations.asking import BAD_REQUEST, OK, SERVER_ERROR, filtered, require, wholes
from digione_conformance.relations.leading import URI, astray
from digione_conformance.relations.order import READERS, Scale, inversions, loose
from digione_conformance.relations.pages import MOST_PAGES, Walk, walk
from digione_conformance.relations.payload import holds_records
from digione_conformance.relations.sampling import halving, scalars
from digione_sdk.wire.paging import links_of

Pairs: TypeAlias = tuple[tuple[str, str], ...]
_SEED = "seed three or more records of some kind"
_DEFAULT_LIMIT = 100
_SMALL = 10
_LARGE = 10_000
"""What consumers ask for that want a list in one page (consumers.md)."""


_ODD_SIZE = 7
"""A page size that divides few lists evenly."""


def _limits(count: int) -> Iterator[int]:
    """Yield page sizes that make between two and ten pages, one that cuts unevenly among them."""
    yield count // 3 + 1
    if 2 * _ODD_SIZE <= count <= 10 * _ODD_SIZE:
        yield _ODD_SIZE
    if count <= _ODD_SIZE:
        yield 1


def _unpartitioned(probe: Probe, listing: Listing, limit: int, query: Mapping[str, str], how: str) -> Findings:
    endpoint, expected = listing.endpoint, frozenset(listing.ids)
    # What lies beyond the end is asked of the plain list.
    walked = walk(probe, endpoint, limit=limit, upto=len(expected), query=query, beyond=not query)
    probe.examined()
    if isinstance(walked, Finding):
        yield walked
    else:
        yield from _departures(walked, expected, f"{endpoint.operation_id}{how} in pages of {limit}")


def _departures(walked: Walk, expected: frozenset[str], what: str) -> Findings:
    twice = len(walked.ids) - len(set(walked.ids))
    missing = len(expected - set(walked.ids)) if walked.ended else 0
    foreign = len(set(walked.ids) - expected)
    if twice or missing or foreign:
        yield Finding(
            f"{what}: {twice} records came twice, {missing} never, {foreign} are not in the list that was read at once",
            walked.pages,
        )


@check("OR-*-PAGE-001")
def pages_partition_the_list(probe: Probe) -> Findings:
    """The pages of every collection, at several sizes, hold each record exactly once."""
    for listing in wholes(probe):
        limits = dict.fromkeys(_limits(len(listing.ids)))
        for limit in limits if listing.endpoint in probe.family.kinds else islice(limits, 1):
            yield from _unpartitioned(probe, listing, limit, {}, "")
    require(probe, _SEED)


@check("OR-*-PAGE-002", after=("OR-*-PAGE-001",))
def pages_partition_a_sorted_list(probe: Probe) -> Findings:
    """Pages hold each record once under a sort that leaves many ties, in both directions."""
    for listing in wholes(probe, probe.family.kinds):
        fields = [f.name for f in scalars(listing.endpoint) if f.required and f.name != "sourcedId"]
        tied = min(fields, key=lambda name: len({str(r.get(name)) for r in listing.records}))
        order = "desc" if listing.endpoint in probe.family.thorough[:2] else "asc"
        limit = len(listing.ids) // 3 + 1
        query = {"sort": tied, "orderBy": order}
        yield from _unpartitioned(probe, listing, limit, query, f" sorted by {tied}")
        yield from _out_of_order(probe, listing, limit, query)
    require(probe, _SEED)


def _out_of_order(probe: Probe, listing: Listing, limit: int, query: Mapping[str, str]) -> Findings:
    """Yield where the pages together do not stand in the order of the sort: each was cut first and sorted then."""
    walked = walk(probe, listing.endpoint, limit=limit, upto=len(listing.ids), query=query, beyond=False)
    if isinstance(walked, Finding):
        return
    scale = next(field.scale for field in scalars(listing.endpoint) if field.name == query["sort"])
    records = [record for page in walked.pages for record in probe.records(listing.endpoint, page)]
    if scale is Scale.TEXT:
        # Whatever the collation, equal values stand together; those that it may tie with others are left out.
        pieces = [value for value, _ in groupby(str(r.get(query["sort"])) for r in records)]
        forms = Counter(loose(value) for value in set(pieces))
        alone = [value for value in pieces if forms[loose(value)] == 1]
        wrong = len(alone) - len(set(alone))
    else:
        values = [value for r in records if (value := READERS[scale](r.get(query["sort"]))) is not None]
        wrong = inversions(values, descending=query["orderBy"] == "desc")
    if wrong:
        yield Finding(
            f"{listing.endpoint.operation_id}: sort={query['sort']} in pages of {limit}: the pages together are not in "
            "order",
            walked.pages,
        )


@check("OR-*-PAGE-003")
def limit_bounds_the_page(probe: Probe) -> Findings:
    """A page never holds more records than `limit` asks for, and offset moves its start."""
    for listing in wholes(probe):
        count = len(listing.ids)
        for limit in (1, 2) if listing.endpoint in probe.family.kinds else (1,):
            page = probe.get(listing.endpoint, query={"limit": str(limit)})
            rows = probe.listed(listing.endpoint, page)
            probe.examined()
            if len(rows) > limit:
                yield Finding.at(f"{listing.endpoint.operation_id}: limit={limit} answered {len(rows)} records", page)
            elif not rows:
                yield Finding.at(
                    f"{listing.endpoint.operation_id}: limit={limit} answered none of {count} records", page
                )
    require(probe, _SEED)


# --- totals ----------------------------------------------------------------------------------------------------------


@check("OR-*-PAGE-004")
def total_is_the_length_of_the_list(probe: Probe) -> Findings:
    """Where X-Total-Count is sent it is the number of records that the same question has, on every page and filter."""
    for endpoint, query, count in _counted_questions(probe):
        page = probe.get(endpoint, query={**query, "limit": "1"})
        text = page.headers.get("x-total-count")
        if text is None or not page.ok:
            continue
        probe.examined()
        how = " under a filter" if query else ""
        if total_of(page) is None:
            yield Finding.at(f"{endpoint.operation_id}{how}: X-Total-Count is no number", page)
        elif total_of(page) != count:
            yield Finding.at(f"{endpoint.operation_id}{how}: X-Total-Count {total_of(page)}, but {count} records", page)
    if not probe.looked_at:
        raise Inapplicable("the target sends no X-Total-Count")


def _counted_questions(probe: Probe) -> Iterator[tuple[ANY_ENDPOINT, dict[str, str], int]]:
    """Yield each collection bare and each kind under a filter too, with the number of records that were read."""
    for listing in wholes(probe):
        endpoint, count = listing.endpoint, len(listing.ids)
        walked = walk(probe, endpoint, limit=count // 3 + 1, upto=count, query={})
        if not isinstance(walked, Finding) and walked.ended:
            yield endpoint, {}, len(set(walked.ids))
        clause = halving(endpoint, listing.records) if endpoint in probe.family.kinds else None
        answered = filtered(probe, endpoint, clause, every=True) if clause else None
        if isinstance(answered, Listing):
            yield endpoint, {"filter": str(clause)}, len(answered.ids)


@check("OR-*-PAGE-005")
def lists_announce_the_rest(probe: Probe) -> Findings:
    """A page that is not the last says so: Link with rel next, and X-Total-Count."""
    for listing in wholes(probe):
        if len(listing.ids) > 1:
            page = probe.get(listing.endpoint, query={"limit": "1"})
            probe.examined()
            lacking = [] if links_of(page.headers).get("next") else ["Link rel=next"]
            lacking += [] if "x-total-count" in page.headers else ["X-Total-Count"]
            if page.ok and lacking:
                yield Finding.at(f"{listing.endpoint.operation_id} sends no {' and no '.join(lacking)}", page)
    require(probe, _SEED)


# --- links -----------------------------------------------------------------------------------------------------------


def _linked(probe: Probe, listing: Listing, query: Mapping[str, str], *, count: int) -> Walk | None:
    """Follow `next` from the first of three pages; None where the first page has no such link."""
    url = probe.url(listing.endpoint, query={**query, "limit": str(count // 3 + 1), "offset": "0"})
    ids: list[str] = []
    pages: list[Exchange] = []
    while len(pages) < MOST_PAGES:
        page = probe.ask(Ask("GET", url))
        pages.append(page)
        if not page.ok:
            return Walk(tuple(ids), tuple(pages), ended=True)
        ids.extend(probe.listed(listing.endpoint, page))
        target = links_of(page.headers).get("next")
        if target is None:
            return Walk(tuple(ids), tuple(pages), ended=True) if len(pages) > 1 else None
        url = urljoin(url, target)
        if urlsplit(url).netloc != urlsplit(pages[0].ask.url).netloc:
            return Walk(tuple(ids), tuple(pages), ended=True)
    # A server may cap the page far below what was asked for: then only what came is judged, not what is left.
    return Walk(tuple(ids), tuple(pages), ended=False)


@check("OR-*-PAGE-006")
def following_next_reads_the_list_once(probe: Probe) -> Findings:
    """Where Link rel=next is sent, following it reads the whole list exactly once, with filter and sort kept."""
    for listing in wholes(probe):
        queries: list[tuple[str, Mapping[str, str], frozenset[str]]] = [("", {}, frozenset(listing.ids))]
        if listing.endpoint in probe.family.thorough:
            queries += _narrowed(probe, listing)
        for how, query, expected in queries:
            walked = _linked(probe, listing, query, count=len(expected))
            if walked is not None:
                probe.examined()
                yield from _departures(walked, expected, f"{listing.endpoint.operation_id}{how}, following rel=next")
                yield from _ends_early(listing) if not query else ()
    if not probe.looked_at:
        raise Inapplicable("the target sends no Link with rel=next")


def _ends_early(listing: Listing) -> Findings:
    """Yield where a large page has no next link though there is more: whoever follows links stops there."""
    for page, following in pairwise(listing.exchanges):
        if not links_of(page.headers).get("next") and following.listed(listing.endpoint.wrapper_key):
            yield Finding(
                f"{listing.endpoint.operation_id}: a page has no Link rel=next, and more records follow it",
                (page, following),
            )


def _narrowed(probe: Probe, listing: Listing) -> Iterator[tuple[str, Mapping[str, str], frozenset[str]]]:
    """Yield a filter that leaves records out, sorted, with what it selects."""
    clause = halving(listing.endpoint, listing.records)
    answered = filtered(probe, listing.endpoint, clause, every=True) if clause else None
    if clause and isinstance(answered, Listing):
        query = {"filter": str(clause), "sort": clause.field, "orderBy": "desc"}
        yield " under a filter", query, frozenset(answered.ids)


@check("OR-*-PAGE-007")
def links_are_absolute_and_end(probe: Probe) -> Findings:
    """Link targets are absolute, keep the question, lead to pages that there are, and the last page has no next."""
    for listing in wholes(probe):
        count = len(listing.ids)
        # Once with a name that stands twice in the question: who keeps one value a name loses the other in the link.
        written = (
            ("dateLastModified", "status") if listing.endpoint is probe.family.thorough[0] else ("sourcedId,status",)
        )
        query = (("limit", "1"), *(("fields", names) for names in written), ("sort", "dateLastModified"))
        page = probe.get(listing.endpoint, query=query)
        links = links_of(page.headers)
        if not page.ok or not links or count < 2:  # noqa: PLR2004 - one record needs no next page
            continue
        probe.examined()
        for relation, target in sorted(links.items()):
            parts = urlsplit(target)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                yield Finding.at(f"{listing.endpoint.operation_id}: Link rel={relation} is not absolute", page)
            if relation == "next":
                yield from _forgets(probe, listing.endpoint, query, urljoin(page.ask.url, target))
        for what in astray(links, count):
            yield Finding.at(f"{listing.endpoint.operation_id}: {what}", page)
        if listing.endpoint in probe.family.thorough:
            yield from _no_addresses(probe, listing)
        if listing.endpoint in probe.family.views:
            continue
        # A page of more records than stand before it: what is one page back would begin below the first.
        last = probe.get(listing.endpoint, query={"limit": str(count), "offset": str(count - 1)})
        for what in astray(links_of(last.headers), count) if last.ok else ():
            yield Finding.at(f"{listing.endpoint.operation_id}: {what}", last)
        if last.ok and links_of(last.headers).get("next"):
            yield Finding.at(f"{listing.endpoint.operation_id}: the last page has a Link rel=next", last)
    if not probe.looked_at:
        raise Inapplicable("the target sends no Link header")


def _no_addresses(probe: Probe, listing: Listing) -> Findings:
    """Yield where the links of a filtered list hold its spaces or letters as they are."""
    for how, query, expected in _narrowed(probe, listing):
        first = {**query, "limit": str(len(expected) // 3 + 1), "offset": "0"}
        page = probe.get(listing.endpoint, query=first)
        for relation, target in sorted(links_of(page.headers).items()):
            if not URI.fullmatch(target):
                yield Finding.at(f"{listing.endpoint.operation_id}{how}: Link rel={relation} is no address", page)


def _forgets(probe: Probe, endpoint: ANY_ENDPOINT, query: Pairs, target: str) -> Findings:
    """Yield where the next page is not the one that the same question has at the next offset.

    What the target of a link looks like is the server's own affair: it may keep the question in a cursor.
    """
    second = probe.get(endpoint, query=(*query, ("offset", "1")))
    if urlsplit(target).netloc != urlsplit(second.ask.url).netloc or not second.ok:
        return
    following = probe.ask(Ask("GET", target))
    if following.json != second.json:
        yield Finding.at(f"{endpoint.operation_id}: Link rel=next drops fields or sort", second, following)


# --- edges -----------------------------------------------------------------------------------------------------------


@check("OR-*-PAGE-008")
def nothing_found_is_an_empty_list(probe: Probe) -> Findings:
    """An offset past the end answers 200 with an empty array under the wrapper key, whatever the limit."""
    for listing in wholes(probe):
        # A server may send fewer records than are asked for; the standard knows no limit that is too large.
        limit = str(_LARGE if listing.endpoint is probe.family.thorough[0] else _SMALL)
        page = probe.get(listing.endpoint, query={"limit": limit, "offset": str(len(listing.ids) + 1000)})
        probe.examined()
        body = page.json if isinstance(page.json, dict) else {}
        told = {key: value for key, value in body.items() if key not in probe.family.beside}
        if page.status != OK or told != {listing.endpoint.wrapper_key: []}:
            yield Finding.at(
                f"{listing.endpoint.operation_id}: an offset past the end, with limit={limit}, answered {page.status}, "
                f"expected 200 and an empty {listing.endpoint.wrapper_key}",
                page,
            )
    require(probe, _SEED)


@check("OR-*-PAGE-009")
def default_page_holds_a_hundred(probe: Probe) -> Findings:
    """Without limit, a page holds 100 records, or all where there are fewer."""
    for listing in wholes(probe):
        page = probe.get(listing.endpoint)
        rows = probe.listed(listing.endpoint, page)
        expected = min(len(listing.ids), _DEFAULT_LIMIT)
        probe.examined()
        if len(rows) != expected:
            yield Finding.at(
                f"{listing.endpoint.operation_id}: without limit {len(rows)} records came, expected {expected}", page
            )
    require(probe, _SEED)


_SENSELESS = (
    ("limit", "0"),
    ("limit", "-1"),
    ("limit", "abc"),
    ("limit", "1.5"),
    ("offset", "-1"),
    ("offset", "abc"),
)
_HUGE = tuple(
    (name, str(number)) for name in ("limit", "offset") for number in (3 * 2**31, 3 * 2**53, 3 * 2**63, 10**30)
)
"""Numbers that are whole, but too large for 32 bits, for the numbers of JSON in many languages, for 64 bits."""


@check("OR-*-PAGE-010")
def senseless_paging_is_no_server_error(probe: Probe) -> Findings:
    """Senseless values of limit and offset never make the server fail."""
    for endpoint in probe.family.collections:
        tried = _SENSELESS if endpoint in probe.family.thorough[:2] else _SENSELESS[2:3]
        for name, value in (*tried, *(_HUGE if endpoint is probe.family.thorough[0] else ())):
            exchange = probe.get(endpoint, query={name: value})
            probe.examined()
            if exchange.status >= SERVER_ERROR:
                yield Finding.at(f"{endpoint.operation_id}: {name}={value} answered {exchange.status}", exchange)


@check("OR-*-PAGE-011")
def senseless_paging_is_refused(probe: Probe) -> Findings:
    """A limit or offset that is no number or below its minimum is refused, or at least answered without records."""
    for endpoint in probe.family.thorough[:2]:
        for name, value in _SENSELESS:
            exchange = probe.get(endpoint, query={name: value})
            probe.examined()
            if exchange.status < BAD_REQUEST and holds_records(exchange.json):
                yield Finding.at(f"{endpoint.operation_id}: {name}={value} was answered with records", exchange)
