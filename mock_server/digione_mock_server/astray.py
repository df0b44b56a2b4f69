"""Writes that go astray: an id is read wrongly, given twice or looked up too widely; nothing runs without a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from digione_mock_server.faults import Faults
from digione_mock_server.refusal import Refusal, invalid_object, unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS, Kind
from digione_mock_server.writes import Outcome, Writing
from digione_sdk.model.oneroster import (
    AssessmentLineItem,
    AssessmentResult,
    Category,
    LineItem,
    Result,
    ScoreScale,
)

_WRITTEN: Final = (Category, LineItem, Result, ScoreScale, AssessmentLineItem, AssessmentResult)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LOCAL: Final = timedelta(hours=3)
_Write = Callable[[ServerState, Writing], Outcome]


def put_id(state: ServerState, writing: Writing, own: str) -> str:
    """Return the id that a careless PUT reads from its address.

    Raises:
        Refusal: Where a fault wants another form of it.
    """
    faults = state.switches.faults
    if "put-wants-uuids" in faults and not _UUID.fullmatch(own):
        raise invalid_object("The id must be a UUID")
    if "put-id-cut-at-dot" in faults and "." in own:
        return own.rpartition(".")[0]
    if "put-ids-without-case" in faults:
        taken = state.store.active_ids(writing.kind, tenant=writing.grant.tenant)
        return next((one for one in taken if one.lower() == own.lower()), own)
    return own


def delete(state: ServerState, writing: Writing, right: _Write) -> Outcome:
    """Delete, where a fault is on whatever has the id.

    Raises:
        Refusal: As the right deletion.
    """
    try:
        return right(state, writing)
    except Refusal as refusal:
        if "delete-looks-everywhere" not in state.switches.faults or refusal.status != unknown_object().status:
            raise
        (own,), tenant = writing.parameters.values(), writing.grant.tenant
        for kind in (KINDS[model] for model in _WRITTEN):
            if (state.store.find(kind, own, tenant=tenant) or {}).get("status") == "active":
                state.changes.bury(kind, own, tenant=tenant)
                return Outcome(204)
        raise


def post(state: ServerState, writing: Writing, wires: list[dict[str, Any]], right: _Write) -> Outcome:
    """Post, where a fault is on one object for those of one title, or under ids that are counted.

    Raises:
        Refusal: As the right POST.
    """
    faults, key = state.switches.faults, writing.endpoint.wrapper_key
    if not faults & {"post-merges-one-title", "allocated-ids-counted"}:
        return right(state, writing)
    firsts: dict[str, dict[str, Any]] = {}
    for wire in wires:
        word = "title" if "post-merges-one-title" in faults and "title" in wire else "sourcedId"
        firsts.setdefault(str(wire.get(word)), wire)
    body = json.dumps({writing.endpoint.body_key: list(firsts.values())}).encode()
    there = len(state.store.active_ids(writing.kind, tenant=writing.grant.tenant))
    done = right(state, replace(writing, body=body))
    given = {pair["suppliedSourcedId"]: pair["allocatedSourcedId"] for pair in json.loads(done.body)[key]}
    if "allocated-ids-counted" in faults:
        given = {
            supplied: _renumbered(state, writing.kind, own, there + number, writing.grant.tenant)
            for number, (supplied, own) in enumerate(given.items(), start=1)
        }
    pairs = [
        {"suppliedSourcedId": wire["sourcedId"], "allocatedSourcedId": given.get(str(wire["sourcedId"]), own)}
        for wire in wires
        for own in [given.get(str(firsts.get(str(wire.get("title")), wire)["sourcedId"]), "")]
    ]
    return replace(done, body=json.dumps({key: pairs}).encode())


def _renumbered(state: ServerState, kind: Kind, own: str, number: int, tenant: int) -> str:
    """Move an object to an id that is counted, over whatever has it, and return that id."""
    found = state.store.find(kind, own, tenant=tenant) or {}
    counted = f"{kind.name}-{number}"
    state.changes.purge(kind, own, tenant=tenant)
    state.changes.put(kind, {**found, "sourcedId": counted}, tenant=tenant)
    return counted


def refuse_words(wire: dict[str, Any], faults: Faults) -> None:
    """Refuse a word that the vocabulary allows, where a fault does not know it.

    Raises:
        Refusal: 422.
    """
    if "status-extension-refused" in faults and str(wire.get("scoreStatus")).startswith("ext:"):
        raise invalid_object("scoreStatus: not a word of the standard")


def local_time(stamp: str) -> str:
    """Return a moment as a clock three hours east of UTC shows it, told as UTC."""
    moment = datetime.fromisoformat(stamp) + _LOCAL
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
