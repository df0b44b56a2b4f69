"""Faults in what a change leaves behind: stamps, tombstones, deltas."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from pydantic import BaseModel

from digione_mock_server.faults.fault import layer
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of

FAULTS: Final = layer(
    "lifecycle",
    ("delta-hides-tombstones", "rest §7", "A filter on dateLastModified finds active objects only."),
    ("delta-compares-days", "plausible", "Dates and instants are compared by day."),
    ("relation-change-keeps-stamp", "pitfall 54", "A change of links or arrays alone does not move dateLastModified."),
    ("delete-keeps-stamp", "pitfall 54", "An object marked tobedeleted keeps its dateLastModified."),
    ("delete-purges", "rest §7", "A deleted object is gone at once, without tombstone."),
    ("tombstone-is-skeleton", "plausible", "Tombstones hold id, status and stamp only."),
    ("stamp-now-on-sessions", "pitfall 9", "dateLastModified of academic sessions is the time of the read."),
    ("stamp-local-labelled-utc", "plausible",
     "dateLastModified is Finnish time with a Z behind it; filters are right."),
)  # fmt: skip


def keeps_stamp(
    model: type[BaseModel], wire: dict[str, Json], old: dict[str, Json] | None, faults: AbstractSet[str]
) -> bool:
    """Whether a careless store leaves dateLastModified as it was: nothing but links and arrays has changed."""
    if old is None or "relation-change-keeps-stamp" not in faults:
        return False
    plain = {f.wire_name for f in fields_of(model).values() if f.record is None and not f.many}
    return all(wire.get(name) == old.get(name) for name in plain - {"dateLastModified"})
