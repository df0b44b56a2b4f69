"""The OneRoster 1.1 data model, told as what differs from 1.2: fields left out, fields of its own, closed vocabularies.

The SDK never hands these models out: 1.1 is read into the 1.2 models. They say what 1.1 can express, and conversion,
filters, specs and the reference server derive the rest from them (facts: differences-1.1-1.2.md §2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, cast

from pydantic import Field, create_model

from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.facts import fields_of
from digione_sdk.model.numbers import Number
from digione_sdk.model.oneroster.category import Category
from digione_sdk.model.oneroster.class_ import Class, ClassType
from digione_sdk.model.oneroster.common import AcadSessionGUIDRef, Base, OrgGUIDRef, UserGUIDRef
from digione_sdk.model.oneroster.course import Course
from digione_sdk.model.oneroster.demographics import Demographics, Gender
from digione_sdk.model.oneroster.enrollment import Enrollment, EnrolRole
from digione_sdk.model.oneroster.line_item import LineItem
from digione_sdk.model.oneroster.org import Org, OrgType
from digione_sdk.model.oneroster.resource import Resource, ResourceRole
from digione_sdk.model.oneroster.result import Result, ScoreStatus
from digione_sdk.model.oneroster.session import AcademicSession, SessionType
from digione_sdk.model.oneroster.user import User
from digione_sdk.model.primitives import Many
from digione_sdk.model.vocabulary import Vocabulary

M = TypeVar("M", bound=Base)
V = TypeVar("V", bound=Vocabulary)


class UserRole(Vocabulary):
    """Role of a user in 1.1: one for all organisations."""

    __source__ = "RoleEnum"

    ADMINISTRATOR = "administrator"
    AIDE = "aide"
    GUARDIAN = "guardian"
    PARENT = "parent"
    PROCTOR = "proctor"
    RELATIVE = "relative"
    STUDENT = "student"
    TEACHER = "teacher"


class SessionLink(AcadSessionGUIDRef):
    """Link to an academic session, which 1.1 may call by what it is."""

    type: Annotated[  # type: ignore[assignment]  # 1.1 has more words than 1.2
        Literal["academicSession", "gradingPeriod", "term"], About("What is linked, or its special case.", *PUBLIC)
    ]


class UserLink(UserGUIDRef):
    """Link to a user, whom 1.1 may call a student or a teacher."""

    type: Annotated[  # type: ignore[assignment]  # 1.1 has more words than 1.2
        Literal["student", "teacher", "user"], About("What is linked, or its special case.", *PUBLIC)
    ]


_LINKS: Final[Mapping[Any, Any]] = {
    AcadSessionGUIDRef: SessionLink,
    AcadSessionGUIDRef | None: SessionLink | None,
    tuple[AcadSessionGUIDRef, ...]: tuple[SessionLink, ...],
    UserGUIDRef: UserLink,
    UserGUIDRef | None: UserLink | None,
    tuple[UserGUIDRef, ...]: tuple[UserLink, ...],
}
"""Type of a field -> what it is in 1.1, whose one vocabulary of link types has words for special cases too."""


def _closed(vocabulary: type[Vocabulary], *, without: Iterable[Vocabulary] = ()) -> type[Vocabulary]:
    """Return the vocabulary as 1.1 has it: closed, and without what 1.2 added."""
    gone = set(without)
    made = cast(
        "type[Vocabulary]",
        Vocabulary(vocabulary.__name__, [(it.name, it.value) for it in vocabulary if it not in gone]),  # type: ignore[call-arg]  # the functional form of Enum
    )
    made.__source__ = vocabulary.__source__
    made.__doc__ = (vocabulary.__doc__ or "").partition(";")[0].rstrip(".") + "; closed in 1.1."
    return made


def _told(model: type[Base], *, without: Iterable[str] = (), **own: Any) -> type[Base]:
    """Return the 1.1 model: that of 1.2 `without` some fields, and with `own` ones, in the place of those they replace.

    An own field is (type, default), or a type alone where it is required.
    """
    gone = set(without)
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name in own:
            kept = own.pop(name)
            fields[name] = kept if isinstance(kept, tuple) else (kept, Field(alias=info.alias))
        elif name not in gone:
            annotation = _LINKS.get(info.annotation, info.annotation)
            annotated: Any = Annotated.__class_getitem__((annotation, *info.metadata))  # type: ignore[attr-defined]  # runtime form of Annotated[...]
            default: Any = (
                Field(alias=info.alias) if info.is_required() else Field(default=info.default, alias=info.alias)
            )
            fields[name] = (annotated, default)
    fields |= {name: kept if isinstance(kept, tuple) else (kept, Field()) for name, kept in own.items()}
    meaning = (model.__doc__ or "").partition("\n\n")[0]
    made = create_model(model.__name__, __base__=Base, __module__=__name__, __doc__=meaning, **fields)
    made.__source__ = model.__source__
    return made


def _required(model: type[Base], field: str, item: Any = None) -> Any:
    """Return the type of a field that is never absent, with what it says of itself; of another `item`, where given."""
    facts = fields_of(model)[field]
    return Annotated.__class_getitem__((item or facts.item, *facts.markers))  # type: ignore[attr-defined]  # runtime form of Annotated[...]


def _narrowed(model: type[Base], field: str, vocabulary: type[Vocabulary]) -> type[Base]:
    """Return the 1.1 model that differs in one vocabulary."""
    item = _required(model, field, vocabulary)
    own: dict[str, Any] = {field: item if fields_of(model)[field].required else (item | None, None)}
    return _told(model, without=(), **own)


MODELS: Final[Mapping[type[Base], type[Base]]] = {
    AcademicSession: _narrowed(AcademicSession, "type", _closed(SessionType)),
    Category: _told(Category, without=("weight",)),
    Class: _narrowed(Class, "class_type", _closed(ClassType)),
    Course: _told(Course),
    Demographics: _narrowed(Demographics, "sex", _closed(Gender, without=(Gender.UNSPECIFIED, Gender.OTHER))),
    Enrollment: _narrowed(Enrollment, "role", _closed(EnrolRole)),
    LineItem: _told(
        LineItem,
        without=("school", "academic_session", "score_scale", "learning_objective_set"),
        grading_period=Annotated[SessionLink, About("Grading period that its results count for.", *PUBLIC)],
        result_value_min=Annotated[Number, About("Lowest score; mandatory in 1.1.", *PUBLIC)],
        result_value_max=Annotated[Number, About("Highest score; mandatory in 1.1.", *PUBLIC)],
    ),
    Org: _narrowed(Org, "type", _closed(OrgType)),
    Resource: _told(
        Resource,
        roles=(
            Annotated[Many[_closed(ResourceRole)], About("Roles that it is meant for.", *PUBLIC)],  # type: ignore[misc]  # made above
            (),
        ),
    ),
    Result: _told(
        Result,
        without=(
            "class_",
            "score_scale",
            "text_score",
            "learning_objective_set",
            "in_progress",
            "incomplete",
            "late",
            "missing",
        ),
        score=_required(Result, "score"),
        score_status=_required(Result, "score_status", _closed(ScoreStatus)),
    ),
    User: _told(
        User,
        without=(
            "user_master_identifier",
            "preferred_first_name",
            "preferred_middle_name",
            "preferred_last_name",
            "pronouns",
            "roles",
            "user_profiles",
            "primary_org",
            "resources",
        ),
        username=Annotated[str, About("Login name; mandatory in 1.1.", Flag.PERSONAL)],
        role=Annotated[UserRole, About("The role, one for all organisations.", Flag.PERSONAL)],
        orgs=Annotated[
            tuple[OrgGUIDRef, ...],
            About("Organisations the user belongs to; at least one.", Flag.PERSONAL, Flag.LOCATING),
        ],
    ),
}
"""1.2 model -> what 1.1 can say of it; a model that is absent has no counterpart in 1.1."""


@cache
def told_in_v1p1(model: type[Base]) -> type[Base] | None:
    """Return the 1.1 counterpart of a 1.2 model, or None where 1.1 has no such object."""
    return MODELS.get(model)
