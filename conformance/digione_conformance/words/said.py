"""A message that the suite makes up: English for programs and logs, and the other languages for people."""

from __future__ import annotations

from typing import Self


class Said(str):
    """A message in English that knows itself in other languages; as a string it is the English one.

    Args:
        en: The message in English.
        fi: In Finnish; where it is absent, English stands in.
        sv: In Swedish, likewise.
    """

    __slots__ = ("_others",)

    _others: dict[str, str | None]

    def __new__(cls, en: str, fi: str | None = None, sv: str | None = None) -> Self:
        """Make the English string, and keep the other languages beside it."""
        said = super().__new__(cls, en)
        said._others = {"fi": fi, "sv": sv}
        return said

    def within(self, language: str) -> str:
        """Return the message in `language`, or in English where it is not translated."""
        return self._others.get(language) or str(self)
