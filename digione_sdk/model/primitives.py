"""The standard's primitives as Python types: instants, days, URIs, and booleans that travel as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AwareDatetime, GetCoreSchemaHandler, PlainSerializer, Strict
from pydantic_core import core_schema


def _instant(value: datetime) -> str:
    text = value.astimezone(UTC).isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds")
    return text.removesuffix("+00:00") + "Z"


Instant = Annotated[AwareDatetime, PlainSerializer(_instant, return_type=str, when_used="json")]
"""RFC 3339 instant; a value without zone is refused, output is UTC with `Z`."""

Day = Annotated[date, Strict()]
"""Calendar day, `YYYY-MM-DD`; a time part is refused (pitfall 8)."""


class Uri:
    """Marks a `str` that the standard calls a URI: kept as text, because parsing costs half a decode (measured §1.2)."""


URI: TypeAlias = Annotated[str, Uri()]


class TrueFalseStrings:
    """The standard's boolean: the JSON strings "true" and "false". A JSON boolean is tolerated on input (pitfall 4)."""

    _READ: Final = {"true": True, "false": False}

    @classmethod
    def _read(cls) -> core_schema.CoreSchema:
        def unknown(token: str) -> bool:
            try:
                return cls._READ[token]
            except KeyError:
                raise ValueError('neither "true" nor "false"') from None

        return core_schema.no_info_after_validator_function(unknown, core_schema.str_schema())

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.union_schema(
            [self._read(), core_schema.bool_schema(strict=True)],
            mode="left_to_right",
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: "true" if value else "false", when_used="json", return_schema=core_schema.str_schema()
            ),
        )


TrueFalse: TypeAlias = Annotated[bool, TrueFalseStrings()]
"""A Python bool, `"true"` or `"false"` on the wire."""
