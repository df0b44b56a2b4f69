"""OneRoster 1.1 objects told in 1.2: nothing is guessed, what was put by is taken back, every step is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, Course, LineItem, Org, User
from digione_sdk.wire.versions.parking import taken_back
from digione_sdk.wire.versions.policy import DEFAULT_POLICY, ConversionPolicy
from digione_sdk.wire.versions.report import Action, Kind, Note, unnoted
from digione_sdk.wire.versions.roles import roles_from
from digione_sdk.wire.versions.shapes import Shape, is_v1p1_user, shape_of

Object: TypeAlias = dict[str, Json]

_FROM_ID: Final = "absent, and 1.2 demands it: the sourcedId stands in"


def upgraded(
    model: type[Base], record: Object, *, policy: ConversionPolicy = DEFAULT_POLICY, note: Note = unnoted
) -> Object:
    """Return a 1.1 object as 1.2 tells it; one that is told as in 1.2 already stays as it is.

    Whole objects and those of a `fields` selection are taken alike. The sourcedId and dateLastModified never change,
    and keys that neither version names are left where they are. The record given is not changed.

    Args:
        model: The 1.2 model, as `User`.
        record: The object.
        policy: What to do where the versions do not meet.
        note: Takes the account of each change.
    """
    sourced_id = str(record.get("sourcedId", ""))
    name = model.__name__

    def noted(field: str, action: Action, why: str) -> None:
        """Account for a field of this object."""
        note(Kind(name, field, action, why), sourced_id)

    back = taken_back(model, record, policy=policy, noted=noted)
    # Null says nothing (pitfall 10); but in what was put by, it keeps a field from being told anew.
    made = {key: value for key, value in record.items() if value is not None} if back is None else back
    _tidied(made, shape_of(model), policy, noted)
    for own in _OWN.get(model, ()):
        own(made, policy, noted)
    return made if back is None else {key: value for key, value in made.items() if value is not None}


Noted: TypeAlias = Callable[[str, Action, str], None]


def _tidied(made: Object, shape: Shape, policy: ConversionPolicy, noted: Noted) -> None:
    """Straighten what 1.1 servers are known to send, in place."""
    if made.get("status") == "inactive":
        made["status"] = "tobedeleted"
        noted("status", Action.DERIVED, "inactive, a word of 1.0, is a tombstone")
    for field in shape.texts:
        if isinstance(made.get(field), str):
            made[field] = [made[field]]
            noted(field, Action.DERIVED, "one text is an array of one")
    for field, token in shape.links.items():
        links = made.get(field)
        if isinstance(links, dict):
            made[field] = _link(links, token, field, policy, noted)
        elif isinstance(links, list):
            made[field] = [_link(link, token, field, policy, noted) for link in links]


def _link(link: Json, token: str, field: str, policy: ConversionPolicy, noted: Noted) -> Json:
    if not isinstance(link, dict):
        return link
    if link.get("type") in _SYNONYMS.get(token, ()):
        link = link | {"type": token}
        noted(field, Action.DERIVED, f"the type of a link to a special case is {token}")
    if policy.rebase is not None and isinstance(link.get("href"), str):
        link = link | {"href": policy.rebase(link["href"])}
    return link


_SYNONYMS: Final = {
    "academicSession": frozenset({"academicSessions", "gradingPeriod", "term", "semester", "schoolYear"}),
    "user": frozenset({"users", "student", "teacher"}),
    "org": frozenset({"orgs", "school", "district"}),
    "class": frozenset({"classes"}),
    "course": frozenset({"courses"}),
    "lineItem": frozenset({"lineItems"}),
    "category": frozenset({"categories"}),
    "resource": frozenset({"resources"}),
}
"""Type token of 1.2 -> what 1.1 servers call the special case, or its plural (pitfall 12)."""


def _with_roles(made: Object, policy: ConversionPolicy, noted: Noted) -> None:
    if "roles" in made:
        # Mixed fleets: 1.2 objects at a 1.1 address (pitfall 46). Deprecated keys beside them become unknown ones.
        noted("roles", Action.KEPT, "told as in 1.2 already")
        return
    role, orgs = made.get("role"), made.get("orgs")
    if not is_v1p1_user(made) or not isinstance(orgs, list):
        return
    if not orgs:
        made["roles"] = made.pop("orgs")
        noted("role", Action.KEPT, "a role in no organisation: an unknown key")
        return
    made["roles"] = roles_from(str(role), [_org(org, policy) for org in orgs], policy)
    del made["role"], made["orgs"]
    noted("roles", Action.DERIVED, "the one role, primary in every organisation")
    if role == "administrator":
        noted(
            "roles.role", Action.DERIVED, f"administrator, {policy.administrator} where the organisation says no more"
        )
    if len(made["roles"]) < len(orgs):
        noted("orgs", Action.DROPPED, "an organisation named twice")


def _org(link: Json, policy: ConversionPolicy) -> Json:
    return _link(link, "org", "roles.org", policy, lambda *_: None)


def _with_school(made: Object, policy: ConversionPolicy, noted: Noted) -> None:
    if "school" in made:
        return  # told as in 1.2 already, where a school is required and a grading period says nothing of the session
    class_ = made.get("class")
    if isinstance(class_, dict):
        school = policy.school_of_class(str(class_.get("sourcedId")))
        if school is not None:
            made["school"] = school
            noted("school", Action.DERIVED, "the school of the class")
    if "academicSession" not in made and isinstance(made.get("gradingPeriod"), dict):
        made["academicSession"] = made["gradingPeriod"]
        noted("academicSession", Action.DERIVED, "the grading period")


def _identified_by_id(field: str) -> Callable[[Object, ConversionPolicy, Noted], None]:
    def own(made: Object, policy: ConversionPolicy, noted: Noted) -> None:  # noqa: ARG001 - one form for all
        """Let the id stand for the field that is missing."""
        if field not in made and "status" in made and "sourcedId" in made:  # a whole object, not a selection
            made[field] = made["sourcedId"]
            noted(field, Action.DEFAULTED, _FROM_ID)

    return own


_OWN: Final[dict[type[Base], tuple[Callable[[Object, ConversionPolicy, Noted], None], ...]]] = {
    Course: (_identified_by_id("courseCode"),),
    LineItem: (_with_school,),
    Org: (_identified_by_id("identifier"),),
    User: (_with_roles,),
}
"""What a model needs of its own."""
