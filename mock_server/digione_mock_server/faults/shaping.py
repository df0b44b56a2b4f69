"""What wrong shapes are put together from: a change of some properties, kept to the objects of some models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from pydantic import BaseModel

from digione_sdk.model.base import Json

Wire: TypeAlias = dict[str, Json]
Shape: TypeAlias = Callable[[Wire, type[BaseModel]], Wire]
"""Returns an object, of this model, as a careless serialiser writes it; what was not asked for is left to it."""


def changed(*names: str, by: Callable[[Any], Json]) -> Shape:
    """Return the shape that changes these properties where they are, and have a value."""

    def shape(wire: Wire, _model: type[BaseModel]) -> Wire:
        return {name: by(value) if name in names and value is not None else value for name, value in wire.items()}

    return shape


def without(*names: str) -> Shape:
    """Return the shape that leaves these properties out."""
    return lambda wire, _model: {name: value for name, value in wire.items() if name not in names}


def of(*models: type[BaseModel]) -> Callable[[Shape], Shape]:
    """Return what keeps a shape to objects of these models: a name may mean other things in others."""

    def keep(shape: Shape) -> Shape:
        return lambda wire, model: shape(wire, model) if model in models else wire

    return keep


def moved(moment: datetime, by: timedelta) -> datetime:
    """Return a moment moved by a span, or as it is where the calendar ends."""
    try:
        return moment + by
    except OverflowError:
        return moment
