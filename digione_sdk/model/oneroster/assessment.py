"""Assessments outside the gradebook's line items, as national tests: what was assessed, and how a pupil did."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.numbers import Number
from digione_sdk.model.oneroster.common import (
    SOURCED_ID,
    AssessmentLineItemGUIDRef,
    Base,
    ClassGUIDRef,
    ScoreScaleGUIDRef,
    UserGUIDRef,
)
from digione_sdk.model.oneroster.learning_objective import (
    PUPIL,
    PUPIL_TELLING,
    PUPIL_VERBAL,
    LearningObjectiveScoreSet,
    LearningObjectiveSet,
)
from digione_sdk.model.oneroster.result import ScoreStatus
from digione_sdk.model.primitives import Day, Many, TrueFalse


class AssessmentLineItem(Base):
    """An assessment or a part of one; parts name the whole as their parent."""

    __source__: ClassVar[str] = "AssessmentLineItemDType"

    title: Annotated[str, About("Name of the assessment.", *PUBLIC)]
    description: Annotated[str | None, About("What it is about; free text that may name somebody.", Flag.PERSONAL)] = (
        None
    )
    class_: Annotated[ClassGUIDRef | None, About("The class that it is given to.", *PUBLIC)] = None
    parent_assessment_line_item: Annotated[
        AssessmentLineItemGUIDRef | None, About("The assessment of which it is a part.", *PUBLIC)
    ] = None
    score_scale: Annotated[ScoreScaleGUIDRef | None, About("Scale on which its results are given.", *PUBLIC)] = None
    result_value_min: Annotated[Number | None, About("Lowest score.", *PUBLIC)] = None
    result_value_max: Annotated[Number | None, About("Highest score.", *PUBLIC)] = None
    learning_objective_set: Annotated[
        Many[LearningObjectiveSet], About("Learning objectives that it is about.", *PUBLIC)
    ] = ()


class AssessmentResult(Base):
    """A pupil's result in an assessment."""

    __source__: ClassVar[str] = "AssessmentResultDType"

    sourced_id: Annotated[str, About(SOURCED_ID, Flag.PERSONAL)]
    assessment_line_item: Annotated[AssessmentLineItemGUIDRef, About("What was assessed.", *PUPIL_TELLING)]
    student: Annotated[UserGUIDRef, About("Whose result it is.", *PUPIL)]
    score: Annotated[Number | None, About("The score as a number.", *PUPIL)] = None
    text_score: Annotated[str | None, About("The grade in words or letters.", *PUPIL_VERBAL)] = None
    score_date: Annotated[Day, About("Day on which it was given.", *PUPIL)]
    score_scale: Annotated[ScoreScaleGUIDRef | None, About("Scale on which it is given.", *PUPIL_TELLING)] = None
    score_percentile: Annotated[Number | None, About("Percentile rank.", *PUPIL)] = None
    score_status: Annotated[ScoreStatus, About("How far it has come; extensible.", *PUPIL_TELLING)]
    comment: Annotated[str | None, About("What the assessor says of it.", *PUPIL_VERBAL)] = None
    learning_objective_set: Annotated[
        Many[LearningObjectiveScoreSet], About("How the pupil did in each objective.", *PUPIL_VERBAL)
    ] = ()
    in_progress: Annotated[TrueFalse | None, About("Whether the pupil is at work on it.", *PUPIL)] = None
    incomplete: Annotated[TrueFalse | None, About("Whether something is lacking.", *PUPIL)] = None
    late: Annotated[TrueFalse | None, About("Whether it was handed in late.", *PUPIL)] = None
    missing: Annotated[TrueFalse | None, About("Whether it was never handed in.", *PUPIL)] = None
