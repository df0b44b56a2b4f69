"""What is said of a switch that nobody knows: the nearest names that are known, and where all of them stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Final

_MOST: Final = 5
_NEAR: Final = 0.5


def told_unknown(unknown: Sequence[str], known: Collection[str], *, page: str) -> str:
    """Return a message about switches that are not known; a list of all of them would bury it.

    Args:
        unknown: Names that were asked for.
        known: All names.
        page: Reference page that lists them.
    """
    words = {word for name in unknown for word in name.split("-") if len(word) > 3}  # noqa: PLR2004 - no "of", "the"
    near = [match for name in unknown for match in get_close_matches(name, known, n=_MOST, cutoff=_NEAR)]
    near += [name for name in known if words & set(name.split("-"))]
    nearest = list(dict.fromkeys(near))[:_MOST]
    hint = f"nearest: {', '.join(nearest)}; " if nearest else ""
    return f"unknown: {', '.join(unknown)}; {hint}all {len(known)} are on docs/reference/{page}.md"
