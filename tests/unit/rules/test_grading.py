"""Finnish grades survive the way through OneRoster and back, and what is none is refused by the name of its field."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import ClassGUIDRef, Result, ScoreScale
from digione_sdk.rules.grading import Grade, GradingScale, grade_of, grading_scale, score_scale, with_grade
from digione_sdk.specs import specs_root
from tests.unit.client.gradebook import result

HREF = "https://h.example/scoreScales/s1"
CHANGED = datetime(2026, 8, 1, tzinfo=UTC)
CANARY = "CANARY words"

languages = st.sampled_from(["fi", "sv", "en"])


def scale_record(scale=GradingScale.NUMERALS, **options):
    class_ = ClassGUIDRef.to("c1", href="https://h.example/classes/c1")
    return score_scale(scale, sourced_id="s1", class_=class_, date_last_modified=CHANGED, **options)


@st.composite
def grades(draw):
    scale = draw(st.sampled_from(GradingScale))
    words = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)
    return Grade(scale, draw(st.sampled_from(scale.codes)), draw(words) if scale is GradingScale.VERBAL else None)


@given(grade=grades(), before=grades(), language=languages)
def test_a_grade_comes_back_as_it_went(grade, before, language):
    record = ScoreScale.model_validate_json(scale_record(grade.scale, language=language).to_wire_json())
    graded = with_grade(result(), before, scale_record(before.scale), href=HREF)
    graded = with_grade(graded, grade, record, href=HREF)
    sent = Result.model_validate_json(graded.to_wire_json())
    assert grade_of(sent, record) == grade


@given(scale=st.sampled_from(GradingScale), language=languages)
def test_a_scale_comes_back_as_it_went(scale, language):
    record = scale_record(scale, language=language)
    assert grading_scale(ScoreScale.model_validate_json(record.to_wire_json())) is scale
    assert [step.item_value_lhs for step in record.score_scale_value] == list(scale.codes)


@given(score=st.decimals(-100, 100, places=2))
def test_no_score_is_rounded_to_a_grade(score):
    graded = with_grade(result(), Grade(GradingScale.NUMERALS, "8"), scale_record(), href=HREF)
    record = graded.model_copy(update={"score": score})
    if score in {Decimal(whole) for whole in range(4, 11)}:
        assert grade_of(record, scale_record()).code == str(int(score))
    else:
        with pytest.raises(UsageError, match=r"^result\.score: none of 4, 5, 6, 7, 8, 9, 10$"):
            grade_of(record, scale_record())


def test_a_result_without_a_grade_has_none():
    graded = with_grade(result(), Grade(GradingScale.MARKS, "S"), scale_record(GradingScale.MARKS), href=HREF)
    record = graded.model_copy(update={"text_score": None})
    assert grade_of(record, scale_record(GradingScale.MARKS)) is None


def test_a_text_may_repeat_the_score():
    graded = with_grade(result(), Grade(GradingScale.NATIONAL, "9"), scale_record(GradingScale.NATIONAL), href=HREF)
    repeated = graded.model_copy(update={"text_score": "9"})
    assert grade_of(repeated, scale_record(GradingScale.NATIONAL)) == Grade(GradingScale.NATIONAL, "9")


def test_the_comment_of_a_grade_that_is_no_verbal_one_stays():
    graded = with_grade(result(), Grade(GradingScale.NUMERALS, "10"), scale_record(), href=HREF)
    assert graded.comment == result().comment
    assert (graded.score, graded.text_score) == (Decimal(10), None)
    assert graded.score_scale.sourced_id == "s1"


@pytest.mark.parametrize(
    ("scale", "code", "words", "argument"),
    [
        (GradingScale.NUMERALS, "11", None, "code"),
        (GradingScale.NUMERALS, "S", None, "code"),
        (GradingScale.NUMERALS, 8, None, "code"),
        (GradingScale.NUMERALS, "8½", None, "code"),
        (GradingScale.MARKS, "s", None, "code"),
        (GradingScale.VERBAL, "O", CANARY, "code"),
        (GradingScale.VERBAL, "S", " ", "words"),
        (GradingScale.VERBAL, "S", None, "words"),
        (GradingScale.MARKS, "S", CANARY, "words"),
        ("fi.digione.grades-4-10", "8", None, "scale"),
    ],
)
def test_what_is_no_grade_is_refused(scale, code, words, argument):
    with pytest.raises(UsageError, match=f"^{argument}: ") as refused:
        Grade(scale, code, words)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("scale", "update", "argument"),
    [
        (GradingScale.NUMERALS, {"text_score": CANARY}, "result.text_score"),
        (GradingScale.NUMERALS, {"score": None, "text_score": "8"}, "result.text_score"),
        (GradingScale.MARKS, {"score": Decimal(8)}, "result.score"),
        (GradingScale.NATIONAL, {"text_score": "5"}, "result.text_score"),
        (GradingScale.NATIONAL, {"score": None, "text_score": "4"}, "result.text_score"),
        (GradingScale.NATIONAL, {"score": Decimal("8.5")}, "result.score"),
        (GradingScale.MARKS, {"text_score": CANARY}, "result.text_score"),
        (GradingScale.MARKS, {"text_score": "S "}, "result.text_score"),
        (GradingScale.VERBAL, {"comment": None}, "result.comment"),
        (GradingScale.VERBAL, {"text_score": "O"}, "result.text_score"),
        (GradingScale.MARKS, {"score_scale": None}, "score_scale"),
    ],
)
def test_a_result_that_does_not_fit_its_scale_is_refused_without_its_value(scale, update, argument):
    grade = Grade(scale, scale.codes[0], CANARY if scale is GradingScale.VERBAL else None)
    graded = with_grade(result(), grade, scale_record(scale), href=HREF).model_copy(update=update)
    with pytest.raises(UsageError, match=f"^{argument}: ") as refused:
        grade_of(graded, scale_record(scale))
    assert CANARY not in str(refused.value)
    assert CANARY not in repr(grade)


def _step(record, number, **update):
    steps = list(record.score_scale_value)
    steps[number] = steps[number].model_copy(update=update)
    return record.model_copy(update={"score_scale_value": tuple(steps)})


@pytest.mark.parametrize(
    "altered",
    [
        scale_record().model_copy(update={"type": "numeric"}),
        scale_record().model_copy(update={"type": GradingScale.MARKS.value}),
        _step(scale_record(), 0, item_value_lhs="3"),
        _step(scale_record(), 0, item_value_rhs="hyvä"),
        _step(scale_record(), 0, item_value_rhs="underkänd"),
        scale_record().model_copy(update={"score_scale_value": scale_record().score_scale_value[1:]}),
        scale_record().model_copy(update={"score_scale_value": scale_record().score_scale_value * 2}),
    ],
)
def test_a_scale_that_merely_looks_alike_is_refused(altered):
    with pytest.raises(UsageError, match="unknown scale"):
        grading_scale(altered)
    with pytest.raises(UsageError, match="unknown scale"):
        with_grade(result(), Grade(GradingScale.NUMERALS, "8"), altered, href=HREF)


def test_a_grade_of_another_scale_and_a_scale_of_another_result_are_refused():
    with pytest.raises(UsageError, match=r"^score_scale: carries another scale"):
        with_grade(result(), Grade(GradingScale.MARKS, "S"), scale_record(), href=HREF)
    graded = with_grade(result(), Grade(GradingScale.NUMERALS, "8"), scale_record(), href=HREF)
    with pytest.raises(UsageError, match=r"^score_scale: is not the scale that the result links to"):
        grade_of(graded, scale_record().model_copy(update={"sourced_id": "s2"}))


def test_names_are_the_national_ones_in_three_languages():
    grade = Grade(GradingScale.NUMERALS, "8")
    assert [grade.name(language) for language in ("fi", "sv", "en")] == ["hyvä", "god", "good"]
    with pytest.raises(UsageError, match=r"^language: "):
        grade.name("de")


def test_the_shipped_codes_are_those_of_the_national_list():
    shared = os.environ.get("DIGIONE_SHARED")
    if shared is None:
        pytest.skip("DIGIONE_SHARED does not name the folder with the national code lists")
    file = Path(shared) / "data" / "koodisto" / "arviointiasteikkoyleissivistava.json"
    national = {code["value"]: code["name"] for code in json.loads(file.read_text(encoding="utf-8"))}
    shipped = json.loads((specs_root() / "codes" / "grading.json").read_text(encoding="utf-8"))
    assert shipped["codes"] == national
    assert {code for scale in GradingScale for code in scale.codes} == national.keys()
