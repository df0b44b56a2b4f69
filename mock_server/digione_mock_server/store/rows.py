"""Wire objects taken apart into rows, and nothing but that: no statement is run here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from pydantic_core import to_json

from digione_mock_server.exposure import never_emitted
from digione_mock_server.store.paths import Path, resolve, single_paths, value_at
from digione_mock_server.store.schema import Kind, column_name, told_column_name
from digione_mock_server.store.told import told_paths, told_values
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base

Row: TypeAlias = dict[str, Any]

OWN_URL: Final = "\x7f"
"""Stands in stored links for scheme, host and port, which are known only once the server listens.

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
    hidden = bool(protected) and _concerns(kind, wire) in protected
    main: Row = {"pk": pk, "tenant": tenant, "hidden": int(hidden)}
    for column, path in _columns(kind.model):
        main[column] = value_at(wire, path)
    main |= _told(kind.model, wire)
    into.objects.append(main)
    outsider = _without_mentions(kind, wire, protected) if protected else wire
    into.bodies.append(
        {"pk": pk, "body": _stored(wire), "outsider_body": None if outsider is wire else _stored(outsider)}
    )
    for array in kind.elements:
        rows = into.elements.setdefault(array, [])
        columns = _columns(_element_model(kind.model, array))
        for element in wire.get(array, ()):
            row: Row = {"pk": pk, "tenant": tenant}
            for column, path in columns:
                row[column] = value_at(element, path)
            rows.append(row)


def _told(model: type[Base], wire: dict[str, Json]) -> Row:
    values = told_values(model, wire)
    return {column: values.get(text) for column, text in _told_columns(model)}


@cache
def _told_columns(model: type[Base]) -> tuple[tuple[str, str], ...]:
    return tuple((told_column_name(path), path.text) for path in told_paths(model))


@cache
def _columns(model: type[BaseModel]) -> tuple[tuple[str, Path], ...]:
    return tuple((column_name(path), path) for path in single_paths(model))


def text(wire: Json) -> str:
    """Compact JSON text that holds no `OWN_URL`: where a value has that character, it is escaped."""
    return to_json(wire).decode().replace(OWN_URL, "\\u007f")


def _stored(wire: Json) -> str:
    """JSON text as it is stored: relative links are marked, so that serving them costs one pass over the page."""
    # Inside a JSON string a quotation mark is escaped, so what is replaced is always a key and its value.
    return text(wire).replace('"href":"/', f'"href":"{OWN_URL}/')


def without_credentials(model: type[BaseModel], wire: dict[str, Json]) -> dict[str, Json]:
    """Drop what is never served, at any depth (privacy.md §2.9: write-only if at all)."""
    for name in never_emitted(model) & wire.keys():
        wire = {key: value for key, value in wire.items() if key != name}
    for name, record in _with_secrets_inside(model):
        if name in wire:
            wire = {**wire, name: [without_credentials(record, item) for item in wire[name]]}
    return wire


@cache
def _with_secrets_inside(model: type[BaseModel]) -> tuple[tuple[str, type[BaseModel]], ...]:
    fields = fields_of(model).values()
    return tuple((f.wire_name, f.record) for f in fields if f.many and f.record is not None and never_emitted(f.record))


@cache
def _element_model(model: type[BaseModel], array: str) -> type[BaseModel]:
    found = next(f.record for f in fields_of(model).values() if f.wire_name == array)
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
