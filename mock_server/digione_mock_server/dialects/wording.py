"""Dialects of how an answer is written: headers and JSON that say the same in other words."""

from __future__ import annotations

import json
import re
from collections.abc import Set as AbstractSet
from typing import Final

from digione_mock_server.dialects.dialect import legal, tolerances
from digione_sdk.model.base import Json

DIALECTS: Final = (
    *legal(
        ("no-link", "No Link header on collections.", "rest §4: certified servers send none"),
        ("no-total", "No X-Total-Count header on collections.", "rest §4: certified servers send none"),
        ("bare-nested-pages", "Nested collections carry neither X-Total-Count nor Link.",
         "rest §4: certified servers send neither; a client stops on an empty page"),
        ("links-one-by-one", "Each link has a Link field line of its own, with a parameter before rel.",
         "RFC 9110 §5.3 and RFC 8288 §3: the same list, written otherwise"),
        ("charset-in-type", "Content-Type is application/json;charset=UTF-8.",
         "RFC 9110 §8.3.1: parameters may follow, names are case insensitive"),
        ("pretty-json", "JSON is indented, the properties of every object stand in reverse order.",
         "RFC 8259 §2 and §4: white space and order mean nothing"),
        ("escaped-json", "JSON escapes every letter outside ASCII, and the slash.",
         "RFC 8259 §7: any character may be escaped"),
        ("no-etag", "No ETag.", "rest §1: the standard defines none"),
        ("no-gzip", "Answers are never compressed.", "RFC 9110 §12.5.3: identity is always acceptable"),
        ("stamps-cut-to-seconds", "dateLastModified is kept with milliseconds and shown in whole seconds.",
         "RFC 3339 §5.6: a fraction is optional; nothing says that the store keeps what it shows"),
    ),
    *tolerances(
        ("counts-in-body", "Collections carry totalCount, limit and offset beside the rows.",
         "rest §11: the wrappers are closed; TimeBack sends them"),
    ),
)  # fmt: skip

_FRACTION: Final = re.compile(rb'("dateLastModified":"[^".]*)\.[0-9]+')
_BETWEEN_LINKS: Final = re.compile(", (?=<)")
_REWRITTEN: Final = frozenset({"pretty-json", "escaped-json"})


def rewritten(body: bytes, dialects: AbstractSet[str]) -> bytes:
    """Return JSON text in the words of the dialects that are on."""
    if "stamps-cut-to-seconds" in dialects:
        body = _FRACTION.sub(rb"\1", body)
    if dialects.isdisjoint(_REWRITTEN):
        return body
    wire: Json = json.loads(body)
    pretty = "pretty-json" in dialects
    text = json.dumps(
        _turned(wire) if pretty else wire, indent=2 if pretty else None, ensure_ascii="escaped-json" in dialects
    )
    return (text.replace("/", "\\/") if "escaped-json" in dialects else text).encode()


def _turned(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def link_lines(value: str, dialects: AbstractSet[str]) -> list[bytes]:
    """Return the field lines of a Link header."""
    if "links-one-by-one" not in dialects:
        return [value.encode()]
    return [one.replace("; rel=", '; title="a, b; c"; rel=').encode() for one in _BETWEEN_LINKS.split(value)]
