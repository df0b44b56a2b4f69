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
    """What the success answer of an endpoint holds."""

    COLLECTION = "collection"
    """A page of a collection."""
    SINGLE = "single"
    """One object."""
    EMPTY = "empty"
    """Nothing: the answer to PUT and DELETE."""
    PAIRS = "pairs"
    """The ids that the provider allocated to what was posted."""


class Empty(Record):
    """The envelope of an answer without a body: it has no field."""


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
        envelope: Model of the answer's body, whose only field is the wrapper key; `Empty` where nothing is answered.
        shape: What the success answer holds.
        scopes: Scopes any one of which permits the call.
        errors: Error statuses that the standard declares.
        accessor: Where the clients offer it, as `classes.students`.
        view: Which records of the collection the path shows.
        method: HTTP method.
        body: Model of the request's body, whose only field is the wrapper key; None where nothing is sent.
        success: Success statuses, the declared one first.
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
    body: type[Record] | None = None
    success: tuple[int, ...] = (200,)

    @cached_property
    def wrapper_key(self) -> str:
        """The key of the answer's envelope on the wire, as `users` or `class`; of a read or a POST."""
        (field,) = fields_of(self.envelope).values()
        return field.wire_name

    @cached_property
    def body_key(self) -> str:
        """The key of the request's envelope on the wire, as `result` or `results`; empty where nothing is sent."""
        return next((field.wire_name for field in fields_of(self.body).values()), "") if self.body else ""

    @property
    def is_read(self) -> bool:
        """Whether the operation changes nothing."""
        return self.method == "GET"

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
