"""Courses: what is taught, apart from when and to whom."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.oneroster.common import AcadSessionGUIDRef, Base, OrgGUIDRef, ResourceGUIDRef
from digione_sdk.model.primitives import Many


class Course(Base):
    """A course of study; classes are its instances."""

    __source__: ClassVar[str] = "CourseDType"

    title: Annotated[str, About("Name of the course.", *PUBLIC)]
    school_year: Annotated[
        AcadSessionGUIDRef | None, About("The school year, as a link and not a number.", *PUBLIC)
    ] = None
    course_code: Annotated[str, About("Code of the course; mandatory in REST.", *PUBLIC)]
    grades: Annotated[Many[str], About("Grade levels.", *PUBLIC)] = ()
    subjects: Annotated[Many[str], About("Names of the subjects.", Flag.ART9_INFERABLE)] = ()
    org: Annotated[OrgGUIDRef | None, About("Organisation that owns the course.", *PUBLIC)] = None
    subject_codes: Annotated[
        Many[str], About("Codes of the subjects, parallel to `subjects`.", Flag.ART9_INFERABLE)
    ] = ()
    resources: Annotated[Many[ResourceGUIDRef], About("Resources used in the course.", *PUBLIC)] = ()
