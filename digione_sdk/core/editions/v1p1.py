"""OneRoster 1.1 for a client that thinks in 1.2: asks in its words, and retells its answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from pydantic_core import from_json, to_json

from digione_sdk.core.editions.base import Edition
from digione_sdk.core.endpoints import v1p1
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.http import Response
from digione_sdk.core.scopes import SCOPES_V1P1, Scope
from digione_sdk.errors import Inexpressible
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base, Class, LineItem
from digione_sdk.wire.versions import DEFAULT_POLICY, Change, ConversionPolicy, downgraded
from digione_sdk.wire.versions.body import Retold
from digione_sdk.wire.versions.words import fields_in_v1p1, filter_in_v1p1, sort_in_v1p1
from digione_sdk.wire.where import FilterLike

M = TypeVar("M", bound=Base)

_OK: Final = 200
_MOST_SCHOOLS: Final = 10_000
"""Classes whose school is remembered: those of a city; the oldest is forgotten first."""
_SCOPES: Final = frozenset(scope.value for scope in Scope)


class EditionV1P1(Edition):
    """OneRoster 1.1, read by a policy."""

    version = "1.1"

    def __init__(self, policy: ConversionPolicy = DEFAULT_POLICY) -> None:
        self._schools: dict[str, Json] = {}
        told = policy.school_of_class
        self.policy = replace(policy, school_of_class=lambda class_id: told(class_id) or self._schools.get(class_id))

    def line(self, endpoint: Endpoint[M]) -> Endpoint[M]:
        """Return the operation of 1.1 that a 1.2 operation corresponds to."""
        told = v1p1.counterpart(endpoint)
        if told is None:
            raise Inexpressible(f"OneRoster 1.1 has no {endpoint.operation_id}", argument="version")
        return told

    def scope(self, scope: str) -> str:
        """Return the 1.1 scope of the same name."""
        if scope in SCOPES_V1P1:
            return SCOPES_V1P1[scope]
        if scope in _SCOPES:
            raise Inexpressible(f"OneRoster 1.1 has no {scope.rpartition('/')[2]}", argument="scopes")
        return scope

    def filter_text(self, given: FilterLike, model: type[Base]) -> str:
        """Return the filter in 1.1 words."""
        return filter_in_v1p1(given, model, self.policy)

    def sort_name(self, name: str, model: type[Base]) -> str:
        """Return the 1.1 name of a field."""
        return sort_in_v1p1(super().sort_name(name, model), model)

    def selection(self, names: tuple[str, ...], model: type[Base]) -> tuple[str, ...]:
        """Return the 1.1 fields from which these are told."""
        return fields_in_v1p1(names, model)

    def written(self, content: bytes, endpoint: Endpoint[Base]) -> tuple[bytes, tuple[Change, ...]]:
        """Return the body of a PUT as 1.1 tells it."""
        changes: list[Change] = []
        body = from_json(content)
        body[endpoint.body_key] = downgraded(
            endpoint.model,
            body[endpoint.body_key],
            policy=self.policy,
            note=lambda kind, sourced_id: changes.append(Change(kind, sourced_id)),
        )
        return to_json(body), tuple(changes)

    def retold(self, content: bytes, endpoint: Endpoint[Base]) -> Retold:
        """Open the body of a 1.1 answer."""
        return Retold(
            content,
            key=endpoint.wrapper_key,
            model=endpoint.model,
            operation_id=endpoint.operation_id,
            policy=self.policy,
        )

    def unknown(self, retold: Retold) -> tuple[str, ...]:
        """Return the ids of the classes of line items, as far as nobody knows their school yet."""
        if retold.model is not LineItem:
            return ()
        classes = (it["class"] for it in retold.records if "school" not in it and isinstance(it.get("class"), dict))
        ids = dict.fromkeys(str(link.get("sourcedId", "")) for link in classes)
        return tuple(it for it in ids if it and it not in self._schools and self.policy.school_of_class(it) is None)

    def learn(self, class_id: str, answer: Response | None) -> None:
        """Remember the school of a class, or that the provider does not tell it."""
        school = None
        if answer is not None and answer.status == _OK:
            body = Retold(answer.content, key="class", model=Class, operation_id="getClass", policy=self.policy)
            school = next((it.get("school") for it in body.records), None)
        if len(self._schools) >= _MOST_SCHOOLS:
            self._schools.pop(next(iter(self._schools)))
        self._schools[class_id] = school
