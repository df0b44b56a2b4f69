"""Finnish identifiers that travel as text: identity codes, national OIDs, business ids, and their check characters.

Nothing here tells a person's sex: the parity of an individual number is being given up (privacy.md §4), and a program
must not infer what nobody recorded. No message and no repr holds the value that was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from digione_sdk.errors import UsageError

__all__ = [
    "BusinessId",
    "IdentityCode",
    "Oid",
    "business_id_check_digit",
    "identity_code_check_character",
    "oid_check_digit",
    "synthetic_identity_code",
]

_CHECK_CHARACTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURIES: Final = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_IDENTITY_CODE: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+A-FU-Y])([0-9]{3})([0-9A-Y])")
_OID: Final = re.compile(r"1\.2\.246\.562\.([1-9][0-9]{0,3})\.([0-9]{11,24})")
_BUSINESS_ID: Final = re.compile(r"([0-9]{6,7})-([0-9])")

_SYNTHETIC: Final = 900
_FIRST_ISSUED: Final = 2
_CHECKED_ARC: Final = 11
_PERSON_NODE: Final = 24
_TEST_NODES: Final = frozenset({98, 99})
_BUSINESS_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class IdentityCode:
    """A Finnish personal identity code (henkilötunnus, HETU), read and found well-formed.

    Two codes that differ in their separator alone are two people: the separator is part of the value and takes no part
    in the check character.
    """

    value: str = field(repr=False)
    birth_date: date = field(repr=False)
    individual_number: int = field(repr=False)

    @property
    def is_synthetic(self) -> bool:
        """Whether the individual number is 900-999: artificial, temporary or test. No proof of synthetic data."""
        return self.individual_number >= _SYNTHETIC

    @property
    def is_never_issued(self) -> bool:
        """Whether the individual number is 000 or 001: well-formed, yet given to nobody; a warning, not an error."""
        return self.individual_number < _FIRST_ISSUED

    @classmethod
    def parse(cls, text: str, *, allow_synthetic: bool = False, today: date | None = None) -> IdentityCode:
        """Read an identity code.

        Args:
            text: Eleven characters `DDMMYYsNNNc`; case matters.
            allow_synthetic: Whether individual numbers 900-999 are taken; production says no (privacy.md §4).
            today: Day after which nobody can have been born yet; not checked where it is None.

        Raises:
            UsageError: The shape, the day, the check character or the range is wrong; the message holds no value.
        """
        match = _IDENTITY_CODE.fullmatch(text)
        if match is None:
            raise UsageError("not of the form DDMMYYsNNNc", argument="identity_code")
        day, month, year, separator, number, check = match.groups()
        try:
            born = date(_CENTURIES[separator] + int(year), int(month), int(day))
        except ValueError:
            raise UsageError("no such day", argument="identity_code") from None
        if check != _check_character(day + month + year + number):
            raise UsageError("the check character does not fit", argument="identity_code")
        if today is not None and born > today:
            raise UsageError("the day of birth is in the future", argument="identity_code")
        code = cls(value=text, birth_date=born, individual_number=int(number))
        if code.is_synthetic and not allow_synthetic:
            raise UsageError("individual numbers 900-999 are synthetic and not allowed here", argument="identity_code")
        return code


def identity_code_check_character(birth_date: date, *, individual_number: int) -> str:
    """Return the check character of a day of birth and an individual number (000-999); the century takes no part."""
    if not 0 <= individual_number <= 999:  # noqa: PLR2004 - three digits
        raise UsageError("must be 0-999", argument="individual_number")
    return _check_character(f"{birth_date:%d%m%y}{individual_number:03d}")


def synthetic_identity_code(birth_date: date, *, individual_number: int, separator: str | None = None) -> IdentityCode:
    """Make an identity code that can be nobody's: only individual numbers 900-999 are accepted.

    Args:
        birth_date: Day of birth, 1800-2099.
        individual_number: 900-999.
        separator: One of the separators of the century; `+`, `-` or `A` where it is None.

    Raises:
        UsageError: The number is outside 900-999, or the separator is of another century.
    """
    if not _SYNTHETIC <= individual_number <= 999:  # noqa: PLR2004 - three digits
        raise UsageError("must be 900-999, the synthetic range", argument="individual_number")
    century = birth_date.year // 100 * 100
    mark = (
        next((mark for mark, start in _CENTURIES.items() if start == century), "") if separator is None else separator
    )
    if _CENTURIES.get(mark) != century:
        raise UsageError("not a separator of the century of birth", argument="separator")
    check = identity_code_check_character(birth_date, individual_number=individual_number)
    return IdentityCode.parse(f"{birth_date:%d%m%y}{mark}{individual_number:03d}{check}", allow_synthetic=True)


def _check_character(nine_digits: str) -> str:
    return _CHECK_CHARACTERS[int(nine_digits) % 31]


@dataclass(frozen=True, slots=True)
class Oid:
    """An OID of the national education registers, `1.2.246.562.<node>.<arc>`."""

    value: str = field(repr=False)
    node: int
    arc: str = field(repr=False)

    @property
    def is_test(self) -> bool:
        """Whether the node is one of the registers' test nodes: 98 (persons) or 99 (organisations)."""
        return self.node in _TEST_NODES

    @property
    def check_digit_fits(self) -> bool | None:
        """Whether the last digit is the check digit of the rest; None where the arc is not of eleven digits.

        A warning and never an error: real older OIDs fail it (finnish-school-data.md §5).
        """
        if len(self.arc) != _CHECKED_ARC:
            return None
        return int(self.arc[-1]) == oid_check_digit(self.arc[:-1], node=self.node)

    @classmethod
    def parse(cls, text: str) -> Oid:
        """Read an OID; only its shape is an error.

        Raises:
            UsageError: The text is not `1.2.246.562.<node>.<11 to 24 digits>`.
        """
        match = _OID.fullmatch(text)
        if match is None:
            raise UsageError("not of the form 1.2.246.562.<node>.<11 to 24 digits>", argument="oid")
        return cls(value=text, node=int(match[1]), arc=match[2])

    @classmethod
    def with_check_digit(cls, body: str, *, node: int) -> Oid:
        """Make the OID of a ten-digit body in a node."""
        return cls.parse(f"1.2.246.562.{node}.{body}{oid_check_digit(body, node=node)}")


def oid_check_digit(body: str, *, node: int) -> int:
    """Return the check digit of a ten-digit body: weights 7-3-1 in node 24 (persons), Luhn in every other node.

    Raises:
        UsageError: The body is not ten digits.
    """
    if len(body) != _CHECKED_ARC - 1 or not (body.isascii() and body.isdigit()):
        raise UsageError("must be ten digits", argument="body")
    digits = [int(digit) for digit in reversed(body)]
    if node == _PERSON_NODE:
        total = sum(digit * (7, 3, 1)[place % 3] for place, digit in enumerate(digits))
    else:
        total = sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    return -total % 10


@dataclass(frozen=True, slots=True)
class BusinessId:
    """A Finnish business id (Y-tunnus), `NNNNNNN-C`; it names an organisation and is public."""

    value: str

    @classmethod
    def parse(cls, text: str) -> BusinessId:
        """Read a business id; an old six-digit body gets its leading zero.

        Raises:
            UsageError: The shape or the check digit is wrong.
        """
        match = _BUSINESS_ID.fullmatch(text)
        if match is None:
            raise UsageError("not of the form NNNNNNN-C", argument="business_id")
        body = match[1].zfill(7)
        if business_id_check_digit(body) != int(match[2]):
            raise UsageError("the check digit does not fit", argument="business_id")
        return cls(f"{body}-{match[2]}")


def business_id_check_digit(body: str) -> int | None:
    """Return the check digit of a seven-digit body, or None where the body is never issued (remainder 1).

    Raises:
        UsageError: The body is not seven digits.
    """
    if len(body) != len(_BUSINESS_WEIGHTS) or not (body.isascii() and body.isdigit()):
        raise UsageError("must be seven digits", argument="body")
    remainder = sum(weight * int(digit) for weight, digit in zip(_BUSINESS_WEIGHTS, body, strict=True)) % 11
    if remainder == 1:
        return None
    return 11 - remainder if remainder else 0
