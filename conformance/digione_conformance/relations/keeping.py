"""Whether what a target shows of an object is what was written: by meaning, number by number and instant by instant."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.probing.probe import Record
from digione_conformance.relations.order import instant

_SERVERS_OWN: Final = frozenset({"dateLastModified", "metadata"})
"""What a server may set itself, or add to."""
_LINK: Final = frozenset({"sourcedId", "type", "href"})


def exactly(exchange: Exchange, key: str) -> Record:
    """Return the object below a wrapper key with its numbers as they were written, digit by digit; {} without one."""
    found = _precisely(exchange).get(key) if exchange.ok else None
    return found if isinstance(found, dict) else {}


def all_exactly(exchange: Exchange, key: str) -> tuple[Record, ...]:
    """Return the objects listed below a wrapper key, with their numbers as they were written; none without a list."""
    found = _precisely(exchange).get(key) if exchange.ok else None
    return tuple(row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()


def _precisely(exchange: Exchange) -> Record:
    try:
        body = json.loads(exchange.body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def changed(sent: Record, shown: Record) -> tuple[str, ...]:
    """Return the fields that were written and are not shown with the same meaning, sorted."""
    return tuple(sorted(k for k, v in sent.items() if k not in _SERVERS_OWN and _plain(v) != _plain(shown.get(k))))


def surplus(sent: Record, shown: Record) -> tuple[str, ...]:
    """Return the fields that are shown though they were not written, sorted; an empty list is as good as none."""
    added = shown.keys() - sent.keys() - _SERVERS_OWN
    return tuple(sorted(name for name in added if _plain(shown[name]) is not None))


def is_link(value: object) -> bool:
    """Whether a value of a record links to another record."""
    return isinstance(value, dict) and value.keys() >= _LINK


def _plain(value: Json | Decimal) -> Json:
    """Return a form in which equal meanings are equal: of a link its target, of a number its value, no empty list."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return ("number", Decimal(str(value)).normalize())
    if isinstance(value, str):
        moment = instant(value)
        return ("instant", moment) if moment else value
    if isinstance(value, dict):
        names = ("sourcedId", "type") if is_link(value) else tuple(sorted(value))
        return {name: _plain(value[name]) for name in names if name != "metadata"}
    if isinstance(value, list):
        return sorted((_plain(inner) for inner in value), key=repr) or None  # the order of an array is open
    return value
