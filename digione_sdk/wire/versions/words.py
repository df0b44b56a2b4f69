"""What a caller asks in 1.2 words, asked in 1.1 words: filters, sort fields, selections; or refused, never bent."""

from __future__ import annotations

from typing import Final

from digione_sdk.errors import FilterError, Inexpressible
from digione_sdk.model.oneroster import Base, LineItem, User
from digione_sdk.model.oneroster.v1p1 import UserRole, told_in_v1p1
from digione_sdk.wire.filter import Clause, Combination, Filter, Predicate
from digione_sdk.wire.versions.policy import ADMINISTRATORS, ConversionPolicy
from digione_sdk.wire.versions.shapes import shape_of
from digione_sdk.wire.where import Expression, FilterLike, Rules, check_fields, parsed

_PATHS: Final[dict[type[Base], dict[str, str]]] = {
    LineItem: {"academicSession": "gradingPeriod"},
    User: {"roles.role": "role", "roles.org": "orgs"},
}
"""1.2 path, or the beginning of one -> 1.1 path."""

_SOURCES: Final[dict[type[Base], dict[str, tuple[str, ...]]]] = {
    LineItem: {"academicSession": ("gradingPeriod",), "school": ("class",)},
    User: {"roles": ("role", "orgs")},
}
"""1.2 field -> the 1.1 fields that it is told from."""


def filter_in_v1p1(given: FilterLike, model: type[Base], policy: ConversionPolicy) -> str:
    """Return the wire text of a filter for a 1.1 server.

    `where(User)...` is in 1.2 words and is translated; text may be in either.

    Raises:
        FilterError: It does not parse, names a field that neither version has, or breaks the dialect.
        Inexpressible: 1.1 cannot be asked that.
    """
    expression = parsed(given)
    clauses = {clause: _clause(clause, model, policy) for clause in expression.built.clauses}
    return str(
        Expression(_replaced(expression.built, clauses), Rules(expression.rules.dialect, expression.rules.quote))
    )


def _replaced(built: Filter, clauses: dict[Clause, Clause]) -> Filter:
    if isinstance(built, Clause):
        return clauses[built]
    return Combination(built.operator, tuple(_replaced(part, clauses) for part in built.parts))


def _clause(clause: Clause, model: type[Base], policy: ConversionPolicy) -> Clause:
    told = told_in_v1p1(model)
    assert told is not None, "a model that a 1.1 operation lists"  # noqa: S101 - contract with the endpoint table
    for path, instead in _PATHS.get(model, {}).items():
        if clause.field == path or clause.field.startswith(f"{path}."):
            check_fields(clause, model)
            clause = Clause(instead + clause.field[len(path) :], clause.predicate, clause.value)
            return _role(clause, policy) if instead == "role" else clause
    try:
        check_fields(clause, told)
    except FilterError:
        check_fields(clause, model)  # a misspelt name is told as such, in the words of 1.2
        raise Inexpressible(f"OneRoster 1.1 has no {clause.field} to filter by", argument="filter") from None
    return clause


def _role(clause: Clause, policy: ConversionPolicy) -> Clause:
    if clause.value in _ROLES - {UserRole.ADMINISTRATOR}:
        return clause
    if clause.predicate not in {Predicate.EQ, Predicate.NE}:
        raise Inexpressible("of roles, 1.1 can be asked = and != alone", argument="filter")
    one = policy.administrator if policy.has_one_administrator else None
    if clause.value in {one, UserRole.ADMINISTRATOR}:
        return Clause(clause.field, clause.predicate, UserRole.ADMINISTRATOR.value)
    if clause.value in ADMINISTRATORS:
        raise Inexpressible(
            f"OneRoster 1.1 has one administrator, which is read as {one or 'the organisation says'}", argument="filter"
        )
    raise Inexpressible("OneRoster 1.1 has no such role", argument="filter")


_ROLES: Final = frozenset(role.value for role in UserRole)


def sort_in_v1p1(name: str, model: type[Base]) -> str:
    """Return the 1.1 name of a field to sort by.

    Args:
        name: Wire name in 1.2.
        model: The 1.2 model.

    Raises:
        Inexpressible: 1.1 has no such field.
    """
    if name in shape_of(model).added:
        raise Inexpressible(f"OneRoster 1.1 has no {name} to sort by", argument="sort")
    return name


def fields_in_v1p1(names: tuple[str, ...], model: type[Base]) -> tuple[str, ...]:
    """Return what to ask a 1.1 server for, so that these fields of 1.2 can be told.

    A field that 1.1 cannot tell is not asked for, because a 1.1 server answers a name that it does not know with all
    data. It is then None, as whatever a server leaves out.

    Args:
        names: Wire names in 1.2.
        model: The 1.2 model.
    """
    shape, sources = shape_of(model), _SOURCES.get(model, {})
    told = (one for name in names for one in sources.get(name, () if name in shape.added else (name,)))
    return tuple(dict.fromkeys(told))
