"""The standard's primitives as Python types: instants, days, URIs, booleans that travel as text, arrays.

The checks run in pydantic's own core wherever they can: a Python function per value would be felt in every decode.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from digione_sdk.model.places import MANY, NULL

T = TypeVar("T")

_DAY_START: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _text(instant: datetime) -> str:
    instant = instant.astimezone(UTC)
    precision = "microseconds" if instant.microsecond % 1000 else "milliseconds"
    return instant.isoformat(timespec=precision).removesuffix("+00:00") + "Z"


class InstantText:
    """An instant in RFC 3339; a value without zone is refused, and so is a number of seconds."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _by_pattern(
            f"{_DAY_START}[Tt ]",
            core_schema.datetime_schema(tz_constraint="aware"),
            core_schema.datetime_schema(tz_constraint="aware", strict=True),
            otherwise="not an instant with a zone, as 2026-11-23T08:00:00Z",
            serialization=core_schema.plain_serializer_function_ser_schema(
                _text, when_used="json", return_schema=core_schema.str_schema()
            ),
        )


Instant: TypeAlias = Annotated[datetime, InstantText()]
"""An aware datetime; `2026-11-23T08:00:00.000Z` on the wire, always in UTC."""


class DayText:
    """A calendar day, `YYYY-MM-DD`; a time part is refused (pitfall 8)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _by_pattern(
            f"{_DAY_START}$",
            core_schema.date_schema(),
            core_schema.date_schema(strict=True),
            otherwise="not a calendar day, as 2026-11-23",
        )


Day: TypeAlias = Annotated[date, DayText()]
"""A calendar day without time and zone."""


def _by_pattern(
    pattern: str,
    parsed: CoreSchema,
    instance: CoreSchema,
    *,
    otherwise: str,
    serialization: core_schema.SerSchema | None = None,
) -> CoreSchema:
    # Without the pattern pydantic reads "20261123" as seconds since 1970 and answers 23 August, silently.
    text = core_schema.chain_schema([core_schema.str_schema(pattern=pattern), parsed])
    either = core_schema.json_or_python_schema(
        json_schema=text, python_schema=core_schema.union_schema([instance, text], mode="left_to_right")
    )
    return core_schema.custom_error_schema(
        either, custom_error_type="not_as_written", custom_error_message=otherwise, serialization=serialization
    )


class NullIsEmpty:
    """Marks an optional array: null is read as the empty array (pitfall 10), though it is never written."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        many = handler(source)
        empty = core_schema.no_info_after_validator_function(lambda _: (), core_schema.none_schema())
        # The strict half is what pydantic serialises by: a plain union would try its choices one after the other.
        return core_schema.lax_or_strict_schema(
            lax_schema=core_schema.union_schema([(many, MANY), (empty, NULL)], mode="left_to_right"),
            strict_schema=many,
        )


Many: TypeAlias = Annotated[tuple[T, ...], NullIsEmpty()]
"""An optional array: a tuple, empty where the array is absent."""


class Uri:
    """Marks a `str` that the standard calls a URI: kept as text, because parsing costs half a decode."""


URI: TypeAlias = Annotated[str, Uri()]


class _Tokens(dict[str, bool]):
    def __missing__(self, token: str) -> bool:
        raise ValueError("unknown token")  # a KeyError would pass through pydantic and carry the value


class TrueFalseStrings:
    """The standard's boolean: the JSON strings "true" and "false". A JSON boolean is tolerated on input (pitfall 4)."""

    SOURCE: Final = "TrueFalseEnum"
    """Name of the vocabulary in the standard."""

    TOKENS: Final = _Tokens(true=True, false=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.no_info_after_validator_function(self.TOKENS.__getitem__, core_schema.str_schema())
        return core_schema.union_schema(
            [text, core_schema.bool_schema(strict=True)],
            mode="left_to_right",
            custom_error_type="not_as_written",
            custom_error_message='neither "true" nor "false"',
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: "true" if value else "false", when_used="json", return_schema=core_schema.str_schema()
            ),
        )


TrueFalse: TypeAlias = Annotated[bool, TrueFalseStrings()]
"""A Python bool, `"true"` or `"false"` on the wire."""
