"""Understands a 1.1 query string: 1.1 names of fields, and the mild answers of 1.1 to names that nobody knows.

An unknown name in `fields` gets all data and a warning, an unknown `sort` the default order and a warning; a blank
`fields` and an unknown name in `filter` are refused (differences-1.1-1.2.md §1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from digione_mock_server.faults import Faults, older
from digione_mock_server.faults import parser as wrong
from digione_mock_server.query.parameters import Query, once, pairs_of, parsed, read_pairs
from digione_mock_server.refusal import Refusal, bad_filter, bad_selection
from digione_mock_server.store.paths import resolve
from digione_mock_server.store.told import told_path
from digione_mock_server.switches import Switches
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base, User
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.model.status import CodeMinorValue
from digione_sdk.wire.filter import Clause, Filter

Pairs: TypeAlias = Sequence[tuple[str, str]]
Asked: TypeAlias = tuple[Query, tuple[CodeMinorValue, ...]]


def asked(
    query_string: bytes, endpoint: Endpoint[Base], switches: Switches
) -> tuple[Query, tuple[CodeMinorValue, ...]]:
    """Return what a 1.1 client asks, in 1.2 paths, and what it is to be warned of.

    Raises:
        Refusal: 400 with the reason.
    """
    told = told_in_v1p1(endpoint.model)
    assert told is not None, "1.1 lists no model that it does not have"  # noqa: S101 - contract with the endpoint table
    pairs = pairs_of(query_string, switches)
    warnings: list[CodeMinorValue] = []
    faults = switches.faults
    fields, unknown = _fields(pairs, told, faults)
    if unknown and "v1p1-unknown-fields-400" in faults:
        raise bad_selection("A name in fields is no property of the object")
    if unknown:
        warnings.append(CodeMinorValue.INVALID_SELECTION_FIELD)
    given = once(pairs) if endpoint.is_collection else {}
    sort, where = given.get("sort"), given.get("filter")
    if sort is not None and not _sortable(sort, told, endpoint.model):
        if "sort-unknown-crashes" in faults:
            raise KeyError
        if "v1p1-unknown-sort-400" in faults:
            raise Refusal(400, CodeMinorValue.INVALID_SORT_FIELD, "The field to sort by is unknown")
        warnings.append(CodeMinorValue.INVALID_SORT_FIELD)
        sort = None
    own = sort is not None and resolve(endpoint.model, sort) is None
    elsewhere = {"fields", "filter"} if sort is not None and not own else {"fields", "filter", "sort"}
    rest = [(name, value) for name, value in pairs if name not in elsewhere]
    query = read_pairs(rest, endpoint.model, collection=endpoint.is_collection, switches=switches)
    return (
        replace(
            query,
            where=None if where is None else _where(where, told, endpoint.model, switches),
            sort=told_path(endpoint.model, sort) if sort is not None and own else query.sort,
            fields=fields,
            kept=tuple(it for it in pairs if it[0] in {"sort", "orderBy", "filter", "fields"}),
        ),
        tuple(warnings),
    )


def _fields(pairs: Pairs, told: type[Base], faults: Faults) -> tuple[frozenset[str] | None, bool]:
    """Return the names asked for, or None for all; and whether one is unknown, which gets all as well."""
    values = [value for name, value in pairs if name == "fields"]
    if not values:
        return None, False
    if "fields-last-counts" in faults:
        values = values[-1:]
    names = {name.strip() for value in values for name in value.split(",")}
    if not all(names) and "v1p1-blank-fields-accepted" in faults:
        return None, False
    if not all(names):
        raise Refusal(400, CodeMinorValue.INVALID_BLANK_SELECTION_FIELD, "A name in fields is blank")
    known = {field.wire_name for field in fields_of(told).values()}
    if "v1p1-selected-before-telling" in faults:
        names -= _TOLD_OTHERWISE
    if "v1p1-unknown-fields-dropped" in faults:
        return frozenset(names & known | {"sourcedId"}), not names <= known
    return (frozenset(names | {"sourcedId"}), False) if names <= known else (None, True)


def _sortable(name: str, told: type[Base], model: type[Base]) -> bool:
    return resolve(told, name) is not None and told_path(model, name) is not None


_TOLD_OTHERWISE: Final = {"role", "orgs"}
"""What a 1.2 user does not have."""


def _where(text: str, told: type[Base], model: type[Base], switches: Switches) -> Filter | None:
    faults = switches.faults
    try:
        built = parsed(text, switches)
    except Refusal:
        if "filter-syntax-ignored" in faults:
            return None
        raise
    if "v1p1-filter-in-1-2-words" in faults:
        told = model
    if faults and any(older.cannot_be_asked(clause.field, faults) for clause in built.clauses):
        raise bad_filter("A filter on this field is not supported")
    if any(resolve(told, clause.field) is None for clause in built.clauses):
        if "v1p1-unknown-filter-ignored" in faults:
            return None
        raise bad_filter("A field of the filter is unknown or holds no comparable value")
    if model is User and "v1p1-administrator-not-found" in faults:
        built = _by_stored_role(built)
    return wrong.misunderstood(built, faults) if faults else built


def _by_stored_role(where: Filter) -> Filter:
    """The filter that compares roles with what is stored, not with what is told."""
    if isinstance(where, Clause):
        return replace(where, field="roles.role") if where.field == "role" else where
    return replace(where, parts=tuple(_by_stored_role(part) for part in where.parts))
