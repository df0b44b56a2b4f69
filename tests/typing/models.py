"""Code that must type-check under mypy and pyright, strictly: building records by Python names and reading them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import assert_type

from digione_sdk.model.oneroster import (
    BaseStatus,
    ClassGUIDRef,
    Enrollment,
    EnrolRole,
    Metadata,
    OrgGUIDRef,
    PrimarySecondary,
    Role,
    RoleName,
    User,
    UserGUIDRef,
)

school = OrgGUIDRef.to("school-1", href="https://roster.example.org/orgs/school-1")
assert_type(school, OrgGUIDRef)

role = Role(role_type=PrimarySecondary.PRIMARY, role=RoleName.STUDENT, org=school, begin_date=date(2026, 8, 10))

user = User(
    sourced_id="user-1",
    status=BaseStatus.ACTIVE,
    date_last_modified=datetime(2026, 8, 1, tzinfo=UTC),
    enabled_user=True,
    given_name="Aino",
    family_name="Testilä",
    roles=(role,),
    metadata=Metadata.of({"fi.digione.homeLanguage": "se"}),
)

enrollment = Enrollment(
    sourced_id="enrollment-1",
    status=BaseStatus.ACTIVE,
    date_last_modified=datetime(2026, 8, 1, tzinfo=UTC),
    user=UserGUIDRef.to("user-1", href="https://roster.example.org/users/user-1"),
    class_=ClassGUIDRef.to("class-1", href="https://roster.example.org/classes/class-1"),
    school=school,
    role=EnrolRole("ext:assistant"),
)

assert_type(user.enabled_user, bool)
assert_type(user.date_last_modified, datetime)
assert_type(user.roles, tuple[Role, ...])
assert_type(user.grades, tuple[str, ...])
assert_type(user.agents, tuple[UserGUIDRef, ...])
assert_type(user.roles[0].role, RoleName)
assert_type(user.roles[0].role.is_extension, bool)
assert_type(user.roles[0].begin_date, date | None)
assert_type(user.email, str | None)
assert_type(enrollment.primary, bool | None)
assert_type(enrollment.class_.sourced_id, str)
assert_type(User.model_validate_json(b"{}"), User)

User(sourced_id="user-2")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - required fields are missing
