"""The OneRoster 1.2 data model, one file per aggregate; this face lists the whole of it."""

from digione_sdk.model.oneroster.assessment import AssessmentLineItem, AssessmentResult
from digione_sdk.model.oneroster.category import Category
from digione_sdk.model.oneroster.class_ import Class, ClassType
from digione_sdk.model.oneroster.common import (
    AcadSessionGUIDRef,
    AssessmentLineItemGUIDRef,
    Base,
    BaseStatus,
    CategoryGUIDRef,
    ClassGUIDRef,
    CourseGUIDRef,
    GUIDRef,
    LineItemGUIDRef,
    Metadata,
    OrgGUIDRef,
    PrimarySecondary,
    ResourceGUIDRef,
    ScoreScaleGUIDRef,
    UserGUIDRef,
)
from digione_sdk.model.oneroster.course import Course
from digione_sdk.model.oneroster.demographics import Demographics, Gender
from digione_sdk.model.oneroster.enrollment import Enrollment, EnrolRole
from digione_sdk.model.oneroster.learning_objective import (
    LearningObjectiveResults,
    LearningObjectiveScoreSet,
    LearningObjectiveSet,
    LearningObjectiveSource,
)
from digione_sdk.model.oneroster.line_item import LineItem
from digione_sdk.model.oneroster.org import Org, OrgType
from digione_sdk.model.oneroster.pairs import GUIDPair
from digione_sdk.model.oneroster.resource import Resource, ResourceRole
from digione_sdk.model.oneroster.result import Result, ScoreStatus
from digione_sdk.model.oneroster.score_scale import ScoreScale, ScoreScaleValue
from digione_sdk.model.oneroster.session import AcademicSession, SessionType
from digione_sdk.model.oneroster.user import Credential, Role, RoleName, User, UserId, UserProfile

__all__ = [
    "AcadSessionGUIDRef",
    "AcademicSession",
    "AssessmentLineItem",
    "AssessmentLineItemGUIDRef",
    "AssessmentResult",
    "Base",
    "BaseStatus",
    "Category",
    "CategoryGUIDRef",
    "Class",
    "ClassGUIDRef",
    "ClassType",
    "Course",
    "CourseGUIDRef",
    "Credential",
    "Demographics",
    "EnrolRole",
    "Enrollment",
    "GUIDPair",
    "GUIDRef",
    "Gender",
    "LearningObjectiveResults",
    "LearningObjectiveScoreSet",
    "LearningObjectiveSet",
    "LearningObjectiveSource",
    "LineItem",
    "LineItemGUIDRef",
    "Metadata",
    "Org",
    "OrgGUIDRef",
    "OrgType",
    "PrimarySecondary",
    "Resource",
    "ResourceGUIDRef",
    "ResourceRole",
    "Result",
    "Role",
    "RoleName",
    "ScoreScale",
    "ScoreScaleGUIDRef",
    "ScoreScaleValue",
    "ScoreStatus",
    "SessionType",
    "User",
    "UserGUIDRef",
    "UserId",
    "UserProfile",
]
