"""The standard's floating-point numbers as decimals: a score of 7.1 stays 7.1, and what JSON cannot carry is refused.

On the wire a score is a JSON number. It is read into a `Decimal` of the digits that were sent (fifteen significant
digits always survive, which no gradebook exceeds) and written as the shortest number that reads back the same.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LARGEST: Final = Decimal(10) ** 15
"""Numbers beyond this, either way, are no scores, weights or bounds; below it every whole number is exact in JSON."""

_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_TEXT: Final = 40
_NOT_A_NUMBER: Final = "not a number from -10^15 to 10^15, as 8 or 7.5"
_TOO_FINE: Final = "more digits than a JSON number carries"


def _written(number: Decimal) -> int | float:
    whole = int(number)
    return whole if whole == number else float(number)


def _from_python(value: Any) -> Decimal:
    number = _decimal(value)
    if number is None or not number.is_finite() or number.copy_abs() > LARGEST:
        raise PydanticCustomError("not_as_written", _NOT_A_NUMBER)
    if Decimal(repr(_written(number))) != number:
        raise PydanticCustomError("not_as_written", _TOO_FINE)
    return number


def _decimal(value: Any) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return Decimal(value)
        case float():
            return Decimal(repr(value))
        case str() if len(value) <= _LONGEST_TEXT and _JSON_NUMBER.fullmatch(value):
            return Decimal(value)
        case _:
            return None


class NumberDigits:
    """A finite JSON number. A number as text is tolerated on input; truth values, NaN and Infinity are refused."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Pydantic's own core, so that a page of results costs no Python frame a score. It makes the decimal from the
        # shortest text of the number that it parsed, and that has the sender's digits.
        from_json = core_schema.custom_error_schema(
            core_schema.decimal_schema(strict=True, allow_inf_nan=False, ge=-LARGEST, le=LARGEST),
            custom_error_type="not_as_written",
            custom_error_message=_NOT_A_NUMBER,
        )
        return core_schema.json_or_python_schema(
            json_schema=from_json,
            python_schema=core_schema.no_info_plain_validator_function(_from_python),
            serialization=core_schema.plain_serializer_function_ser_schema(_written, when_used="json"),
        )


Number: TypeAlias = Annotated[Decimal, NumberDigits()]
"""A `Decimal` in Python, a JSON number on the wire."""
