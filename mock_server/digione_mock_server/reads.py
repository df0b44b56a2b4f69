"""Answering a read: from the endpoint table's line, a grant and a query string to a page. No HTTP is done here."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Select

from digione_mock_server import pager, serialise
from digione_mock_server.auth import Grant
from digione_mock_server.pages import Page, RawHeaders
from digione_mock_server.query import Query, Sight, read_query, rows_statement
from digione_mock_server.refusal import unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.rostering import ENDPOINTS
from digione_sdk.model.oneroster import Base

_COLLECTIONS: Final[Mapping[str, Endpoint[Base]]] = {e.path: e for e in ENDPOINTS if e.is_collection}


@dataclass(frozen=True, slots=True)
class Reading:
    """One read.

    Attributes:
        endpoint: Line of the endpoint table.
        parameters: Values of the path parameters, decoded.
        path: Path of the request, for links and cache keys.
        query_string: Raw query string.
        grant: Who asks.
    """

    endpoint: Endpoint[Base]
    parameters: Mapping[str, str]
    path: str
    query_string: bytes
    grant: Grant


def page_key(state: ServerState, grant: Grant, path: str, query_string: bytes) -> tuple[object, ...]:
    """Return what a page depends on: whose data, how much of it, the question, and the data version."""
    version = 0 if "stale-pages" in state.switches.faults else state.store.version(grant.tenant)
    return (grant.tenant, grant.exposure.name, path, query_string, version)


def read(state: ServerState, reading: Reading) -> Page:
    """Answer a read.

    Raises:
        Refusal: 400 for a query that means nothing, 404 for an unknown object or parent.
    """
    endpoint = reading.endpoint
    query = read_query(reading.query_string, endpoint.model, collection=endpoint.is_collection, switches=state.switches)
    if endpoint.is_collection:
        body, headers = _collection(state, reading, query)
    else:
        body, headers = _single(state, reading, query), []
    etag = entity_tag(state, reading)
    return Page(
        body=body,
        headers=[*_STANDING, (b"etag", etag), *headers],
        etag=etag,
        scopes=frozenset(endpoint.scopes),
        template=endpoint.service.base_path + endpoint.path,
    )


_STANDING: Final[RawHeaders] = [
    (b"content-type", b"application/json"),
    # Personal data stays in no shared or disk cache; a client that keeps pages itself may still ask with the tag.
    (b"cache-control", b"private, no-store"),
    (b"vary", b"Authorization, Accept-Encoding"),
]


def entity_tag(state: ServerState, reading: Reading) -> bytes:
    """Return the entity tag: what the answer depends on, hashed, so that no body is (measured.md §3)."""
    depends_on = (state.store.generation, *page_key(state, reading.grant, reading.path, reading.query_string))
    return b'W/"%b"' % blake2b(repr(depends_on).encode(), digest_size=12).hexdigest().encode()


def _collection(state: ServerState, reading: Reading, query: Query) -> tuple[bytes, RawHeaders]:
    if not _parents_exist(state, reading):
        if "unknown-parent-empty" not in state.switches.dialects:
            raise unknown_object()
        keys = array("q")
    else:
        keys = all_keys(state, reading.endpoint, reading.parameters, query, reading.grant)
    rows = _rows(state, reading, query, keys[pager.window(query, state.switches)])
    counts = {"totalCount": len(keys), "limit": query.limit, "offset": query.offset}
    body = serialise.collection(
        rows,
        key=reading.endpoint.wrapper_key,
        base_url=state.settings.rostering_url,
        counts=counts if "counts-in-body" in state.switches.dialects else None,
    )
    return body, _paging_headers(state, reading, query, total=len(keys))


def _paging_headers(state: ServerState, reading: Reading, query: Query, *, total: int) -> RawHeaders:
    headers: RawHeaders = []
    if "no-total" not in state.switches.dialects:
        headers.append((b"x-total-count", str(total).encode()))
    if "no-link" not in state.switches.dialects:
        url = state.settings.public_url + reading.path
        headers.append((b"link", pager.links(url, query, total=total).encode()))
    return headers


def all_keys(
    state: ServerState, endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, grant: Grant
) -> array[int]:
    """Return the keys of everything that an endpoint lists for a client, in order; remembered until the next write."""
    depends_on = (
        grant.tenant,
        grant.exposure.name,
        state.store.version(grant.tenant),
        endpoint.operation_id,
        tuple(parameters.items()),
        query.where,
        query.sort,
        query.descending,
    )
    return state.keys.get(
        depends_on,
        lambda: state.store.keys(_statement(state, endpoint, parameters, query, grant)),
    )


def _statement(
    state: ServerState, endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, grant: Grant
) -> Select[Any]:
    sight = Sight(grant.tenant, grant.exposure.protected, state.settings.rostering_url, state.switches.faults)
    return rows_statement(endpoint, parameters, query, sight, withheld=grant.exposure.withholds(endpoint.model))


def _single(state: ServerState, reading: Reading, query: Query) -> bytes:
    (name,) = reading.endpoint.path_parameters
    key = _member(state, reading.endpoint, {}, reading.parameters[name], reading.grant)
    if key is None:
        raise unknown_object()
    (row,) = _rows(state, reading, query, array("q", [key]))
    return serialise.single(row, key=reading.endpoint.wrapper_key, base_url=state.settings.rostering_url)


def _rows(state: ServerState, reading: Reading, query: Query, keys: array[int]) -> list[bytes]:
    model, exposure = reading.endpoint.model, reading.grant.exposure
    bodies = state.store.bodies(KINDS[model], keys, outsider=not exposure.protected)
    return serialise.rows(
        bodies,
        model,
        fields=query.fields,
        withheld=exposure.withholds(model),
        base_url=state.settings.rostering_url,
        switches=state.switches,
    )


def _parents_exist(state: ServerState, reading: Reading) -> bool:
    """Whether each id of a nested path is a member of the collection that its prefix names.

    `/schools/{s}/classes/{c}/students`: s is among `/schools`, and c among `/schools/{s}/classes`.
    """
    path = reading.endpoint.path
    for name in reading.endpoint.path_parameters:
        collection = _COLLECTIONS[path[: path.index("/{" + name)]]
        if _member(state, collection, reading.parameters, reading.parameters[name], reading.grant) is None:
            return False
    return True


def _member(
    state: ServerState, endpoint: Endpoint[Base], parameters: Mapping[str, str], sourced_id: str, grant: Grant
) -> int | None:
    """Return the key of the object with this id, if the endpoint's view shows it to the client."""
    statement = _statement(state, endpoint, parameters, Query(), grant)
    found = state.store.keys(statement.where(KINDS[endpoint.model].table.c.sourcedId == sourced_id))
    return found[0] if found else None
