"""Dialects of writing: what the standard leaves open of PUT, POST and DELETE in the gradebook (rest-1.2 §3.2)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from digione_mock_server.dialects.dialect import legal

DIALECTS: Final = legal(
    ("replace-answers-201", "PUT answers 201 to a replacement too.", "rest §3.2: 201 is the one declared answer"),
    ("delete-answers-200", "DELETE answers 200 without body.", "pitfall 59: both are seen, and accepted"),
    ("pull-only", "The gradebook is read only: PUT, POST and DELETE are 405.", "pitfalls §2: either pull or push"),
    ("no-posts", "No POST is offered.", "pitfalls §2: push is PUT of line items and results; all else is optional"),
    ("tombstones-listed", "What was deleted stays in lists and single reads as tobedeleted.",
     "rest §3.2: whether it disappears or is tobedeleted is not stated"),
    ("no-conditional-writes", "Objects have no entity tag, and If-Match and If-None-Match are not looked at.",
     "rest §1: the standard defines neither"),
    ("references-unchecked", "Links of what is written are not followed.",
     "rest §3.2: nothing says that a provider must; the roster may live elsewhere"),
    ("supplied-ids-kept", "POST allocates the supplied ids where they are free.",
     "rest §3.2: which ids the provider allocates is its own affair"),
    ("pairs-in-any-order", "The pairs of a POST come in another order than the objects.",
     "rest §3.2: a pair names both ids, and no order is stated"),
    ("deleted-ids-stay-taken", "PUT at the id of what was deleted is 422.",
     "rest §7: an id must not be silently reused"),
    ("path-id-wins", "PUT stores under the id of the address, whatever the sourcedId of the body.",
     "rest §3.2: that both are equal is practice, not written"),
)  # fmt: skip


def offers(method: str, dialects: AbstractSet[str]) -> bool:
    """Whether operations of this method are offered."""
    if "pull-only" in dialects:
        return method == "GET"
    return not (method == "POST" and "no-posts" in dialects)
