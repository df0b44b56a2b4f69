"""Base classes for vocabularies: closed ones, and open ones that take `ext:` values of their own.

OneRoster 1.2 lets a provider extend some vocabularies with `ext:` + letters, digits, `.`, `-`, `_`. The published
pattern is unanchored; ours is anchored at both ends (rest-1.2 §11, §12.3).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

EXTENSION_PATTERN: Final = r"ext:[A-Za-z0-9._-]+"
LONGEST_EXTENSION: Final = 255
"""Characters of a provider's own token, `ext:` included: values are made on the spot, so their size is bounded."""


class Vocabulary(StrEnum):
    """A closed list of tokens; members are strings, so they compare with wire values."""

    __source__: ClassVar[str] = ""
    """Name of the vocabulary in the standard."""

    @property
    def is_extension(self) -> bool:
        """Whether the value is a provider's own `ext:` token rather than one of the standard's."""
        return False

    @classmethod
    def extensible(cls) -> bool:
        """Whether the standard lets a provider add tokens of its own."""
        return False

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Self], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # A dict's own __getitem__ runs in C: no Python frame for a known token (design/measured.md §1.3).
        return core_schema.no_info_after_validator_function(_Table(cls).__getitem__, core_schema.str_schema())


class ExtensibleVocabulary(Vocabulary):
    """An open list: the standard's tokens as members, any well-formed `ext:` token as an extra value.

    Extra values are made on the spot and never registered, so a hostile server cannot grow the process.
    """

    __extension__: ClassVar[str] = EXTENSION_PATTERN
    """Pattern of the whole of a provider's own token; one vocabulary of the standard has another than `ext:`."""

    @property
    def is_extension(self) -> bool:
        """Whether the value is a provider's own token rather than one of the standard's."""
        return self._value_ not in type(self)._value2member_map_

    @classmethod
    def extensible(cls) -> bool:
        """Whether the standard lets a provider add tokens of its own."""
        return True

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or len(value) > LONGEST_EXTENSION or not re.fullmatch(cls.__extension__, value):
            return None
        extra = str.__new__(cls, value)
        extra._name_ = value
        extra._value_ = value
        return extra


class _Table(dict[str, Vocabulary]):
    """Wire token -> member; an unknown token is tried as an extension, once per lookup."""

    def __init__(self, vocabulary: type[Vocabulary]) -> None:
        super().__init__((member.value, member) for member in vocabulary)
        self._vocabulary = vocabulary

    def __missing__(self, token: str) -> Any:
        try:
            return self._vocabulary(token)
        except ValueError:
            # The token is the server's text and may be anything: it stays out of the message.
            raise ValueError(f"not a value of {self._vocabulary.__name__}") from None
