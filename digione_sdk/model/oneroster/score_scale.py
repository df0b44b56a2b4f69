"""Score scales: which values a score may take, and what each stands for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.oneroster.common import Base, ClassGUIDRef, CourseGUIDRef


class ScoreScaleValue(Record):
    """One step of a scale. The standard's names say left-hand and right-hand side."""

    __source__: ClassVar[str] = "ScoreScaleValueDType"

    item_value_lhs: Annotated[
        str,
        Field(alias="itemValueLHS"),
        About('What is mapped: a value (as lower bound, inclusive) or an inclusive range "x-y".', *PUBLIC),
    ]
    item_value_rhs: Annotated[str, Field(alias="itemValueRHS"), About("What it is mapped to.", *PUBLIC)]


class ScoreScale(Base):
    """A scale on which a class is graded."""

    __source__: ClassVar[str] = "ScoreScaleDType"

    title: Annotated[str, About("Name of the scale.", *PUBLIC)]
    type: Annotated[str, About("Kind of scale; a free vocabulary.", *PUBLIC)]
    course: Annotated[CourseGUIDRef | None, About("Course in which it is used.", *PUBLIC)] = None
    class_: Annotated[ClassGUIDRef, About("Class in which it is used; required, though classes share scales.", *PUBLIC)]
    score_scale_value: Annotated[
        tuple[ScoreScaleValue, ...], About("The steps, at least one; the name is singular even so.", *PUBLIC)
    ]
