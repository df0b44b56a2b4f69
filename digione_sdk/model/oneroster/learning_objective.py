"""Learning objectives: which of them a line item is about, and how a pupil did in each."""

from __future__ import annotations

from typing import Annotated, ClassVar

from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About, Flag
from digione_sdk.model.numbers import Number
from digione_sdk.model.vocabulary import ExtensibleVocabulary

PUPIL: tuple[Flag, ...] = (Flag.PERSONAL,)
"""Says how a pupil did."""
PUPIL_TELLING: tuple[Flag, ...] = (Flag.PERSONAL, Flag.ART9_INFERABLE)
"""Also what a pupil studies and how: objectives of one's own, a verbal scale, religion, an exemption."""
PUPIL_VERBAL: tuple[Flag, ...] = (Flag.PERSONAL, Flag.SECRET, Flag.ART9_INFERABLE)
"""May describe a pupil in words: secret (Openness Act 621/1999 §24(1)(30)), and it may tell of support or health."""


class LearningObjectiveSource(ExtensibleVocabulary):
    """Where an objective's id is from: a CASE framework, or another source by a bare lower-case name.

    The published pattern demands a slash before such a name, most likely by a slip; both forms are read, and a name is
    written as it was given (rest-1.2 §12.4).
    """

    __source__: ClassVar[str] = "LearningObjectiveSourceEnum"
    __extension__: ClassVar[str] = "/?[a-z0-9]+"

    CASE = "case"
    UNKNOWN = "unknown"


class LearningObjectiveSet(Record):
    """Objectives of one source that a line item is about."""

    __source__: ClassVar[str] = "LearningObjectiveSetDType"

    source: Annotated[LearningObjectiveSource, About("Where the ids are from; extensible.", *PUBLIC)]
    learning_objective_ids: Annotated[
        tuple[str, ...], About("Ids of the objectives, at least one; of CASE they are UUIDs.", *PUBLIC)
    ]


class LearningObjectiveResults(Record):
    """How a pupil did in one objective."""

    __source__: ClassVar[str] = "LearningObjectiveResultsDType"

    learning_objective_id: Annotated[
        str,
        About("Id of the objective; of CASE it is a UUID. A pupil's own one tells of support.", *PUPIL_TELLING),
    ]
    score: Annotated[Number | None, About("The score in this objective.", *PUPIL)] = None
    text_score: Annotated[str | None, About("The grade in this objective, in words or letters.", *PUPIL_VERBAL)] = None


class LearningObjectiveScoreSet(Record):
    """How a pupil did in the objectives of one source."""

    __source__: ClassVar[str] = "LearningObjectiveScoreSetDType"

    source: Annotated[LearningObjectiveSource, About("Where the ids are from; extensible.", *PUBLIC)]
    learning_objective_results: Annotated[
        tuple[LearningObjectiveResults, ...], About("Scores by objective; at least one.", *PUPIL_VERBAL)
    ]
