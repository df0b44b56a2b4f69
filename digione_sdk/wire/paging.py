"""Reads what a server says about the rest of a list: `Link` (RFC 8288) and `X-Total-Count`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = rf';\s*(?P<name>[^\s=;,"]+)(?:\s*=\s*(?P<value>{_QUOTED}|[^\s",;]+))?'
_PARAMETERS = re.compile(_PARAMETER)
_LINK = re.compile(rf"<(?P<target>[^>]*)>(?P<parameters>(?:\s*{re.sub(r'[?]P<[a-z]+>', '?:', _PARAMETER)})*)")
_LONGEST_TOTAL: Final = 15


def links_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return relation -> target of the `Link` header, as sent (maybe relative); the first of a kind counts."""
    links: dict[str, str] = {}
    for link in _LINK.finditer(headers.get("link", "")):
        for parameter in _PARAMETERS.finditer(link["parameters"]):
            if parameter["name"].lower() == "rel":
                for relation in (parameter["value"] or "").strip('"').lower().split():
                    links.setdefault(relation, link["target"])
                break  # only the first rel of a link counts (RFC 8288 §3.3)
    return links


def total_of(headers: Mapping[str, str]) -> int | None:
    """Return `X-Total-Count`, or None where it is absent or no count."""
    totals = {part.strip() for part in headers.get("x-total-count", "").split(",")}
    if len(totals) != 1:  # a proxy may double a header; two different totals are none
        return None
    (total,) = totals
    return int(total) if total.isascii() and total.isdigit() and len(total) <= _LONGEST_TOTAL else None
