"""Editions: the versions of the standard that are mounted beside each other, all over the one store.

The store holds the objects of OneRoster 1.2. An edition says which operations it offers and where, and how a stored
object is told in its words. Another version is another `Edition` in `EDITIONS`: routes, front, discovery and reads take
what they need from it and know no version by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from digione_mock_server.v1p1.telling import retold
from digione_sdk.core.endpoints import ENDPOINTS, SERVICES, v1p1
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base

Retelling: TypeAlias = Callable[[type[Base], dict[str, Json]], dict[str, Json]]
"""From a model and a strict 1.2 object, links absolute, to the object that is served."""


@dataclass(frozen=True)
class Edition:
    """One version of the standard as this server speaks it.

    Attributes:
        version: The version, as `1.2`.
        services: Its services, the one first into which the others link.
        endpoints: Its operations; `model` is the 1.2 model whose objects are read, views are paths of that model.
        retold: How a stored object is told; None where it is served as it lies, which is far faster.
    """

    version: str
    services: tuple[Service, ...]
    endpoints: tuple[Endpoint[Any], ...]
    retold: Retelling | None = None
    is_v1p1: bool = False
    """Whether it asks, warns, refuses and takes objects as 1.1 does."""

    def endpoints_of(self, service: Service) -> tuple[Endpoint[Any], ...]:
        """The operations of one of its services."""
        return tuple(endpoint for endpoint in self.endpoints if endpoint.service is service)

    def parent_of(self, endpoint: Endpoint[Any], parameter: str) -> Endpoint[Any]:
        """Return the collection of which a path parameter's value must be a member.

        It is the one that the path before the parameter names, of whichever service: for `/schools/{s}/classes/{c}/…`
        c must be among `/schools/{s}/classes`. Where no service lists that path, its last word names the collection.

        Raises:
            KeyError: The edition has no such collection.
        """
        prefix = endpoint.path[: endpoint.path.index("/{" + parameter)]
        return self._collections.get(prefix) or self._collections["/" + prefix.rpartition("/")[2]]

    def collection_or_none(self, path: str) -> Endpoint[Any] | None:
        """Return the endpoint that lists `path`, or None."""
        return self._collections.get(path)

    def collection(self, path: str) -> Endpoint[Any]:
        """Return the endpoint that lists `path`, of whichever service.

        Raises:
            KeyError: There is none.
        """
        return self._collections[path]

    def is_editable(self, endpoint: Endpoint[Any]) -> bool:
        """Whether an endpoint reads one object that can be written at the same address."""
        return not endpoint.is_collection and (endpoint.service.base_path, endpoint.path) in self._written

    def reading_of(self, endpoint: Endpoint[Any]) -> Endpoint[Any]:
        """Return the endpoint that reads what another writes at the same address.

        Raises:
            StopIteration: None does.
        """
        same = (e for e in self.endpoints if e.service is endpoint.service and e.path == endpoint.path)
        return next(e for e in same if e.is_read)

    @cached_property
    def _written(self) -> frozenset[tuple[str, str]]:
        return frozenset((e.service.base_path, e.path) for e in self.endpoints if not e.is_read)

    @cached_property
    def _collections(self) -> Mapping[str, Endpoint[Any]]:
        found: dict[str, Endpoint[Any]] = {}
        for endpoint in self.endpoints:
            if endpoint.is_collection:
                found.setdefault(endpoint.path, endpoint)
        return found


V1P1: Final = Edition("1.1", (v1p1.ONEROSTER_V1P1,), v1p1.ENDPOINTS, retold, is_v1p1=True)

EDITIONS: Final[tuple[Edition, ...]] = (Edition("1.2", SERVICES, ENDPOINTS), V1P1)
"""What is mounted; the first is the one whose addresses the links in stored objects name."""

BASE_PATHS: Final[tuple[str, ...]] = tuple(service.base_path for edition in EDITIONS for service in edition.services)
"""Paths below which objects are served."""
