"""Which files a bulk package must hold beside each other, so that every reference resolves inside it (csv.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from digione_sdk.bulk.tables.column import Table


@dataclass(frozen=True)
class Closure:
    """What a file needs: always, and where an optional column is filled; `with_all_of` adds what those files need."""

    always: tuple[str, ...] = ()
    where_filled: tuple[str, ...] = ()
    with_all_of: tuple[str, ...] = ()


_ORGS_AND_SESSIONS: Final = ("academicSessions", "courses", "orgs")

CLOSURES: Final[Mapping[str, Closure]] = {
    "academicSessions": Closure(),
    "orgs": Closure(),
    "categories": Closure(),
    "resources": Closure(),
    "courses": Closure(("orgs",), ("academicSessions",)),
    "classes": Closure(_ORGS_AND_SESSIONS),
    "users": Closure(("roles", "orgs"), ("userProfiles", "users", "resources")),
    "roles": Closure(("users", "orgs"), ("userProfiles",)),
    "userProfiles": Closure(("users", "orgs")),
    "demographics": Closure(("users", "roles", "orgs"), ("userProfiles",)),
    "enrollments": Closure(("classes", "users", "roles", *_ORGS_AND_SESSIONS), ("userProfiles",)),
    "classResources": Closure(("classes", "resources", *_ORGS_AND_SESSIONS)),
    "courseResources": Closure(("courses", "resources", "orgs"), ("academicSessions",)),
    "userResources": Closure(("users", "resources"), ("orgs", "classes")),
    "lineItems": Closure(("classes", "categories", *_ORGS_AND_SESSIONS)),
    "results": Closure(
        ("lineItems", "users", "classes", "categories", "roles", *_ORGS_AND_SESSIONS), ("userProfiles",)
    ),
    "scoreScales": Closure(("classes", *_ORGS_AND_SESSIONS)),
    "lineItemScoreScales": Closure(with_all_of=("lineItems", "scoreScales")),
    "resultScoreScales": Closure(with_all_of=("results", "scoreScales")),
    "lineItemLearningObjectiveIds": Closure(with_all_of=("lineItems",)),
    "resultLearningObjectiveIds": Closure(with_all_of=("results",)),
}
"""As the standard tabulates it; a file's references to itself are met by its presence."""


def needs(name: str, known: Iterable[str]) -> frozenset[str]:
    """Return the files among `known` that must stand beside the file `name`."""
    closure = CLOSURES[name]
    found = {*closure.always, *closure.with_all_of}
    for other in closure.with_all_of:
        found |= set(CLOSURES[other].always)
    return frozenset(found) & frozenset(known)


def may_need(name: str, known: Iterable[str]) -> frozenset[str]:
    """Return the files among `known` that must stand beside the file `name` where an optional column is filled."""
    closure = CLOSURES[name]
    found = {*closure.where_filled}
    for other in closure.with_all_of:
        found |= set(CLOSURES[other].where_filled)
    return frozenset(found) & frozenset(known)


def root_causes_first(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Order tables so that a table stands after all that it refers to: what is wrong above explains what is below.

    Among tables that could come next, the one that most files need comes first, or that such a one waits for: orgs,
    sessions, courses, classes, users, roles, enrolments.
    """
    waiting = {table.name: table for table in tables}
    urgency = _urgency(waiting)
    ordered: list[Table] = []
    while waiting:
        free = [table for table in waiting.values() if not _targets(table) & waiting.keys()]
        following = min(free, key=lambda table: (-urgency[table.name], table.name))
        ordered.append(waiting.pop(following.name))
    return tuple(ordered)


def _urgency(tables: Mapping[str, Table]) -> dict[str, int]:
    urgency = {name: sum(name in needs(other, tables) for other in tables) for name in tables}
    for _ in tables:  # at most as many steps as there are tables on a path
        for table in tables.values():
            for target in _targets(table):
                urgency[target] = max(urgency[target], urgency[table.name])
    return urgency


def _targets(table: Table) -> frozenset[str]:
    return frozenset(column.target for column in table.references if column.target) - {table.name}
