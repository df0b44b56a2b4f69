"""Texts in the languages of the ecosystem, and what every entry of the catalogue is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """An entry of a catalogue file: frozen, and without a key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Entry):
    """A text in the languages of the ecosystem; English is the one that must be there."""

    en: str
    fi: str | None = None
    sv: str | None = None

    def within(self, language: str) -> str:
        """Return the text in `language`, or in English where it is not translated."""
        return getattr(self, language, None) or self.en
