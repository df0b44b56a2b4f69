"""Servers that differ from the first one as the standard allows: whoever accuses one of them is wrong.

The reason of each stands in its docstring. Those of `WARNED` do what a provider may do and had better not.
"""

from __future__ import annotations

from typing import Final

from tests.strangers.listing import Servers, read_all

VARIANTS: Final = Servers()
variant = VARIANTS.named
read_all(__name__, __path__)

WARNED: Final = {
    "links-relative": {"PAGE-007"},
    "next-and-no-more": {"PAGE-005"},
    "total-and-no-links": {"PAGE-005"},
    "deleted-people-in-lists": {"NEST-002"},
    "default-25": {"PAGE-009"},
    "cap-40": {"PAGE-009"},
    "short-payload": {"ERR-007"},
}
"""What a variant earns a warning for, by the ends of the ids: legal, and worth a word."""
ACCUSED: Final = {
    "living-town": "a list that grows while it is paged contradicts itself: a run wants a target at rest",
}
"""Variants that the suite does accuse, with the reason why that was left."""

__all__ = ["ACCUSED", "VARIANTS", "WARNED", "variant"]
