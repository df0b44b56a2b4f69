"""Dialects of comparing text: case, accents and alphabets, on which the standard is silent (rest-1.2 §5, §6)."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, func

from digione_mock_server.dialects.dialect import legal

DIALECTS: Final = legal(
    ("equals-any-case", "`=`, `!=` and the order predicates compare text without regard to case.",
     "rest §5: case sensitivity is not specified"),
    ("contains-any-case", "`~` compares without regard to case.",
     "rest §5: case sensitivity is not specified; Ed-Fi's certified server does so"),
    ("accents-folded", "Filters compare text without regard to accents: ä finds a.",
     "rest §5: collation is not specified; the default of widespread databases"),
    ("finnish-sort", "Text sorts by the Finnish alphabet: w as v, å ä ö last, case aside.",
     "rest §2: `Unicode ordering` does not say which; a locale's tailoring of the Unicode collation is one"),
    ("root-collation-sort", "Text sorts by letters without accents and case, as the root Unicode collation does.",
     "rest §2: `Unicode ordering` may be read as the Unicode collation algorithm"),
    ("absent-last", "A sort puts records without the property last, in both directions.",
     "rest §6: the place of absent values is not specified"),
    ("natural-order", "Without sort, and among ties, records stand in an order of the store's own, alike each time.",
     "rest §4: a stable order is needed, which one is not specified"),
)  # fmt: skip

Expression: TypeAlias = ColumnElement[Any]

_FINNISH: Final = str.maketrans({"w": "v", "å": "{", "ä": "|", "ö": "}", "đ": "d", "ŋ": "n", "ŧ": "t"})
_ROOT: Final = str.maketrans({"đ": "d", "ŋ": "n", "ŧ": "t"})


def install(connection: sqlite3.Connection) -> None:
    """Teach a connection the functions by which dialects compare text."""
    for name, function in (
        ("any_case", _any_case),
        ("without_accents", _without_accents),
        ("finnish_key", _finnish_key),
        ("root_key", _root_key),
    ):
        connection.create_function(name, 1, function, deterministic=True)


def compared(text: Expression, dialects: AbstractSet[str], *, contains: bool) -> Expression:
    """Return the form of a text in which a filter compares it."""
    if "accents-folded" in dialects:
        text = func.without_accents(text)
    if ("contains-any-case" in dialects) if contains else ("equals-any-case" in dialects):
        text = func.any_case(text)
    return text


def sorted_by(text: Expression, dialects: AbstractSet[str]) -> Expression:
    """Return the key by which a text sorts."""
    if "finnish-sort" in dialects:
        return func.finnish_key(text)
    if "root-collation-sort" in dialects:
        return func.root_key(text)
    return text


def order_of_store(pk: Expression) -> tuple[Expression, ...]:
    """Return an order that follows from nothing a client can see."""
    return (pk * 7_919 % 10_007).asc(), pk.asc()


def _any_case(text: str | None) -> str | None:
    return text.casefold() if isinstance(text, str) else text


def _without_accents(text: str | None) -> str | None:
    if not isinstance(text, str):
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _finnish_key(text: str | None) -> str | None:
    if not isinstance(text, str):
        return text
    return f"{_without_accents(text.casefold().translate(_FINNISH))}\x00{text}"


def _root_key(text: str | None) -> str | None:
    if not isinstance(text, str):
        return text
    return f"{_without_accents(text.casefold().translate(_ROOT))}\x00{text}"
