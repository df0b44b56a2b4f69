"""OneRoster 1.2 objects told in 1.1: lossy by nature, so that every loss is noted, and put by where that is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from digione_sdk.errors import Inexpressible
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import (
    AcademicSession,
    Base,
    Class,
    Enrollment,
    LineItem,
    Org,
    Result,
    SessionType,
    User,
)
from digione_sdk.model.oneroster.v1p1 import UserRole, told_in_v1p1
from digione_sdk.wire.versions.policy import DEFAULT_POLICY, ConversionPolicy
from digione_sdk.wire.versions.report import Action, Kind, Note, unnoted
from digione_sdk.wire.versions.roles import orgs_from, role_from, roles_from
from digione_sdk.wire.versions.shapes import PARKED, is_v1p1_user, shape_of
from digione_sdk.wire.versions.usernames import stand_in

Object: TypeAlias = dict[str, Json]


def downgraded(
    model: type[Base], record: Object, *, policy: ConversionPolicy = DEFAULT_POLICY, note: Note = unnoted
) -> Object:
    """Return a 1.2 object as 1.1 tells it.

    The sourcedId and dateLastModified never change, and keys that neither version names are left where they are. The
    record given is not changed.

    Args:
        model: The 1.2 model, as `User`.
        record: The object, in strict 1.2.
        policy: What to do where the versions do not meet.
        note: Takes the account of each change.

    Raises:
        Inexpressible: 1.1 has no such object, or demands what this one does not say.
    """
    if told_in_v1p1(model) is None:
        raise Inexpressible(f"OneRoster 1.1 has no {model.__name__}")
    if model is User and is_v1p1_user(record):
        return record
    return tell(model, record, policy=policy, note=note)


def tell(model: type[Base], record: Object, *, policy: ConversionPolicy, note: Note = unnoted) -> Object:
    """Return what `downgraded` does, for an object that is known to need it."""
    telling = _Telling(dict(record), policy)
    shape = shape_of(model)
    for own in _OWN.get(model, ()):
        own(telling)
    for field in shape.added & telling.made.keys():
        telling.lose(field, "1.1 has no such field")
    for field, tokens in shape.narrowed.items():
        _narrow(telling, field, tokens, _INSTEAD.get((model, field)))
    for field in shape.needed - telling.made.keys() if "status" in record else ():
        raise Inexpressible(f"OneRoster 1.1 demands it of a {model.__name__}", argument=field)
    if policy.rebase is not None:
        for field in (*shape.links, "orgs"):
            if field in telling.made:
                telling.made[field] = _rebased(telling.made[field], policy.rebase)
    if policy.park:
        _put_by(telling.made, telling.lost)
    name, sourced_id = model.__name__, str(record.get("sourcedId", ""))
    for field, action, why in telling.account:
        kept = action is Action.DROPPED and policy.park
        note(Kind(name, field, Action.KEPT if kept else action, f"{why}; put by" if kept else why), sourced_id)
    return telling.made


class _Telling:
    """An object on its way: what is made of it, what is lost, and the account."""

    def __init__(self, made: Object, policy: ConversionPolicy) -> None:
        self.made = made
        self.policy = policy
        self.lost: Object = {}
        self.account: list[tuple[str, Action, str]] = []

    def lose(self, field: str, why: str) -> None:
        """Take a field away."""
        self.lost[field] = self.made.pop(field)
        self.account.append((field, Action.DROPPED, why))

    def put(self, field: str, value: Json, action: Action, why: str) -> None:
        """Put a value in; what stood there, or that nothing did, is lost."""
        self.lost.setdefault(field, self.made.get(field))
        self.made[field] = value
        self.account.append((field, action, why))


def _put_by(made: Object, lost: Object) -> None:
    """Add what is lost to the metadata of an object, in place; null marks what was not there."""
    if not lost:
        return
    metadata = made.get("metadata")
    if metadata is None:
        lost = lost | {"metadata": None}
    made["metadata"] = {**(metadata or {}), PARKED: lost}


def _rebased(links: Json, rebase: Callable[[str], str]) -> Json:
    if isinstance(links, list):
        return [_rebased(link, rebase) for link in links]
    return links | {"href": rebase(links["href"])}


def _narrow(
    telling: _Telling, field: str, tokens: frozenset[str], instead: Callable[[ConversionPolicy], str] | None
) -> None:
    value = telling.made.get(field)
    if isinstance(value, list):
        kept = [token for token in value if token in tokens]
        if kept != value:
            telling.put(field, kept, Action.DROPPED, "1.1 has no such values")
    elif isinstance(value, str) and value not in tokens:
        if instead is None:
            telling.lose(field, "1.1 has no such value")
        else:
            stands_in = instead(telling.policy)
            telling.put(field, stands_in, Action.DEFAULTED, f"1.1 has no such value: {stands_in} stands in")


_INSTEAD: Final[dict[tuple[type[Base], str], Callable[[ConversionPolicy], str]]] = {
    (AcademicSession, "type"): lambda policy: policy.session_type.value,
    (Class, "classType"): lambda policy: policy.class_type.value,
    (Enrollment, "role"): lambda policy: policy.enrolment_extension.value,
    (Org, "type"): lambda policy: policy.organisation_type.value,
    (Result, "scoreStatus"): lambda policy: policy.score_status.value,
}
"""What stands in for a token that 1.1 does not have; a field that is not here may be left out instead."""


def _with_role(telling: _Telling) -> None:
    made, policy = telling.made, telling.policy
    roles = made.get("roles")
    if not isinstance(roles, list):
        return  # a selection of fields without it
    if not roles:
        raise Inexpressible("a user without a role cannot be told in OneRoster 1.1", argument="roles")
    role, why = role_from(made, policy)
    orgs = orgs_from(roles)
    if roles_from(role, orgs, policy) != roles:
        telling.lose("roles", "one role for all organisations, without rank, dates and profile")
    else:
        del made["roles"]
    made["role"], made["orgs"] = role, orgs
    named = role == UserRole.ADMINISTRATOR or any(one["role"] == role for one in roles)
    if named:
        telling.account.append(("role", Action.DERIVED, why))
    else:
        telling.account.append(("role", Action.DEFAULTED, f"1.1 has no such value: {role} stands in"))


def _with_username(telling: _Telling) -> None:
    made = telling.made
    if "username" in made or "status" not in made:
        return
    found = stand_in(made, telling.policy)
    if found is None:
        raise Inexpressible("a user without a username cannot be told in OneRoster 1.1", argument="username")
    value, source = found
    telling.put("username", value, Action.DEFAULTED, f"1.1 demands it: the {source} stands in")


def _with_grading_period(telling: _Telling) -> None:
    made, policy = telling.made, telling.policy
    session = made.get("academicSession")
    if isinstance(session, dict):
        if "gradingPeriod" not in made:
            kind = policy.type_of_session(str(session.get("sourcedId")))
            if kind == SessionType.GRADING_PERIOD or policy.any_session:
                why = "the academic session is one" if kind == SessionType.GRADING_PERIOD else "any session will do"
                telling.put("gradingPeriod", session, Action.DERIVED, why)
                telling.lost["academicSession"] = made.pop("academicSession")
        elif session == made["gradingPeriod"]:
            # The same words: an upgrade tells it again, unless a school is put by, which says that all is told.
            telling.lost["academicSession"] = made.pop("academicSession")
    else:
        telling.lost["academicSession"] = None  # so that an upgrade does not
    if "status" in made:
        for field, bound in zip(("resultValueMin", "resultValueMax"), policy.result_bounds, strict=True):
            if field not in made:
                telling.put(field, bound, Action.DEFAULTED, f"1.1 demands it: {bound} stands in")


_OWN: Final[dict[type[Base], tuple[Callable[[_Telling], None], ...]]] = {
    LineItem: (_with_grading_period,),
    User: (_with_role, _with_username),
}
"""What a model needs of its own."""
