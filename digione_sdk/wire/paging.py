"""Reads what a server says about the rest of a list: `Link` (RFC 8288) and `X-Total-Count`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LINK = re.compile(rf'<(?P<target>[^>]*)>(?P<parameters>(?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:{_QUOTED}|[^\s",;]+))?)*)')
_REL = re.compile(rf";\s*rel\s*=\s*(?P<rel>{_QUOTED}|[^\s\",;]+)", re.IGNORECASE)
_LONGEST_TOTAL: Final = 15


def links_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return relation -> target of the `Link` header, as sent (maybe relative); the first of a kind counts."""
    links: dict[str, str] = {}
    for match in _LINK.finditer(headers.get("link", "")):
        rel = _REL.search(match["parameters"])
        for relation in rel["rel"].strip('"').lower().split() if rel else ():
            links.setdefault(relation, match["target"])
    return links


def total_of(headers: Mapping[str, str]) -> int | None:
    """Return `X-Total-Count`, or None where it is absent or no count."""
    totals = {part.strip() for part in headers.get("x-total-count", "").split(",")}
    if len(totals) != 1:  # a proxy may double a header; two different totals are none
        return None
    (total,) = totals
    return int(total) if total.isascii() and total.isdigit() and len(total) <= _LONGEST_TOTAL else None
