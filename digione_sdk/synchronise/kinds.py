"""What can be synchronised, read off the endpoint tables: whole collections, their links, and what identifies a person.

A kind is a collection whose path shows every record of its model: `users`, but not `students`, which is a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from pydantic import BaseModel

from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Endpoint, Shape
from digione_sdk.errors import Inexpressible, UsageError
from digione_sdk.model.base import Record
from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base, GUIDRef


@dataclass(frozen=True, slots=True)
class LinkPath:
    """A place in a record that links to another one.

    Attributes:
        names: Python names of the fields that lead there.
        text: The path in wire names, as reports show it: `roles.org`.
        target: Name of the kind that holds the target.
    """

    names: tuple[str, ...]
    text: str
    target: str


@dataclass(frozen=True)
class Kind:
    """One whole collection.

    Attributes:
        name: Its last path segment, as `users`; unique among all services.
        endpoint: The operation that lists it.
    """

    name: str
    endpoint: Endpoint[Base]

    @cached_property
    def links(self) -> tuple[LinkPath, ...]:
        """Where its records link to records of a kind."""
        targets = _targets()
        return tuple(
            LinkPath(tuple(field.name for field in path), ".".join(field.wire_name for field in path), targets[token])
            for path, token in _link_paths(self.endpoint.model)
            if token in targets
        )

    @cached_property
    def identities(self) -> tuple[FieldFacts, ...]:
        """The fields that identify a person beyond the provider: those flagged as national ids."""
        facts = fields_of(self.endpoint.model).values()
        return tuple(field for field in facts if Flag.NATIONAL_ID in field.flags)

    @cached_property
    def field_names(self) -> frozenset[str]:
        """Wire names of its fields: only these may be shown, because a provider may put anything into a key."""
        return frozenset(field.wire_name for field in fields_of(self.endpoint.model).values())


def _kinds() -> Iterator[Kind]:
    for endpoint in ENDPOINTS:
        if endpoint.is_read and endpoint.is_collection and not endpoint.path_parameters and endpoint.view.whole:
            yield Kind(endpoint.path.strip("/"), endpoint)


KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _kinds()}
"""Every kind by name, in the order of the tables."""


def chosen(names: Iterable[str] | None, services: Iterable[str], edition: Edition = V1P2) -> tuple[Kind, ...]:
    """Return the kinds of these names, or all that the services offer, in the order of the tables.

    Args:
        names: Names of kinds; None takes all.
        services: Names of the services that have a base URL.
        edition: The version that the provider speaks; kinds that it does not have are not among all.

    Raises:
        UsageError: A name is unknown, or its service has no base URL.
        Inexpressible: The version has no such kind.
    """
    given = set(services)
    offered = {name: kind for name, kind in KINDS.items() if kind.endpoint.service.name in given}
    if names is None:
        return tuple(kind for kind in offered.values() if _is_told(kind, edition))
    wanted = {checked_name(name, argument="kinds") for name in names}
    for name in sorted(wanted - offered.keys()):
        raise UsageError(f"{name}: no base URL of the service {KINDS[name].endpoint.service.name}", argument="kinds")
    if not wanted:
        raise UsageError("at least one kind", argument="kinds")
    for name in sorted(wanted):
        edition.line(KINDS[name].endpoint)
    return tuple(kind for name, kind in offered.items() if name in wanted)


def _is_told(kind: Kind, edition: Edition) -> bool:
    try:
        edition.line(kind.endpoint)
    except Inexpressible:
        return False
    return True


def checked_name(name: str, *, argument: str) -> str:
    """Return the name of a kind.

    Raises:
        UsageError: There is no such kind.
    """
    if name not in KINDS:
        raise UsageError(f"no such kind; known are {', '.join(KINDS)}", argument=argument)
    return name


@cache
def _targets() -> Mapping[str, str]:
    """Type token of a link -> name of the kind that holds its target: the wrapper key of the single read."""
    by_model = {kind.endpoint.model: kind.name for kind in KINDS.values()}
    return {
        endpoint.wrapper_key: by_model[endpoint.model]
        for endpoint in ENDPOINTS
        if endpoint.is_read and endpoint.shape is Shape.SINGLE and endpoint.view.whole and endpoint.model in by_model
    }


def _link_paths(
    model: type[BaseModel], before: tuple[FieldFacts, ...] = ()
) -> Iterator[tuple[tuple[FieldFacts, ...], str]]:
    for field in fields_of(model).values():
        if field.record is None:
            continue
        path = (*before, field)
        if issubclass(field.record, GUIDRef):
            if field.record.TYPE:
                yield path, field.record.TYPE
        else:
            yield from _link_paths(field.record, path)


def values_at(record: Record, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands at a path of a record, element by element; nothing where it is absent."""
    value = getattr(record, names[0])
    for item in value if isinstance(value, tuple) else (value,):
        if item is None:
            continue
        if len(names) == 1:
            yield item
        else:
            yield from values_at(item, names[1:])
