"""The envelopes around single objects and collections; the key is part of the standard, the class is not imported."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.class_ import Class
from digione_sdk.model.oneroster.course import Course
from digione_sdk.model.oneroster.demographics import Demographics
from digione_sdk.model.oneroster.enrollment import Enrollment
from digione_sdk.model.oneroster.org import Org
from digione_sdk.model.oneroster.session import AcademicSession
from digione_sdk.model.oneroster.user import User

_ONE = About("The object.", *PUBLIC)
_MANY = About("The objects of this page; the key should be there even when there are none.", *PUBLIC)


class SingleAcademicSession(Record):
    """Envelope of one academic session."""

    __source__: ClassVar[str] = "SingleAcademicSessionDType"
    academic_session: Annotated[AcademicSession, _ONE]


class SingleClass(Record):
    """Envelope of one class."""

    __source__: ClassVar[str] = "SingleClassDType"
    class_: Annotated[Class, _ONE]


class SingleCourse(Record):
    """Envelope of one course."""

    __source__: ClassVar[str] = "SingleCourseDType"
    course: Annotated[Course, _ONE]


class SingleDemographics(Record):
    """Envelope of one demographics record; the key is plural even so."""

    __source__: ClassVar[str] = "SingleDemographicsDType"
    demographics: Annotated[Demographics, _ONE]


class SingleEnrollment(Record):
    """Envelope of one enrolment."""

    __source__: ClassVar[str] = "SingleEnrollmentDType"
    enrollment: Annotated[Enrollment, _ONE]


class SingleOrg(Record):
    """Envelope of one organisation."""

    __source__: ClassVar[str] = "SingleOrgDType"
    org: Annotated[Org, _ONE]


class SingleUser(Record):
    """Envelope of one user."""

    __source__: ClassVar[str] = "SingleUserDType"
    user: Annotated[User, _ONE]


class AcademicSessionSet(Record):
    """Envelope of academic sessions."""

    __source__: ClassVar[str] = "AcademicSessionSetDType"
    academic_sessions: Annotated[tuple[AcademicSession, ...] | None, _MANY] = None


class ClassSet(Record):
    """Envelope of classes."""

    __source__: ClassVar[str] = "ClassSetDType"
    classes: Annotated[tuple[Class, ...] | None, _MANY] = None


class CourseSet(Record):
    """Envelope of courses."""

    __source__: ClassVar[str] = "CourseSetDType"
    courses: Annotated[tuple[Course, ...] | None, _MANY] = None


class DemographicsSet(Record):
    """Envelope of demographics records."""

    __source__: ClassVar[str] = "DemographicsSetDType"
    demographics: Annotated[tuple[Demographics, ...] | None, _MANY] = None


class EnrollmentSet(Record):
    """Envelope of enrolments."""

    __source__: ClassVar[str] = "EnrollmentSetDType"
    enrollments: Annotated[tuple[Enrollment, ...] | None, _MANY] = None


class OrgSet(Record):
    """Envelope of organisations."""

    __source__: ClassVar[str] = "OrgSetDType"
    orgs: Annotated[tuple[Org, ...] | None, _MANY] = None


class UserSet(Record):
    """Envelope of users."""

    __source__: ClassVar[str] = "UserSetDType"
    users: Annotated[tuple[User, ...] | None, _MANY] = None
