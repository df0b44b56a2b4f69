"""Which fields and values of a target's own records make good questions: present, plain to write, and telling apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from digione_conformance.probing.family import ANY_ENDPOINT, ROSTERS, Family
from digione_conformance.probing.rows import Record, Rows
from digione_conformance.relations.order import Scale, number, scale_of
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.wire.filter import Clause, Predicate

_LONGEST: Final = 255
"""The longest id that the CSV binding allows: every legal id can be asked for."""

NO_FIELD: Final = "noSuchField"
_WORD: Final = re.compile(r"\w+")
_WORDED: Final = 2000
"""Of so many values it is looked up whether one is a part of another."""

_EXACT_DIGITS: Final = 15
"""The digits that a binary number keeps: of longer ones the server may hold more than it is asked for."""


@dataclass(frozen=True)
class Field:
    """One top-level field of a kind of record that holds a text or a number.

    Attributes:
        name: Wire name.
        scale: How its values compare.
        required: Whether every record must hold it.
    """

    name: str
    scale: Scale
    required: bool


def model_fields(endpoint: ANY_ENDPOINT) -> Mapping[str, FieldFacts]:
    """Return the facts of the fields of an endpoint's records, as its version tells them."""
    model: type[Base] = endpoint.model
    told = told_in_v1p1(model) if endpoint.service is ONEROSTER_V1P1 else model
    return fields_of(told or model)


def scalars(endpoint: ANY_ENDPOINT) -> tuple[Field, ...]:
    """Return the single-valued fields of text and numbers of an endpoint's records, as the model declares them."""
    return tuple(
        Field(facts.wire_name, scale_of(facts), facts.required)
        for facts in model_fields(endpoint).values()
        if not facts.many and facts.record is None and "password" not in facts.wire_name.lower()
    )


def names_unknown(family: Family) -> Iterator[tuple[ANY_ENDPOINT, str]]:
    """Yield the collections of a family, each with a name that its records do not have: nobody's, or another kind's.

    Who looks a name up among all names there are takes the second for known; of people `birthDate` would even answer
    for what has a scope of its own. Parts of a collection are asked by it; where there are none, every other one.
    """
    for position, endpoint in enumerate(family.collections):
        names = ("birthDate",) if family in ROSTERS else ("dueDate", "score")
        others = (name for name in names if name not in wire_names(endpoint))
        elsewhere = endpoint in family.views if family.views else position % 2
        yield endpoint, next(others, NO_FIELD) if elsewhere else NO_FIELD


def wire_names(endpoint: ANY_ENDPOINT) -> frozenset[str]:
    """Return the names of all properties of an endpoint's records."""
    return frozenset(facts.wire_name for facts in model_fields(endpoint).values())


def expressible(value: object) -> bool:
    """Whether a value can stand in a filter: non-empty text without apostrophe or control characters."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST
        and "'" not in value
        and (value.isprintable() or not any(unicodedata.category(letter).startswith("C") for letter in value))
    )


def counted(records: Iterable[Record], field: str) -> Sequence[tuple[str, int]]:
    """Return the expressible values of a field with their frequency, rarest first, ties by value."""
    rows = Rows.of(records)
    return rows.derived(("counted", field), lambda: _counted(rows, field))


def _counted(rows: Rows, field: str) -> Sequence[tuple[str, int]]:
    counts = {value: len(positions) for value, positions in texts_of(rows, field).items()}
    found = [(str(value), count) for value, count in counts.items() if expressible(value)]
    return tuple(sorted(found, key=lambda pair: (pair[1], pair[0])))


def texts_of(records: Iterable[Record], field: str) -> Mapping[str, Sequence[int]]:
    """Return the texts of a top-level field, and where the records stand that hold each."""
    rows = Rows.of(records)

    def found() -> Mapping[str, Sequence[int]]:
        places: dict[str, list[int]] = {}
        for position, record in enumerate(rows):
            value = record.get(field)
            if isinstance(value, str):
                places.setdefault(value, []).append(position)
        return places

    return rows.derived(("places", field), found)


def telling_value(records: Sequence[Record], field: str) -> str | None:
    """Return the value in the middle of the frequencies, so that few but not just one hold it; of flags `false`.

    A server that makes a truth of whatever is no empty text finds the same for both flags, and right for `true`.
    """
    values = counted(records, field)
    if {value for value, _ in values} == {"true", "false"}:
        return "false"
    return values[len(values) // 2][0] if values else None


def contained_value(records: Sequence[Record], field: str) -> str | None:
    """Return a value all of whose words another value of the field has too, and more; None where there is none.

    Only such a value tells a comparison of whole texts from a search for words.
    """
    rows = Rows.of(records)
    return rows.derived(("contained", field), lambda: _contained([value for value, _ in counted(rows, field)]))


def _contained(values: Sequence[str]) -> str | None:
    worded = [(value, frozenset(_WORD.findall(value))) for value in values[:_WORDED]]
    having: dict[str, list[frozenset[str]]] = {}
    for _, words in worded:
        for word in words:
            having.setdefault(word, []).append(words)
    for value, words in worded:
        if words and any(words < others for others in min((having[word] for word in words), key=len)):
            return value
    return None


def equalities(endpoint: ANY_ENDPOINT, records: Sequence[Record]) -> Iterator[tuple[Clause, Field]]:
    """Yield one `field='value'` clause for each text field that the records hold."""
    for field in scalars(endpoint):
        value = contained_value(records, field.name) or telling_value(records, field.name)
        if value is not None and field.scale not in {Scale.INSTANT, Scale.NUMBER}:
            yield Clause(field.name, Predicate.EQ, value), field


def halving(endpoint: ANY_ENDPOINT, records: Sequence[Record]) -> Clause | None:
    """Return the equality clause that comes nearest to selecting half of the records, or None where there is none."""
    sizes = [
        (abs(2 * count - len(records)), -count, Clause(field.name, Predicate.EQ, value))
        for field in scalars(endpoint)
        if field.scale is not Scale.INSTANT
        for value, count in counted(records, field.name)[-3:]
        if count < len(records)
    ]
    return min(sizes, key=lambda size: (*size[:2], str(size[2])))[2] if sizes else None


def cut_points(records: Sequence[Record], field: str) -> tuple[str, ...]:
    """Return the lowest, the middle and the highest value of a field, as the records write them, without repeats."""
    texts = {value for record in records if isinstance(value := record.get(field), str)}
    values = sorted(str(value) for value in texts if expressible(value))
    return tuple(dict.fromkeys((values[0], values[len(values) // 2], values[-1]))) if values else ()


def dividing_value(records: Sequence[Record], field: str) -> tuple[str, ...]:
    """Return a value of a field with others on both sides of it, held by as few records as can be; empty without any.

    Whoever holds the value stands in three of the five answers that the order predicates give: a date that most records
    share would be asked for again and again.
    """
    counts = dict(counted(records, field))
    values = sorted(counts)
    inner = values[1:-1] or values[:1]
    middle = len(inner) // 2
    nearest = min(enumerate(inner), key=lambda pair: (counts[pair[1]], abs(pair[0] - middle)), default=None)
    return (nearest[1],) if nearest else ()


def numbers_to_ask(records: Sequence[Record], field: str) -> tuple[str, ...]:
    """Return the rarest number with decimals, and the one that most others lie beyond as numbers but not as texts.

    Only such numbers tell apart servers that compare numbers from those that compare digits or whole numbers. Without
    any of the kind the rarest number stands in; without numbers there is nothing to ask.
    """
    found = (number(record.get(field)) for record in records)
    counts = Counter(value for value in found if value is not None and len(value.as_tuple().digits) <= _EXACT_DIGITS)
    rarest = sorted(counts, key=lambda value: (counts[value], value))
    decimals = [value for value in rarest if value != value.to_integral_value()]
    told = {value: sum((other < value) != (str(other) < str(value)) for other in counts) for value in rarest}
    chosen = [*decimals[:1], *sorted(rarest, key=lambda value: -told[value])[:1]]
    return tuple(dict.fromkeys(f"{value:f}" for value in chosen))


def overlapping_pair(
    records: Sequence[Record], fields: Sequence[str]
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Return two (field, value) pairs whose records overlap without one set holding the other, or None.

    Only such a pair tells AND, OR, the first clause alone and the second alone apart.
    """
    rows = Rows.of(records)
    sets = {
        (field, value): frozenset(texts_of(rows, field)[value])
        for field in fields
        for value, _ in counted(rows, field)[-6:]
    }
    best: tuple[int, tuple[str, str], tuple[str, str]] | None = None
    for left, left_ids in sets.items():
        for right, right_ids in sets.items():
            shared = len(left_ids & right_ids)
            if left[0] < right[0] and shared and left_ids - right_ids and right_ids - left_ids:
                size = len(left_ids | right_ids)
                if best is None or size < best[0]:
                    best = (size, left, right)
    return best and (best[1], best[2])


def non_ascii_letters(text: object) -> frozenset[str]:
    """Return the letters of a text that ASCII lacks."""
    if not isinstance(text, str) or text.isascii():
        return frozenset()
    return frozenset(letter for letter in text if not letter.isascii() and letter.isalpha())


def covering_values(records: Sequence[Record], fields: Sequence[str], *, most: int) -> tuple[tuple[str, str], ...]:
    """Return up to `most` (field, value) pairs that together hold as many different non-ASCII letters as possible."""
    open_pairs = {
        (field, str(r[field])): non_ascii_letters(r[field])
        for field in fields
        for r in records
        if expressible(r.get(field)) and non_ascii_letters(r[field])
    }
    chosen: list[tuple[str, str]] = []
    covered: set[str] = set()
    while open_pairs and len(chosen) < most:
        pair = max(sorted(open_pairs), key=lambda p: len(open_pairs[p] - covered))
        if not open_pairs[pair] - covered:
            break
        covered |= open_pairs.pop(pair)
        chosen.append(pair)
    return tuple(chosen)
