"""A list read page by page, as a client does that trusts neither a total nor a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.family import ANY_ENDPOINT
from digione_conformance.probing.probe import Probe
from digione_conformance.relations.asking import refused

MOST_PAGES = 14


@dataclass(frozen=True)
class Walk:
    """A list read page by page: the ids of all pages in order, and whether the end was reached."""

    ids: tuple[str, ...]
    pages: tuple[Exchange, ...]
    ended: bool


def walk(
    probe: Probe, endpoint: ANY_ENDPOINT, *, limit: int, upto: int, query: Mapping[str, str], beyond: bool = True
) -> Walk | Finding:
    """Read by offset, advancing by the rows received, neither trusting a total nor a link.

    `upto` is how many records are expected: the page after the last of them should be empty, and with `beyond` it is
    read too.
    """
    ids: list[str] = []
    pages: list[Exchange] = []
    while len(pages) < MOST_PAGES:
        page = probe.get(endpoint, query={**query, "limit": str(limit), "offset": str(len(ids))})
        refusal = refused(endpoint, page, what="a page in the middle" if ids else "a page")
        if refusal:
            return refusal
        pages.append(page)
        arrived = probe.listed(endpoint, page)
        ids.extend(arrived)
        if not arrived or len(ids) > upto or (len(ids) == upto and not beyond):
            return Walk(tuple(ids), tuple(pages), ended=True)
    return Walk(tuple(ids), tuple(pages), ended=False)
