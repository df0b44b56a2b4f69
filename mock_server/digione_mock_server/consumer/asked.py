"""What is kept of a query string: standard names, numbers, field names and the shape of a filter; never a value.

A filter's value may be a name or an address of a person. Kept are only the instants of a delta and words of closed
vocabularies, which say nothing of anybody.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Final
from urllib.parse import parse_qsl

from pydantic import BaseModel

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.errors import FilterError
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of
from digione_sdk.wire.filter import Clause, Combination, Dialect, parse

HIDDEN: Final = "?"
"""Stands for whatever is not kept."""

_NUMBERS: Final = frozenset({"limit", "offset"})
_NAMES: Final = frozenset({"sort", "fields"})
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_PARAMETER: Final = re.compile(r"[A-Za-z_][A-Za-z_.\[\]$-]{0,39}")
_WORDS: Final = frozenset({
    "active", "tobedeleted", "true", "false", "student", "teacher", "school", "district", "term", "gradingPeriod",
    "semester", "schoolYear", "homeroom", "scheduled",
})  # fmt: skip
_MOST_PARAMETERS: Final = 30
_TWICE: Final = "twice"
_DIALECTS: Final[tuple[Dialect, ...]] = ("standard", "extended")


def kept(query_string: bytes) -> dict[str, Json]:
    """Return the query as the record keeps it; a parameter that is given twice counts once, and is named in `twice`."""
    found: dict[str, Json] = {}
    twice: list[str] = []
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)[:_MOST_PARAMETERS]:
        shown = name if _PARAMETER.fullmatch(name) and name != _TWICE else HIDDEN
        if shown in found:
            twice.append(shown)
        found.setdefault(shown, _value(shown, value))
    if twice:
        found[_TWICE] = sorted(set(twice))
    return found


def _value(name: str, value: str) -> Json:
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else HIDDEN
    if name == "orderBy":
        return value if value in {"asc", "desc"} else HIDDEN
    if name in _NAMES:
        return ",".join(_field(part) for part in value.split(","))
    return _filter(value) if name == "filter" else HIDDEN


def _field(path: str) -> str:
    """Return a dotted path of known names, as the wire spells them; a name that no model has is not shown."""
    parts = path.split(".")
    if parts[0] == "metadata" and len(parts) > 1:
        return "metadata.*"
    return path if all(part in _known_names() for part in parts) else HIDDEN


def _filter(text: str) -> Json:
    for dialect in _DIALECTS:
        try:
            found = parse(text, dialect=dialect)
        except FilterError:
            continue
        operator = str(found.operator) if isinstance(found, Combination) else None
        clauses = [_clause(clause) for clause in found.clauses]
        return {"dialect": dialect, "operator": operator, "clauses": clauses}
    return {"dialect": "none", "operator": None, "clauses": []}


def _clause(clause: Clause) -> Json:
    value = clause.value
    shown = value if value in _WORDS or (clause.field == "dateLastModified" and _is_instant(value)) else HIDDEN
    return {"field": _field(clause.field), "predicate": str(clause.predicate), "value": shown}


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _known_names() -> frozenset[str]:
    """Names of all properties of all models, inner objects included."""
    found: set[str] = set()
    seen: set[type[BaseModel]] = set()
    waiting: set[type[BaseModel]] = {endpoint.model for endpoint in ENDPOINTS}
    while waiting:
        model = waiting.pop()
        seen.add(model)
        for field in fields_of(model).values():
            found.add(field.wire_name)
            if field.record is not None and field.record not in seen:
                waiting.add(field.record)
    return frozenset(found)
