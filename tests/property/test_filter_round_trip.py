"""What a filter prints, the parser reads back as the same filter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.model.oneroster import User
from digione_sdk.wire.filter import Clause, Combination, Logical, Predicate, parse
from digione_sdk.wire.where import where

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}(\.[A-Za-z0-9_-]{1,8}){0,3}", fullmatch=True)
VALUES = st.text(max_size=20) | st.sampled_from(["x AND y", "a='b'", ">=", "Sámi Äö", "''", " OR "])
CLAUSES = st.builds(Clause, NAMES, st.sampled_from(Predicate), VALUES)
ANDS = st.lists(CLAUSES, min_size=2, max_size=4).map(lambda parts: Combination.of(Logical.AND, *parts))
FILTERS = (
    CLAUSES
    | ANDS
    | st.lists(CLAUSES | ANDS, min_size=2, max_size=4).map(lambda parts: Combination.of(Logical.OR, *parts))
)


@given(FILTERS)
def test_any_filter_reads_back(built):
    assert parse(str(built), dialect="extended") == built


@given(
    st.lists(CLAUSES.filter(lambda clause: "'" not in clause.value), min_size=2, max_size=2), st.sampled_from(Logical)
)
def test_a_standard_filter_reads_back_in_the_standard_dialect(parts, operator):
    built = Combination.of(operator, *parts)
    assert parse(str(built)) == built


@given(VALUES)
def test_a_built_comparison_reads_back_with_its_value(value):
    built = where(User, quote="double").family_name == value
    assert parse(str(built), dialect="extended") == Clause("familyName", Predicate.EQ, value)
