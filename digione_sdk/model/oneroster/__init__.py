"""The OneRoster 1.2 data model, one file per aggregate; this face lists the whole of it."""

from digione_sdk.model.oneroster.class_ import Class, ClassType
from digione_sdk.model.oneroster.common import (
    AcadSessionGUIDRef,
    Base,
    BaseStatus,
    ClassGUIDRef,
    CourseGUIDRef,
    GUIDRef,
    Metadata,
    OrgGUIDRef,
    PrimarySecondary,
    ResourceGUIDRef,
    UserGUIDRef,
)
from digione_sdk.model.oneroster.course import Course
from digione_sdk.model.oneroster.demographics import Demographics, Gender
from digione_sdk.model.oneroster.enrollment import Enrollment, EnrolRole
from digione_sdk.model.oneroster.org import Org, OrgType
from digione_sdk.model.oneroster.session import AcademicSession, SessionType
from digione_sdk.model.oneroster.user import Credential, Role, RoleName, User, UserId, UserProfile

__all__ = [
    "AcadSessionGUIDRef",
    "AcademicSession",
    "Base",
    "BaseStatus",
    "Class",
    "ClassGUIDRef",
    "ClassType",
    "Course",
    "CourseGUIDRef",
    "Credential",
    "Demographics",
    "EnrolRole",
    "Enrollment",
    "GUIDRef",
    "Gender",
    "Metadata",
    "Org",
    "OrgGUIDRef",
    "OrgType",
    "PrimarySecondary",
    "ResourceGUIDRef",
    "Role",
    "RoleName",
    "SessionType",
    "User",
    "UserGUIDRef",
    "UserId",
    "UserProfile",
]
