"""Wire objects taken apart into rows, and nothing but that: no statement is run here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from digione_mock_server.exposure import never_emitted
from digione_mock_server.store.paths import resolve, single_paths, value_at
from digione_mock_server.store.schema import Kind, column_name
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of

Row: TypeAlias = dict[str, Any]

OWN_URL: Final = "\x7f"
"""Stands in stored links for the base URL of the service, which is known only once the server listens.

One byte, because replacing a single byte is fifteen times as fast as replacing a longer mark (a tenth of a cold page).
"""


@dataclass(slots=True)
class Rows:
    """Rows of one kind, ready to insert."""

    objects: list[Row] = field(default_factory=list)
    bodies: list[Row] = field(default_factory=list)
    elements: dict[str, list[Row]] = field(default_factory=dict)


def take_apart(
    kind: Kind, wire: dict[str, Json], *, pk: int, tenant: int, protected: frozenset[str], into: Rows
) -> None:
    """Add the rows of one object to `into`."""
    wire = without_credentials(kind.model, wire)
    hidden = _concerns(kind, wire) in protected
    main: Row = {"pk": pk, "tenant": tenant, "hidden": int(hidden)}
    for path in single_paths(kind.model):
        main[column_name(path)] = value_at(wire, path)
    into.objects.append(main)
    outsider = _without_mentions(kind, wire, protected)
    into.bodies.append(
        {"pk": pk, "body": _stored(wire), "outsider_body": None if outsider is wire else _stored(outsider)}
    )
    for array in kind.elements:
        rows = into.elements.setdefault(array, [])
        element_paths = single_paths(_element_model(kind, array))
        for element in wire.get(array, ()):
            row: Row = {"pk": pk, "tenant": tenant}
            for path in element_paths:
                row[column_name(path)] = value_at(element, path)
            rows.append(row)


def text(wire: Json) -> str:
    """Compact JSON text that holds no `OWN_URL`: where a value has that character, it is escaped."""
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":")).replace(OWN_URL, "\\u007f")


def _stored(wire: Json) -> str:
    """JSON text as it is stored: relative links are marked, so that serving them costs one pass over the page."""
    # Inside a JSON string a quotation mark is escaped, so what is replaced is always a key and its value.
    return text(wire).replace('"href":"/', f'"href":"{OWN_URL}/')


def without_credentials(model: type[BaseModel], wire: dict[str, Json]) -> dict[str, Json]:
    """Drop what is never served, at any depth (privacy.md §2.9: write-only if at all)."""
    secret = never_emitted(model)
    nested = {f.wire_name: f.record for f in fields_of(model).values() if f.record is not None and f.many}
    kept = {name: value for name, value in wire.items() if name not in secret} if secret & wire.keys() else wire
    for name, record in nested.items():
        if name in kept and never_emitted(record):
            kept = {**kept, name: [without_credentials(record, item) for item in kept[name]]}
    return kept


def _element_model(kind: Kind, array: str) -> type[BaseModel]:
    found = next(f.record for f in fields_of(kind.model).values() if f.wire_name == array)
    if found is None:
        raise UsageError("holds no objects", argument=array)
    return found


def _concerns(kind: Kind, wire: dict[str, Json]) -> str | None:
    if kind.person is None:
        return None
    path = resolve(kind.model, kind.person)
    return None if path is None else str(value_at(wire, path))


def _without_mentions(kind: Kind, wire: dict[str, Json], protected: frozenset[str]) -> dict[str, Json]:
    """Return the object as outsiders get it: the same one, unless an array names a protected user."""
    for name in kind.person_lists:
        links = wire.get(name, ())
        kept = [link for link in links if link["sourcedId"] not in protected]
        if len(kept) < len(links):
            wire = {key: value for key, value in wire.items() if key != name} | ({name: kept} if kept else {})
    return wire
