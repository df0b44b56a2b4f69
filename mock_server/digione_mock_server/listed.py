"""Which objects an endpoint lists for a client: their keys, in order, and who is a member."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from digione_mock_server import v1p1
from digione_mock_server.auth import Grant
from digione_mock_server.editions import Edition
from digione_mock_server.faults import v1p1 as wrong_v1p1
from digione_mock_server.query import Query, Sight, rows_statement
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.model.oneroster import Base


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as reads and writes have it alike.

    Attributes:
        edition: The version that was asked.
        endpoint: Line of its endpoint table.
        parameters: Values of the path parameters, decoded.
        path: Path of the request, for links and cache keys.
        grant: Who asks.
    """

    edition: Edition
    endpoint: Endpoint[Base]
    parameters: Mapping[str, str]
    path: str
    grant: Grant


@dataclass(frozen=True, slots=True)
class Reading(Asked):
    """One read.

    Attributes:
        query_string: Raw query string.
    """

    query_string: bytes = b""


def all_keys(
    state: ServerState, endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, grant: Grant
) -> array[int]:
    """Return the keys of everything that an endpoint lists for a client, in order; remembered until the next write."""
    faults = state.switches.faults
    depends_on = (
        grant.tenant,
        grant.exposure.name,
        0 if "count-stale-after-write" in faults else state.store.version(grant.tenant),
        endpoint.service.base_path,  # another edition may have an operation of the same name
        endpoint.operation_id,
        tuple(parameters.items()),
        query.where,
        query.sort,
        query.descending,
        query.offset if "unstable-ties" in faults else 0,
    )
    return state.keys.get(
        depends_on,
        lambda: state.store.keys(_statement(state, endpoint, parameters, query, grant)),
    )


def _statement(
    state: ServerState, endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, grant: Grant
) -> Select[Any]:
    switches = state.switches
    sight = Sight(
        grant.tenant,
        grant.exposure.protected,
        state.settings.public_url,
        switches.faults,
        switches.dialects,
        v1p1=endpoint.service is ONEROSTER_V1P1,
    )
    statement = rows_statement(endpoint, parameters, query, sight, withheld=grant.exposure.withholds(endpoint.model))
    if not sight.v1p1:
        return statement
    told = v1p1.expressible(endpoint.model, statement)
    return wrong_v1p1.expressible(endpoint.model, statement, told, switches.faults) if switches.faults else told


def parents_exist(state: ServerState, reading: Reading) -> bool:
    """Whether each id of a nested path is a member of the collection that its prefix names.

    `/schools/{s}/classes/{c}/students`: s is among `/schools`, and c among `/schools/{s}/classes`.
    """
    for name in reading.endpoint.path_parameters:
        collection = reading.edition.parent_of(reading.endpoint, name)
        if "class-in-any-school" in state.switches.faults and collection.path.endswith("/classes"):
            collection = reading.edition.collection("/classes")
        if "line-item-in-any-class" in state.switches.faults and collection.path.endswith("/lineItems"):
            collection = reading.edition.collection("/lineItems")
        if member(state, collection, reading.parameters, reading.parameters[name], reading.grant) is None:
            return False
    return True


def member(
    state: ServerState,
    endpoint: Endpoint[Base],
    parameters: Mapping[str, str],
    sourced_id: str,
    grant: Grant,
    *,
    active: bool = False,
) -> int | None:
    """Return the key of the object with this id, if the endpoint's view shows it to the client.

    Args:
        state: The server.
        endpoint: Whose view.
        parameters: Values of its path parameters.
        sourced_id: The id.
        grant: Who looks.
        active: Whether a tombstone counts as nothing.
    """
    table = KINDS[endpoint.model].table
    statement = _statement(state, endpoint, parameters, Query(), grant).where(table.c.sourcedId == sourced_id)
    found = state.store.keys(statement.where(table.c.status == "active") if active else statement)
    return found[0] if found else None
