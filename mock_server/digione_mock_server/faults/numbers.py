"""Faults in comparing scores and their like: numbers taken for text, texts cut short."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from digione_mock_server.faults.fault import layer
from digione_sdk.wire.filter import Clause

FAULTS: Final = (
    *layer(
        "sql",
        ("score-filter-as-text", "plausible", "Numbers are compared as text in filters: 10 is less than 9."),
        ("score-filter-whole-numbers", "plausible", "The number of a filter loses its decimals: 8.5 is 8."),
        ("score-filter-exact-float", "plausible", "A number of a filter equals none that has decimals."),
        ("score-status-cut-at-space", "plausible", "The value of a filter on scoreStatus ends at its first space."),
        ("class-filter-finds-nothing", "pitfall 30", "A filter on class.sourcedId is taken, and finds nothing."),
        ("email-filter-finds-nobody", "pitfall 64", "A filter on email is taken, and finds nobody."),
    ),
    *layer(
        "sort",
        ("score-sort-as-text", "plausible", "Numbers sort as text: 10 comes before 9."),
        ("score-sort-lacks-unscored", "plausible", "Sorting by score loses results that have none."),
    ),
)  # fmt: skip


def misread(clause: Clause, faults: AbstractSet[str]) -> Clause:
    """Return what a careless gradebook understands of a clause."""
    if clause.field == "scoreStatus" and "score-status-cut-at-space" in faults:
        return replace(clause, value=clause.value.partition(" ")[0])
    lost = {"class.sourcedId": "class-filter-finds-nothing", "email": "email-filter-finds-nobody"}
    if lost.get(clause.field) in faults:
        return replace(clause, value=f"{clause.value}#")
    return clause


def wrong_number(number: float, faults: AbstractSet[str]) -> float:
    """Return the number that a careless filter compares with."""
    if "score-filter-whole-numbers" in faults:
        return float(int(number))
    if "score-filter-exact-float" in faults and number != int(number):
        return number + 1e-9
    return number
