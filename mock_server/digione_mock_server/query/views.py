"""A view of the endpoint table as one SQL condition: what belongs to a path, as /schools/{id}/students."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, literal, select, true

from digione_mock_server.query.sight import Sight
from digione_mock_server.query.values import Expression
from digione_mock_server.store import KINDS, Kind
from digione_sdk.core.endpoints.base import Through, Via, View
from digione_sdk.model.oneroster import Base, Class, Enrollment, LineItem
from digione_sdk.wire.filter import Filter

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Paths and the values that must stand there."""


def belongs(kind: Kind, view: View, parameters: Mapping[str, str], sight: Sight) -> list[Expression]:
    """Return the conditions under which an object of `kind` is in the view.

    Args:
        kind: Kind of the objects.
        view: The view.
        parameters: Values of the path parameters.
        sight: Who looks; where protected users do not exist, their enrolments link nothing.
    """
    conditions: list[Expression] = []
    own = _of_object(kind, view, sight)
    inside = tuple(pair for pair in view.where if pair not in own)
    if own:
        conditions.append(_equal(kind, own, parameters, sight))
    if inside and view.element is not None:
        element = kind.elements[view.element]
        found = (element.c[path.replace(".", "_")] == _filled(value, parameters) for path, value in inside)
        meets = and_(element.c.tenant == sight.tenant, *found)
        # IN over an uncorrelated select: SQLite reads the few elements of a school first, not every user.
        conditions.append(kind.table.c.pk.in_(select(element.c.pk).where(meets)))
    if view.through is not None:
        linked = _linked(view.through, parameters, sight)
        conditions.append(kind.table.c.sourcedId.in_(linked))
    if view.via is not None:
        link = kind.table.c[f"{view.via.link}_sourcedId"]
        conditions.append(link.in_(_leading_there(view.via, parameters, sight)))
    return conditions


def visible(kind: Kind, sight: Sight) -> Expression:
    """The condition that holds of every object which exists for a client: its tenant's, and not hidden from it."""
    own: Expression = kind.table.c.tenant == sight.tenant
    return own if sight.protected else and_(own, kind.table.c.hidden == 0)


def asks_for_deleted(where: Filter | None) -> bool:
    """Whether a filter asks about the lifecycle: only then are deleted objects among the answers (decisions/0010)."""
    return where is not None and any(clause.field in _LIFECYCLE for clause in where.clauses)


_LIFECYCLE: Final = frozenset({"status", "dateLastModified"})


def _leading_there(via: Via, parameters: Mapping[str, str], sight: Sight) -> Select[Any]:
    """The sourcedIds of the records that a link must lead to."""
    target = KINDS[via.model]
    meets = and_(visible(target, sight), _equal(target, via.where, parameters, sight))
    return select(target.table.c.sourcedId).where(meets)


def _linked(through: Through, parameters: Mapping[str, str], sight: Sight) -> Select[Any]:
    """The sourcedIds to which the linking records that count point."""
    linking = KINDS[through.model]
    counts = and_(
        visible(linking, sight),
        *([] if _counts_deleted(linking, sight) else [linking.table.c.status == "active"]),
        _equal(linking, through.where, parameters, sight),
    )
    element = linking.elements.get(through.link)
    if element is None:
        return select(linking.table.c[f"{through.link}_sourcedId"]).where(counts)
    return select(element.c.sourcedId).where(
        exists(select(literal(1)).where(element.c.pk == linking.table.c.pk, counts))
    )


_CARELESS: Final[Mapping[type[Base], str]] = {
    Class: "deleted-classes-keep-resources",
    Enrollment: "deleted-enrollments-count",
    LineItem: "deleted-line-items-keep-categories",
}
"""By the model that links, the fault with which its deleted records link too."""


def _counts_deleted(linking: Kind, sight: Sight) -> bool:
    """Whether deleted records link too; so it is with a fault alone."""
    return _CARELESS.get(linking.model) in sight.faults


def _of_object(kind: Kind, view: View, sight: Sight) -> Pairs:
    """What a view demands of the object itself: all of it, or what 1.1 tells of the object and 1.2 of its elements."""
    if view.element is None:
        return view.where
    return tuple(pair for pair in view.where if sight.v1p1 and kind.told_column(pair[0]) is not None)


def _equal(kind: Kind, where: Pairs, parameters: Mapping[str, str], sight: Sight) -> ColumnElement[bool]:
    columns = ((kind.column_at(path, v1p1=sight.v1p1), value) for path, value in where)
    # A wrong view may demand nothing: then everything is equal.
    return and_(true(), *(column == _filled(value, parameters) for column, value in columns))


def _filled(value: str, parameters: Mapping[str, str]) -> str:
    return parameters[value[1:-1]] if value.startswith("{") else value
