"""Calls an operation of Rostering where the endpoint table says that it is."""

from __future__ import annotations

from typing import Any

from digione_sdk.core.endpoints.base import Endpoint


async def reached(api: Any, endpoint: Endpoint[Any]) -> list[Any]:
    """Return the records that an operation gives; the parents in its path are p0, p1."""
    kind, _, operation = endpoint.accessor.partition(".")
    bound = getattr(getattr(api.rostering, kind), operation)
    if operation == "get":
        return [await bound("id/1")]
    parents = [f"p{number}" for number, _ in enumerate(endpoint.path_parameters)]
    return [record async for record in bound(*parents)]
