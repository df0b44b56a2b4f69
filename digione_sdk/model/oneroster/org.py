"""Organisations: municipalities, schools, departments."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.common import Base, OrgGUIDRef
from digione_sdk.model.primitives import Many
from digione_sdk.model.vocabulary import ExtensibleVocabulary


class OrgType(ExtensibleVocabulary):
    """Kind of an organisation."""

    __source__: ClassVar[str] = "OrgTypeEnum"

    DEPARTMENT = "department"
    DISTRICT = "district"
    LOCAL = "local"
    NATIONAL = "national"
    SCHOOL = "school"
    STATE = "state"


class Org(Base):
    """An organisation: the education provider (district), a school, a department of one."""

    __source__: ClassVar[str] = "OrgDType"

    name: Annotated[str, About("Name of the organisation.", *PUBLIC)]
    type: Annotated[OrgType, About("Kind of organisation; extensible.", *PUBLIC)]
    identifier: Annotated[str, About("Code that people know it by; in Finland the school number or OID.", *PUBLIC)]
    parent: Annotated[OrgGUIDRef | None, About("The organisation above.", *PUBLIC)] = None
    children: Annotated[Many[OrgGUIDRef], About("The organisations below.", *PUBLIC)] = ()
