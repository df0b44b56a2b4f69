"""Understands a 1.1 query string: 1.1 names of fields, and the mild answers of 1.1 to names that nobody knows.

An unknown name in `fields` gets all data and a warning, an unknown `sort` the default order and a warning; a blank
`fields` and an unknown name in `filter` are refused (differences-1.1-1.2.md §1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from digione_mock_server.faults import Faults
from digione_mock_server.query.parameters import Query, read_query
from digione_mock_server.refusal import Refusal, bad_filter, bad_selection
from digione_mock_server.store.paths import resolve
from digione_mock_server.switches import Switches
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.errors import FilterError
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base, User
from digione_sdk.model.oneroster.v1p1 import UserRole, told_in_v1p1
from digione_sdk.model.status import CodeMinorValue
from digione_sdk.wire.filter import Clause, Combination, Filter, Logical, Predicate, parse
from digione_sdk.wire.versions.policy import ADMINISTRATORS

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
    try:
        pairs: Pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        pairs = ()
    warnings: list[CodeMinorValue] = []
    faults = switches.faults
    fields, unknown = _fields(pairs, told, faults)
    if unknown and "v1p1-unknown-fields-400" in faults:
        raise bad_selection("A name in fields is no property of the object")
    if unknown:
        warnings.append(CodeMinorValue.INVALID_SELECTION_FIELD)
    rest: list[tuple[str, str]] = []
    where: Filter | None = None
    for name, value in pairs:
        if name == "sort" and endpoint.is_collection and not _sortable(value, told, endpoint.model):
            if "v1p1-unknown-sort-400" in faults:
                raise Refusal(400, CodeMinorValue.INVALID_SORT_FIELD, "The field to sort by is unknown")
            warnings.append(CodeMinorValue.INVALID_SORT_FIELD)
        elif name == "filter" and endpoint.is_collection and where is None:
            where = _where(value, told, endpoint.model, faults)
        elif name != "fields":
            rest.append((name, value))
    plain = urlencode(rest).encode() if pairs else query_string
    query = read_query(plain, endpoint.model, collection=endpoint.is_collection, switches=switches)
    kept = tuple(it for it in pairs if it[0] in {"sort", "orderBy", "filter", "fields"})
    return replace(query, where=where, fields=fields, kept=kept), tuple(warnings)


def _fields(pairs: Pairs, told: type[Base], faults: Faults) -> tuple[frozenset[str] | None, bool]:
    """Return the names asked for, or None for all; and whether one is unknown, which gets all as well."""
    values = [value for name, value in pairs if name == "fields"]
    if not values:
        return None, False
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
    return resolve(told, name) is not None and resolve(model, name) is not None


_TOLD_OTHERWISE: Final = {"role", "orgs"}
"""What a 1.2 user does not have."""


def _where(text: str, told: type[Base], model: type[Base], faults: Faults) -> Filter | None:
    try:
        built = parse(text)
    except FilterError as error:
        raise bad_filter(f"The filter does not parse: {error}") from None
    if "v1p1-filter-in-1-2-words" in faults:
        told = model
    if any(resolve(told, clause.field) is None for clause in built.clauses):
        if "v1p1-unknown-filter-ignored" in faults:
            return None
        raise bad_filter("A field of the filter is unknown or holds no comparable value")
    if model is not User:
        return built
    by_word = "v1p1-administrator-not-found" in faults
    if isinstance(built, Clause):
        return _of_user(built, by_word=by_word)
    parts = tuple(_of_user(clause, by_word=by_word) for clause in built.clauses)
    return parts[0] & parts[1] if built.operator is Logical.AND and not _has_or(parts) else _joined(built, parts)


def _of_user(clause: Clause, *, by_word: bool) -> Filter:
    if clause.field == "role":
        return Clause("roles.role", clause.predicate, clause.value) if by_word else _of_role(clause)
    field = f"roles.org{clause.field.removeprefix('orgs')}" if clause.field.startswith("orgs.") else clause.field
    return Clause(field, clause.predicate, clause.value)


def _of_role(clause: Clause) -> Filter:
    path: Final = "roles.role"
    if clause.value != UserRole.ADMINISTRATOR or clause.predicate not in {Predicate.EQ, Predicate.NE}:
        return Clause(path, clause.predicate, clause.value)
    operator = Logical.OR if clause.predicate is Predicate.EQ else Logical.AND
    return Combination(operator, tuple(Clause(path, clause.predicate, name) for name in sorted(ADMINISTRATORS)))


def _has_or(parts: Sequence[Filter]) -> bool:
    return any(isinstance(part, Combination) and part.operator is Logical.OR for part in parts)


def _joined(built: Combination, parts: Sequence[Filter]) -> Filter:
    """Join two parts of which one may be an OR: an AND is drawn into it, because no OR stands inside an AND."""
    if built.operator is Logical.OR:
        return Combination.of(Logical.OR, *parts)
    first, second = (
        part.parts if isinstance(part, Combination) and part.operator is Logical.OR else (part,) for part in parts
    )
    return Combination.of(Logical.OR, *(Combination.of(Logical.AND, one, two) for one in first for two in second))
