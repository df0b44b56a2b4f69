"""What is done to all records of a town at once: walking through them, and giving them other ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.strangers.town import PLURAL, Ref, Row, Tables

_KIND: Final = {table: kind for kind, table in PLURAL.items()} | {
    "demographics": "user",  # they bear the id of their user
    "enrollments": "enrollment",
    "results": "result",
    "assessmentResults": "assessmentResult",
}


def rows_of(tables: Tables) -> Iterator[Row]:
    """Return every record."""
    for table in tables.values():
        yield from table.values()


def ids(tables: Tables) -> Iterator[tuple[str, str]]:
    """Return every id with the link token of its table."""
    for name, kind in _KIND.items():
        if name != "demographics":
            yield from ((kind, id_) for id_ in tables[name])


def renamed(tables: Tables, new: dict[tuple[str, str], str]) -> Tables:
    """Return the tables with other ids; the key is the link token of a table and the old id."""

    def told(value: Any) -> Any:
        if isinstance(value, Ref):
            return Ref(value.kind, new[value.kind, value.id])
        if isinstance(value, list):
            return [told(one) for one in value]
        if isinstance(value, dict):
            return {name: told(one) for name, one in value.items()}
        return value

    return {
        name: {new[_KIND[name], id_]: told(row) | {"sourcedId": new[_KIND[name], id_]} for id_, row in table.items()}
        for name, table in tables.items()
    }
