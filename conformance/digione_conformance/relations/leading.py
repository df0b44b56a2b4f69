"""Where the links of a page lead, read off their own parameters: what keeps the question in a cursor says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

URI: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
"""What a URI may consist of (RFC 3986, 2); many clients mend what does not, and others give up."""
_CARRIES_A_TOKEN: Final = frozenset({"access_token", "bearer_token", "id_token", "jwt"})


def astray(links: Mapping[str, str], count: int) -> Iterator[str]:
    """Yield what is wrong with the links of a page by relation, where the whole list holds so many records."""
    for relation, target in sorted(links.items()):
        asked = parse_qs(urlsplit(target).query, keep_blank_values=True)
        if asked.keys() & _CARRIES_A_TOKEN:
            yield f"Link rel={relation} carries a token in its address"
        offset = _whole(asked.get("offset", [""])[-1])
        if offset is None:
            continue
        if offset < 0:
            yield f"Link rel={relation} leads below the first record"
        elif relation == "first" and offset > 0:
            yield "Link rel=first does not begin at the first record"
        elif relation == "last" and offset >= count:
            yield "Link rel=last leads past the end"


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
