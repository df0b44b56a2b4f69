"""The OAuth 2 scopes of OneRoster 1.2 and what each permits (rest-1.2 §9)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PREFIX: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"


class Scope(StrEnum):
    """A scope as it travels: the full URI."""

    ROSTER = f"{PREFIX}roster.readonly"
    """Every rostering read except demographics."""
    ROSTER_CORE = f"{PREFIX}roster-core.readonly"
    """The eleven collections and single reads; no nested path, no demographics."""
    ROSTER_DEMOGRAPHICS = f"{PREFIX}roster-demographics.readonly"
    """The two demographics reads, and nothing else opens them."""

    @property
    def short(self) -> str:
        """The part after the common prefix, as tables print it."""
        return self.value.removeprefix(PREFIX)
