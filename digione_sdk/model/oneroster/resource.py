"""Resources: learning materials and tools that classes, courses and users are linked to."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.common import Base, PrimarySecondary
from digione_sdk.model.primitives import Many
from digione_sdk.model.vocabulary import ExtensibleVocabulary


class ResourceRole(ExtensibleVocabulary):
    """Role for which a resource is meant; a smaller list than the roles in an organisation."""

    __source__: ClassVar[str] = "ResourceRoleEnum"

    ADMINISTRATOR = "administrator"
    AIDE = "aide"
    GUARDIAN = "guardian"
    PARENT = "parent"
    PROCTOR = "proctor"
    RELATIVE = "relative"
    STUDENT = "student"
    TEACHER = "teacher"


class Resource(Base):
    """A learning material or tool of a vendor."""

    __source__: ClassVar[str] = "ResourceDType"

    title: Annotated[str | None, About("Name of the resource.", *PUBLIC)] = None
    roles: Annotated[Many[ResourceRole], About("Roles that it is meant for; extensible.", *PUBLIC)] = ()
    importance: Annotated[PrimarySecondary | None, About("Whether it is the main resource.", *PUBLIC)] = None
    vendor_resource_id: Annotated[str, About("Id that the vendor gives it.", *PUBLIC)]
    vendor_id: Annotated[str | None, About("Id of the vendor, given at certification.", *PUBLIC)] = None
    application_id: Annotated[str | None, About("Id of the application that it belongs to.", *PUBLIC)] = None
