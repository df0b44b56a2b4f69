"""What every model shares: frozen, tolerant to read, strict to write, and able to describe its own fields.

Reading keeps unknown keys (in `.unknown`) and never guesses; writing emits what the schema allows and nothing else:
absent instead of null, no unknown keys, booleans as the strings the standard wants, instants in UTC.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from digione_sdk.model.facts import fields_of

Json: TypeAlias = Any
"""Any JSON value; the one place where the SDK lets go of types."""


def _wire_name(name: str) -> str:
    # A trailing underscore only dodges a Python keyword: `class_` is `class` on the wire.
    return to_camel(name.rstrip("_"))


class Record(BaseModel):
    """Base of every model: an immutable value with the standard's names in Python's spelling.

    Attributes of a record are immutable. `sourced_id` in Python is `sourcedId` on the wire; both are accepted when
    building one in Python. Absent optional values are None, absent arrays are empty tuples.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=_wire_name,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,  # a validation error must never print a pupil's record
        protected_namespaces=(),
    )

    __source__: ClassVar[str] = ""
    """Name of the schema in the standard that the class restates."""

    __open__: ClassVar[bool] = False
    """Whether the standard lets a provider add properties of its own."""

    @property
    def unknown(self) -> Mapping[str, Json]:
        """Keys the standard does not name, as they came; they are never written back."""
        return {} if self.__open__ else types.MappingProxyType(self.model_extra or {})

    def to_wire(self) -> dict[str, Json]:
        """Return the record as the standard's JSON object: absent instead of null, no unknown keys."""
        known = self if not _holds_unknown(self) else _without_unknown(self)
        return known.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def to_wire_json(self) -> bytes:
        """Return `to_wire()` as UTF-8 JSON bytes."""
        known = self if not _holds_unknown(self) else _without_unknown(self)
        return known.model_dump_json(by_alias=True, exclude_defaults=True).encode()

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show only what identifies the record: a repr may end in a log, and names must not (DEVELOPERS.md §7)."""
        for name in ("sourced_id", "type", "status"):
            if name in type(self).model_fields:
                yield name, str(getattr(self, name))

    __str__ = BaseModel.__repr__

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        described = [field.describe() for field in fields_of(cls).values() if field.about is not None]
        if described and cls.__doc__:
            cls.__doc__ = f"{cls.__doc__.rstrip()}\n\nFields, as `name` (wire name, multiplicity):\n" + "\n".join(
                described
            )


class OpenRecord(Record):
    """A record to which a provider may add properties of its own; they are values, not unknowns."""

    __open__: ClassVar[bool] = True

    def __getitem__(self, key: str) -> Json:
        return (self.model_extra or {})[key]

    def __contains__(self, key: object) -> bool:
        return key in (self.model_extra or {})

    def get(self, key: str, default: Json = None) -> Json:
        """Return the provider's own property `key`, or `default` where it is absent."""
        return (self.model_extra or {}).get(key, default)

    def as_dict(self) -> dict[str, Json]:
        """Return the provider's own properties as a new dict."""
        return dict(self.model_extra or {})


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Record):
        if value.model_extra and not value.__open__:
            return True
        return any(_holds_unknown(item) for item in value.__dict__.values() if isinstance(item, (Record, tuple)))
    return isinstance(value, tuple) and any(_holds_unknown(item) for item in value)


def _without_unknown(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_without_unknown(item) for item in value)
    if not isinstance(value, Record):
        return value
    kept = {name: _without_unknown(item) for name, item in value.__dict__.items() if name in value.model_fields_set}
    if value.__open__:
        kept |= value.model_extra or {}
    return type(value).model_construct(_fields_set=set(kept), **kept)
