"""What a clause selects, what is in order, and what is equal, where the standard is firm and where it is open."""

from __future__ import annotations

import pytest
from digione_conformance.relations.order import (
    Bounds,
    Loosening,
    Scale,
    canonical,
    day,
    differing_keys,
    folded,
    holds,
    instant,
    inversions,
    reversed_up_to_ties,
    selected,
    unaccented,
    unambiguous,
)
from hypothesis import given
from hypothesis import strategies as st

from digione_sdk.wire.filter import Clause, Predicate

MAKELA = {"sourcedId": "1", "familyName": "Mäkelä", "startDate": "2026-08-01", "roles": [{"role": "a"}, {"role": "b"}]}


def clause(field: str, predicate: str, value: str) -> Clause:
    return Clause(field, Predicate(predicate), value)


@pytest.mark.parametrize(
    ("predicate", "value", "verdict"),
    [
        ("=", "Mäkelä", True),
        ("=", "mäkelä", None),
        ("=", "Makela", None),
        ("!=", "Makela", None),
        ("~", "akel", None),
        ("=", "Mökelä", False),
        ("=", "Mikelä", False),
        ("!=", "Mäkelä", False),
        ("!=", "Virtanen", True),
        ("~", "kel", True),
        ("~", "KEL", None),
        ("~", "k_l", False),
        (">", "A", None),
    ],
)
def test_text_is_firm_but_for_case_and_collation(predicate: str, value: str, verdict: bool | None) -> None:
    assert holds(MAKELA, clause("familyName", predicate, value)) is verdict


@pytest.mark.parametrize(
    ("predicate", "verdict"), [("<", False), ("<=", True), ("=", True), (">=", True), (">", False), ("!=", False)]
)
def test_days_compare_exactly(predicate: str, verdict: bool) -> None:
    assert holds(MAKELA, clause("startDate", predicate, "2026-08-01"), Scale.DAY) is verdict


def test_the_very_instant_is_open_because_servers_keep_finer_ones() -> None:
    record = {"dateLastModified": "2026-08-01T03:00:00.000+03:00"}
    assert holds(record, clause("dateLastModified", ">", "2026-08-01T00:00:00Z"), Scale.INSTANT) is None
    assert holds(record, clause("dateLastModified", ">", "2026-07-31T23:59:59Z"), Scale.INSTANT) is True


def test_an_absent_field_is_unequal_or_not_but_never_equal() -> None:
    assert holds(MAKELA, clause("email", "!=", "x")) is None
    assert holds(MAKELA, clause("email", "=", "x")) is False


def test_any_element_of_an_array_counts() -> None:
    assert holds(MAKELA, clause("roles.role", "=", "b")) is True
    assert holds(MAKELA, clause("roles.role", "!=", "b")) is None


def test_bounds_tell_missing_from_foreign() -> None:
    bounds = Bounds(frozenset({"1", "2"}), frozenset({"1", "2", "3"}))
    assert bounds.departure({"1", "2", "3"}) is None
    assert bounds.departure({"1", "4"}) == "1 records are missing and 1 records do not belong"


@pytest.mark.parametrize(("score", "verdict"), [(8.5, None), (7, None), (None, False)])
def test_whether_a_number_contains_another_is_left_open(score: float | None, verdict: bool | None) -> None:
    assert holds({"sourcedId": "1", "score": score}, clause("score", "~", "8"), Scale.NUMBER) is verdict


def test_selected_leaves_room_for_case() -> None:
    records = [MAKELA, {"sourcedId": "2", "familyName": "MÄKELÄ"}]
    bounds = selected(records, clause("familyName", "=", "Mäkelä"))
    assert (bounds.must, bounds.may) == ({"1"}, {"1", "2"})


VALUES = st.sampled_from(
    [
        *(None, True, 1, 1.0, 8.5, "8.50", "", "a", "A", "å", "2026-08-01", "2026-08-02", "2026-08-01T00:00:00Z"),
        *(["a", "b"], ["a"], [1, "a"], [], {"x": "a"}, [{"x": "a"}, {"x": 1}]),
    ]
)
ROWS = st.lists(st.fixed_dictionaries({"sourcedId": st.sampled_from("pqrst")}, optional={"f": VALUES}), max_size=8)


@given(
    ROWS,
    st.sampled_from(["f", "f.x", "sourcedId"]),
    st.sampled_from(list(Predicate)),
    st.sampled_from(["a", "2026-08-01", "2026-08-01T00:00:00Z"]),
    st.sampled_from(["1", "8.5"]),
    st.sampled_from(list(Scale)),
)
def test_a_clause_selects_what_holds_of_each_record(records, field, predicate, text, digits, scale) -> None:
    asked = Clause(field, predicate, digits if scale is Scale.NUMBER else text)
    said = [(record["sourcedId"], holds(record, asked, scale)) for record in records]
    assert selected(records, asked, scale) == Bounds(
        frozenset(key for key, verdict in said if verdict),
        frozenset(key for key, verdict in said if verdict is not False),
    )


@pytest.mark.parametrize(("loosened", "verdict"), [(folded, False), (unaccented, None)])
def test_whether_accents_are_firm_is_for_the_check_to_say(loosened: Loosening, verdict: bool | None) -> None:
    assert holds(MAKELA, clause("familyName", "=", "Makela"), loosened=loosened) is verdict
    assert holds(MAKELA, clause("familyName", "=", "MÄKELÄ"), loosened=loosened) is None


@pytest.mark.parametrize("text", ["2026-08-01 05:05:21Z", "2026-08-01T05:05:21", "2026-08-01", "x", None, 7])
def test_an_instant_needs_a_t_and_a_zone(text: object) -> None:
    assert instant(text) is None


@pytest.mark.parametrize("text", ["2026-02-30", "2026-8-1", "2026-08-01T00:00:00Z", 20260801])
def test_a_day_exists_and_has_no_time(text: object) -> None:
    assert day(text) is None


def test_instants_of_one_moment_are_equal() -> None:
    assert instant("2026-08-01T03:00:00.5+03:00") == instant("2026-08-01T00:00:00.500Z")


def test_only_words_that_every_collation_orders_alike_are_unambiguous() -> None:
    assert [unambiguous(word) for word in ("Korpi", "korpi", "KORPI", "Wirta", "Mäki", "A B", None)] == [
        "Korpi",
        *[None] * 6,
    ]


def test_inversions_are_counted_in_both_directions() -> None:
    assert inversions([1, 1, 2, 3]) == 0
    assert inversions([3, 1, 2]) == 1
    assert inversions([3, 2, 2, 1], descending=True) == 0


def test_ties_of_some_collation_may_stand_in_any_order() -> None:
    assert reversed_up_to_ties(["Aho", "aho", "Beck"], ["Beck", "Aho", "aho"])
    assert not reversed_up_to_ties(["Aho", "Beck"], ["Aho", "Beck"])


def test_order_of_keys_and_elements_does_not_count() -> None:
    assert canonical({"a": [1, {"b": 2, "c": 3}]}) == canonical({"a": [{"c": 3, "b": 2}, 1]})
    assert canonical([1]) != canonical([True])
    assert canonical([1, 1]) != canonical([1])


def test_differing_keys_are_those_that_both_hold() -> None:
    assert differing_keys({"a": 1, "b": 2, "c": [1, 2]}, {"a": 2, "c": [2, 1], "d": 1}) == ("a",)


@pytest.mark.parametrize(
    ("predicate", "value", "verdict"), [(">", "9", True), ("<", "9", False), ("=", "10.0", True), ("!=", "10", False)]
)
def test_numbers_compare_as_numbers_however_they_are_written(predicate, value, verdict):
    assert holds({"score": 10}, clause("score", predicate, value), Scale.NUMBER) is verdict
    assert holds({}, clause("score", "=", value), Scale.NUMBER) is False
