"""Where the objects of each model live: the whole collection that the endpoint tables give it, and its address.

Addresses are paths below the host, service included: a link in a stored object may lead into another service than the
one that serves it, as a class of Rostering links to resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base, GUIDRef

COLLECTIONS: Final[Mapping[type[Base], Endpoint[Any]]] = {
    endpoint.model: endpoint
    for endpoint in ENDPOINTS
    if endpoint.is_collection and not endpoint.is_nested and endpoint.view.whole
}
"""The endpoint that lists all objects of a model."""


@cache
def address(model: type[Base]) -> str:
    """Return the path of a model's collection below the host, as `/ims/oneroster/rostering/v1p2/users`."""
    endpoint = COLLECTIONS[model]
    return endpoint.service.base_path + endpoint.path


@cache
def linked_by(link: type[GUIDRef]) -> type[Base]:
    """Return the model of the objects that links of this type lead to: the type token is the model's name."""
    return next(model for model in COLLECTIONS if model.__name__[0].lower() + model.__name__[1:] == link.TYPE)


@cache
def link_fields(model: type[Base]) -> tuple[FieldFacts, ...]:
    """Return the top-level fields of `model` that hold links, single ones and arrays."""
    return tuple(f for f in fields_of(model).values() if f.record is not None and issubclass(f.record, GUIDRef))
