"""The questions that are drawn from a target's records tell servers apart and can be written in a filter."""

from __future__ import annotations

from digione_conformance.probing.probe import operation
from digione_conformance.relations.order import Scale
from digione_conformance.relations.sampling import (
    covering_values,
    cut_points,
    expressible,
    halving,
    numbers_to_ask,
    overlapping_pair,
    scalars,
    telling_value,
)

USERS = operation("getAllUsers")


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"givenName": a, "familyName": b} for a, b in pairs]


def test_fields_come_from_the_model_and_passwords_are_never_asked_for() -> None:
    fields = {field.name: field for field in scalars(USERS)}
    assert fields["dateLastModified"].scale is Scale.INSTANT
    assert fields["familyName"].required
    assert not {"roles", "metadata", "password"} & fields.keys()


def test_a_value_with_an_apostrophe_cannot_be_asked_for() -> None:
    assert [expressible(v) for v in ("O'Hara", "", "a\nb", None, "Ågren")] == [False, False, False, False, True]


def test_a_telling_value_is_neither_the_rarest_nor_the_commonest() -> None:
    records = rows(("A", "x"), ("B", "y"), ("B", "y"), ("C", "z"), ("C", "z"), ("C", "z"))
    assert telling_value(records, "givenName") == "B"


def test_halving_leaves_records_out_or_gives_up() -> None:
    clause = halving(USERS, rows(("A", "x"), ("A", "y"), ("B", "z"), ("C", "w")))
    assert str(clause) == "givenName='A'"
    assert halving(USERS, rows(("A", "x"))) is None


def test_cut_points_are_first_middle_and_last() -> None:
    assert cut_points(rows(("C", "x"), ("A", "x"), ("B", "x")), "givenName") == ("A", "B", "C")
    assert cut_points([], "givenName") == ()


def test_an_overlapping_pair_tells_and_from_or_and_from_either_clause() -> None:
    pair = overlapping_pair(rows(("A", "x"), ("A", "y"), ("B", "x")), ["familyName", "givenName"])
    assert pair == (("familyName", "x"), ("givenName", "A"))
    assert overlapping_pair(rows(("A", "x"), ("B", "y")), ["familyName", "givenName"]) is None


def test_covering_values_hold_all_letters_with_few_questions() -> None:
    records = rows(("Väinö", "x"), ("Åke", "x"), ("Mä", "x"))
    assert covering_values(records, ["givenName"], most=6) == (("givenName", "Väinö"), ("givenName", "Åke"))


def test_numbers_are_asked_for_where_their_digits_would_mislead():
    records = [
        {"score": score} for score in (4, 8, 8.5, 9, 9, 10, True, "7", None, float("nan"), 0.1234567890123456789)
    ]
    decimal, misleading = numbers_to_ask(records, "score")
    assert decimal == "8.5"
    assert misleading == "10"
    assert numbers_to_ask([{}], "score") == ()
