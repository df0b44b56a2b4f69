"""Results: how a pupil did in a line item."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import About, Flag
from digione_sdk.model.numbers import Number
from digione_sdk.model.oneroster.common import (
    SOURCED_ID,
    Base,
    ClassGUIDRef,
    LineItemGUIDRef,
    ScoreScaleGUIDRef,
    UserGUIDRef,
)
from digione_sdk.model.oneroster.learning_objective import (
    PUPIL,
    PUPIL_TELLING,
    PUPIL_VERBAL,
    LearningObjectiveScoreSet,
)
from digione_sdk.model.primitives import Day, Many, TrueFalse
from digione_sdk.model.vocabulary import ExtensibleVocabulary


class ScoreStatus(ExtensibleVocabulary):
    """How far a result has come; the standard's values hold spaces."""

    __source__: ClassVar[str] = "ScoreStatusEnum"

    EXEMPT = "exempt"
    FULLY_GRADED = "fully graded"
    NOT_SUBMITTED = "not submitted"
    PARTIALLY_GRADED = "partially graded"
    SUBMITTED = "submitted"


class Result(Base):
    """A pupil's result in a line item."""

    __source__: ClassVar[str] = "ResultDType"

    sourced_id: Annotated[str, About(SOURCED_ID, Flag.PERSONAL)]
    line_item: Annotated[LineItemGUIDRef, About("What it was given for.", *PUPIL_TELLING)]
    student: Annotated[UserGUIDRef, About("Whose result it is.", *PUPIL)]
    class_: Annotated[
        ClassGUIDRef | None, About("The class of the line item.", Flag.PERSONAL, Flag.LOCATING, Flag.ART9_INFERABLE)
    ] = None
    score_scale: Annotated[ScoreScaleGUIDRef | None, About("Scale on which it is given.", *PUPIL_TELLING)] = None
    score_status: Annotated[ScoreStatus, About("How far it has come; extensible.", *PUPIL_TELLING)]
    score: Annotated[Number | None, About("The score as a number.", *PUPIL)] = None
    text_score: Annotated[str | None, About("The grade in words or letters.", *PUPIL_VERBAL)] = None
    score_date: Annotated[Day, About("Day on which it was given.", *PUPIL)]
    comment: Annotated[str | None, About("What the teacher says of it.", *PUPIL_VERBAL)] = None
    learning_objective_set: Annotated[
        Many[LearningObjectiveScoreSet], About("How the pupil did in each objective.", *PUPIL_VERBAL)
    ] = ()
    in_progress: Annotated[TrueFalse | None, About("Whether the pupil is at work on it.", *PUPIL)] = None
    incomplete: Annotated[TrueFalse | None, About("Whether something is lacking.", *PUPIL)] = None
    late: Annotated[TrueFalse | None, About("Whether it was handed in late.", *PUPIL)] = None
    missing: Annotated[TrueFalse | None, About("Whether it was never handed in.", *PUPIL)] = None
