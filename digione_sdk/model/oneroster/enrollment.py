"""Enrolments: who is in which class, as what, from when to when."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import About, Flag
from digione_sdk.model.oneroster.common import SOURCED_ID, Base, ClassGUIDRef, OrgGUIDRef, UserGUIDRef
from digione_sdk.model.primitives import Day, TrueFalse
from digione_sdk.model.vocabulary import ExtensibleVocabulary

_WHERE = (Flag.PERSONAL, Flag.LOCATING, Flag.ART9_INFERABLE)


class EnrolRole(ExtensibleVocabulary):
    """Role of a user in one class; a smaller list than the roles in an organisation."""

    __source__: ClassVar[str] = "EnrolRoleEnum"

    ADMINISTRATOR = "administrator"
    PROCTOR = "proctor"
    STUDENT = "student"
    TEACHER = "teacher"


class Enrollment(Base):
    """A user's place in a class."""

    __source__: ClassVar[str] = "EnrollmentDType"

    sourced_id: Annotated[str, About(SOURCED_ID, Flag.PERSONAL)]
    user: Annotated[UserGUIDRef, About("Who is enrolled.", *_WHERE)]
    class_: Annotated[ClassGUIDRef, About("In which class.", *_WHERE)]
    school: Annotated[OrgGUIDRef, About("The school that gives the class.", *_WHERE)]
    role: Annotated[EnrolRole, About("As what; extensible.", *_WHERE)]
    primary: Annotated[TrueFalse | None, About("Whether this teacher leads the class; at most one does.", *_WHERE)] = (
        None
    )
    begin_date: Annotated[Day | None, About("First day, inclusive, within the class's terms.", *_WHERE)] = None
    end_date: Annotated[Day | None, About("First day no longer enrolled: exclusive.", *_WHERE)] = None
