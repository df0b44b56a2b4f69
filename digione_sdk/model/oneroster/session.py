"""Academic sessions: school years, terms, semesters and grading periods."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.common import AcadSessionGUIDRef, Base
from digione_sdk.model.primitives import Day, Many
from digione_sdk.model.vocabulary import ExtensibleVocabulary


class SessionType(ExtensibleVocabulary):
    """Kind of a session."""

    __source__: ClassVar[str] = "SessionTypeEnum"

    GRADING_PERIOD = "gradingPeriod"
    SEMESTER = "semester"
    SCHOOL_YEAR = "schoolYear"
    TERM = "term"


class AcademicSession(Base):
    """A span of school time: a school year, a term (lukukausi), a grading period (jakso)."""

    __source__: ClassVar[str] = "AcademicSessionDType"

    title: Annotated[str, About("Name of the session.", *PUBLIC)]
    start_date: Annotated[Day, About("First day, inclusive.", *PUBLIC)]
    end_date: Annotated[Day, About("First day that is no longer part of it: exclusive.", *PUBLIC)]
    type: Annotated[SessionType, About("Kind of session; extensible.", *PUBLIC)]
    parent: Annotated[AcadSessionGUIDRef | None, About("The session that encloses this one.", *PUBLIC)] = None
    children: Annotated[Many[AcadSessionGUIDRef], About("Sessions inside this one.", *PUBLIC)] = ()
    school_year: Annotated[str, About("Four-digit year in which the school year ends, as text.", *PUBLIC)]
