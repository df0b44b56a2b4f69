"""The status payload (imsx_StatusInfo) that every OneRoster error carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.vocabulary import Vocabulary


class CodeMajor(Vocabulary):
    """Outcome in one word."""

    __source__: ClassVar[str] = "CodeMajorEnum"

    SUCCESS = "success"
    PROCESSING = "processing"
    FAILURE = "failure"
    UNSUPPORTED = "unsupported"


class Severity(Vocabulary):
    """How bad it is."""

    __source__: ClassVar[str] = "SeverityEnum"

    STATUS = "status"
    WARNING = "warning"
    ERROR = "error"


class CodeMinorValue(Vocabulary):
    """Why, in one word; a service may use only those of its own vocabulary."""

    __source__: ClassVar[str] = "CodeMinorValueEnum"

    FULLSUCCESS = "fullsuccess"
    INVALID_FILTER_FIELD = "invalid_filter_field"
    INVALID_SELECTION_FIELD = "invalid_selection_field"
    INVALIDDATA = "invaliddata"
    UNAUTHORISEDREQUEST = "unauthorisedrequest"
    FORBIDDEN = "forbidden"
    SERVER_BUSY = "server_busy"
    UNKNOWNOBJECT = "unknownobject"
    INTERNAL_SERVER_ERROR = "internal_server_error"
    DELETEFAILURE = "deletefailure"
    INVALID_SORT_FIELD = "invalid_sort_field"
    UNSUPPORTED = "unsupported"
    INVALID_BLANK_SELECTION_FIELD = "invalid_blank_selection_field"
    """1.1 only: `fields` without a name."""


SHARED_REASONS: Final = tuple(
    reason
    for reason in CodeMinorValue
    if reason
    not in {
        CodeMinorValue.DELETEFAILURE,
        CodeMinorValue.INVALID_SORT_FIELD,
        CodeMinorValue.UNSUPPORTED,
        CodeMinorValue.INVALID_BLANK_SELECTION_FIELD,
    }
)
"""The values that every service has; Rostering has no other (rest-1.2 §8)."""

WORDS_V1P1: Final[Mapping[CodeMinorValue, str]] = {
    CodeMinorValue.FULLSUCCESS: "full success",
    CodeMinorValue.INVALIDDATA: "invalid data",
    CodeMinorValue.UNAUTHORISEDREQUEST: "unauthorized",
    CodeMinorValue.UNKNOWNOBJECT: "unknown object",
}
"""What 1.1 spells otherwise (differences-1.1-1.2.md §1)."""


class CodeMinorField(Record):
    """One reason, and the system that gives it."""

    __source__: ClassVar[str] = "imsx_CodeMinorFieldDType"

    field_name: Annotated[
        str, Field(alias="imsx_codeMinorFieldName"), About("System that speaks; `TargetEndSystem` by default.", *PUBLIC)
    ]
    field_value: Annotated[
        CodeMinorValue, Field(alias="imsx_codeMinorFieldValue"), About("The reason; the service's vocabulary.", *PUBLIC)
    ]


class CodeMinor(Record):
    """The reasons."""

    __source__: ClassVar[str] = "imsx_CodeMinorDType"

    fields: Annotated[
        tuple[CodeMinorField, ...], Field(alias="imsx_codeMinorField"), About("At least one reason.", *PUBLIC)
    ]


class StatusInfo(Record):
    """The status payload: a bare object, no envelope. Note the capital C of `imsx_CodeMinor`."""

    __source__: ClassVar[str] = "imsx_StatusInfoDType"

    code_major: Annotated[CodeMajor, Field(alias="imsx_codeMajor"), About("Outcome.", *PUBLIC)]
    severity: Annotated[Severity, Field(alias="imsx_severity"), About("How bad it is.", *PUBLIC)]
    description: Annotated[
        str | None, Field(alias="imsx_description"), About("Free text for a person; no personal data.", *PUBLIC)
    ] = None
    code_minor: Annotated[CodeMinor | None, Field(alias="imsx_CodeMinor"), About("Reasons.", *PUBLIC)] = None

    @classmethod
    def failure(cls, reason: CodeMinorValue, description: str) -> Self:
        """Build the payload of a failed request."""
        field = CodeMinorField(field_name="TargetEndSystem", field_value=reason)
        return cls(
            code_major=CodeMajor.FAILURE,
            severity=Severity.ERROR,
            description=description,
            code_minor=CodeMinor(fields=(field,)),
        )

    @property
    def reasons(self) -> tuple[CodeMinorValue, ...]:
        """The reasons, without the systems that gave them."""
        return tuple(field.field_value for field in self.code_minor.fields) if self.code_minor else ()
