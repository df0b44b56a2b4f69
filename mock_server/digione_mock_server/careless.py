"""Writes as careless servers do them; nothing here runs unless a fault is on.

A careless write is a right one with something done to the request before it, or to store and answer after it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json

from digione_mock_server import astray
from digione_mock_server.faults import older, storing
from digione_mock_server.faults import writing as wrong
from digione_mock_server.query.links import linking
from digione_mock_server.refusal import Refusal, forbidden, internal_error, invalid_object, unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_mock_server.tolerance import strict
from digione_mock_server.writes import Outcome, Writing, write
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import AssessmentLineItem, AssessmentResult, Base, LineItem, Result, User
from digione_sdk.model.status import CodeMinorValue

_SCORED: Final[Mapping[type[Base], tuple[str, type[Base]]]] = {
    Result: ("lineItem", LineItem),
    AssessmentResult: ("assessmentLineItem", AssessmentLineItem),
}
"""By which link a score leads to what it is a score of."""


def write_carelessly(state: ServerState, writing: Writing) -> Outcome:
    """Do a write as the faults that are on have it.

    Raises:
        Refusal: As `writes.write`, and where a fault refuses what it should not.
    """
    faults = state.switches.faults
    sent = writing.body
    try:
        if "protected-write-403" in faults:
            _refuse_protected(state, writing)
        done = _done(state, _misunderstood(state, writing))
    except Refusal as refusal:
        if "refusal-says-created" in faults and refusal.status == invalid_object("").status:
            return Outcome(201)
        raise wrong.reworded(refusal, sent, faults) from None
    if "write-stored-then-500" in faults and writing.endpoint.model is Result:
        raise internal_error()
    return replace(done, status=wrong.answered(writing.endpoint.method, done.status, faults))


# Before: the request as it is understood


def _misunderstood(state: ServerState, writing: Writing) -> Writing:
    faults = state.switches.faults
    if "if-match-ignored" in faults:
        writing = replace(writing, if_match=b"")
    if "if-none-match-ignored" in faults:
        writing = replace(writing, if_none_match=b"")
    if "writes-see-protected" in faults:
        seeing = replace(writing.grant.exposure, name="seeing", protected=True)
        writing = replace(writing, grant=replace(writing.grant, exposure=seeing))
    if "writes-reach-any-tenant" in faults and writing.endpoint.method != "POST":
        writing = _where_it_is(state, writing)
    wires = _objects(writing)
    if wires is None:
        return writing
    kept = [storing.kept(wire, writing.endpoint.model, faults) for wire in wires]
    if writing.edition.is_v1p1:
        kept = [older.kept(wire, faults) for wire in kept]
    if any(wrong.is_beyond(wire, faults) for wire in kept):
        raise invalid_object("A title is too long")
    if "bare-link-refused" in faults and any(wrong.has_bare_link(wire) for wire in kept):
        raise invalid_object("A link needs href, sourcedId and type")
    for wire in kept:
        astray.refuse_words(wire, faults)
    if "score-clipped-to-maximum" in faults:
        kept = [_clipped(state, writing, wire) for wire in kept]
    if writing.endpoint.method == "POST":
        return _posted(state, writing, kept)
    return _put(state, writing, kept[0])


def _put(state: ServerState, writing: Writing, wire: dict[str, Json]) -> Writing:
    faults, (name,) = state.switches.faults, writing.endpoint.path_parameters
    own = writing.parameters[name]
    if (read := astray.put_id(state, writing, own)) != own:
        own, wire = read, wire | {"sourcedId": read}
    if "body-id-wins" in faults and isinstance(wire.get("sourcedId"), str):
        own = wire["sourcedId"]
    old = _stored(state, writing, own)
    if old is None and "put-only-replaces" in faults:
        raise unknown_object()
    if old is not None and "put-only-creates" in faults:
        raise wrong.taken()
    if old is not None and "put-merges" in faults:
        wire = old | wire
    if old is None and "put-revives-what-was-buried" in faults:
        buried = state.store.find(writing.kind, own, tenant=writing.grant.tenant) or {}
        wire = {name: value for name, value in buried.items() if name != "status"} | wire
    if old is not None and "put-adds-a-copy" in faults:
        own, wire = f"{own}-2", {name: value for name, value in wire.items() if name != "sourcedId"}
    if old is not None and "replacement-not-stored" in faults:
        wire = old
    return _with_objects(replace(writing, parameters={name: own}), [wire])


def _posted(state: ServerState, writing: Writing, wires: list[dict[str, Json]]) -> Writing:
    faults = state.switches.faults
    if "post-takes-one" in faults and len(wires) > 1:
        raise invalid_object("One object at a time")
    given = wires[0].get("class") if wires else None
    named = given.get("sourcedId", "") if isinstance(given, dict) else None
    if "post-below-nothing" in faults and isinstance(named, str) and "classSourcedId" in writing.parameters:
        writing = replace(writing, parameters={**writing.parameters, "classSourcedId": named})
    return _with_objects(writing, wires)


def _where_it_is(state: ServerState, writing: Writing) -> Writing:
    """The same write in the tenant that holds the object."""
    (name,) = writing.endpoint.path_parameters
    own = writing.parameters[name]
    tenants = (writing.grant.tenant, *state.store.tenants)
    holder = next((t for t in tenants if state.store.find(writing.kind, own, tenant=t) is not None), tenants[0])
    return replace(writing, grant=replace(writing.grant, tenant=holder))


def _clipped(state: ServerState, writing: Writing, wire: dict[str, Json]) -> dict[str, Json]:
    name, model = _SCORED.get(writing.endpoint.model, ("", LineItem))
    link, score = wire.get(name), wire.get("score")
    if not isinstance(link, dict) or not isinstance(score, int | float):
        return wire
    item = state.store.find(KINDS[model], str(link.get("sourcedId")), tenant=writing.grant.tenant) or {}
    return wire | {"score": min(score, item.get("resultValueMax", score))}


def _refuse_protected(state: ServerState, writing: Writing) -> None:
    for wire in _objects(writing) or []:
        link = wire.get("student")
        pupil = str(link.get("sourcedId")) if isinstance(link, dict) else ""
        there = state.store.find(KINDS[User], pupil, tenant=writing.grant.tenant) is not None
        listed = pupil in state.store.active_ids(KINDS[User], tenant=writing.grant.tenant)
        if there and not listed:
            raise forbidden("Protected", challenge='Bearer realm="digione"')


# The write itself, and what is done after it


def _done(state: ServerState, writing: Writing) -> Outcome:
    operation = {"PUT": _put_and_spoil, "POST": _post_and_spoil, "DELETE": _delete_and_spoil}[writing.endpoint.method]
    return operation(state, writing)


def _put_and_spoil(state: ServerState, writing: Writing) -> Outcome:
    faults, (own,) = state.switches.faults, writing.parameters.values()
    (sent,) = _objects(writing) or [{}]
    old = _stored(state, writing, own)
    done = write(state, writing)
    new = _stored(state, writing, own) or {}
    if "sent-stamp-kept" in faults and isinstance(sent.get("dateLastModified"), str):
        _restamp(state, writing, new, sent["dateLastModified"])
    if new and "written-stamp-of-local-time" in faults:
        _restamp(state, writing, new, astray.local_time(new["dateLastModified"]))
    if old is not None and "replacement-keeps-stamp" in faults:
        _restamp(state, writing, new, old["dateLastModified"])
    model = writing.endpoint.model
    if (model is Result and "one-result-a-pupil" in faults) or (
        model is AssessmentResult and "one-assessment-result-a-pupil" in faults
    ):
        _bury_namesakes(state, writing, new)
    return replace(done, status=200) if old is None and "put-of-new-answers-200" in faults else done


def _post_and_spoil(state: ServerState, writing: Writing) -> Outcome:
    faults, named = state.switches.faults, list[dict[str, Json]]()
    if "post-follows-body" in faults:
        writing, named = _without_parents(writing)
    try:
        done = astray.post(state, writing, _objects(writing) or [], write)
    except Refusal:
        wires = _objects(writing) or []
        if "post-stores-part" in faults and len(wires) > 1:
            _post_and_spoil(state, _with_objects(writing, wires[:-1]))
        raise
    key = writing.endpoint.wrapper_key
    pairs = json.loads(done.body)[key]
    allocated = [pair["allocatedSourcedId"] for pair in pairs]
    if "post-stores-first-only" in faults:
        for one in allocated[1:]:
            state.changes.purge(writing.kind, one, tenant=writing.grant.tenant)
    for one, links in zip(allocated, named, strict=False):
        moved = strict({**(_stored(state, writing, one) or {}), **links}, writing.kind.model, place="")
        state.changes.put(writing.kind, moved, tenant=writing.grant.tenant)
    if "post-replaces-namesake" in faults:
        _overwrite_namesakes(state, writing, pairs)
    if "post-answers-objects" in faults:
        stored = [_stored(state, writing, one) for one in allocated]
        return replace(done, body=json.dumps({writing.endpoint.body_key: stored}).encode())
    return replace(done, body=wrong.wrong_pairs(pairs, key, faults))


def _without_parents(writing: Writing) -> tuple[Writing, list[dict[str, Json]]]:
    """The same POST without the links that its address gives, and of each object those that it gave itself."""
    wires, given = _objects(writing) or [], {path.partition(".")[0] for path, _ in writing.endpoint.view.where}
    named = [{name: wire[name] for name in given & wire.keys() if isinstance(wire[name], dict)} for wire in wires]
    kept = [{name: value for name, value in wire.items() if name not in given} for wire in wires]
    return _with_objects(writing, kept) if wires else writing, named


def _overwrite_namesakes(state: ServerState, writing: Writing, pairs: list[dict[str, str]]) -> None:
    """Store what was posted at its temporary id too, where something stands there."""
    for pair in pairs:
        supplied, new = pair["suppliedSourcedId"], _stored(state, writing, pair["allocatedSourcedId"])
        if new is not None and _stored(state, writing, supplied) is not None:
            state.changes.put(writing.kind, {**new, "sourcedId": supplied}, tenant=writing.grant.tenant)


def _delete_and_spoil(state: ServerState, writing: Writing) -> Outcome:
    faults, (own,), tenant = state.switches.faults, writing.parameters.values(), writing.grant.tenant
    if "delete-does-nothing" in faults and _stored(state, writing, own) is not None:
        return Outcome(204)
    buried = state.store.find(writing.kind, own, tenant=tenant) is not None and _stored(state, writing, own) is None
    links = [
        (kind, state.store.find(kind, one, tenant=tenant))
        for kind, statement in linking(writing.kind, own, tenant=tenant)
        for one in state.store.ids(statement)
    ]
    old = _stored(state, writing, own)
    try:
        done = astray.delete(state, writing, write)
    except Refusal as refusal:
        if refusal.status == unknown_object().status and "delete-of-unknown-204" in faults:
            return Outcome(204)
        if buried and "delete-crashes-second-time" in faults:
            raise internal_error() from None
        if refusal.reason is CodeMinorValue.DELETEFAILURE and "category-leaves-its-line-items" in faults:
            state.changes.bury(writing.kind, own, tenant=tenant)
            return Outcome(204)
        raise
    if "line-item-leaves-its-results" in faults:
        state.store.put_all([(kind, wire) for kind, wire in links if wire is not None], tenant=tenant)
    model = writing.endpoint.model
    takes_namesakes = (model is Result and "deletion-takes-namesakes" in faults) or (
        model is AssessmentResult and "deletion-takes-assessment-namesakes" in faults
    )
    if takes_namesakes and old is not None:
        _bury_namesakes(state, writing, old)
    return done


def _bury_namesakes(state: ServerState, writing: Writing, result: dict[str, Any]) -> None:
    """Bury the other results of the same pupil in the same line item or assessment."""
    tenant, (scored, _) = writing.grant.tenant, _SCORED[writing.endpoint.model]
    alike = {f"{name}_sourcedId": result[name]["sourcedId"] for name in ("student", scored) if name in result}
    for one in state.store.active_ids(writing.kind, tenant=tenant, **alike):
        if one != result.get("sourcedId"):
            state.changes.bury(writing.kind, one, tenant=tenant)


def _restamp(state: ServerState, writing: Writing, wire: dict[str, Any], stamp: str) -> None:
    state.store.put(writing.kind, {**wire, "dateLastModified": stamp}, tenant=writing.grant.tenant)


# Bodies


def _stored(state: ServerState, writing: Writing, sourced_id: str) -> dict[str, Any] | None:
    """The active object with this id."""
    found = state.store.find(writing.kind, sourced_id, tenant=writing.grant.tenant)
    return found if found is not None and found["status"] == "active" else None


def _objects(writing: Writing) -> list[dict[str, Json]] | None:
    """The objects of a body; None where it is none that could be read, which the right write refuses."""
    try:
        found = from_json(writing.body, allow_inf_nan=False)[writing.endpoint.body_key]
    except (ValueError, KeyError, TypeError):
        return None
    listed = found if writing.endpoint.method == "POST" else [found]
    return listed if isinstance(listed, list) and all(isinstance(one, dict) for one in listed) else None


def _with_objects(writing: Writing, wires: list[dict[str, Json]]) -> Writing:
    """The same write of other objects; where they are the same, its very body."""
    if wires == _objects(writing):
        return writing
    held: Json = wires if writing.endpoint.method == "POST" else wires[0]
    return replace(writing, body=json.dumps({writing.endpoint.body_key: held}).encode())
