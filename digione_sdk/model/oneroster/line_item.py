"""Line items: what results are given for, as a test, an essay or a final grade."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.numbers import Number
from digione_sdk.model.oneroster.common import (
    AcadSessionGUIDRef,
    Base,
    CategoryGUIDRef,
    ClassGUIDRef,
    OrgGUIDRef,
    ScoreScaleGUIDRef,
)
from digione_sdk.model.oneroster.learning_objective import LearningObjectiveSet
from digione_sdk.model.primitives import Instant, Many


class LineItem(Base):
    """One thing that the pupils of a class are given results for."""

    __source__: ClassVar[str] = "LineItemDType"

    title: Annotated[str, About("Name of the line item.", *PUBLIC)]
    description: Annotated[
        str | None, About("What it is about; a teacher's free text, so it may name somebody.", Flag.PERSONAL)
    ] = None
    assign_date: Annotated[Instant, About("When it was given; in CSV a mere day.", *PUBLIC)]
    due_date: Annotated[Instant, About("When it is due; in CSV a mere day.", *PUBLIC)]
    class_: Annotated[ClassGUIDRef, About("The class that it is given to.", *PUBLIC)]
    school: Annotated[OrgGUIDRef, About("The school that gives the class.", Flag.LOCATING)]
    category: Annotated[CategoryGUIDRef, About("The kind of work.", *PUBLIC)]
    grading_period: Annotated[
        AcadSessionGUIDRef | None, About("Kept from 1.1; the academic session is the newer field.", *PUBLIC)
    ] = None
    academic_session: Annotated[AcadSessionGUIDRef | None, About("Session that its results count for.", *PUBLIC)] = None
    score_scale: Annotated[ScoreScaleGUIDRef | None, About("Scale on which its results are given.", *PUBLIC)] = None
    result_value_min: Annotated[Number | None, About("Lowest score.", *PUBLIC)] = None
    result_value_max: Annotated[
        Number | None, About("Highest score; extra credit may go beyond where the provider allows it.", *PUBLIC)
    ] = None
    learning_objective_set: Annotated[
        Many[LearningObjectiveSet], About("Learning objectives that it is about.", *PUBLIC)
    ] = ()
