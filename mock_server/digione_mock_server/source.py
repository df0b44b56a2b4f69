"""Where a tenant's first objects come from: the synthetic municipality, unless a test brings its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Protocol, cast

from digione_mock_server.seed import Plan, protected, records
from digione_mock_server.seed.plan import Size
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base


class Source(Protocol):
    """Gives the objects of each tenant."""

    @property
    def name(self) -> str:
        """Says what the objects are; equal names mean equal objects."""

    def records(self, tenant: int) -> Iterable[tuple[type[Base], dict[str, Json]]]:
        """Give model and strict wire object, what is linked to before what links; links are paths below the host."""

    def protected(self, tenant: int) -> frozenset[str]:
        """Give the sourcedIds of users under a protection order."""


class SeedSource:
    """The synthetic municipality of the seed.

    Raises:
        UsageError: The size is unknown, or the day is out of range.
    """

    def __init__(self, *, size: str, seed: int, today: date) -> None:
        self._first = Plan(size=cast("Size", size), seed=seed, today=today)  # which checks the size itself

    @property
    def name(self) -> str:
        """Size, number and day: all that the seed depends on."""
        return f"{self._first.size} seed={self._first.seed} today={self._first.today.isoformat()}"

    def records(self, tenant: int) -> Iterable[tuple[type[Base], dict[str, Json]]]:
        """Give the objects of one tenant's municipality."""
        return records(replace(self._first, tenant=tenant))

    def protected(self, tenant: int) -> frozenset[str]:
        """Give the sourcedIds of its users under a protection order."""
        return protected(replace(self._first, tenant=tenant))
