"""Servers that take writes as the standard allows, written before the checks of the suite were read.

Whoever accuses one of them is wrong; the reason of each stands in its docstring.
"""

from __future__ import annotations

from typing import Final

from tests.strangers.second import legal_answers, legal_deletions, legal_keeping
from tests.strangers.second.lists import VARIANTS

THEMES: Final = (legal_answers, legal_keeping, legal_deletions)
WARNED: Final[dict[str, set[str]]] = {
    "extras-ignored": {"PUT-022"},
    "strict-about-types": {"PUT-019"},
    "lists-a-moment-late": {"MODEL-001"},
}
"""The warnings that a variant earns: it may do so, and had better not."""
ACCUSED: Final[dict[str, str]] = {
    "lists-a-moment-late": "together with purged tombstones MODEL-001 ended cantTell: not looked into yet",
    "tombstones-purged": "MODEL-001 ends cantTell now and then: not looked into yet",
}
"""Variants that are accused still, with the reason."""

__all__ = ["ACCUSED", "THEMES", "VARIANTS", "WARNED"]
