"""What every model shares: frozen, tolerant to read, strict to write, and able to describe its own fields.

Reading keeps unknown keys (in `.unknown`) and never guesses; writing emits what the schema allows and nothing else:
absent instead of null, no unknown keys, booleans as the strings the standard wants, instants in UTC.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from digione_sdk.errors import UsageError
from digione_sdk.model.facts import fields_of, signature_of
from digione_sdk.model.places import places

Json: TypeAlias = Any
"""Any JSON value; the one place where the SDK lets go of types."""


def _wire_name(name: str) -> str:
    # A trailing underscore only dodges a Python keyword: `class_` is `class` on the wire.
    return to_camel(name.rstrip("_"))


class Record(BaseModel):
    """Base of every model: an immutable value with the standard's names in Python's spelling.

    Build one in Python with Python's names: `Org(sourced_id=...)`. Read one from the wire with `model_validate_json`
    or `model_validate`, which take the standard's names (`sourcedId`) only. Absent optional values are None, absent
    arrays are empty tuples. `model_copy(update=...)` makes a changed copy and checks nothing, as ever in pydantic.

    Raises:
        UsageError: A value does not fit, or a keyword is no field of the model. The message names fields, never values.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=_wire_name,
        hide_input_in_errors=True,  # a validation error must never print a pupil's record
        protected_namespaces=(),
    )

    __source__: ClassVar[str] = ""
    """Name of the schema in the standard that the class restates."""

    __open__: ClassVar[bool] = False
    """Whether the standard lets a provider add properties of its own."""

    def __init__(self, /, **values: Any) -> None:
        __tracebackhide__ = True
        model = type(self)
        if not self.__open__ and (strangers := values.keys() - _python_and_wire_names(model)):
            raise UsageError(f"no such field of {model.__name__}", argument=min(strangers))
        try:
            self.__pydantic_validator__.validate_python(values, self_instance=self, by_name=True, by_alias=True)
        except ValidationError as error:
            refusal = UsageError("; ".join(places(error)), argument=model.__name__)
        else:
            return
        raise refusal  # outside the block: as its context the validation error would keep the values at hand

    # Tells pydantic that this __init__ only validates; else every nested record of a page would be built through it.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pydantic's own mark on BaseModel.__init__

    @property
    def unknown(self) -> Mapping[str, Json]:
        """Keys the standard does not name, as they came; they are never written back."""
        return types.MappingProxyType({} if self.__open__ else self.model_extra or {})

    def to_wire(self) -> dict[str, Json]:
        """Return the record as the standard's JSON object: absent instead of null, no unknown keys.

        Raises:
            UsageError: An array that must hold something (`roles`, `terms`) is empty here or in a record inside;
                such a record can be read, because providers send it, but not sent on.
        """
        return _writable(self).model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def to_wire_json(self) -> bytes:
        """Return `to_wire()` as UTF-8 JSON bytes.

        Raises:
            UsageError: As for `to_wire`.
        """
        return _writable(self).model_dump_json(by_alias=True, exclude_defaults=True).encode()

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show what identifies the record and concerns no person: a repr may end in a log."""
        facts = fields_of(type(self))
        for name in ("sourced_id", "type", "status"):
            if name in facts and not facts[name].flags and name in self.__dict__:
                yield name, str(self.__dict__[name])

    __str__ = BaseModel.__repr__

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.__signature__ = signature_of(cls)
        described = [field.describe() for field in fields_of(cls).values() if field.about is not None]
        if described and cls.__doc__:
            cls.__doc__ = f"{cls.__doc__.rstrip()}\n\nFields, as `name` (wire name, multiplicity):\n" + "\n".join(
                described
            )


class OpenRecord(Record):
    """A record to which a provider may add properties of its own; they are values, not unknowns."""

    __open__: ClassVar[bool] = True

    @classmethod
    def of(cls, properties: Mapping[str, Json]) -> Self:
        """Build one from wire names, for names that Python cannot spell: `{"fi.digione.homeLanguage": "se"}`.

        Raises:
            UsageError: A property the standard does name has a value that does not fit.
        """
        return cls(**properties)

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


@cache
def _python_and_wire_names(model: type[Record]) -> frozenset[str]:
    return frozenset(name for field in fields_of(model).values() for name in (field.name, field.wire_name))


@cache
def _must_hold_something(model: type[Record]) -> tuple[str, ...]:
    return tuple(field.name for field in fields_of(model).values() if field.multiplicity == "1..*")


def _writable(record: Record) -> Record:
    return _without_unknown(record) if _holds_unknown(record, place=type(record).__name__) else record


def _holds_unknown(record: Record, *, place: str) -> bool:
    for name in _must_hold_something(type(record)):
        if record.__dict__.get(name) == ():
            raise UsageError("needs at least one item", argument=f"{place}.{name}")
    found = bool(record.model_extra) and not record.__open__
    for where, part in _parts(record):
        found |= _holds_unknown(part, place=f"{place}.{where}")
    return found


def _parts(record: Record) -> Iterator[tuple[str, Record]]:
    for name, value in record.__dict__.items():
        if isinstance(value, Record):
            yield name, value
        elif isinstance(value, tuple):
            yield from ((f"{name}.{index}", item) for index, item in enumerate(value) if isinstance(item, Record))


def _without_unknown(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_without_unknown(item) for item in value)
    if not isinstance(value, Record):
        return value
    kept = {name: _without_unknown(item) for name, item in value.__dict__.items() if name in value.model_fields_set}
    if value.__open__:
        kept |= value.model_extra or {}
    return type(value).model_construct(_fields_set=set(kept), **kept)
