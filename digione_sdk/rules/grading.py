"""Finnish grades as score scales and results, without loss: numerals 4-10, the marks S, H and O, and verbal assessment.

The codes are the national ones (`specs/codes/grading.json`); how they travel in OneRoster is the community profile's,
which is not an official DigiOne specification:

    numerals   `score` 8; a `textScore` beside it may repeat "8" and nothing else
    marks      `textScore` "S"
    verbal     `textScore` "S" or "H", because words too must say whether the pupil passed; the words are the `comment`

What is not exactly one of these is refused, never coerced: no half grade, no 11, no scale that merely looks alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import (
    BaseStatus,
    ClassGUIDRef,
    CourseGUIDRef,
    Result,
    ScoreScale,
    ScoreScaleGUIDRef,
    ScoreScaleValue,
)
from digione_sdk.specs import specs_root

Language: TypeAlias = Literal["fi", "sv", "en"]

_LANGUAGES: Final = ("fi", "sv", "en")


class GradingScale(StrEnum):
    """A Finnish grading scale; its value is the `type` of the score scale that carries it."""

    NATIONAL = "arviointiasteikkoyleissivistava"
    """The whole national list: the numerals and the marks."""
    NUMERALS = "fi.digione.grades-4-10"
    """The whole numbers from 4 (failed) to 10."""
    MARKS = "fi.digione.grades-s-h-o"
    """S passed, H failed, O took part."""
    VERBAL = "fi.digione.verbal"
    """Words, with S or H for whether the pupil passed."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The national codes that it takes, in order."""
        codes: list[str] = _list()["scales"][self.value]["codes"]
        return tuple(codes)

    def title_in(self, language: Language) -> str:
        """Return what the scale is called."""
        title: str = _list()["scales"][self.value]["title"][_known(language)]
        return title


@dataclass(frozen=True, slots=True, repr=False)
class Grade:
    """A grade on one of the scales. `repr` shows the scale only: a grade says something of a pupil.

    Attributes:
        scale: The scale.
        code: One of the scale's national codes, as "8" or "S".
        words: The words of a verbal assessment; None on the other scales.

    Raises:
        UsageError: The code is none of the scale's, or the words are missing or out of place.
    """

    scale: GradingScale
    code: str
    words: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.scale, GradingScale):
            raise UsageError("a GradingScale", argument="scale")
        if self.code not in self.scale.codes:
            raise UsageError(f"one of {', '.join(self.scale.codes)}, as text", argument="code")
        if self.scale is GradingScale.VERBAL:
            if not isinstance(self.words, str) or not self.words.strip():
                raise UsageError("a verbal assessment has words", argument="words")
        elif self.words is not None:
            raise UsageError("only a verbal assessment has words; say more in the comment", argument="words")

    def __repr__(self) -> str:
        return f"<Grade on {self.scale.value}>"

    def name(self, language: Language) -> str:
        """Return what the code is called, as `hyvä` for 8."""
        return _name(self.code, language)


def score_scale(
    scale: GradingScale,
    *,
    sourced_id: str,
    class_: ClassGUIDRef,
    date_last_modified: datetime,
    course: CourseGUIDRef | None = None,
    language: Language = "fi",
) -> ScoreScale:
    """Build the score scale by which a class is graded on a Finnish scale.

    Args:
        scale: Which.
        sourced_id: Id of the score scale.
        class_: The class; the standard wants one, so classes that share a scale have a record each.
        date_last_modified: Instant of the last change, with time zone.
        course: Course in which it is used.
        language: Language of the title and of what the codes are called.

    Raises:
        UsageError: An argument does not fit.
    """
    if not isinstance(scale, GradingScale):
        raise UsageError("a GradingScale", argument="scale")
    return ScoreScale(
        sourced_id=sourced_id,
        status=BaseStatus.ACTIVE,
        date_last_modified=date_last_modified,
        title=scale.title_in(language),
        type=scale.value,
        course=course,
        class_=class_,
        score_scale_value=tuple(
            ScoreScaleValue(item_value_lhs=code, item_value_rhs=_name(code, language)) for code in scale.codes
        ),
    )


def grading_scale(score_scale: ScoreScale) -> GradingScale:
    """Return the Finnish scale that a score scale carries; its title may be any.

    Raises:
        UsageError: It carries none: another `type`, or not exactly the codes of the scale with their names in one
            language.
    """
    if score_scale.type not in set(GradingScale):
        raise UsageError("an unknown scale; its type is none of the Finnish ones", argument="score_scale.type")
    scale = GradingScale(score_scale.type)
    steps = {step.item_value_lhs: step.item_value_rhs for step in score_scale.score_scale_value}
    known = [{code: _name(code, language) for code in scale.codes} for language in _LANGUAGES]
    if steps not in known or len(score_scale.score_scale_value) != len(steps):
        raise UsageError(
            "an unknown scale; its steps are not those that its type promises", argument="score_scale.score_scale_value"
        )
    return scale


def with_grade(result: Result, grade: Grade, score_scale: ScoreScale, *, href: str) -> Result:
    """Return a result that carries the grade, and the link to the scale by which it is to be read.

    The comment is left as it is, save that of a verbal assessment, which holds its words.

    Args:
        result: The result without the grade, or with another one.
        grade: The grade.
        score_scale: The score scale of the class.
        href: Absolute address of the score scale.

    Raises:
        UsageError: The score scale carries another scale than the grade's, or none.
    """
    if grading_scale(score_scale) is not grade.scale:
        raise UsageError(f"carries another scale than the grade's, {grade.scale.value}", argument="score_scale")
    numeral = grade.code.isdigit()
    verbal = grade.scale is GradingScale.VERBAL
    return result.model_copy(
        update={
            "score": Decimal(grade.code) if numeral else None,
            "text_score": None if numeral else grade.code,
            "comment": grade.words if verbal else result.comment,
            "score_scale": ScoreScaleGUIDRef.to(score_scale.sourced_id, href=href),
        }
    )


def grade_of(result: Result, score_scale: ScoreScale) -> Grade | None:
    """Return the grade that a result carries, or None where it carries none yet.

    Args:
        result: The result.
        score_scale: The score scale that the result links to.

    Raises:
        UsageError: The result links to another scale or to none, the scale is no Finnish one, or the value is none of
            it. The message names the field, never the value.
    """
    if result.score_scale is None or result.score_scale.sourced_id != score_scale.sourced_id:
        raise UsageError("is not the scale that the result links to", argument="score_scale")
    scale = grading_scale(score_scale)
    if result.score is None and result.text_score is None:
        return None
    code = _code(result.score, result.text_score, scale)
    if scale is not GradingScale.VERBAL:
        return Grade(scale, code)
    if result.comment is None or not result.comment.strip():
        raise UsageError("a verbal assessment has words", argument="result.comment")
    return Grade(scale, code, result.comment)


def _code(score: Decimal | None, text: str | None, scale: GradingScale) -> str:
    numerals, marks = ([code for code in scale.codes if code.isdigit() is wanted] for wanted in (True, False))
    if score is None:
        if text not in marks:
            raise UsageError(f"none of {', '.join(marks) or 'the marks: there are none'}", argument="result.text_score")
        return text
    code = f"{score.normalize():f}"  # 8 and 8.0 are one number; 8.5 stays 8.5 and is then no code
    if code not in numerals:
        raise UsageError(f"none of {', '.join(numerals) or 'the numerals: there are none'}", argument="result.score")
    if text not in {None, code}:
        raise UsageError("says something else than the score", argument="result.text_score")
    return code


def _name(code: str, language: Language) -> str:
    name: str = _list()["codes"][code][_known(language)]
    return name


def _known(language: str) -> str:
    if language not in _LANGUAGES:
        raise UsageError(f"one of {', '.join(_LANGUAGES)}", argument="language")
    return language


@cache
def _list() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((specs_root() / "codes" / "grading.json").read_text(encoding="utf-8"))
    return found
