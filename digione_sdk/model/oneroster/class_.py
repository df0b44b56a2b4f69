"""Classes: groups that meet; home classes and teaching groups."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.oneroster.common import (
    AcadSessionGUIDRef,
    Base,
    CourseGUIDRef,
    OrgGUIDRef,
    ResourceGUIDRef,
)
from digione_sdk.model.primitives import Many
from digione_sdk.model.vocabulary import ExtensibleVocabulary

_TELLING = (Flag.LOCATING, Flag.ART9_INFERABLE)
"""Where its pupils are, and for religion, mother tongue or special groups also who they are."""


class ClassType(ExtensibleVocabulary):
    """Kind of a class: the home class (luokka, ryhmä) or a scheduled teaching group."""

    __source__: ClassVar[str] = "ClassTypeEnum"

    HOMEROOM = "homeroom"
    SCHEDULED = "scheduled"


class Class(Base):
    """A group that meets: an instance of a course in a school during one or more terms."""

    __source__: ClassVar[str] = "ClassDType"

    title: Annotated[str, About("Name of the class.", *_TELLING)]
    class_code: Annotated[str | None, About("Code that people know it by.", *_TELLING)] = None
    class_type: Annotated[ClassType | None, About("Kind of class; optional in REST, extensible.", *PUBLIC)] = None
    location: Annotated[str | None, About("Room, as text.", *_TELLING)] = None
    grades: Annotated[Many[str], About("Grade levels.", *PUBLIC)] = ()
    subjects: Annotated[Many[str], About("Names of the subjects.", Flag.ART9_INFERABLE)] = ()
    course: Annotated[CourseGUIDRef, About("The course that the class is an instance of.", *PUBLIC)]
    school: Annotated[OrgGUIDRef, About("The school that gives the class.", Flag.LOCATING)]
    terms: Annotated[tuple[AcadSessionGUIDRef, ...], About("Terms in which it meets; at least one.", *PUBLIC)]
    subject_codes: Annotated[Many[str], About("Codes of the subjects, parallel to `subjects`.", *_TELLING)] = ()
    periods: Annotated[Many[str], About("Labels of the time slots in which it meets.", Flag.LOCATING)] = ()
    resources: Annotated[Many[ResourceGUIDRef], About("Resources used in the class.", *PUBLIC)] = ()
