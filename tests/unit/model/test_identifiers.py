"""The vectors of the identifier algorithms, positive and negative."""

from datetime import date

import pytest

from digione_sdk.errors import UsageError
from digione_sdk.model.identifiers import (
    BusinessId,
    IdentityCode,
    Oid,
    business_id_check_digit,
    identity_code_check_character,
    oid_check_digit,
    synthetic_identity_code,
)

SYNTHETIC = [
    ("120314A901U", date(2014, 3, 12)),
    ("290216B944W", date(2016, 2, 29)),
    ("051184Y927N", date(1984, 11, 5)),
    ("010116A900L", date(2016, 1, 1)),
    ("010116B901M", date(2016, 1, 1)),
    ("150312A999D", date(2012, 3, 15)),
    ("311209A950M", date(2009, 12, 31)),
    ("010594Y9032", date(1994, 5, 1)),
    ("020516C903K", date(2016, 5, 2)),
]


@pytest.mark.parametrize(("text", "born"), SYNTHETIC)
def test_a_synthetic_code_is_read_where_it_is_allowed(text, born):
    code = IdentityCode.parse(text, allow_synthetic=True)
    assert (code.value, code.birth_date, code.is_synthetic) == (text, born, True)


@pytest.mark.parametrize(("text", "born"), SYNTHETIC)
def test_a_synthetic_code_is_refused_by_default(text, born):
    with pytest.raises(UsageError, match="synthetic"):
        IdentityCode.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("120314A901V", "check character"),
        ("290215B944M", "no such day"),
        ("120314G901U", "form"),
        ("120314a901u", "form"),
        ("120314901U", "form"),
        ("120314A901U ", "form"),
        ("\u0661\u0662\u0660\u0663\u0661\u0664A901U", "form"),
        ("", "form"),
    ],
)
def test_a_malformed_code_is_refused_without_repeating_it(text, reason):
    with pytest.raises(UsageError, match=reason) as caught:
        IdentityCode.parse(text, allow_synthetic=True)
    assert not text.strip() or text not in str(caught.value)
    assert caught.value.argument == "identity_code"


def test_an_individual_number_nobody_was_given_is_a_warning_only():
    assert IdentityCode.parse("120314A001T").is_never_issued


@pytest.mark.parametrize("separator", "+-YXWVUABCDEF")
def test_every_separator_is_accepted_and_kept(separator):
    year = {"+": 1814}.get(separator, 1914 if separator in "-YXWVU" else 2014)
    code = synthetic_identity_code(date(year, 3, 12), individual_number=901, separator=separator)
    assert code.value == f"120314{separator}901U"
    assert code.birth_date.year == year


def test_codes_that_differ_in_the_separator_are_two_people():
    first, second = (IdentityCode.parse(text, allow_synthetic=True) for text in ("120314A901U", "120314B901U"))
    assert first != second


def test_a_birth_in_the_future_is_refused_when_today_is_given():
    assert IdentityCode.parse("120314A901U", allow_synthetic=True, today=date(2014, 3, 12))
    with pytest.raises(UsageError, match="future"):
        IdentityCode.parse("120314A901U", allow_synthetic=True, today=date(2014, 3, 11))


def test_every_wrong_digit_is_noticed():
    text = "120314A901U"
    for place in (0, 1, 2, 3, 4, 5, 7, 8, 9):
        for digit in "0123456789".replace(text[place], ""):
            with pytest.raises(UsageError):
                IdentityCode.parse(text[:place] + digit + text[place + 1 :], allow_synthetic=True)


def test_a_code_never_shows_itself():
    assert "1203" not in repr(IdentityCode.parse("120314A901U", allow_synthetic=True))


@pytest.mark.parametrize("number", [-1, 2, 899, 1000])
def test_no_code_is_made_outside_the_synthetic_range(number):
    with pytest.raises(UsageError, match="900-999"):
        synthetic_identity_code(date(2014, 3, 12), individual_number=number)


def test_a_separator_of_another_century_is_refused():
    with pytest.raises(UsageError, match="separator"):
        synthetic_identity_code(date(2014, 3, 12), individual_number=901, separator="-")
    with pytest.raises(UsageError, match="separator"):
        synthetic_identity_code(date(2114, 3, 12), individual_number=901)


def test_the_check_character_wants_three_digits():
    assert identity_code_check_character(date(2014, 3, 12), individual_number=901) == "U"
    with pytest.raises(UsageError):
        identity_code_check_character(date(2014, 3, 12), individual_number=1000)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.246.562.24.00000000013",
        "1.2.246.562.24.01234000053",
        "1.2.246.562.24.09700012344",
        "1.2.246.562.10.00000000018",
        "1.2.246.562.10.01234000055",
        "1.2.246.562.10.09100000422",
    ],
)
def test_the_check_digit_of_an_oid_depends_on_its_node(text):
    oid = Oid.parse(text)
    assert oid.check_digit_fits
    assert not oid.is_test
    assert Oid.with_check_digit(oid.arc[:-1], node=oid.node) == oid
    assert oid.arc not in repr(oid)


def test_a_wrong_check_digit_is_a_warning_and_a_wrong_shape_an_error():
    assert Oid.parse("1.2.246.562.24.12345678901").check_digit_fits is False
    assert Oid.parse("1.2.246.562.10.012340000551").check_digit_fits is None
    for text in ("1.2.246.562.24.1234567890", "1.2.246.561.24.12345678901", "1.2.246.562.24.12345678901 ", ""):
        with pytest.raises(UsageError):
            Oid.parse(text)


def test_test_nodes_use_luhn_and_say_so():
    assert Oid.with_check_digit("0000000001", node=98).value == "1.2.246.562.98.00000000018"
    assert Oid.with_check_digit("0000000001", node=99).is_test


@pytest.mark.parametrize("body", ["", "123", "12345678901", "12345678x0"])
def test_an_oid_body_is_ten_digits(body):
    with pytest.raises(UsageError, match="ten digits"):
        oid_check_digit(body, node=10)


@pytest.mark.parametrize("text", ["9900001-8", "9900003-4", "9900005-0", "0124610-9", "2362180-3", "0831312-4"])
def test_a_business_id_with_its_check_digit_is_read(text):
    assert BusinessId.parse(text).value == text


def test_an_old_business_id_gets_its_leading_zero():
    assert BusinessId.parse("124610-9").value == "0124610-9"


@pytest.mark.parametrize("text", ["9900001-7", "9900000-1", "9900000-0", "99000018", "9900001-88", "a900001-8", ""])
def test_a_wrong_business_id_is_refused(text):
    with pytest.raises(UsageError):
        BusinessId.parse(text)


def test_a_business_id_body_with_remainder_one_is_never_issued():
    assert business_id_check_digit("9900000") is None
    with pytest.raises(UsageError, match="seven digits"):
        business_id_check_digit("990000")
