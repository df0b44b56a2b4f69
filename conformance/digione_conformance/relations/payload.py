"""Reads error answers the way a careful consumer does: every variant of the status payload seen in the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from digione_conformance.evidence.exchange import Exchange, Json
from digione_conformance.probing.probe import Record

_WRAPPERS: Final = ("imsx_StatusInfo", "imsx_statusInfo", "statusInfoSet")
_MINOR: Final = "imsx_codeminor"


def status_info(body: Json) -> Record | None:
    """Return the status payload, taken out of any of the wrappers seen in the field; None where there is none."""
    return next(iter(status_infos(body)), None)


def status_infos(body: Json) -> tuple[Record, ...]:
    """Return every status payload of a body: 1.1 has a set of them, of which the first may say that all went well."""
    if not isinstance(body, dict):
        return ()
    for wrapper in _WRAPPERS:
        inner = body.get(wrapper)
        found = tuple(one for one in (inner if isinstance(inner, list) else [inner]) if isinstance(one, dict))
        if found:
            return found
    return (body,) if any(str(key).lower().startswith("imsx_code") for key in body) else ()


def reasons(body: Json) -> frozenset[str]:
    """Return every codeMinor token of an error body, wherever a variant puts it (pitfall 37)."""
    told = (value for info in status_infos(body) for key, value in info.items() if key.lower() == _MINOR)
    return frozenset(token for value in told for token in _tokens(value))


def _tokens(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _tokens(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "name" not in key.lower():
                yield from _tokens(inner)


def silent(body: Json) -> bool:
    """Whether a body is a status payload without codeMinor: its schema permits that, and OR-*-ERR-007 warns of it."""
    infos = status_infos(body)
    return bool(infos) and not any(key.lower() == _MINOR for info in infos for key in info)


def holds_records(body: Json) -> bool:
    """Whether a body carries records: an object, or a list with one, that has a sourcedId."""
    if isinstance(body, dict):
        return "sourcedId" in body or any(holds_records(inner) for inner in body.values())
    return isinstance(body, list) and any(holds_records(inner) for inner in body)


def repeated_keys(exchange: Exchange) -> tuple[str, ...]:
    """Return the keys that stand twice in one JSON object, sorted; empty where the body is no JSON."""
    found: set[str] = set()

    def notice(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            found.update(name for name in made if names.count(name) > 1)
        return made

    try:
        json.loads(exchange.body, object_pairs_hook=notice)
    except (ValueError, RecursionError):
        return ()
    return tuple(sorted(found))
