"""The envelopes around single objects and collections; the key is part of the standard, the class is not imported."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.assessment import AssessmentLineItem, AssessmentResult
from digione_sdk.model.oneroster.category import Category
from digione_sdk.model.oneroster.class_ import Class
from digione_sdk.model.oneroster.course import Course
from digione_sdk.model.oneroster.demographics import Demographics
from digione_sdk.model.oneroster.enrollment import Enrollment
from digione_sdk.model.oneroster.line_item import LineItem
from digione_sdk.model.oneroster.org import Org
from digione_sdk.model.oneroster.pairs import GUIDPair
from digione_sdk.model.oneroster.resource import Resource
from digione_sdk.model.oneroster.result import Result
from digione_sdk.model.oneroster.score_scale import ScoreScale
from digione_sdk.model.oneroster.session import AcademicSession
from digione_sdk.model.oneroster.user import User

_ONE = About("The object.", *PUBLIC)
_MANY = About("The objects of this page; the key should be there even when there are none.", *PUBLIC)


class SingleAcademicSession(Record):
    """Envelope of one academic session."""

    __source__: ClassVar[str] = "SingleAcademicSessionDType"
    academic_session: Annotated[AcademicSession, _ONE]


class SingleAssessmentLineItem(Record):
    """Envelope of one assessment."""

    __source__: ClassVar[str] = "SingleAssessmentLineItemDType"
    assessment_line_item: Annotated[AssessmentLineItem, _ONE]


class SingleAssessmentResult(Record):
    """Envelope of one result of an assessment."""

    __source__: ClassVar[str] = "SingleAssessmentResultDType"
    assessment_result: Annotated[AssessmentResult, _ONE]


class SingleCategory(Record):
    """Envelope of one category."""

    __source__: ClassVar[str] = "SingleCategoryDType"
    category: Annotated[Category, _ONE]


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


class SingleLineItem(Record):
    """Envelope of one line item."""

    __source__: ClassVar[str] = "SingleLineItemDType"
    line_item: Annotated[LineItem, _ONE]


class SingleOrg(Record):
    """Envelope of one organisation."""

    __source__: ClassVar[str] = "SingleOrgDType"
    org: Annotated[Org, _ONE]


class SingleResource(Record):
    """Envelope of one resource."""

    __source__: ClassVar[str] = "SingleResourceDType"
    resource: Annotated[Resource, _ONE]


class SingleResult(Record):
    """Envelope of one result."""

    __source__: ClassVar[str] = "SingleResultDType"
    result: Annotated[Result, _ONE]


class SingleScoreScale(Record):
    """Envelope of one score scale."""

    __source__: ClassVar[str] = "SingleScoreScaleDType"
    score_scale: Annotated[ScoreScale, _ONE]


class SingleUser(Record):
    """Envelope of one user."""

    __source__: ClassVar[str] = "SingleUserDType"
    user: Annotated[User, _ONE]


class AcademicSessionSet(Record):
    """Envelope of academic sessions."""

    __source__: ClassVar[str] = "AcademicSessionSetDType"
    academic_sessions: Annotated[tuple[AcademicSession, ...] | None, _MANY] = None


class AssessmentLineItemSet(Record):
    """Envelope of assessments."""

    __source__: ClassVar[str] = "AssessmentLineItemSetDType"
    assessment_line_items: Annotated[tuple[AssessmentLineItem, ...] | None, _MANY] = None


class AssessmentResultSet(Record):
    """Envelope of results of assessments."""

    __source__: ClassVar[str] = "AssessmentResultSetDType"
    assessment_results: Annotated[tuple[AssessmentResult, ...] | None, _MANY] = None


class CategoriesSet(Record):
    """Envelope of categories; the schema's name is plural."""

    __source__: ClassVar[str] = "CategoriesSetDType"
    categories: Annotated[tuple[Category, ...] | None, _MANY] = None


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


class GUIDPairSet(Record):
    """Envelope of the ids that the provider gave to posted records."""

    __source__: ClassVar[str] = "GUIDPairSetDType"
    sourced_id_pairs: Annotated[tuple[GUIDPair, ...] | None, _MANY] = None


class LineItemSet(Record):
    """Envelope of line items."""

    __source__: ClassVar[str] = "LineItemSetDType"
    line_items: Annotated[tuple[LineItem, ...] | None, _MANY] = None


class OrgSet(Record):
    """Envelope of organisations."""

    __source__: ClassVar[str] = "OrgSetDType"
    orgs: Annotated[tuple[Org, ...] | None, _MANY] = None


class ResourceSet(Record):
    """Envelope of resources."""

    __source__: ClassVar[str] = "ResourceSetDType"
    resources: Annotated[tuple[Resource, ...] | None, _MANY] = None


class ResultSet(Record):
    """Envelope of results."""

    __source__: ClassVar[str] = "ResultSetDType"
    results: Annotated[tuple[Result, ...] | None, _MANY] = None


class ScoreScaleSet(Record):
    """Envelope of score scales."""

    __source__: ClassVar[str] = "ScoreScaleSetDType"
    score_scales: Annotated[tuple[ScoreScale, ...] | None, _MANY] = None


class UserSet(Record):
    """Envelope of users."""

    __source__: ClassVar[str] = "UserSetDType"
    users: Annotated[tuple[User, ...] | None, _MANY] = None
