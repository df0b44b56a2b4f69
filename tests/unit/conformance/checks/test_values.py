"""What is judged in single values: the digits of a number, and what a media type declares beside its charset."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest
from digione_conformance.checks.envelope import declared
from digione_conformance.checks.values import _is_artefact
from digione_conformance.evidence.tokens import _tampered
from hypothesis import assume, given
from hypothesis import strategies as st

SHORT = st.decimals(min_value=-1000, max_value=1000, places=3)
"""Scores as people give them: at most six digits."""


@given(SHORT)
def test_no_number_of_six_digits_is_an_artefact(score: Decimal) -> None:
    assert not _is_artefact(Decimal(str(float(score))))


@given(SHORT)
def test_what_binary32_makes_of_such_a_number_is_one(score: Decimal) -> None:
    (single,) = struct.unpack("f", struct.pack("f", float(score)))
    assume(Decimal(str(single)) != Decimal(str(float(score))))
    assert _is_artefact(Decimal(str(single)))


@pytest.mark.parametrize("value", [66.66666666666667, 1 / 3, 0.30000000000000004, 0.0, 1e300, 33.333333])
def test_long_numbers_that_are_none_of_binary32_are_left_alone(value: float) -> None:
    assert not _is_artefact(Decimal(str(value)))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("application/json", ("application/json", "")),
        ("Application/JSON; charset=UTF-8", ("application/json", "utf-8")),
        ('application/json;charset="utf-8";ieee754compatible=false', ("application/json", "utf-8")),
        ("application/json; profile=x; charset=iso-8859-1", ("application/json", "iso-8859-1")),
        ("", ("", "")),
    ],
)
def test_a_charset_is_read_among_other_parameters(told: str, expected: tuple[str, str]) -> None:
    assert declared(told) == expected


@given(st.text(st.characters(codec="ascii", categories=("Lu", "Ll", "Nd")), min_size=1, max_size=60))
def test_a_tampered_token_differs_in_one_place_and_where_it_can_in_case_alone(token: str) -> None:
    changed = _tampered(token)
    assert sum(a != b for a, b in zip(token, changed, strict=True)) == 1
    if any(letter.isalpha() for letter in token[-10:]):
        assert changed.casefold() == token.casefold()
