"""What a read does instead of what it should, where a fault is on: other keys, another order, another total."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace

from digione_mock_server import pager
from digione_mock_server.auth import Grant
from digione_mock_server.faults import Faults, markbook, repeats
from digione_mock_server.listed import Reading, all_keys, parents_exist
from digione_mock_server.query import Query
from digione_mock_server.query.parameters import LARGEST_LIMIT
from digione_mock_server.refusal import Refusal, bad_parameter, unknown_object
from digione_mock_server.state import ServerState
from digione_mock_server.store import KINDS
from digione_sdk.core.endpoints import ENDPOINTS as EVERY_ENDPOINT
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.oneroster import Base, Class
from digione_sdk.model.status import CodeMinorValue


def others(state: ServerState, grant: Grant) -> Iterator[Grant]:
    """The same grant in each other tenant."""
    return (replace(grant, tenant=tenant) for tenant in state.store.tenants if tenant != grant.tenant)


def misread(query: Query, endpoint: Endpoint[Base], faults: Faults) -> Query:
    """The question that is answered instead of the one that was asked.

    Raises:
        Refusal: It asks for two things at once that are refused together.
        LookupError: It sorts by what was cut already.
    """
    if repeats.refuses_both(query.fields, query.offset, endpoint, faults):
        raise bad_parameter("fields and offset at once")
    repeats.crash_over(query.sort.top if query.sort else None, query.fields, endpoint, faults)
    ignored = markbook.ignored(endpoint, faults)
    unbounded = ("nested-limit-ignored" in faults and endpoint.is_nested) or repeats.ignores_limit(endpoint, faults)
    return replace(
        query,
        where=None if "filter" in ignored else query.where,
        sort=None if "sort" in ignored else query.sort,
        limit=LARGEST_LIMIT if unbounded else query.limit,
    )


def looked_up(state: ServerState, reading: Reading) -> Reading:
    """The read that is done instead of the one that was asked for."""
    if "class-resources-through-course" not in state.switches.faults:
        return reading
    if reading.endpoint.operation_id != "getResourcesForClass":
        return reading
    found = state.store.find(KINDS[Class], reading.parameters["classSourcedId"], tenant=reading.grant.tenant) or {}
    course = {"courseSourcedId": found["course"]["sourcedId"]}
    return replace(
        reading, endpoint=reading.edition.collection("/courses/{courseSourcedId}/resources"), parameters=course
    )


def keys_all_the_same(state: ServerState, reading: Reading, query: Query) -> array[int] | None:
    """Keys below a parent that does not exist for the client."""
    endpoint, faults = reading.endpoint, state.switches.faults
    if "nested-of-any-tenant" in faults:
        for grant in others(state, reading.grant):
            if parents_exist(state, replace(reading, grant=grant)):
                return all_keys(state, endpoint, reading.parameters, query, grant)
    if "unknown-class-empty" in faults and markbook.is_of_marks(endpoint):
        return array("q")
    if "unknown-parent-lists-everything" in faults:
        return all_keys(state, _whole(reading), {}, query, reading.grant)
    return None


def refuse_other_kinds(state: ServerState, reading: Reading) -> None:
    """Crash on the id of another kind, of which a careless server knows that it is somewhere and looks no further."""
    key = next(iter(reading.parameters.values()))
    if any(state.store.find(kind, key, tenant=reading.grant.tenant) for kind in KINDS.values()):
        raise LookupError("an object of another kind")


def _whole(reading: Reading) -> Endpoint[Base]:
    model = reading.endpoint.model
    return next(e for e in reading.edition.endpoints if e.is_collection and e.model is model and e.view.whole)


def refuse_empty(query: Query, keys: array[int], faults: Faults) -> None:
    """Refuse a list that holds nothing.

    Raises:
        Refusal: It does, or the offset lies beyond its end.
    """
    if "offset-past-end-404" in faults and query.offset >= len(keys) > 0:
        raise unknown_object()
    if not keys and "empty-list-404" in faults:
        raise unknown_object()
    if not keys and "empty-list-204" in faults:
        raise Refusal(204, CodeMinorValue.FULLSUCCESS, "")


def sorted_within(
    state: ServerState, reading: Reading, query: Query, keys: array[int], shown: array[int]
) -> array[int]:
    """The rows of a page as they stand where only the page is sorted, or turned round."""
    faults = state.switches.faults
    if "descending-within-page" in faults and query.descending:
        upwards = all_keys(state, reading.endpoint, reading.parameters, replace(query, descending=False), reading.grant)
        return upwards[pager.window(query, state.switches, total=len(keys))][::-1]
    if "sort-within-page" in faults and query.sort is not None:
        plain = replace(query, sort=None, descending=False)
        unsorted = all_keys(state, reading.endpoint, reading.parameters, plain, reading.grant)
        page = set(unsorted[pager.window(query, state.switches, total=len(keys))])
        return array("q", [key for key in keys if key in page])
    return shown


def wrong_total(state: ServerState, reading: Reading, query: Query, keys: array[int], rows: Sequence[bytes]) -> int:
    """The total that is announced: of the page, of all tenants, of another question than the one asked."""
    endpoint, grant, faults = reading.endpoint, reading.grant, state.switches.faults
    if "v1p1-total-of-1-2" in faults and reading.edition.is_v1p1:
        now = next(one for one in EVERY_ENDPOINT if one.operation_id == endpoint.operation_id)
        return len(all_keys(state, now, reading.parameters, query, grant))
    if "total-of-page" in faults:
        return len(rows)
    if "total-off-by-one" in faults:
        return max(0, len(keys) - 1)
    if "total-before-filter" in faults:
        return len(all_keys(state, endpoint, reading.parameters, replace(query, where=None), grant))
    if "total-before-view" in faults:
        return len(all_keys(state, _whole(reading), {}, query, grant))
    if "total-of-all-tenants" in faults and endpoint.view.whole and query.where is None:
        return len(keys) + sum(len(all_keys(state, endpoint, {}, query, one)) for one in others(state, grant))
    if "protected-counted" in faults:
        exposure = replace(grant.exposure, name="counting", protected=True)
        return len(all_keys(state, endpoint, reading.parameters, query, replace(grant, exposure=exposure)))
    return len(keys)
