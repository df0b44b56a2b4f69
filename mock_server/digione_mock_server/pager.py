"""Limit and offset as decisions: which slice of the keys a page shows, which pages it links to (rest-1.2 §4)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from digione_mock_server.dialects.asking import cursor_of
from digione_mock_server.faults import pager as wrong
from digione_mock_server.query import Query
from digione_mock_server.switches import Switches


def window(query: Query, switches: Switches, *, total: int) -> slice:
    """Return the slice of the key array that the page shows; past the end it is empty, which is no error."""
    if switches.faults:
        filtered = query.where is not None
        return wrong.wrong_window(query.offset, query.limit, total=total, filtered=filtered, faults=switches.faults)
    return slice(query.offset, query.offset + query.limit)


def links(url: str, query: Query, switches: Switches, *, total: int) -> str:
    """Return the value of the Link header: absolute, and with the same filter, sort, order and fields.

    `next` is absent on the last page, `prev` on the first; past the end `prev` leads to the last page that has rows.
    """
    last = max(0, (total - 1) // query.limit * query.limit)
    targets = {"first": 0, "last": last}
    if query.offset + query.limit < total:
        targets["next"] = query.offset + query.limit
    if query.offset > 0:
        targets["prev"] = min(max(0, query.offset - query.limit), last)
    pairs = query.kept
    if switches.faults:
        pairs = wrong.kept_by_links(pairs, switches.faults)
        targets = wrong.wrong_targets(
            targets, offset=query.offset, limit=query.limit, total=total, faults=switches.faults
        )
    if "next-by-cursor" in switches.dialects:
        following = (*pairs, ("limit", str(query.limit)), ("offset", str(query.offset + query.limit)))
        return f'<{url}?{cursor_of(following)}>; rel="next"' if "next" in targets else ""
    # %20 rather than +: every decoder reads it as a space.
    kept = "&" + urlencode(pairs, quote_via=quote) if pairs else ""
    return ", ".join(
        f'<{url}?limit={query.limit}&offset={offset}{kept}>; rel="{rel}"' for rel, offset in targets.items()
    )
