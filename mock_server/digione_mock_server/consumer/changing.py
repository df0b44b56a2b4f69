"""What happens to the data of a scenario before a step: people leave, a class is renamed, nearly everybody is gone."""

from __future__ import annotations

from typing import Final

from digione_mock_server.consumer.scenario import Change
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS_BY_NAME
from digione_sdk.model.base import Json

_TENANT: Final = 0
_THINNED: Final = ("users", "enrollments")


def changed(change: Change, state: ServerState) -> dict[str, Json]:
    """Carry out a change; return how many objects of which collection were touched, and how."""
    if change.kind == "delete":
        return _deleted(change.count, state)
    if change.kind == "rename":
        return _renamed(change.count, state)
    return _purged(change.percent, state)


def holding(state: ServerState) -> dict[str, int]:
    """Return how many active objects of each collection a client can see."""
    return {name: len(state.store.active_ids(kind, tenant=_TENANT)) for name, kind in KINDS_BY_NAME.items()}


def _deleted(count: int, state: ServerState) -> dict[str, Json]:
    users, enrollments = KINDS_BY_NAME["users"], KINDS_BY_NAME["enrollments"]
    changes, left, ended = state.changes, 0, 0
    for sourced_id in state.store.active_ids(users, tenant=_TENANT):
        wire = state.store.find(users, sourced_id, tenant=_TENANT) or {}
        if left == count or [role["role"] for role in wire.get("roles", [])] != ["student"]:
            continue
        for enrollment in state.store.active_ids(enrollments, tenant=_TENANT, user_sourcedId=sourced_id):
            ended += changes.bury(enrollments, enrollment, tenant=_TENANT)
        left += changes.bury(users, sourced_id, tenant=_TENANT)
    return {"users": {"deleted": left}, "enrollments": {"deleted": ended}}


def _renamed(count: int, state: ServerState) -> dict[str, Json]:
    classes, changes = KINDS_BY_NAME["classes"], state.changes
    for sourced_id in state.store.active_ids(classes, tenant=_TENANT)[:count]:
        wire = state.store.find(classes, sourced_id, tenant=_TENANT) or {}
        changes.put(classes, {**wire, "title": f"{wire['title']} (2)"}, tenant=_TENANT)
    return {"classes": {"changed": count}}


def _purged(percent: int, state: ServerState) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name in _THINNED:
        kind = KINDS_BY_NAME[name]
        before = len(state.store.active_ids(kind, tenant=_TENANT))
        keep = max(1, before * (100 - percent) // 100)
        found[name] = {"purged": state.store.thin_out(kind, tenant=_TENANT, keep=keep)}
    return found
