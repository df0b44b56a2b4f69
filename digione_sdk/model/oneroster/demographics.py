"""Demographics: birth and origin data of a user; kept apart because it needs a scope of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import About, Flag
from digione_sdk.model.oneroster.common import SOURCED_ID, Base
from digione_sdk.model.primitives import Day, TrueFalse
from digione_sdk.model.vocabulary import ExtensibleVocabulary

_ORIGIN = (Flag.PERSONAL, Flag.ART9)
_BIRTHPLACE = (Flag.PERSONAL, Flag.ART9_INFERABLE, Flag.LOCATING)


class Gender(ExtensibleVocabulary):
    """Sex, as recorded; `unspecified` and `other` came with 1.2."""

    __source__: ClassVar[str] = "GenderEnum"

    MALE = "male"
    FEMALE = "female"
    UNSPECIFIED = "unspecified"
    OTHER = "other"


class Demographics(Base):
    """Birth and origin data of the user with the same `sourced_id`.

    The origin flags describe a census of another country; in Finland they are special category data without a basis,
    and the DigiOne community profile forbids them.
    """

    __source__: ClassVar[str] = "DemographicsDType"

    sourced_id: Annotated[str, About(SOURCED_ID, Flag.PERSONAL)]
    birth_date: Annotated[Day | None, About("Day of birth.", Flag.PERSONAL)] = None
    sex: Annotated[Gender | None, About("Sex; extensible.", Flag.PERSONAL)] = None
    american_indian_or_alaska_native: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    asian: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    black_or_african_american: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    native_hawaiian_or_other_pacific_islander: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    white: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    demographic_race_two_or_more_races: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    hispanic_or_latino_ethnicity: Annotated[TrueFalse | None, About("Origin flag.", *_ORIGIN)] = None
    country_of_birth_code: Annotated[str | None, About("Country of birth.", *_BIRTHPLACE)] = None
    state_of_birth_abbreviation: Annotated[str | None, About("State or region of birth.", *_BIRTHPLACE)] = None
    city_of_birth: Annotated[str | None, About("Town of birth, free text.", *_BIRTHPLACE)] = None
    public_school_residence_status: Annotated[
        str | None, About("Residence status for public schooling.", Flag.PERSONAL, Flag.LOCATING)
    ] = None
