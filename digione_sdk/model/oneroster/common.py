"""What all OneRoster objects share: the base object, its lifecycle, links, and the small shared vocabularies."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal, Self

from digione_sdk.model.base import Json, OpenRecord, Record
from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.primitives import URI, Instant
from digione_sdk.model.vocabulary import Vocabulary

SOURCED_ID: Final = "Opaque id in the data exchange; never parsed, holds no personal data."
"""Meaning of `sourcedId`. Records about a person declare the field again, with the flag: there it is a pseudonym."""


class BaseStatus(Vocabulary):
    """Lifecycle of an object; `tobedeleted` means that a receiver may delete it."""

    __source__: ClassVar[str] = "BaseStatusEnum"

    ACTIVE = "active"
    TOBEDELETED = "tobedeleted"

    @classmethod
    def _missing_(cls, value: object) -> BaseStatus | None:
        # OneRoster 1.0 said "inactive"; 1.2 wants it read as a tombstone.
        return cls.TOBEDELETED if value == "inactive" else None


class PrimarySecondary(Vocabulary):
    """Rank of a role among a user's roles in one organisation."""

    __source__: ClassVar[str] = "PrimarySecondaryEnum"

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Metadata(OpenRecord):
    """The only sanctioned place for properties of a provider's own; DigiOne's are flat keys `fi.digione.<name>`."""

    __source__: ClassVar[str] = "MetadataDType"


class Base(Record):
    """What every top-level OneRoster object carries: identity, lifecycle, time of last change, extensions."""

    sourced_id: Annotated[str, About(SOURCED_ID, *PUBLIC)]
    status: Annotated[BaseStatus, About("Lifecycle; a tombstone is `tobedeleted`.", *PUBLIC)]
    date_last_modified: Annotated[Instant, About("Instant of the last change; drives delta reads.", *PUBLIC)]
    metadata: Annotated[
        Metadata | None, About("The provider's own properties; denied to others by default.", Flag.PERSONAL)
    ] = None


class GUIDRef(Record):
    """A link to another object: consumers resolve it by `sourced_id`, `href` is nominal."""

    TYPE: ClassVar[str] = ""

    href: Annotated[URI, About("Absolute address of the object.", *PUBLIC)]
    sourced_id: Annotated[str, About("Id of the object that is linked.", *PUBLIC)]

    @classmethod
    def to(cls, sourced_id: str, *, href: str) -> Self:
        """Link to the object with this id; the type token is the class's own."""
        values: dict[str, Json] = {"href": href, "sourced_id": sourced_id, "type": cls.TYPE}
        return cls(**values)


class AcadSessionGUIDRef(GUIDRef):
    """Link to an academic session, whatever its type."""

    __source__: ClassVar[str] = "AcadSessionGUIDRefDType"
    TYPE: ClassVar[str] = "academicSession"
    type: Annotated[Literal["academicSession"], About("Fixed token.", *PUBLIC)]


class AssessmentLineItemGUIDRef(GUIDRef):
    """Link to an assessment that results are given for."""

    __source__: ClassVar[str] = "AssessmentLineItemGUIDRefDType"
    TYPE: ClassVar[str] = "assessmentLineItem"
    type: Annotated[Literal["assessmentLineItem"], About("Fixed token.", *PUBLIC)]


class CategoryGUIDRef(GUIDRef):
    """Link to a category of line items."""

    __source__: ClassVar[str] = "CategoryGUIDRefDType"
    TYPE: ClassVar[str] = "category"
    type: Annotated[Literal["category"], About("Fixed token.", *PUBLIC)]


class ClassGUIDRef(GUIDRef):
    """Link to a class."""

    __source__: ClassVar[str] = "ClassGUIDRefDType"
    TYPE: ClassVar[str] = "class"
    type: Annotated[Literal["class"], About("Fixed token.", *PUBLIC)]


class CourseGUIDRef(GUIDRef):
    """Link to a course."""

    __source__: ClassVar[str] = "CourseGUIDRefDType"
    TYPE: ClassVar[str] = "course"
    type: Annotated[Literal["course"], About("Fixed token.", *PUBLIC)]


class LineItemGUIDRef(GUIDRef):
    """Link to a line item: what a result was given for."""

    __source__: ClassVar[str] = "LineItemGUIDRefDType"
    TYPE: ClassVar[str] = "lineItem"
    type: Annotated[Literal["lineItem"], About("Fixed token.", *PUBLIC)]


class OrgGUIDRef(GUIDRef):
    """Link to an organisation; schools too are linked as `org`."""

    __source__: ClassVar[str] = "OrgGUIDRefDType"
    TYPE: ClassVar[str] = "org"
    type: Annotated[Literal["org"], About("Fixed token.", *PUBLIC)]


class ResourceGUIDRef(GUIDRef):
    """Link to a learning resource of the Resources service."""

    __source__: ClassVar[str] = "ResourceGUIDRefDType"
    TYPE: ClassVar[str] = "resource"
    type: Annotated[Literal["resource"], About("Fixed token.", *PUBLIC)]


class ScoreScaleGUIDRef(GUIDRef):
    """Link to the scale on which scores are given."""

    __source__: ClassVar[str] = "ScoreScaleGUIDRefDType"
    TYPE: ClassVar[str] = "scoreScale"
    type: Annotated[Literal["scoreScale"], About("Fixed token.", *PUBLIC)]


class UserGUIDRef(GUIDRef):
    """Link to a user; students and teachers too are linked as `user`."""

    __source__: ClassVar[str] = "UserGUIDRefDType"
    TYPE: ClassVar[str] = "user"
    href: Annotated[URI, About("Absolute address of the object; it holds the id.", Flag.PERSONAL)]
    sourced_id: Annotated[str, About("Id of the user that is linked.", Flag.PERSONAL)]
    type: Annotated[Literal["user"], About("Fixed token.", *PUBLIC)]
