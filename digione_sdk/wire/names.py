"""Turns the names a caller writes into wire names, checked against the model: `given_name` and `givenName` are one."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from pydantic import BaseModel

from digione_sdk.errors import UsageError
from digione_sdk.model.facts import FieldFacts, fields_of


@cache
def by_any_name(model: type[BaseModel]) -> dict[str, FieldFacts]:
    """Return the fields of `model`, keyed by Python name and by wire name; Python's wins where they differ."""
    facts = fields_of(model)
    return {field.wire_name: field for field in facts.values()} | facts


def field_named(name: str, model: type[BaseModel], *, argument: str) -> FieldFacts:
    """Return the field of `model` that is called `name`, in Python or on the wire.

    Raises:
        UsageError: The model has no such field, or `name` is no text; names `argument` and close matches.
    """
    if not isinstance(name, str):
        raise UsageError(f"a field name is text, not {type(name).__name__}", argument=argument)
    field = by_any_name(model).get(name)
    if field is None:
        raise UsageError(f"{unknown_field(name, model)}", argument=argument)
    return field


def unknown_field(name: str, model: type[BaseModel]) -> str:
    """Say that `model` has no field `name`, and which it has that look alike."""
    close = get_close_matches(name, by_any_name(model), n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    # A name that is no identifier may be a value in the wrong place, so it is not repeated.
    shown = f" {name!r}" if name.isidentifier() else " of that name"
    return f"{model.__name__} has no field{shown}{hint}"
