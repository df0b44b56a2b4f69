"""Relations that hold between a target's own records and its answers, whatever the records are.

Everything here is pure: raw JSON in, a truth value or a set of ids out. Where the standard leaves a question open
(case, collation, absent fields), the answer is None or the set is widened: no server is accused that differs legally.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from digione_conformance.evidence.exchange import Json
from digione_conformance.probing.rows import Record, Rows, values_at
from digione_sdk.model.facts import FieldFacts
from digione_sdk.wire.filter import Clause, Predicate

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


class _Comparable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


C = TypeVar("C", bound=_Comparable)
Loosening: TypeAlias = Callable[[str], str]
_Judge: TypeAlias = Callable[[str], bool | None]


class Scale(Enum):
    """How the values of a field compare."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"


_MOST_REMEMBERED: Final = 1 << 16
"""Texts whose reading is remembered: the same records come in answer after answer."""


def instant(text: Json) -> datetime | None:
    """Return an RFC 3339 date-time with zone as UTC, or None where the text is none."""
    return _instant(text) if isinstance(text, str) else None


@lru_cache(_MOST_REMEMBERED)
def _instant(text: str) -> datetime | None:
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: Json) -> date | None:
    """Return a calendar day `YYYY-MM-DD`, or None where the text is none."""
    return _day(text) if isinstance(text, str) else None


@lru_cache(_MOST_REMEMBERED)
def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number(value: Json) -> Decimal | None:
    """Return a JSON number in decimals, or None where the value is none, or not a finite one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() else None


def scale_of(facts: FieldFacts) -> Scale:
    """Return how the values of a model field compare."""
    if facts.item is datetime:
        return Scale.INSTANT
    if facts.item in {int, float, Decimal}:
        return Scale.NUMBER
    return Scale.DAY if facts.item is date else Scale.TEXT


@lru_cache(_MOST_REMEMBERED)
def folded(text: str) -> str:
    """Return the text with case and Unicode composition taken out: what a lenient server may call equal."""
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(_MOST_REMEMBERED)
def unaccented(text: str) -> str:
    """Return the text with accents taken out too: the standard names no collation, and some have `ä = a`."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# --- clauses ---------------------------------------------------------------------------------------------------------


def holds(
    record: Record, clause: Clause, scale: Scale = Scale.TEXT, *, loosened: Loosening = unaccented
) -> bool | None:
    """Whether a record meets a clause; None where the standard leaves it open: texts that are equal once loosened."""
    return _held(values_at(record, clause.field), clause, scale, _judge(clause, scale, loosened))


def _held(values: Sequence[Json], clause: Clause, scale: Scale, judge: _Judge) -> bool | None:
    """Whether a record that holds these values meets a clause."""
    if scale is Scale.NUMBER:
        return _number_holds(values, clause)
    found = [judge(value) for value in values if isinstance(value, str)]
    if len(found) == 1:
        return found[0]
    if not found:
        return None if clause.predicate is Predicate.NE else False
    if clause.predicate is Predicate.NE:
        return None if len(set(found)) > 1 else found[0]
    if True in found:
        return True
    return None if None in found else False


def _number_holds(values: Iterable[Json], clause: Clause) -> bool | None:
    """Whether a number meets a clause; `8` and `8.0` are the same number, however the filter writes it."""
    numbers = [found for value in values if (found := number(value)) is not None]
    if not numbers:
        return None if clause.predicate is Predicate.NE else False
    if clause.predicate is Predicate.CONTAINS:
        return None  # no clause says in which writing a number contains another: 8 may be kept as 8.0 or 8.00
    asked = Decimal(clause.value)
    return any(_ORDER[clause.predicate](found < asked, found == asked) for found in numbers)


def _judge(clause: Clause, scale: Scale, loosened: Loosening) -> _Judge:
    """Return what tells of one text whether it meets a clause; what the clause itself says is read once."""
    asked = clause.value
    if clause.predicate is Predicate.CONTAINS:
        return lambda text: True if asked in text else (None if loosened(asked) in loosened(text) else False)
    if scale is Scale.DAY:
        return _ordering(day, asked, clause.predicate, itself=True)
    if scale is Scale.INSTANT:
        # A server may keep finer instants than it prints: at the very instant itself either answer is legal.
        return _ordering(instant, asked, clause.predicate, itself=False)
    if clause.predicate not in {Predicate.EQ, Predicate.NE}:
        return lambda _: None
    same = clause.predicate is Predicate.EQ
    return lambda text: same if text == asked else (None if loosened(text) == loosened(asked) else not same)


def _ordering(read: Callable[[Json], date | None], asked: str, predicate: Predicate, *, itself: bool) -> _Judge:
    """Return what compares a text with the one asked for, as dates; `itself`: whether equal ones are judged."""
    right, ordered = read(asked), _ORDER[predicate]

    def judge(text: str) -> bool | None:
        left = read(text)
        if left is None or right is None or (left == right and not itself):
            return None
        return ordered(left < right, left == right)

    return judge


_ORDER: Final[Mapping[Predicate, Callable[[bool, bool], bool]]] = {
    Predicate.EQ: lambda _, equal: equal,
    Predicate.NE: lambda _, equal: not equal,
    Predicate.LT: lambda less, _: less,
    Predicate.LE: lambda less, equal: less or equal,
    Predicate.GT: lambda less, equal: not less and not equal,
    Predicate.GE: lambda less, _: not less,
}


@dataclass(frozen=True)
class Bounds:
    """Which records an answer must hold, and which it may hold besides."""

    must: frozenset[str]
    may: frozenset[str]

    def missing(self, ids: Iterable[str]) -> int:
        """Return how many records are lacking."""
        return len(self.must - set(ids))

    def foreign(self, ids: Iterable[str]) -> int:
        """Return how many records do not belong."""
        return len(set(ids) - self.may)

    def departure(self, ids: Iterable[str]) -> str | None:
        """Return in words how `ids` depart from the bounds, or None where they do not."""
        listed = list(ids)
        found = set(listed)
        parts = [f"{len(listed) - len(found)} records came twice"] if len(listed) > len(found) else []
        parts += [f"{self.missing(found)} records are missing"] if self.missing(found) else []
        parts += [f"{self.foreign(found)} records do not belong"] if self.foreign(found) else []
        return " and ".join(parts) or None


def selected(
    records: Iterable[Record], clause: Clause, scale: Scale = Scale.TEXT, *, loosened: Loosening = unaccented
) -> Bounds:
    """Return which of the records a clause selects; texts that are equal once loosened may go either way."""
    judge = _judge(clause, scale, loosened)
    must: set[str] = set()
    either: set[str] = set()
    for values, ids in Rows.of(records).groups(clause.field):
        alone = len(values) == 1 and isinstance(values[0], str) and scale is not Scale.NUMBER
        verdict = judge(values[0]) if alone else _held(values, clause, scale, judge)
        if verdict is not False:
            (must if verdict else either).update(ids)
    return Bounds(frozenset(must), frozenset(must | either))


def difference(left: Iterable[str], right: Iterable[str]) -> int:
    """Return how many ids stand in only one of two answers."""
    return len(set(left) ^ set(right))


# --- order -----------------------------------------------------------------------------------------------------------

_SIMPLE_WORD: Final = re.compile(r"[A-VX-Z][a-vx-z]*")


def unambiguous(text: Json) -> str | None:
    """Return a word that every collation orders by code point (one capital, then small ASCII letters), else None.

    `w` is left out: some Nordic collations sort it as `v`.
    """
    return text if isinstance(text, str) and _SIMPLE_WORD.fullmatch(text) else None


READERS: Final[Mapping[Scale, Callable[[Json], Any]]] = {
    Scale.TEXT: unambiguous,
    Scale.DAY: day,
    Scale.INSTANT: instant,
    Scale.NUMBER: number,
}
"""How the values of each scale are read where their order must be beyond doubt."""


def inversions(values: Sequence[C], *, descending: bool = False) -> int:
    """Return how many neighbours stand in the wrong order."""
    return sum(1 for a, b in pairwise(values) if (a < b if descending else b < a))


@lru_cache(_MOST_REMEMBERED)
def loose(text: str) -> str:
    """Return the text without case, accents and punctuation: what some collation may hold for equal."""
    if text.isascii() and text.isalnum():
        return text.casefold()
    stripped = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in stripped if letter.isalnum())


def reversed_up_to_ties(ascending: Sequence[str], descending: Sequence[str]) -> bool:
    """Whether the second sequence of values is the first one backwards, values that a collation may tie left out."""
    return [loose(text) for text in ascending] == [loose(text) for text in reversed(descending)]


# --- equality --------------------------------------------------------------------------------------------------------


def canonical(value: Json) -> Json:
    """Return a hashable form of JSON in which the order of keys and of array elements does not count."""
    if isinstance(value, dict):
        return ("object", frozenset((key, canonical(item)) for key, item in value.items()))
    if isinstance(value, list):
        inner = [canonical(item) for item in value]
        return ("array", tuple(sorted(inner, key=repr_of) if len(inner) > 1 else inner))
    return (type(value).__name__, value)


def alike(left: Json, right: Json) -> bool:
    """Whether two values have the same canonical form; values that are written alike are recognised much sooner."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return repr(left) == repr(right) or canonical(left) == canonical(right)


def repr_of(value: Json) -> str:
    """Return a text to sort canonical values by; sets are put in order first."""
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(repr_of(item) for item in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(repr_of(item) for item in value) + ")"
    return repr(value)


def differing_keys(left: Record, right: Record) -> tuple[str, ...]:
    """Return the keys that both records hold with different values, sorted."""
    return tuple(sorted(key for key in left.keys() & right.keys() if not alike(left[key], right[key])))
