"""Key arrays: the primary keys of a whole result in order, remembered, so that any offset costs the same."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Select, func, or_, select

from digione_mock_server.dialects import collation
from digione_mock_server.faults import markbook, older, rights, sql, views
from digione_mock_server.query.conditions import alternatives, condition
from digione_mock_server.query.parameters import Query
from digione_mock_server.query.sight import Sight
from digione_mock_server.query.values import Expression, least_value
from digione_mock_server.query.views import asks_for_deleted, belongs, visible
from digione_mock_server.store import KINDS, Kind
from digione_mock_server.store.paths import ValueKind
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.oneroster import Base

LARGEST_MEMORY: Final = 64 * 1024 * 1024


class KeyArrays:
    """Remembered key arrays, bounded in bytes; the least recently used goes first."""

    def __init__(self, *, largest: int = LARGEST_MEMORY) -> None:
        self._largest = largest
        self._held: OrderedDict[Hashable, array[int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, build: Callable[[], array[int]]) -> array[int]:
        """Return the array under `key`, building it on the first call; its length is the total."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
            return found
        built = build()
        self._held[key] = built
        self._bytes += _size(built)
        while self._bytes > self._largest and len(self._held) > 1:
            self._bytes -= _size(self._held.popitem(last=False)[1])
        return built


def _size(keys: array[int]) -> int:
    return len(keys) * keys.itemsize + 256  # an empty result costs its key and its place


def rows_statement(
    endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, sight: Sight, *, withheld: frozenset[str]
) -> Select[Any]:
    """Return the statement that selects the primary keys of everything an endpoint lists, in order.

    Tenant, visibility and view stand outside the filter and are joined to it by AND.

    Args:
        endpoint: Line of the endpoint table.
        parameters: Values of its path parameters.
        query: Filter and order; limit and offset play no part.
        sight: Who looks.
        withheld: Top-level properties that the client does not get; filter and sort see them as absent.

    Raises:
        Refusal: 400 for a filter that means nothing.
    """
    kind = KINDS[endpoint.model]
    if sight.faults:
        return _wrong_statement(endpoint, parameters, query, sight, withheld=withheld)
    conditions = [visible(kind, sight), *_there(kind, query, sight), *belongs(kind, endpoint.view, parameters, sight)]
    if query.where is not None:
        conditions.append(condition(kind, query.where, withheld=withheld, sight=sight))
    if sight.dialects:
        return select(kind.table.c.pk).where(*conditions).order_by(*_other_order(kind, query, sight, withheld=withheld))
    order: list[Expression] = []
    if query.sort is not None and query.sort.top not in withheld:
        order.append(least_value(kind, query.sort, sight=sight))
    order.append(kind.table.c.sourcedId)  # ties go by sourcedId, so that pages are stable and desc is asc reversed
    return (
        select(kind.table.c.pk)
        .where(*conditions)
        .order_by(*(column.desc() if query.descending else column.asc() for column in order))
    )


def _there(kind: Kind, query: Query, sight: Sight) -> list[Expression]:
    """What a list leaves out beside what is hidden: objects deleted through the service, unless asked for."""
    if not kind.is_deletable or asks_for_deleted(query.where) or "tombstones-listed" in sight.dialects:
        return []
    return [kind.table.c.status == "active"]


def _other_order(kind: Kind, query: Query, sight: Sight, *, withheld: frozenset[str]) -> list[Expression]:
    """The order of a list as the dialects that are on have it."""

    def turned(column: Expression) -> Expression:
        return column.desc() if query.descending else column.asc()

    order: list[Expression] = []
    if query.sort is not None and query.sort.top not in withheld:
        value = least_value(kind, query.sort, sight=sight)
        if "absent-last" in sight.dialects:
            order.append(value.is_(None).asc())
        order.append(turned(value if query.sort.kind.is_time else collation.sorted_by(value, sight.dialects)))
    if "natural-order" in sight.dialects:
        return [*order, *collation.order_of_store(kind.table.c.pk)]
    return [*order, turned(kind.table.c.sourcedId)]


def _wrong_statement(
    endpoint: Endpoint[Base], parameters: Mapping[str, str], query: Query, sight: Sight, *, withheld: frozenset[str]
) -> Select[Any]:
    """The same statement with every place open at which some vendor went wrong."""
    kind, faults = KINDS[endpoint.model], sight.faults
    if rights.sees_protected(endpoint, faults):
        sight = replace(sight, protected=True)
    view = views.wrong_view(endpoint, faults)
    shown = markbook.shows_deleted(endpoint, faults) or older.shows_deleted(endpoint, faults)
    there = [] if shown else _there(kind, query, sight)
    mine, inside = [visible(kind, sight), *there], belongs(kind, view, parameters, sight)
    mine += [kind.table.c[name] == value for name, value in markbook.narrowed(endpoint, faults)]
    if "users-without-username-dropped" in faults and kind.name == "users":
        mine.append(kind.table.c.username.is_not(None))
    if "users-without-org-dropped" in faults and kind.name == "users":
        mine.append(kind.table.c.primaryOrg_sourcedId.is_not(None))
    if "only-newest-school-year" in faults and kind.name == "academicSessions":
        every = kind.table.alias()
        newest = select(func.max(every.c.schoolYear)).scalar_subquery()
        mine.append(kind.table.c.schoolYear == newest)
    conditions = [*mine, *inside]
    if query.where is not None:
        if "delta-hides-tombstones" in faults and any(c.field == "dateLastModified" for c in query.where.clauses):
            conditions.append(kind.table.c.status == "active")
        parts = [condition(kind, part, withheld=withheld, sight=sight) for part in alternatives(query.where)]
        if "or-escapes-tenant" in faults:
            conditions = [sql.ungrouped(conditions, parts)]
        elif "or-escapes-view" in faults:
            conditions = [*mine, sql.ungrouped(inside, parts)]
        else:
            conditions.append(or_(*parts))
    lost, order = _wrong_order(kind, query, sight, withheld=withheld)
    wanted = select(kind.table.c.pk).where(*conditions, *lost)
    if "roles-joined" in faults and view.element is not None:
        element = kind.elements[view.element]
        wanted = wanted.join_from(kind.table, element, element.c.pk == kind.table.c.pk)
    return wanted.order_by(*(column.desc() if query.descending else column.asc() for column in order))


def _wrong_order(
    kind: Kind, query: Query, sight: Sight, *, withheld: frozenset[str]
) -> tuple[list[Expression], list[Expression]]:
    """What a careless order demands of rows, so that others are lost, and what it sorts by."""
    faults, demanded, order = sight.faults, list[Expression](), list[Expression]()
    if query.sort is not None and (query.sort.top not in withheld or "minimal-sort-oracle" in faults):
        value = least_value(kind, query.sort, sight=sight)
        number = query.sort.kind is ValueKind.NUMBER
        if "sort-loses-rows-without-value" in faults or (number and "score-sort-lacks-unscored" in faults):
            demanded.append(value.is_not(None))
        if number and "score-sort-as-text" in faults:
            value = func.ltrim(value)  # which makes a text of it
        text = not query.sort.kind.is_time
        order.append(sql.ascii_only(value) if text and "sort-drops-nordic-letters" in faults else value)
        if "unstable-ties" in faults:
            order.append(sql.shuffled(kind.table.c.pk, query.offset))
    return demanded, [*order, kind.table.c.sourcedId]
