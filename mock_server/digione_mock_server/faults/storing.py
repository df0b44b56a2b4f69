"""Faults in what is kept of an object that was sent: numbers, texts and parts that change or vanish on the way in."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from digione_mock_server.faults.fault import layer
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of

FAULTS: Final = layer(
    "storing",
    ("score-kept-whole", "plausible", "Scores are rounded to whole numbers when they are stored."),
    ("score-kept-to-one-decimal", "plausible", "Scores are stored with one decimal."),
    ("negative-score-kept-as-zero", "plausible", "Scores below zero are stored as 0."),
    ("nonsense-score-kept-as-none", "plausible", "A score that is no number is taken, and the result has none."),
    ("decimal-comma-cut", "plausible", "A score as text is read up to its decimal comma: 8,5 is 8."),
    ("unknown-score-status-coerced", "plausible", "A score status that is not in the vocabulary becomes fully graded."),
    ("score-status-follows-score", "plausible", "Every result with a score is stored as fully graded."),
    ("nonsense-date-is-today", "plausible", "A scoreDate that cannot be read becomes some day."),
    ("score-date-of-summer-shifted", "pitfall 8",
     "scoreDate is stored as midnight in Finland, and read two hours from UTC in summer too: the day before."),
    ("score-date-in-year-of-week", "plausible",
     "scoreDate is stored with the year of its week, YYYY for yyyy: 2026-12-31 becomes 2027-12-31."),
    ("offset-kept-as-utc", "pitfall 9",
     "The offset of assignDate and dueDate is cut: 00:30+02:00 is stored as 00:30Z."),
    ("long-title-cut", "pitfall 62", "Titles are cut at 100 characters."),
    ("title-padding-kept", "plausible", "Titles are padded to a fixed length."),
    ("missing-title-invented", "plausible", "A line item without title is taken and called Untitled."),
    ("letters-kept-as-ascii", "plausible", "Texts are stored in ASCII, with a question mark for every other letter."),
    ("text-score-kept-as-ascii", "plausible", "Text scores alone lose the letters that ASCII lacks."),
    ("comment-kept-escaped", "plausible", "Comments are stored escaped for HTML."),
    ("comment-tags-stripped", "plausible", "What looks like a tag is taken out of comments, 5 < 6 and 7 > 2 among it."),
    ("comment-kept-to-quotation-mark", "plausible", "Comments end at the first quotation mark."),
    ("metadata-not-kept", "plausible", "metadata of gradebook objects is not stored."),
    ("objectives-not-kept", "plausible", "learningObjectiveSet is not stored."),
    ("flags-not-kept", "plausible", "late, missing, incomplete and inProgress are not stored."),
    ("bounds-not-kept", "plausible", "resultValueMin and resultValueMax are not stored."),
    ("weight-kept-whole", "plausible", "The weight of a category is stored as a whole number."),
    ("scale-steps-sorted", "plausible", "The steps of a scale are stored in alphabetical order."),
    ("last-scale-step-lost", "plausible", "The last step of a scale is not stored."),
    ("percentile-kept-as-score", "plausible", "The score of an assessment result is overwritten by its percentile."),
    ("unknown-property-swallowed", "rest §11",
     "A property that the standard does not name is taken and lost in silence."),
)  # fmt: skip

Wire: TypeAlias = dict[str, Json]

_LONGEST: Final = 100
_PADDED: Final = 300
_STATUSES: Final = frozenset({"exempt", "fully graded", "not submitted", "partially graded", "submitted"})
_NUMBER: Final = re.compile(r"-?[0-9]+([.][0-9]+)?")
_SHORT_NUMBER: Final = re.compile(r"-?[0-9]{1,15}([.][0-9]{1,15})?")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAG: Final = re.compile("<[^>]*>?")
_OFFSET: Final = re.compile("[+-][0-9]{2}:[0-9]{2}$")
_FLAGS: Final = ("late", "missing", "incomplete", "inProgress")


def kept(wire: Wire, model: type[BaseModel], faults: AbstractSet[str]) -> Wire:
    """Return what a careless gradebook keeps of an object as it was sent."""
    for fault in sorted(faults & _KEPT.keys()):
        wire = _KEPT[fault](wire)
    if "unknown-property-swallowed" in faults:
        known = {field.wire_name for field in fields_of(model).values()}
        wire = {name: value for name, value in wire.items() if name in known}
    return wire


def _number(name: str, change: Callable[[Any], Json]) -> Callable[[Wire], Wire]:
    def keep(wire: Wire) -> Wire:
        value = wire.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return wire | {name: change(value)} if is_number else wire

    return keep


def _text(name: str, change: Callable[[str], Json]) -> Callable[[Wire], Wire]:
    return lambda wire: wire | {name: change(wire[name])} if isinstance(wire.get(name), str) else wire


def _array(name: str, change: Callable[[list[Any]], Json]) -> Callable[[Wire], Wire]:
    return lambda wire: wire | {name: change(wire[name])} if isinstance(wire.get(name), list) else wire


def _without(*names: str) -> Callable[[Wire], Wire]:
    return lambda wire: {name: value for name, value in wire.items() if name not in names}


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _all_ascii(wire: Wire) -> Wire:
    return {name: _ascii(value) if isinstance(value, str) else value for name, value in wire.items()}


def _none_for_nonsense(wire: Wire) -> Wire:
    score = wire.get("score")
    return _without("score")(wire) if isinstance(score, str) and not _NUMBER.fullmatch(score) else wire


def _cut_at_comma(text: str) -> Json:
    before, comma, _ = text.partition(",")
    if not comma or not _SHORT_NUMBER.fullmatch(before):
        return text
    return float(before) if "." in before else int(before)


def _graded_if_scored(wire: Wire) -> Wire:
    return wire | {"scoreStatus": "fully graded"} if wire.get("score") is not None else wire


def _in_winter_time(text: str) -> Json:
    """The day on a clock of winter when this one begins in Finland; what is no day is left for the model to refuse."""
    try:
        midnight = datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        return text
    return (midnight - timedelta(hours=int(_is_summer(midnight)))).date().isoformat()


def _is_summer(midnight: datetime) -> bool:
    """Whether clocks are an hour ahead: from the last Sunday of March to that of October, changed after midnight."""
    first, last = (_last_sunday(midnight.year, month) for month in (3, 10))
    return first < midnight.date() <= last


def _last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=end.isoweekday() % 7)


def _in_year_of_week(text: str) -> Json:
    """The day in the year to which the Saturday of its week belongs, as Java counts weeks unless it is told otherwise.

    What is no day is left for the model to refuse.
    """
    try:
        day = date.fromisoformat(text)
        saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    except (ValueError, OverflowError):
        return text
    return f"{saturday.year}{text[4:]}"


def _without_offset(name: str) -> Callable[[Wire], Wire]:
    return _text(name, lambda text: _OFFSET.sub("Z", text))


def _with_title(wire: Wire) -> Wire:
    return wire | {"title": "Untitled"} if "dueDate" in wire and not wire.get("title") else wire


def _by_percentile(wire: Wire) -> Wire:
    return wire | {"score": wire["scorePercentile"]} if "scorePercentile" in wire else wire


_KEPT: Final[Mapping[str, Callable[[Wire], Wire]]] = {
    "score-kept-whole": _number("score", round),
    "score-kept-to-one-decimal": _number("score", lambda score: round(score, 1)),
    "negative-score-kept-as-zero": _number("score", lambda score: max(score, 0)),
    "nonsense-score-kept-as-none": _none_for_nonsense,
    "decimal-comma-cut": _text("score", _cut_at_comma),
    "unknown-score-status-coerced": _text("scoreStatus", lambda text: text if text in _STATUSES else "fully graded"),
    "score-status-follows-score": _graded_if_scored,
    "nonsense-date-is-today": _text("scoreDate", lambda text: text if _DAY.match(text) else "2026-11-23"),
    "score-date-of-summer-shifted": _text("scoreDate", _in_winter_time),
    "score-date-in-year-of-week": _text("scoreDate", _in_year_of_week),
    "offset-kept-as-utc": lambda wire: _without_offset("assignDate")(_without_offset("dueDate")(wire)),
    "long-title-cut": _text("title", lambda text: text[:_LONGEST]),
    "title-padding-kept": _text("title", lambda text: text.ljust(_PADDED)),
    "missing-title-invented": _with_title,
    "letters-kept-as-ascii": _all_ascii,
    "text-score-kept-as-ascii": _text("textScore", _ascii),
    "comment-kept-escaped": _text("comment", html.escape),
    "comment-tags-stripped": _text("comment", lambda text: _TAG.sub("", text)),
    "comment-kept-to-quotation-mark": _text("comment", lambda text: text.partition('"')[0]),
    "metadata-not-kept": _without("metadata"),
    "objectives-not-kept": _without("learningObjectiveSet"),
    "flags-not-kept": _without(*_FLAGS),
    "bounds-not-kept": _without("resultValueMin", "resultValueMax"),
    "weight-kept-whole": _number("weight", int),
    "scale-steps-sorted": _array("scoreScaleValue", lambda steps: sorted(steps, key=str)),
    "last-scale-step-lost": _array("scoreScaleValue", lambda steps: steps[:-1] or steps),
    "percentile-kept-as-score": _by_percentile,
}
