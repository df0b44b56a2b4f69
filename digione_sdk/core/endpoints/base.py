"""What an endpoint is, as data: clients, server routes, specs, checks and docs are all derived from these values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from digione_sdk.core.scopes import Scope
from digione_sdk.model.base import Record
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base

M = TypeVar("M", bound=Base)
M_co = TypeVar("M_co", bound=Base, covariant=True)


class Shape(StrEnum):
    """Whether an endpoint answers a page of a collection or one object."""

    COLLECTION = "collection"
    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class Service:
    """One OneRoster service: its name, version and standard base path."""

    name: str
    version: str
    base_path: str
    title: str


@dataclass(frozen=True, slots=True)
class Through:
    """Records are in the view when a record of `model` that meets `where` links to them by `link`.

    Only active linking records count: a deleted enrolment enrols nobody.
    """

    model: type[Base]
    link: str
    where: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """Which records of the model's whole collection a path shows.

    `where` holds (dotted wire path, value) pairs that must all be equal; `{name}` in a value is the path parameter.
    With `element`, the paths are relative to the array of that name, and one element must meet them all.
    """

    where: tuple[tuple[str, str], ...] = ()
    element: str | None = None
    through: Through | None = None

    @property
    def whole(self) -> bool:
        """Whether the view shows every record."""
        return not self.where and self.through is None


@dataclass(frozen=True)
class Endpoint(Generic[M_co]):
    """One operation of a service.

    Attributes:
        operation_id: Name of the operation in the standard.
        path: Path below the service's base path, with `{name}` parameters.
        model: Model of the objects.
        envelope: Model of the body, whose only field is the wrapper key.
        shape: Page of a collection, or one object.
        scopes: Scopes any one of which permits the call.
        errors: Error statuses that the standard declares.
        accessor: Where the clients offer it, as `classes.students`.
        view: Which records of the collection the path shows.
    """

    service: Service
    operation_id: str
    path: str
    model: type[M_co]
    envelope: type[Record]
    shape: Shape
    scopes: tuple[Scope, ...]
    errors: tuple[int, ...]
    accessor: str
    view: View
    method: str = "GET"

    @cached_property
    def wrapper_key(self) -> str:
        """The key of the envelope on the wire, as `users` or `class`."""
        (field,) = fields_of(self.envelope).values()
        return field.wire_name

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def is_collection(self) -> bool:
        """Whether the endpoint answers pages."""
        return self.shape is Shape.COLLECTION

    @property
    def is_nested(self) -> bool:
        """Whether the endpoint lists what belongs to a parent object."""
        return self.is_collection and bool(self.path_parameters)
