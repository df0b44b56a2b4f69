"""The yardstick of the models: the same fields as plain pydantic models, made from the facts of ours."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, Field, create_model

from digione_sdk.model.facts import FieldFacts, fields_of

AS_THEY_ARE = (str, int, bool, float, date, datetime)


@cache
def plain_of(model: type[BaseModel]) -> type[BaseModel]:
    """Return a plain model with the fields of `model`: nothing frozen, vocabularies as text, lists, no unknown keys."""
    fields: dict[str, Any] = {facts.name: _field(facts) for facts in fields_of(model).values()}
    return create_model(f"Plain{model.__name__}", **fields)


def _field(facts: FieldFacts) -> tuple[Any, Any]:
    item = plain_of(facts.record) if facts.record else _scalar(facts)
    wanted = list[item] if facts.many else item  # type: ignore[valid-type]  # a type made at run time
    if facts.required:
        return wanted, Field(alias=facts.wire_name)
    return wanted | None, Field(default=None, alias=facts.wire_name)


def _scalar(facts: FieldFacts) -> Any:
    return facts.item if facts.item in AS_THEY_ARE else str
