"""Which objects link to an object: what a deletion must take along, or stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from digione_mock_server.addresses import link_fields, linked_by
from digione_mock_server.store import KINDS, Kind
from digione_sdk.model.oneroster import GUIDRef


def linking(kind: Kind, sourced_id: str, *, tenant: int) -> Iterator[tuple[Kind, Select[Any]]]:
    """Yield each kind that links to `kind` by a single link, with the statement that selects those active ones that do.

    Who may see them plays no part: what nobody is told of must not be left without what it needs either.
    """
    for other in KINDS.values():
        for facts in link_fields(other.model):
            if facts.many or facts.record is None or not issubclass(facts.record, GUIDRef):
                continue
            if linked_by(facts.record) is not kind.model:
                continue
            table = other.table
            meets = (table.c.tenant == tenant) & (table.c[f"{facts.wire_name}_sourcedId"] == sourced_id)
            yield other, select(table.c.sourcedId).where(meets, table.c.status == "active")
