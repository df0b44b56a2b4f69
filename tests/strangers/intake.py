"""What the stranger takes in a PUT or POST: properties of their types, the required ones there, links that lead on."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from tests.strangers.query import DAYS, FIELDS, NUMBERS, STAMPS
from tests.strangers.town import PLURAL, Ref, Row, Tables

_FLAGS: Final = frozenset({"inProgress", "incomplete", "late", "missing"})
_LINKS: Final = {
    "class": "class", "school": "org", "category": "category", "gradingPeriod": "academicSession",
    "academicSession": "academicSession", "scoreScale": "scoreScale", "lineItem": "lineItem", "student": "user",
    "course": "course", "parentAssessmentLineItem": "assessmentLineItem", "assessmentLineItem": "assessmentLineItem",
}  # fmt: skip
NEEDED: Final = {
    "categories": ("title",), "lineItems": ("title", "assignDate", "dueDate", "class", "school", "category"),
    "results": ("lineItem", "student", "scoreStatus", "scoreDate"),
    "scoreScales": ("title", "type", "class", "scoreScaleValue"), "assessmentLineItems": ("title",),
    "assessmentResults": ("assessmentLineItem", "student", "scoreStatus", "scoreDate"),
}  # fmt: skip
_STATUSES: Final = frozenset({"exempt", "fully graded", "not submitted", "partially graded", "submitted"})
_KEPT_APART: Final = frozenset({"status", "dateLastModified"})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    told = datetime.fromisoformat(_text(value))
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError
    return value


def _flag(value: Any) -> str:
    if value not in {"true", "false"}:
        raise ValueError
    return str(value)


def _score_status(value: Any) -> str:
    if value not in _STATUSES and not _text(value).startswith("ext:"):
        raise ValueError
    return str(value)


def _steps(value: Any) -> list[Row]:
    steps = [{name: _text(one[name]) for name in ("itemValueLHS", "itemValueRHS")} for one in value]
    if not steps or any(set(one) != {"itemValueLHS", "itemValueRHS"} for one in value):
        raise ValueError
    return steps


def _objectives(value: Any) -> list[Row]:
    for one in value:
        _text(one["source"])
        (inner,) = (one[name] for name in one if name != "source")
        if not inner or set(one) - {"source", "learningObjectiveIds", "learningObjectiveResults"}:
            raise ValueError
        for told in inner:
            _text(told["learningObjectiveId"] if isinstance(told, dict) else told)
    return copy.deepcopy(list(value))


def _open(value: Any) -> Row:
    if not isinstance(value, dict):
        raise TypeError
    return copy.deepcopy(value)


def _reader(name: str, tables: Tables) -> Callable[[Any], Any]:
    if name in _LINKS:
        return lambda value: _link(_LINKS[name], value, tables)
    for names, read in (
        (STAMPS, _moment), (DAYS, lambda value: date.fromisoformat(_text(value)[:10])), (NUMBERS, _amount),
        (_FLAGS, _flag), ({"scoreStatus"}, _score_status), ({"scoreScaleValue"}, _steps),
        ({"learningObjectiveSet"}, _objectives), ({"metadata"}, _open),
    ):  # fmt: skip
        if name in names:
            return read
    return _text


def _link(kind: str, value: Any, tables: Tables) -> Ref:
    if _text(value["sourcedId"]) not in tables[PLURAL[kind]] or value.get("type", kind) != kind:
        raise ValueError
    return Ref(kind, value["sourcedId"])


def read(table: str, sent: Row, tables: Tables) -> Row:
    """Return a record of our own from what was sent.

    Raises:
        ValueError: Something is missing, unknown, empty or not of its type.
    """
    row: Row = {}
    for name, value in sent.items():
        if name in _KEPT_APART:
            if name == "status" and value not in {"active", "tobedeleted"}:
                raise ValueError
            continue
        if name not in FIELDS[table]:
            raise ValueError(name)
        try:
            row[name] = _reader(name, tables)(value)
        except (TypeError, KeyError, AttributeError, OverflowError) as error:
            raise ValueError(name) from error
    if any(name not in row for name in NEEDED[table]):
        raise ValueError("a required property is missing")
    return row
