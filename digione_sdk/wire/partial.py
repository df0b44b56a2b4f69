"""Partial records: what `fields=` yields, a model with the requested fields only, made once and kept."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar, cast

from pydantic import ConfigDict, Field, create_model

from digione_sdk.errors import FieldNotRequestedError
from digione_sdk.model.base import Record
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.names import by_any_name

M = TypeVar("M", bound=Base)

IDENTITY: Final = "sourced_id"
"""The field that every selection carries: without it, a page sent twice cannot be told from two pages alike."""


class Partial(Record, Generic[M]):
    """A record of which only some fields were asked for.

    A requested field that the server left out is None, arrays included. Reading a field that was not requested raises
    `FieldNotRequestedError`; keys that were not requested are dropped, whatever the server sent. The `sourced_id` is
    always requested.
    """

    model_config = ConfigDict(extra="ignore")

    __whole__: ClassVar[type[Base]] = Base

    sourced_id: str | None = None

    def __getattr__(self, name: str) -> Any:
        if name in by_any_name(type(self).__whole__):
            raise FieldNotRequestedError(
                f"{type(self).__whole__.__name__}.{name} was not requested; add it to fields=", argument="fields"
            )
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=256)
def partial_of(model: type[M], names: frozenset[str]) -> type[Partial[M]]:
    """Return the partial model of `model` with the fields of these Python names, and its identity."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name in names or name == IDENTITY:
            kept: Any = Annotated.__class_getitem__((info.annotation, *info.metadata))  # type: ignore[attr-defined]  # runtime form of Annotated[...]
            fields[name] = (kept | None, Field(default=None, alias=info.alias))
    made = create_model(f"Partial{model.__name__}", __base__=Partial[model], __module__=__name__, **fields)  # type: ignore[valid-type]  # the parameter is a value here
    made.__whole__ = model
    return cast("type[Partial[M]]", made)


@lru_cache(maxsize=256)
def partial_envelope(envelope: type[Record], names: frozenset[str]) -> type[Record]:
    """Return `envelope` around partial records instead of whole ones."""
    ((name, facts),) = fields_of(envelope).items()
    model = cast("type[Base]", facts.record)
    item: Any = partial_of(model, names)
    kept: Any = (tuple[item, ...] | None, Field(default=None, alias=facts.wire_name))
    if not facts.many:
        kept = (item, Field(alias=facts.wire_name))
    return create_model(f"Partial{envelope.__name__}", __base__=Record, __module__=__name__, **{name: kept})
