"""What a consumer may leave out or spell loosely, made strict; what would be lost is refused (pitfall 58).

Consumers send links that hold nothing but `sourcedId`, days with a time, null and empty text for what is absent. They
are understood. A property that the standard does not name is not: to drop it in silence would be to lose it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from digione_mock_server.addresses import address, linked_by
from digione_mock_server.refusal import invalid_object
from digione_sdk.errors import UsageError
from digione_sdk.model.base import Json
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base, GUIDRef
from digione_sdk.model.places import places

_MOST_PLACES: Final = 5
_DOUBLE_BITS: Final = 1023
_DAY: Final = len("2026-11-23")
_METADATA: Final = "metadata"


def strict(wire: dict[str, Json], model: type[Base], *, place: str) -> dict[str, Json]:
    """Return the strict wire form of a received object; links are made ours, as paths below the host.

    `status` and `dateLastModified` are not looked at: the server sets both.

    Args:
        wire: The object.
        model: What it should be.
        place: Where it stands in the body, for messages.

    Raises:
        Refusal: 422; it names the properties that do not fit, and never a value or a name that was sent.
    """
    wire = {name: value for name, value in wire.items() if name not in {"status", "dateLastModified"}}
    known = {field.wire_name for field in fields_of(model).values()}
    if not wire.keys() <= known:
        raise invalid_object(
            f"{place} has a property that the standard does not name; your own properties belong in {_METADATA}"
        )
    stamped: dict[str, Json] = {"status": "active", "dateLastModified": "1970-01-01T00:00:00.000Z"}
    told = stamped | dict(_understood(wire, model, place=place))
    try:
        made = model.model_validate(told).to_wire()
    except ValidationError as error:
        found = "; ".join(f"{place}.{one}" for one in places(error)[:_MOST_PLACES])
        raise invalid_object(found) from None
    except PydanticSerializationError:  # an offset that leads out of the years that there are
        raise invalid_object(f"{place}: an instant in it lies before the year 1 or after 9999 in UTC") from None
    except UsageError:  # the one thing that is read and never written (Record.to_wire)
        raise invalid_object(f"{place}: an array inside it that must hold something is empty") from None
    if _is_too_large(told.get(_METADATA)):
        raise invalid_object(f"{place}.{_METADATA}: a number in it is beyond all that JSON parsers agree on")
    if _is_lost(told, made):
        raise invalid_object(f"{place} has, inside a property, one that the standard does not name")
    return {name: value for name, value in made.items() if name not in stamped}


def _understood(wire: dict[str, Json], model: type[Base], *, place: str) -> Iterator[tuple[str, Json]]:
    for field in fields_of(model).values():
        value = wire.get(field.wire_name)
        if value is None or (value == "" and not field.required):
            continue
        if value == "" or (value == [] and field.required):
            raise invalid_object(f"{place}.{field.wire_name}: empty")
        if field.record is not None and issubclass(field.record, GUIDRef):
            value = _links(value, field, place=f"{place}.{field.wire_name}")
        elif field.item is date:
            value = _day(value)
        elif field.item is datetime:
            value = _instant(value)
        yield field.wire_name, value


def _links(value: Json, field: FieldFacts, *, place: str) -> Json:
    if not field.many:
        return _link(value, field, place=place)
    if not isinstance(value, list):
        raise invalid_object(f"{place}: not an array")
    return [_link(one, field, place=f"{place}.{number}") for number, one in enumerate(value)]


def _link(value: Json, field: FieldFacts, *, place: str) -> dict[str, Json]:
    """A whole link from its id; whatever address was sent, ours is where the object is found."""
    assert field.record is not None  # noqa: S101 - the caller looked
    assert issubclass(field.record, GUIDRef)  # noqa: S101 - the caller looked
    sourced_id = value.get("sourcedId") if isinstance(value, dict) else None
    if not isinstance(sourced_id, str) or not sourced_id:
        raise invalid_object(f"{place}: not a link, which has a sourcedId")
    if value.get("type", field.record.TYPE) != field.record.TYPE:
        raise invalid_object(f"{place}.type: must be {field.record.TYPE}")
    href = f"{address(linked_by(field.record))}/{quote(sourced_id, safe='')}"
    return {"href": href, "sourcedId": sourced_id, "type": field.record.TYPE}


def _day(value: Json) -> Json:
    """The day of an instant as it was written: in the sender's zone, which is where the day was."""
    if isinstance(value, str) and len(value) > _DAY and _moment(value) is not None:
        return value[:_DAY]
    return value


def _instant(value: Json) -> Json:
    """A day is its midnight, and a time without zone is UTC, as in filters."""
    moment = _moment(value)
    if moment is None or moment.tzinfo is not None:
        return value
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _moment(value: Json) -> datetime | None:
    # Only what begins as RFC 3339 does; fromisoformat also reads week dates and compact forms.
    if not isinstance(value, str) or value[4:5] != "-" or value[7:8] != "-":
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _is_too_large(value: Json) -> bool:
    """Whether a whole number is beyond the range of a double (RFC 8259 §6): other parsers would fail on our answer."""
    if isinstance(value, dict):
        return any(_is_too_large(one) for one in value.values())
    if isinstance(value, list):
        return any(_is_too_large(one) for one in value)
    return isinstance(value, int) and value.bit_length() > _DOUBLE_BITS


def _is_lost(given: Json, made: Json) -> bool:
    """Whether something that was given is not in what was made of it."""
    if isinstance(given, dict) and isinstance(made, dict):
        return any(
            name not in made or (name != _METADATA and _is_lost(value, made[name]))
            for name, value in given.items()
            if value not in (None, [], "")
        )
    if isinstance(given, list) and isinstance(made, list):
        return len(given) != len(made) or any(_is_lost(one, other) for one, other in zip(given, made, strict=True))
    return False
