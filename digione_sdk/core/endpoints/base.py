"""What an endpoint is, as data: clients, server routes, specs, checks and docs are all derived from these values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, Generic, TypeVar

from digione_sdk.core.scopes import Scope, ScopeV1P1
from digione_sdk.model.base import Record
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base
from digione_sdk.model.status import CodeMinorValue

M = TypeVar("M", bound=Base)
M_co = TypeVar("M_co", bound=Base, covariant=True)

CURRENT_VERSION: Final = "1.2"
"""The version whose services need no version in their key."""


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
    """One OneRoster service.

    Attributes:
        name: Name by which the SDK and documents call it.
        version: Version of the standard.
        base_path: Path that ends every base URL of the service.
        title: Name in the standard.
        summary: What it holds, in a sentence.
        reasons: The codeMinor values that it may give; each service has a vocabulary of its own (rest-1.2 §8).
        discovery_names: File names of the discovery document under `<base>/discovery/`: the binding's, and the
            certification guide's. Serve both, probe both (rest-1.2 §10).
    """

    name: str
    version: str
    base_path: str
    title: str
    summary: str
    reasons: tuple[CodeMinorValue, ...]
    discovery_names: tuple[str, ...]

    @property
    def key(self) -> str:
        """Key under `[services]` of a target file: the name, and the version where it is not the current one."""
        return self.name if self.version == CURRENT_VERSION else f"{self.name}_{self.version.replace('.', '_')}"

    @property
    def document_name(self) -> str:
        """Name of its document in `specs/oneroster`, without an ending."""
        return f"{self.name}-{self.base_path.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True)
class Through:
    """Records are in the view when a record of `model` that meets `where` links to them by `link`.

    Only active linking records count: a deleted enrolment enrols nobody.
    """

    model: type[Base]
    link: str
    where: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Via:
    """Records are in the view when their own `link` leads to a record of `model` that meets `where`.

    The status of the record it leads to does not matter: a result stays a result of its class.
    """

    model: type[Base]
    link: str
    where: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """Which records of the model's whole collection a path shows; of a POST, which those are that it takes.

    `where` holds (dotted wire path, value) pairs that must all be equal; `{name}` in a value is the path parameter.
    With `element`, the paths are relative to the array of that name, and one element must meet them all. A record is
    shown when it meets `where`, `through` and `via`, as far as they are given.
    """

    where: tuple[tuple[str, str], ...] = ()
    element: str | None = None
    through: Through | None = None
    via: Via | None = None

    @property
    def whole(self) -> bool:
        """Whether the view shows every record."""
        return not self.where and self.through is None and self.via is None


@dataclass(frozen=True)
class Endpoint(Generic[M_co]):
    """One operation of a service.

    Attributes:
        operation_id: Name of the operation in the standard.
        path: Path below the service's base path, with `{name}` parameters.
        model: Model of the objects that are read, written or deleted.
        envelope: Model of the answer's body, whose only field is the wrapper key; `Empty` where nothing is answered.
        shape: What the success answer holds.
        scopes: Scopes any one of which permits the call.
        errors: Error statuses that the standard declares.
        accessor: Where the clients offer it, as `classes.students`.
        view: Which records of the collection the path shows, or takes.
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
    scopes: tuple[Scope | ScopeV1P1, ...]
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
    def bodies(self) -> tuple[type[Record], ...]:
        """Models of the bodies that travel: the request's, then the success answer's, where there are any."""
        return tuple(model for model in (self.body, self.envelope) if model is not None and model is not Empty)

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
