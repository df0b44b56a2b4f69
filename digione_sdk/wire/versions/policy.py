"""What conversion does where the versions do not meet: every choice that is nobody's fact is an option with a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import EnrolRole, OrgType, RoleName, ScoreStatus, SessionType
from digione_sdk.model.oneroster.class_ import ClassType
from digione_sdk.model.oneroster.v1p1 import UserRole

ADMINISTRATOR_BY_ORG: Final[Mapping[str, RoleName]] = {
    OrgType.DISTRICT: RoleName.DISTRICT_ADMINISTRATOR,
    OrgType.STATE: RoleName.DISTRICT_ADMINISTRATOR,
    OrgType.NATIONAL: RoleName.DISTRICT_ADMINISTRATOR,
    OrgType.SCHOOL: RoleName.SITE_ADMINISTRATOR,
}
"""Type of an organisation -> what an administrator of 1.1 is called there in 1.2."""

ADMINISTRATORS: Final = frozenset(
    {
        RoleName.DISTRICT_ADMINISTRATOR,
        RoleName.SITE_ADMINISTRATOR,
        RoleName.SYSTEM_ADMINISTRATOR,
        RoleName.PRINCIPAL,
        "ext:administrator",
    }
)
"""What 1.1 calls `administrator`."""
PSEUDONYM: Final = "pseudonym"
"""A source of usernames that is no field: one is made of the sourcedId that does not tell it."""

_USERNAMES: Final = frozenset({"email", "identifier", "sourcedId", PSEUDONYM})


def _unknown(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionPolicy:
    """How to convert where 1.1 and 1.2 do not meet.

    Attributes:
        administrator: 1.1 knows one administrator, 1.2 three. This is the role of an administrator in an organisation
            whose type is not known; the default claims no more than 1.1 does.
        org_type: Tells the type of an organisation from its sourcedId, as `school`; None where it does not know. With
            it, administrators of districts, states and nations become `districtAdministrator`, those of schools
            `siteAdministrator`.
        counselor: What 1.1 calls a counselor.
        extension_role: What 1.1 calls a user who holds none but `ext:` roles.
        enrolment_extension: What 1.1 calls an `ext:` role in a class.
        class_type: What 1.1 calls a class of an `ext:` type.
        organisation_type: What 1.1 calls an organisation of an `ext:` type.
        score_status: What 1.1 calls an `ext:` status of a result.
        school_of_class: Tells the link to the school of a class from the class's sourcedId; 1.2 demands it of a line
            item, and 1.1 does not say it. None where it does not know; a client asks the provider for the class.
        session_type: What 1.1 calls a session of an `ext:` type.
        type_of_session: Tells the type of a session from its sourcedId: 1.1 demands a grading period of a line item,
            and an academic session will do if it is one.
        any_session: Whether an academic session that is no grading period will do too.
        result_bounds: Lowest and highest score of a line item that has none: 1.1 demands them.
        username_from: Where the username that 1.1 demands is taken from, the first that has a value; `pseudonym` makes
            one of the sourcedId that does not tell it.
        park: Whether 1.2 values that 1.1 cannot hold are put by in `metadata`, from where an upgrade takes them back.
        zone: Where a day begins, for values that are an instant in REST and a day in CSV.
        org_of_course: Tells the sourcedId of the organisation of a course from the course's: CSV demands it, and REST
            does not. None where it does not know.
        rebase: Rewrites the href of every link; None leaves hrefs as they are.
    """

    administrator: str = "ext:administrator"
    org_type: Callable[[str], str | None] = _unknown
    counselor: UserRole = UserRole.AIDE
    extension_role: UserRole = UserRole.AIDE
    enrolment_extension: EnrolRole = EnrolRole.PROCTOR
    session_type: SessionType = SessionType.TERM
    class_type: ClassType = ClassType.SCHEDULED
    organisation_type: OrgType = OrgType.DEPARTMENT
    score_status: ScoreStatus = ScoreStatus.SUBMITTED
    school_of_class: Callable[[str], Json] = _unknown
    type_of_session: Callable[[str], str | None] = _unknown
    any_session: bool = False
    result_bounds: tuple[int, int] = (0, 100)
    username_from: tuple[str, ...] = ("email", "sourcedId")
    park: bool = False
    zone: tzinfo = UTC
    org_of_course: Callable[[str], str | None] = _unknown
    rebase: Callable[[str], str] | None = None

    def __post_init__(self) -> None:
        if self.administrator not in ADMINISTRATORS:
            raise UsageError(f"one of {', '.join(sorted(ADMINISTRATORS))}", argument="administrator")
        if not self.username_from or not set(self.username_from) <= _USERNAMES:
            raise UsageError(f"names among {', '.join(sorted(_USERNAMES))}", argument="username_from")

    @property
    def has_one_administrator(self) -> bool:
        """Whether every administrator of 1.1 is told as the same role."""
        return self.org_type is _unknown

    def administrator_in(self, org: str) -> str:
        """Return what an administrator of 1.1 is called in an organisation."""
        kind = self.org_type(org)
        return ADMINISTRATOR_BY_ORG.get(kind, self.administrator) if kind else self.administrator


DEFAULT_POLICY: Final = ConversionPolicy()
