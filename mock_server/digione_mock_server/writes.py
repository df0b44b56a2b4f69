"""Answering a write: from the endpoint table's line, a grant and a body to a change of the store. No HTTP is done here.

Everything is checked before anything is written, and what is written is one transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from digione_mock_server import v1p1
from digione_mock_server.listed import Asked, Reading, member, parents_exist
from digione_mock_server.query.links import linking
from digione_mock_server.reads import read
from digione_mock_server.receiving import enveloped
from digione_mock_server.references import References
from digione_mock_server.refusal import cannot_delete, invalid_object, precondition_failed, unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS, Kind
from digione_mock_server.tolerance import strict
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, Class


@dataclass(frozen=True, slots=True)
class Writing(Asked):
    """One write.

    Attributes:
        body: What was sent.
        if_match: Value of If-Match, empty where it was not sent.
        if_none_match: Value of If-None-Match.
    """

    body: bytes = b""
    if_match: bytes = b""
    if_none_match: bytes = b""

    @property
    def kind(self) -> Kind:
        """Kind of the objects."""
        return KINDS[self.endpoint.model]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write is answered with."""

    status: int
    body: bytes = b""


def write(state: ServerState, writing: Writing) -> Outcome:
    """Do a write.

    Raises:
        Refusal: 400 for a body that is not JSON in its envelope, 404 for an unknown object or parent, 412 where the
            object is not as supposed, 422 for an object that may not be; then nothing is written.
    """
    operation = {"PUT": _put, "POST": _post, "DELETE": _delete}[writing.endpoint.method]
    return operation(state, writing)


def _put(state: ServerState, writing: Writing) -> Outcome:
    (wire,) = enveloped(writing.body, writing.endpoint)
    kind, tenant, place = writing.kind, writing.grant.tenant, writing.endpoint.body_key
    if writing.edition.is_v1p1 and "v1p1-put-wants-1-2" not in state.switches.faults:
        wire = v1p1.received(kind.model, wire, school_of_class=lambda one: _school(state, one, tenant=tenant))
    sourced_id = _own_id(writing)
    if "path-id-wins" in state.switches.dialects:
        wire = wire | {"sourcedId": sourced_id}
    if wire.setdefault("sourcedId", sourced_id) != sourced_id:
        raise invalid_object(f"{place}.sourcedId: not that of the address")
    _require_active(wire, place=place)
    _check_preconditions(state, writing)
    old = state.store.find(kind, sourced_id, tenant=tenant)
    if old is not None and old["status"] != "active":
        if "deleted-ids-stay-taken" in state.switches.dialects:
            raise invalid_object(f"{place}.sourcedId: of something that was deleted")
        old = None  # a tombstone: what is put there is new
    if old is not None and _shown(state, writing) is None:
        raise unknown_object()  # it concerns somebody who does not exist for this client: not to be overwritten
    made = strict(wire, kind.model, place=place)
    References(state, writing.edition, writing.grant).check(made, kind.model, old=old, place=place)
    state.changes.put(kind, _with_withheld(made, old, writing), tenant=tenant)
    is_told = old is None or "replace-answers-201" in state.switches.dialects
    return Outcome(HTTPStatus.CREATED if is_told else HTTPStatus.OK)


def _post(state: ServerState, writing: Writing) -> Outcome:
    endpoint, grant, kind = writing.endpoint, writing.grant, writing.kind
    if not parents_exist(state, _reading(writing, endpoint)):
        raise unknown_object()
    wires = enveloped(writing.body, endpoint)
    supplied = _supplied(wires, place=endpoint.body_key)
    references = References(state, writing.edition, grant)
    made: list[dict[str, Json]] = []
    for number, wire in enumerate(wires):
        place = f"{endpoint.body_key}.{number}"
        _require_active(wire, place=place)
        filled = _of_address(wire, writing, place=place)
        own = _allocated()
        if "supplied-ids-kept" in state.switches.dialects:
            is_free = state.store.find(kind, supplied[number], tenant=grant.tenant) is None
            own = supplied[number] if is_free else own
        one = strict({**filled, "sourcedId": own}, kind.model, place=place)
        references.check(one, kind.model, old=None, place=place)
        _check_address(state, one, writing, place=place)
        made.append(one)
    state.changes.put_all(kind, made, tenant=grant.tenant)
    pairs = [
        {"suppliedSourcedId": theirs, "allocatedSourcedId": ours["sourcedId"]}
        for theirs, ours in zip(supplied, made, strict=True)
    ]
    if "pairs-in-any-order" in state.switches.dialects:
        pairs.reverse()
    return Outcome(HTTPStatus.CREATED, json.dumps({endpoint.wrapper_key: pairs}, ensure_ascii=False).encode())


def _delete(state: ServerState, writing: Writing) -> Outcome:
    _check_preconditions(state, writing)
    if _shown(state, writing) is None:
        raise unknown_object()
    kind, tenant, sourced_id = writing.kind, writing.grant.tenant, _own_id(writing)
    leaving = [(kind, sourced_id)]
    for other, statement in linking(kind, sourced_id, tenant=tenant):
        found = state.store.ids(statement)
        if found and other.person is None:
            raise cannot_delete(f"There are {other.name} that link to it: delete them first")
        leaving += [(other, one) for one in found]  # results go with what they are results of
    state.changes.bury_all(leaving, tenant=tenant)
    return Outcome(HTTPStatus.OK if "delete-answers-200" in state.switches.dialects else HTTPStatus.NO_CONTENT)


def _school(state: ServerState, class_id: str, *, tenant: int) -> Json:
    """The link to the school of a class, which 1.1 does not send with a line item; None for an unknown class."""
    found = state.store.find(KINDS[Class], class_id, tenant=tenant)
    return found["school"] if found else None


# Preconditions


def _check_preconditions(state: ServerState, writing: Writing) -> None:
    """Compare If-Match and If-None-Match with the tag of the single read, as this client gets it (RFC 9110 §13.2.2).

    Raises:
        Refusal: 412.
    """
    if "no-conditional-writes" in state.switches.dialects or not (writing.if_match or writing.if_none_match):
        return
    tag = None
    if _shown(state, writing) is not None:
        tag = read(state, _reading(writing, writing.edition.reading_of(writing.endpoint))).etag
    # Strong comparison: a weak tag matches nothing. `*` stands for whatever is there.
    if writing.if_match and (tag is None or not {b"*", tag} & _tags(writing.if_match)):
        raise precondition_failed()
    if writing.if_none_match and tag is not None and {b"*", tag} & _tags(writing.if_none_match):
        raise precondition_failed()


def _tags(header: bytes) -> set[bytes]:
    return {tag.strip() for tag in header.split(b",")}


def _reading(writing: Writing, endpoint: Endpoint[Base]) -> Reading:
    return Reading(writing.edition, endpoint, writing.parameters, writing.path, writing.grant)


def _shown(state: ServerState, writing: Writing) -> int | None:
    """The key of the object of the address, if it is there for this client."""
    endpoint = writing.edition.reading_of(writing.endpoint)
    return member(state, endpoint, {}, _own_id(writing), writing.grant)


# One object


def _own_id(writing: Writing) -> str:
    (name,) = writing.endpoint.path_parameters
    return writing.parameters[name]


def _require_active(wire: dict[str, Json], *, place: str) -> None:
    if wire.get("status") not in (None, "", "active"):  # a tuple: what was sent may not be hashable
        raise invalid_object(f"{place}.status: must be active; DELETE deletes")


def _with_withheld(made: dict[str, Json], old: dict[str, Json] | None, writing: Writing) -> dict[str, Json]:
    """Add what this client does not get to see and did not send: nobody erases what he cannot see."""
    if old is None:
        return made
    withheld = writing.grant.exposure.withholds(writing.endpoint.model)
    return {name: old[name] for name in withheld & old.keys()} | made


# Many objects


def _supplied(wires: list[dict[str, Json]], *, place: str) -> list[str]:
    """The temporary ids of the objects, each of which must have one of its own for the answer to be of use."""
    if not wires:
        raise invalid_object(f"{place}: empty")
    supplied = [wire.get("sourcedId") for wire in wires]
    if any(not isinstance(one, str) or not one for one in supplied):
        raise invalid_object(f"{place}: each needs a temporary sourcedId")
    if len(set(supplied)) < len(supplied):
        raise invalid_object(f"{place}: two have the same temporary sourcedId")
    return [str(one) for one in supplied]


def _allocated() -> str:
    """A new id; random, so that it tells nothing, and spelt so that nothing in it reads as an identity code."""
    text = uuid4().hex.translate(_LETTERS)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


_LETTERS = str.maketrans("0123456789", "ghjkmnpqrs")


def _of_address(wire: dict[str, Json], writing: Writing, *, place: str) -> dict[str, Json]:
    """Return the object with those links that the address gives and it left out.

    Raises:
        Refusal: 422 where it links elsewhere.
    """
    filled = dict(wire)
    for path, value in writing.endpoint.view.where:
        name, wanted = path.partition(".")[0], writing.parameters[value[1:-1]]
        given = filled.setdefault(name, {"sourcedId": wanted})
        if isinstance(given, dict) and given.get("sourcedId", wanted) != wanted:
            raise invalid_object(f"{place}.{name}: not that of the address")
    return filled


def _check_address(state: ServerState, made: dict[str, Json], writing: Writing, *, place: str) -> None:
    """Check that what an object links to is itself what the address names."""
    via = writing.endpoint.view.via
    if via is None:
        return
    target = state.store.find(KINDS[via.model], made[via.link]["sourcedId"], tenant=writing.grant.tenant) or {}
    for path, value in via.where:
        name = path.partition(".")[0]
        if target.get(name, {}).get("sourcedId") != writing.parameters[value[1:-1]]:
            raise invalid_object(f"{place}.{via.link}: its {name} is not that of the address")
