"""What a model says of its fields: the single source for specs, docs, filters, redaction and tests."""

from __future__ import annotations

import inspect
import types
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from digione_sdk.model.classification import About, Flag


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """One field as the standard sees it."""

    name: str
    wire_name: str
    item: Any
    """Python type of one value, without Optional and tuple."""
    markers: tuple[Any, ...]
    many: bool
    required: bool
    about: About | None

    @property
    def multiplicity(self) -> str:
        """`1`, `0..1`, `0..*` or `1..*`."""
        if self.many:
            return "1..*" if self.required else "0..*"
        return "1" if self.required else "0..1"

    @property
    def flags(self) -> frozenset[Flag]:
        """Privacy flags of the field."""
        return self.about.flags if self.about else frozenset()

    @property
    def record(self) -> type[BaseModel] | None:
        """The model of the value, where the value is an object."""
        return self.item if isinstance(self.item, type) and issubclass(self.item, BaseModel) else None

    def describe(self) -> str:
        """One line for docstrings and reference pages."""
        meaning = self.about.meaning if self.about else ""
        flags = f" [{', '.join(sorted(self.flags))}]" if self.flags else ""
        return f"    {self.name} ({self.wire_name}, {self.multiplicity}): {meaning}{flags}"


@cache
def fields_of(model: type[BaseModel]) -> dict[str, FieldFacts]:
    """Return the facts of every field of `model`, keyed by Python name, in declaration order."""
    return {name: _field_facts(name, info) for name, info in model.model_fields.items()}


def signature_of(model: type[BaseModel]) -> inspect.Signature:
    """Return how `model` is built by Python's names; pydantic itself would show the wire names to help()."""
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if info.is_required() else info.default,
                annotation=info.rebuild_annotation(),
            )
            for name, info in model.model_fields.items()
        ]
    )


def _field_facts(name: str, info: FieldInfo) -> FieldFacts:
    item, markers = _peel(info.annotation, list(info.metadata))
    many = get_origin(item) is tuple
    if many:
        item, markers = _peel(get_args(item)[0], markers)
    return FieldFacts(
        name=name,
        wire_name=info.alias or name,
        item=item,
        markers=tuple(markers),
        many=many,
        required=info.is_required(),
        about=next((marker for marker in markers if isinstance(marker, About)), None),
    )


def _peel(annotation: Any, markers: list[Any]) -> tuple[Any, list[Any]]:
    """Take Annotated and `| None` off a type, collecting what Annotated carried."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            markers = [*markers, *more]
        elif get_origin(annotation) in {Union, types.UnionType}:
            (annotation,) = (arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation, markers
