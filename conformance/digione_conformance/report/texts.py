"""The words around the results, in the languages of a report; `texts.toml` holds them, requirements bring their own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from digione_conformance.catalogue.consumers import shipped_consumers
from digione_conformance.catalogue.text import Text

LANGUAGES: Final = ("en", "fi", "sv")


@cache
def words() -> Mapping[str, Text]:
    """Return every text by its key, in all languages."""
    content = (files("digione_conformance.report") / "texts.toml").read_text(encoding="utf-8")
    return {key: Text.model_validate(entry) for key, entry in tomllib.loads(content).items()}


def texts(language: str) -> Mapping[str, str]:
    """Return the words of one language by key, complete.

    Raises:
        KeyError: The language is not among `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return {key: text.within(language) for key, text in words().items()}


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
