"""Dialects of the query string: what the standard leaves open of limits, filters, sorts and selections."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import parse_qsl, urlencode

from digione_mock_server.dialects.dialect import legal

LOW_CAP: Final = 50
"""Largest page under `low-cap`."""
TINY_CAP: Final = 3
"""Largest page under `tiny-cap`."""
SMALL_DEFAULT: Final = 20
"""Page size without limit under `small-default`."""

DIALECTS: Final = legal(
    ("low-cap", f"A limit above {LOW_CAP} is silently lowered to {LOW_CAP}.",
     "rest §4: the standard has no rule; caps from 100 to 50 000 are seen"),
    ("tiny-cap", f"A limit above {TINY_CAP} is silently lowered to {TINY_CAP}.",
     "rest §4: the standard has no rule for a cap"),
    ("small-default", f"Without limit a page holds {SMALL_DEFAULT} records.",
     "pitfall 19: 100 is the declared default, a documented other one earns a warning"),
    ("limit-zero-empty", "limit=0 is answered with 200 and an empty list.",
     "rest §4: no status is specified for it"),
    ("next-by-cursor", "Link names the next page alone, by an opaque cursor.",
     "RFC 8288: the target of a link is the server's own; OneRoster names no parameters for it"),
    ("extended-filter", "Filters take more than two clauses and a doubled apostrophe in a value.",
     "rest §5: the standard has no escape and consumers must not rely on more; a server may offer it"),
    ("no-dotted-filters", "A dotted path in a filter is refused with 400 invalid_filter_field.",
     "rest §5: Ed-Fi's certified server supports no dotted paths"),
    ("no-array-filters", "A filter that looks into an array is refused with 400 invalid_filter_field.",
     "rest §5 and pitfall 30: what a filter does with several values is not specified"),
    ("not-equal-skips-absent", "`!=` leaves out records that do not have the property.",
     "rest §5: `!=` on an absent field is not specified"),
    ("unknown-sort-200", "An unknown sort field is ignored: 200 in the default order, not 400.",
     "rest §6: not defined in 1.2; 1.1 answered 200"),
    ("fields-exact", "With fields, sourcedId comes only where it was asked for.",
     "rest §6: whether sourcedId is forced in is not specified"),
    ("unknown-parent-empty", "A nested collection that declares no 404 is 200 and empty below an unknown parent.",
     "rest §3.1: no nested read of Rostering declares 404"),
)  # fmt: skip

_CURSOR: Final = "cursor"


def cursor_of(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the query string of a link that keeps the whole question to itself."""
    return urlencode({_CURSOR: base64.urlsafe_b64encode(urlencode(pairs).encode()).decode().rstrip("=")})


def without_cursor(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the question that a cursor stands for; pairs without one come back as they are.

    Raises:
        ValueError: The cursor is none of ours.
    """
    cursor = dict(pairs).get(_CURSOR)
    if cursor is None:
        return pairs
    return parse_qsl(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode(), keep_blank_values=True)


def refuses_path(field: str, *, single: bool, dialects: AbstractSet[str]) -> bool:
    """Whether a filter on this field is refused, although the model knows it."""
    dotted = "." in field
    return (dotted and "no-dotted-filters" in dialects) or (not single and "no-array-filters" in dialects)
