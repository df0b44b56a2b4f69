"""The pages on the project itself: its Python interface and its decisions."""

from __future__ import annotations

from pathlib import Path

import digione_sdk
from digione_sdk import synchronise
from digione_sdk.errors import DigiOneError
from digione_sdk.model.base import Record
from digione_sdk.model.vocabulary import Vocabulary
from docs_builders.markdown import page, table

ROOT = Path(__file__).resolve().parents[2]


ELSEWHERE = (Record, Vocabulary, DigiOneError)
"""Kinds of public names that have reference pages of their own."""

SECTIONS = (
    ("Clients", ("DigiOne", "AsyncDigiOne")),
    (
        "Collections and lists",
        ("Collection", "ObjectCollection", "EditableCollection", "Versioned", "Written", "Listing", "Partial"),
    ),
    ("Filters", ("where",)),
    ("Sessions and limits", ("Session", "RetryPolicy", "RateLimit", "Timeouts")),
    ("OneRoster 1.1", ("ConversionPolicy", "ConversionReport", "OAuth1")),
    ("Requests, answers and tokens", ("Request", "Response", "Grant", "Scope")),
)
"""The public names that this page describes; those of the asynchronous client mirror these."""


def interface() -> str:
    """The public names of the SDK, described from their docstrings by mkdocstrings."""
    parts = []
    for title, names in SECTIONS:
        parts.append(f"## {title}")
        parts += [f"::: {_home(name)}.{name}" for name in names]
    parts.append("## Synchronising\n\nNames of `digione_sdk.synchronise`: see the [guide](../guides/synchronise.md).")
    parts += [f"::: {vars(synchronise)[name].__module__}.{name}" for name in synchronise.__all__ if name != "KINDS"]
    return page(
        "Python interface",
        "What `digione_sdk` offers by name; import every name from there, unless told otherwise. The "
        "[models](models.md), the [vocabularies](vocabularies.md) and the [errors](errors.md) are names of "
        "`digione_sdk` too and have pages of their own. `AsyncCollection`, `AsyncObjectCollection`, "
        "`AsyncListing` and `AsyncSession` mirror their "
        "namesakes with `await` and `async for`.",
        *parts,
    )


def _home(name: str) -> str:
    home: str = getattr(digione_sdk, name).__module__
    return home


def described_here() -> set[str]:
    """Return the public names that the interface page must account for."""
    return {
        name
        for name in digione_sdk.__all__
        if not issubclass_of(getattr(digione_sdk, name), ELSEWHERE) and not name.startswith("Async")
    }


def issubclass_of(thing: object, kinds: tuple[type, ...]) -> bool:
    """Whether `thing` is a class below one of `kinds`."""
    return isinstance(thing, type) and issubclass(thing, kinds)


def decisions() -> str:
    """An index of the decision pages: number, title, date and state, read from the pages themselves."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title, _, state = path.read_text(encoding="utf-8").removeprefix("# ").partition("\n\n")
        day, _, word = state.split("\n", 1)[0].partition(" · ")
        rows.append([f"[{title.strip()}]({path.name})", day, word])
    return page(
        "Decisions",
        "Why things are as they are: one short page each, with date and reason. A decision that is changed keeps its "
        "page and names the one that replaced it.",
        table(("decision", "date", "state"), rows),
    )
