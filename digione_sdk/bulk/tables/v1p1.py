"""The 13 data files of OneRoster 1.1 (csv.md §7): those of 1.2 that were there, less what 1.2 added.

1.1 knows no `ext:` tokens, so every vocabulary is closed. What it requires beyond 1.2, and lacks, is said here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from digione_sdk.bulk.tables import v1p2
from digione_sdk.bulk.tables.column import Column, Kind, Table, Tokens
from digione_sdk.bulk.tables.layout import one
from digione_sdk.model.oneroster import Gender, LineItem, ResourceRole, Role

ADDED: Final[Mapping[str, frozenset[str]]] = {
    "categories": frozenset({"weight"}),
    "lineItems": frozenset({"academicSessionSourcedId", "schoolSourcedId"}),
    "results": frozenset({"textScore", "classSourcedId", "inProgress", "incomplete", "late", "missing"}),
    "users": frozenset(
        {
            "userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName",
            "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
        }
    ),
}  # fmt: skip
"""Columns that came with 1.2."""

ADDED_FILES: Final = frozenset(
    {
        "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales",
        "roles", "scoreScales", "userProfiles", "userResources",
    }
)  # fmt: skip
"""Files that came with 1.2; users.csv was there, in another shape."""

_REQUIRED: Final = frozenset({("lineItems", "resultValueMin"), ("lineItems", "resultValueMax"), ("results", "score")})
_SEX: Final = Tokens((Gender.MALE.value, Gender.FEMALE.value))
_USER_ROLES: Final = Tokens.of(ResourceRole).closed()
"""The roles that 1.1 knows for a person; 1.2 left this list to resources alone."""

_BEFORE: Final[Mapping[tuple[str, str], tuple[Column, ...]]] = {
    ("lineItems", "resultValueMin"): (one("gradingPeriodSourcedId", Kind.REFERENCE, "academicSessions", of=LineItem),),
    ("users", "username"): (
        one("orgSourcedIds", Kind.REFERENCES, "orgs", of=Role, field="org"),
        one("role", Kind.ENUMERATION, tokens=_USER_ROLES, of=Role),
    ),
}
"""Columns that 1.2 took away, by the column that they stand before."""


def _earlier(table: Table) -> Table:
    return replace(table, columns=tuple(_earlier_columns(table)))


def _earlier_columns(table: Table) -> Iterable[Column]:
    for column in table.columns:
        yield from _BEFORE.get((table.name, column.name), ())
        if column.name not in ADDED.get(table.name, ()):
            yield _earlier_column(table, column)


def _earlier_column(table: Table, column: Column) -> Column:
    tokens = _SEX if column.name == "sex" else column.tokens and column.tokens.closed()
    return replace(column, tokens=tokens, required=column.required or (table.name, column.name) in _REQUIRED)


TABLES: Final = tuple(_earlier(table) for table in v1p2.TABLES if table.name not in ADDED_FILES)
"""OneRoster 1.1."""
