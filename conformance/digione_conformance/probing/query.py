"""Queries as they travel: pairs in order, every reserved character percent-encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from digione_sdk.wire.paging import links_of

Query = Mapping[str, str] | Sequence[tuple[str, str]] | None


def pairs_of(query: Query) -> tuple[tuple[str, str], ...]:
    """Return a query as pairs, in order."""
    if query is None:
        return ()
    return tuple(query.items()) if isinstance(query, Mapping) else tuple(query)


def encode_query(query: Query) -> str:
    """Return `?name=value&…` with every reserved character percent-encoded, space as %20; empty for no query."""
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs_of(query))
    return f"?{text}" if text else ""


def link_targets(value: str) -> dict[str, str]:
    """Return relation -> target of a `Link` header's value, as sent; a target may be relative."""
    return links_of({"link": value})
