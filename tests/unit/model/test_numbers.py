"""A score keeps its digits on the way in and out, and what JSON cannot carry is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from digione_sdk.errors import UsageError
from digione_sdk.model.base import Record
from digione_sdk.model.classification import PUBLIC, About
from digione_sdk.model.numbers import LARGEST, Number
from digione_sdk.model.oneroster import LearningObjectiveSource


class Scored(Record):
    """A record with a number."""

    score: Annotated[Number | None, About("A score.", *PUBLIC)] = None


@given(st.decimals(-(10**8), 10**8, places=4))
def test_a_decimal_is_read_back_as_it_was_written(score):
    written = Scored(score=score).to_wire_json()
    assert Scored.model_validate_json(written).score == score
    assert json.loads(written, parse_float=Decimal, parse_int=Decimal) == {"score": score}


@given(st.floats(-(10.0**15), 10.0**15))
def test_every_float_of_another_program_survives(number):
    read = Scored.model_validate_json(json.dumps({"score": number}))
    assert json.loads(read.to_wire_json())["score"] == number


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_are_written_without_a_fraction(number):
    assert Scored(score=number).to_wire_json() == b'{"score":%d}' % number


@pytest.mark.parametrize("text", ["0.1", "7.1", "8", "33.333333333333336", "0.30000000000000004", "1e-7", "-0.5"])
def test_no_artefact_of_binary_numbers_appears(text):
    assert Scored.model_validate_json(f'{{"score":{text}}}').score == Decimal(text)


@pytest.mark.parametrize(
    "text", ["true", '"x"', '"NaN"', "NaN", "Infinity", "1e400", "1e16", "[]", "{}", '"1e999999999"']
)
def test_what_is_no_number_is_refused_on_the_wire(text):
    with pytest.raises(ValidationError, match="score"):
        Scored.model_validate_json(f'{{"score":{text}}}')


@pytest.mark.parametrize(
    "value",
    [
        True,
        float("nan"),
        float("inf"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        LARGEST * 10,
        "S",
        "1e999999999",
        " 8",
        b"8",
        Decimal("0.12345678901234567890"),
        Decimal("1e-400"),
        Decimal("1e-999999999"),
    ],
)
def test_what_json_cannot_carry_is_refused_when_it_is_given(value):
    with pytest.raises(UsageError, match=r"^Scored: score: (not a number|more digits)"):
        Scored(score=value)


@pytest.mark.parametrize("value", [7.1, Decimal("7.10"), "7.1"])
def test_a_number_may_be_given_as_float_decimal_or_text(value):
    assert Scored(score=value).to_wire_json() == b'{"score":7.1}'


def test_sources_of_objectives_are_extended_by_a_bare_name_or_one_with_a_slash():
    for token in ("ops2014", "/ops2014"):
        assert LearningObjectiveSource(token).is_extension
        assert LearningObjectiveSource(token).value == token
    assert not LearningObjectiveSource("case").is_extension
    for token in ("OPS", "ext:x", "//a", "a/b", ""):
        with pytest.raises(ValueError, match="LearningObjectiveSource"):
            LearningObjectiveSource(token)
