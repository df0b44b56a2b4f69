"""What a version of the standard decides for a client; OneRoster 1.2 itself, in whose words the SDK thinks."""

from __future__ import annotations

from typing import TypeVar

from digione_sdk.core.endpoints.base import CURRENT_VERSION, Endpoint
from digione_sdk.core.http import Response
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.names import field_named
from digione_sdk.wire.versions import Change
from digione_sdk.wire.versions.body import Retold
from digione_sdk.wire.where import FilterLike, filter_text

M = TypeVar("M", bound=Base)


class Edition:
    """OneRoster 1.2: everything is asked and read as it stands. Other versions override what they say otherwise."""

    version = CURRENT_VERSION

    def line(self, endpoint: Endpoint[M]) -> Endpoint[M]:
        """Return the operation as this version has it.

        Raises:
            Inexpressible: It has none.
        """
        return endpoint

    def scope(self, scope: str) -> str:
        """Return what this version calls a scope; one that is not the standard's stays as it is.

        Raises:
            Inexpressible: It has none.
        """
        return scope

    def filter_text(self, given: FilterLike, model: type[Base]) -> str:
        """Return the wire text of a filter.

        Raises:
            FilterError: It does not fit the model.
            Inexpressible: This version cannot be asked that.
        """
        return filter_text(given, model)

    def sort_name(self, name: str, model: type[Base]) -> str:
        """Return the wire name of a field to sort by.

        Raises:
            UsageError: There is no such field.
        """
        return field_named(name, model, argument="sort").wire_name

    def selection(self, names: tuple[str, ...], model: type[Base]) -> tuple[str, ...]:  # noqa: ARG002 - for other versions
        """Return the wire names to ask for, so that the fields of these 1.2 wire names can be read."""
        return names

    def written(
        self,
        content: bytes,
        endpoint: Endpoint[Base],  # noqa: ARG002 - for other versions
    ) -> tuple[bytes, tuple[Change, ...]]:
        """Return the body of a write as this version tells it, and what was done to it.

        Raises:
            Inexpressible: It has no words for a record.
        """
        return content, ()

    def retold(self, content: bytes, endpoint: Endpoint[Base]) -> Retold | None:  # noqa: ARG002 - for other versions
        """Open the body of an answer that is told otherwise than in 1.2; None where there is nothing to retell."""
        return None

    def unknown(self, retold: Retold) -> tuple[str, ...]:  # noqa: ARG002 - for other versions
        """Return the ids of classes whose school must be known before an opened body can be told."""
        return ()

    def learn(self, class_id: str, answer: Response | None) -> None:
        """Take what `getClass` answered of a class, or that it could not be asked."""


V1P2 = Edition()
