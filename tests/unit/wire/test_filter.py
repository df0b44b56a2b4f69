"""Filters parse, print and refuse."""

from __future__ import annotations

import pytest

from digione_sdk.errors import FilterError
from digione_sdk.wire.filter import Clause, Combination, Logical, Predicate, parse


@pytest.mark.parametrize("predicate", list(Predicate))
def test_each_predicate_reads_as_itself(predicate):
    assert parse(f"endDate{predicate}'2026-08-01'") == Clause("endDate", predicate, "2026-08-01")


def test_an_operator_inside_a_value_is_text():
    assert parse("title='A AND B'") == Clause("title", Predicate.EQ, "A AND B")


def test_two_clauses_join():
    built = parse("status='active' OR roles.role~'teach'")
    assert built == Combination(
        Logical.OR, (Clause("status", Predicate.EQ, "active"), Clause("roles.role", Predicate.CONTAINS, "teach"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a=b",
        "a='b",
        "a='b' AND",
        "a='b' and c='d'",
        "a='b'  c='d'",
        "='b'",
        "a='b' ",
        "a==\u2019b\u2019",
        "a='O''B'",
    ],
)
def test_what_is_no_filter_is_refused_without_repeating_it(text):
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert "O''B" not in str(caught.value)


def test_a_third_clause_needs_the_extended_dialect():
    text = "a='1' AND b='2' OR c='3'"
    with pytest.raises(FilterError, match="at most two"):
        parse(text)
    assert str(parse(text, dialect="extended")) == text


def test_an_or_inside_an_and_cannot_be_written():
    one, two, three = (Clause(name, Predicate.EQ, "x") for name in "abc")
    with pytest.raises(FilterError, match="parentheses"):
        _ = (one | two) & three
