"""Faults in cutting a list into pages, in counting it and in linking from page to page."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from digione_mock_server.faults.fault import layer

FAULTS: Final = layer(
    "pager",
    ("page-overlap", "pitfall 23", "Every page but the first begins one row too early."),
    ("page-gap", "pitfall 23", "From the third page on a row is skipped."),
    ("last-row-lost", "pitfall 23", "The last of several pages lacks its last row."),
    ("lookahead-row-kept", "plausible", "The row read ahead to know whether there is a next page stays on the page."),
    ("cap-skips-rows", "pitfall 20",
     "A page never has more than 50 rows, but next goes on as if it had what was asked."),
    ("offset-ignored-with-filter", "plausible", "Together with a filter, offset is ignored."),
    ("offset-as-page-number", "plausible", "offset counts pages, not rows."),
    ("offset-past-end-404", "rest §4", "An offset past the end is 404."),
    ("offset-past-end-repeats", "plausible", "Past the end the last page comes again."),
    ("deep-offset-clamped", "plausible", "No offset goes beyond 1,000, so deep pages repeat."),
    ("nested-limit-ignored", "plausible", "Nested collections ignore limit and send everything."),
    ("total-before-filter", "pitfall 22", "X-Total-Count counts before the filter."),
    ("total-before-view", "pitfall 22", "X-Total-Count of a nested or narrowed path counts the whole collection."),
    ("total-of-page", "plausible", "X-Total-Count is the number of rows on the page."),
    ("total-off-by-one", "plausible", "X-Total-Count is the index of the last row."),
    ("link-without-next", "pitfall 21", "Link names first and last, never next."),
    ("link-next-without-end", "plausible", "The last page links to a next page, which is empty and links on."),
    ("link-next-to-itself", "plausible", "From the second page on, next leads to the page it stands on."),
    ("link-drops-filter", "rest §4", "Links to other pages forget the filter."),
    ("link-drops-sort", "rest §4", "Links to other pages forget sort and orderBy."),
    ("link-drops-fields", "rest §4", "Links to other pages forget fields."),
    ("link-relative", "consumers", "Links are paths without scheme and host."),
)  # fmt: skip

_CAP: Final = 50
_DEEPEST: Final = 1_000


def wrong_window(offset: int, limit: int, *, total: int, filtered: bool, faults: AbstractSet[str]) -> slice:
    """Return the slice that a careless pager shows.

    Args:
        offset: Offset asked for.
        limit: Limit asked for.
        total: Rows in the list.
        filtered: Whether there is a filter.
        faults: What it is careless about.
    """
    start, length = offset, limit
    if "page-overlap" in faults and start > 0:
        start -= 1
    if "page-gap" in faults and start >= 2 * limit:
        start += 1
    if "offset-ignored-with-filter" in faults and filtered:
        start = 0
    if "offset-as-page-number" in faults:
        start *= limit
    if "offset-past-end-repeats" in faults and start >= total > 0:
        start = (total - 1) // limit * limit
    if "deep-offset-clamped" in faults:
        start = min(start, _DEEPEST)
    if "cap-skips-rows" in faults:
        length = min(length, _CAP)
    if "lookahead-row-kept" in faults:
        length += 1
    if "last-row-lost" in faults and start > 0 and start + length >= total:
        length = max(0, total - start - 1)
    return slice(start, start + length)


def wrong_targets(
    targets: dict[str, int], *, offset: int, limit: int, total: int, faults: AbstractSet[str]
) -> dict[str, int]:
    """Return the offsets by rel that a careless pager links to."""
    if "link-without-next" in faults:
        return {rel: to for rel, to in targets.items() if rel != "next"}
    if "link-next-without-end" in faults:
        return {**targets, "next": offset + limit}
    if "link-next-to-itself" in faults and 0 < offset < total:
        return {**targets, "next": offset}
    return targets


def kept_by_links(kept: tuple[tuple[str, str], ...], faults: AbstractSet[str]) -> tuple[tuple[str, str], ...]:
    """Return the parameters that careless links repeat."""
    lost: set[str] = set()
    if "link-drops-filter" in faults:
        lost |= {"filter"}
    if "link-drops-sort" in faults:
        lost |= {"sort", "orderBy"}
    if "link-drops-fields" in faults:
        lost |= {"fields"}
    return tuple(pair for pair in kept if pair[0] not in lost)
