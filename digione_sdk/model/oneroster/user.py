"""Users: pupils, teachers, guardians and staff, with their roles, profiles and ids."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.base import OpenRecord, Record
from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.oneroster.common import (
    SOURCED_ID,
    Base,
    OrgGUIDRef,
    PrimarySecondary,
    ResourceGUIDRef,
    UserGUIDRef,
)
from digione_sdk.model.primitives import URI, Day, Many, TrueFalse
from digione_sdk.model.vocabulary import ExtensibleVocabulary

_CONTACT = (Flag.PERSONAL, Flag.CONTACT, Flag.LOCATING)  # locating because it may be a home's


class RoleName(ExtensibleVocabulary):
    """Role of a user in an organisation."""

    __source__: ClassVar[str] = "RoleEnum"

    AIDE = "aide"
    COUNSELOR = "counselor"
    DISTRICT_ADMINISTRATOR = "districtAdministrator"
    GUARDIAN = "guardian"
    PARENT = "parent"
    PRINCIPAL = "principal"
    PROCTOR = "proctor"
    RELATIVE = "relative"
    SITE_ADMINISTRATOR = "siteAdministrator"
    STUDENT = "student"
    SYSTEM_ADMINISTRATOR = "systemAdministrator"
    TEACHER = "teacher"


class Role(Record):
    """One role that a user holds in one organisation."""

    __source__: ClassVar[str] = "RoleDType"

    role_type: Annotated[PrimarySecondary, About("Rank; exactly one primary role per organisation.", Flag.PERSONAL)]
    role: Annotated[RoleName, About("The role; extensible.", Flag.PERSONAL)]
    org: Annotated[OrgGUIDRef, About("Organisation in which it is held.", Flag.PERSONAL, Flag.LOCATING)]
    user_profile: Annotated[
        URI | None, About("Profile used in this role: the id of one of the same user's profiles.", Flag.PERSONAL)
    ] = None
    begin_date: Annotated[Day | None, About("First day, inclusive.", Flag.PERSONAL)] = None
    end_date: Annotated[Day | None, About("First day no longer held: exclusive.", Flag.PERSONAL)] = None


class UserId(Record):
    """An id of the user in another system."""

    __source__: ClassVar[str] = "UserIdDType"

    type: Annotated[str, About("Which kind of id; a free vocabulary.", *PUBLIC)]
    identifier: Annotated[str, About("The id; never a national identity code.", Flag.PERSONAL, Flag.NATIONAL_ID)]


class Credential(OpenRecord):
    """A credential of a profile; the standard lets providers add properties."""

    __source__: ClassVar[str] = "CredentialDType"

    type: Annotated[str, About("Kind of credential; free text.", Flag.CREDENTIAL)]
    username: Annotated[str, About("Login name.", Flag.PERSONAL, Flag.CREDENTIAL)]
    password: Annotated[str | None, About("Never emitted in clear.", Flag.CREDENTIAL)] = None


class UserProfile(Record):
    """An account of the user in a system or tool."""

    __source__: ClassVar[str] = "UserProfileDType"

    profile_id: Annotated[URI, About("URI of the profile, unique within the user.", Flag.PERSONAL)]
    profile_type: Annotated[str, About("Label of the profile.", Flag.PERSONAL)]
    vendor_id: Annotated[str, About("Id of the vendor.", *PUBLIC)]
    application_id: Annotated[str | None, About('Id of the application; "default" for all of the vendor.', *PUBLIC)] = (
        None
    )
    description: Annotated[str | None, About("What the profile is for; no secrets.", Flag.PERSONAL)] = None
    credentials: Annotated[Many[Credential], About("Credentials of the account.", Flag.CREDENTIAL)] = ()


class User(Base):
    """A person with at least one role in an organisation."""

    __source__: ClassVar[str] = "UserDType"

    sourced_id: Annotated[str, About(SOURCED_ID, Flag.PERSONAL)]
    user_master_identifier: Annotated[
        str | None, About("Id of the person across systems.", Flag.PERSONAL, Flag.NATIONAL_ID)
    ] = None
    username: Annotated[str | None, About("Login name; optional since 1.2.", Flag.PERSONAL)] = None
    user_ids: Annotated[Many[UserId], About("Ids in other systems.", Flag.PERSONAL, Flag.NATIONAL_ID)] = ()
    enabled_user: Annotated[TrueFalse, About("False: the record stands, but access is curtailed.", Flag.PERSONAL)]
    given_name: Annotated[str, About("First name.", Flag.PERSONAL)]
    family_name: Annotated[str, About("Last name.", Flag.PERSONAL)]
    middle_name: Annotated[str | None, About("Middle names, separated by spaces.", Flag.PERSONAL)] = None
    preferred_first_name: Annotated[str | None, About("First name in daily use (kutsumanimi).", Flag.PERSONAL)] = None
    preferred_middle_name: Annotated[str | None, About("Middle name in daily use.", Flag.PERSONAL)] = None
    preferred_last_name: Annotated[str | None, About("Last name in daily use.", Flag.PERSONAL)] = None
    pronouns: Annotated[str | None, About("Pronouns, free text.", Flag.PERSONAL, Flag.ART9_INFERABLE)] = None
    roles: Annotated[tuple[Role, ...], About("Roles in organisations; at least one.", Flag.PERSONAL, Flag.LOCATING)]
    user_profiles: Annotated[
        Many[UserProfile], About("Accounts in systems and tools.", Flag.PERSONAL, Flag.CREDENTIAL)
    ] = ()
    primary_org: Annotated[OrgGUIDRef | None, About("Main organisation.", Flag.PERSONAL, Flag.LOCATING)] = None
    identifier: Annotated[
        str | None,
        About("Kept for older consumers; prefer the ids in other systems.", Flag.PERSONAL, Flag.NATIONAL_ID),
    ] = None
    email: Annotated[str | None, About("E-mail address.", *_CONTACT)] = None
    sms: Annotated[str | None, About("Number for text messages.", *_CONTACT)] = None
    phone: Annotated[str | None, About("Telephone number.", *_CONTACT)] = None
    agents: Annotated[
        Many[UserGUIDRef],
        About("Related users: a pupil's guardians, a guardian's pupils.", Flag.PERSONAL, Flag.MINOR_RELATED),
    ] = ()
    grades: Annotated[Many[str], About("Grade levels.", Flag.PERSONAL)] = ()
    password: Annotated[str | None, About("Never emitted in clear.", Flag.CREDENTIAL)] = None
    resources: Annotated[Many[ResourceGUIDRef], About("Resources for this user.", Flag.PERSONAL)] = ()
