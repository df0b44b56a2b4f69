"""Dotted wire paths resolved against a model: which steps they take, and what kind of value they end at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Final

from pydantic import BaseModel

from digione_sdk.model.base import Json, OpenRecord
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import GUIDRef

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ValueKind(Enum):
    """How the values at the end of a path are compared."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"
    OPEN = "open"
    """A provider's own property: any JSON value, compared as text."""

    @property
    def is_text(self) -> bool:
        """Whether what is kept in a column is the text that is served."""
        return self in {ValueKind.TEXT, ValueKind.OPEN}

    @property
    def is_time(self) -> bool:
        """Whether values are compared as instants; they are kept as microseconds since the epoch."""
        return self in {ValueKind.DAY, ValueKind.INSTANT}


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path; `many` where an array stands there."""

    name: str
    many: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A path that the model knows."""

    steps: tuple[Step, ...]
    kind: ValueKind

    @property
    def text(self) -> str:
        """The path as filters write it."""
        return ".".join(step.name for step in self.steps)

    @property
    def top(self) -> str:
        """The top-level property."""
        return self.steps[0].name

    @property
    def single(self) -> bool:
        """Whether a record has at most one value there."""
        return not any(step.many for step in self.steps) and self.kind is not ValueKind.OPEN


@cache
def resolve(model: type[BaseModel], text: str) -> Path | None:
    """Return the path that `text` names in `model`, or None where it names no comparable value.

    Below an open record, such as `metadata`, everything that follows is one key: DigiOne's keys hold dots.
    """
    steps: list[Step] = []
    names = text.split(".")
    here: type[BaseModel] = model
    while names:
        field = _field(here, names[0])
        if field is None:
            if not issubclass(here, OpenRecord):
                return None
            return Path((*steps, Step(".".join(names), many=False)), ValueKind.OPEN)
        del names[0]
        steps.append(Step(field.wire_name, field.many))
        if field.record is None:
            return None if names else Path(tuple(steps), _kind(field))
        here = field.record
    return None


def _field(model: type[BaseModel], wire_name: str) -> FieldFacts | None:
    return next((field for field in fields_of(model).values() if field.wire_name == wire_name), None)


def _kind(field: FieldFacts) -> ValueKind:
    if field.item is datetime:
        return ValueKind.INSTANT
    if field.item is Decimal:
        return ValueKind.NUMBER
    return ValueKind.DAY if field.item is date else ValueKind.TEXT


@cache
def single_paths(model: type[BaseModel]) -> tuple[Path, ...]:
    """Return the paths of which a record has at most one value, links by their sourcedId: they become columns."""
    return tuple(_single_paths(model))


def _single_paths(model: type[BaseModel]) -> Iterator[Path]:
    for field in fields_of(model).values():
        if field.many:
            continue
        if field.record is None:
            yield Path((Step(field.wire_name, many=False),), _kind(field))
        elif issubclass(field.record, GUIDRef):
            yield Path((Step(field.wire_name, many=False), Step("sourcedId", many=False)), ValueKind.TEXT)


def value_at(record: Json, path: Path) -> str | float | None:
    """Return what a wire object holds at a single path, times as microseconds since the epoch, or None."""
    for step in path.steps:
        record = record.get(step.name)
        if record is None:
            return None
    # Identity instead of `is_time`: this runs a dozen times for every object of a municipality.
    if path.kind is ValueKind.TEXT:
        text: str = record
        return text
    if path.kind is ValueKind.NUMBER:
        number: float = record
        return number
    return microseconds(record)


def microseconds(text: str) -> int:
    """Return the instant in microseconds since the epoch; a day is its midnight UTC, a time without zone is UTC.

    Raises:
        ValueError: The text is neither a day nor an instant of RFC 3339.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
