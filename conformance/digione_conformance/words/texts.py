"""The words of reports, doctor and `verify` by key, as the tables beside hold them; requirements bring their own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from digione_conformance.catalogue.consumers import shipped_consumers
from digione_conformance.catalogue.text import Text
from digione_conformance.words.said import Said

_TABLES: Final = ("report.toml", "doctor.toml", "verify.toml")
LANGUAGES: Final = ("en", "fi", "sv")


@cache
def words() -> Mapping[str, Text]:
    """Return every text by its key, in all languages."""
    folder = files("digione_conformance.words")
    tables = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in _TABLES]
    return {key: Text.model_validate(entry) for table in tables for key, entry in table.items()}


def texts(language: str) -> Mapping[str, str]:
    """Return the words of one language by key, complete.

    Raises:
        KeyError: The language is not among `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return {key: text.within(language) for key, text in words().items()}


def say(key: str, /, **places: object) -> Said:
    """Return a text with its {places} filled in; what fills them may itself be said in several languages."""
    return filled(words()[key], **places)


def filled(text: Text, /, **places: object) -> Said:
    """Return a text of any origin with its {places} filled in, likewise."""

    def within(language: str) -> str:
        found = {name: value.within(language) if isinstance(value, Said) else value for name, value in places.items()}
        return text.within(language).format(**found)

    return Said(*(within(language) for language in LANGUAGES))


@cache
def _said_by_the_engine() -> Mapping[str, Text]:
    return {text.en: text for key, text in words().items() if key.startswith("m.")}


def told(message: str) -> Text:
    """Return a message in all languages where the suite itself said it, else in English alone."""
    return _said_by_the_engine().get(message) or Text(en=message)


def consumer(name: str) -> Text:
    """Return what people call a consumer."""
    known = shipped_consumers().get(name)
    return known.name if known else Text(en=name)


def why(name: str, requirement_id: str) -> tuple[Text, ...]:
    """Return what a consumer does that stands on a requirement."""
    known = shipped_consumers().get(name)
    return known.why(requirement_id) if known else ()
