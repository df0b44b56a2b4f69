"""Faults in what becomes of a filter or a sort in SQL: comparisons, grouping, arrays, ties."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, String, and_, func, literal, or_

from digione_mock_server.faults.fault import layer
from digione_sdk.wire.filter import Predicate

FAULTS: Final = (
    *layer(
        "sql",
        ("or-escapes-tenant", "pitfall 29",
         "An OR is not put in brackets, so its second clause escapes tenant and rights."),
        ("or-escapes-view", "pitfall 29",
         "The second clause of an OR escapes the path: /students?filter=… OR … lists staff."),
        ("contains-as-like", "pitfall 28", "`~` becomes LIKE: % and _ are wildcards, ASCII letters match in any case."),
        ("contains-as-prefix", "plausible", "`~` finds only values that begin with the text."),
        ("not-equal-as-not-contains", "plausible", "`!=` excludes all values that contain the text."),
        ("at-least-excludes-boundary", "pitfall 27", "`>=` means `>`."),
        ("before-includes-boundary", "plausible", "`<` on a date means `<=`."),
        ("instant-compared-as-text", "plausible",
         "dateLastModified is compared as text, so other zones and precisions go wrong."),
        ("array-first-element-only", "pitfall 30", "A dotted path into an array looks at its first element alone."),
        ("digits-compared-as-numbers", "plausible",
         "Values that look like numbers are compared as numbers: '7' finds '07'."),
        ("collation-folds-nordic-letters", "plausible",
         "`=` takes ä for a, ö for o and å for a, as a database collation does."),
        ("roles-joined", "pitfall 48",
         "/students and /teachers join the roles: a user stands there once for every role."),
    ),
    *layer(
        "sort",
        ("unstable-ties", "pitfall 23", "Rows that sort alike stand in another order on every page."),
        ("sort-within-page", "plausible", "Pages are cut in the default order and sorted each for itself."),
        ("descending-within-page", "pitfall 25", "orderBy=desc turns round each page, not the list."),
        ("sort-drops-nordic-letters", "plausible",
         "The sort key leaves out the letters that ASCII lacks: Öhman sorts as hman."),
        ("sort-unknown-crashes", "plausible", "The name in sort is looked up unguarded: an unknown one is 500."),
        ("sort-loses-rows-without-value", "plausible", "Sorting by a property drops the rows that do not have it."),
    ),
)  # fmt: skip

Expression: TypeAlias = ColumnElement[Any]
Test: TypeAlias = Callable[[Expression], Expression]

_DAY: Final = 86_400_000_000
_FOLDED: Final = tuple(zip("äöåÄÖÅ", "aoaAOA", strict=True))
_NOT_ASCII: Final = "äöåÄÖÅáčđŋšŧžÁČĐŊŠŦŽéüâ"
_PREDICATES: Final = {
    Predicate.GT: operator.gt,
    Predicate.GE: operator.ge,
    Predicate.LT: operator.lt,
    Predicate.LE: operator.le,
}


def wrong_test(predicate: Predicate, value: str | int, faults: AbstractSet[str]) -> Test | None:
    """Return the comparison that a careless compiler makes, or None where it makes the right one.

    The test of `!=` is that of `=`; it is negated afterwards.
    """
    if isinstance(value, int):
        return _wrong_time_test(predicate, value, faults)
    if predicate is Predicate.CONTAINS:
        if "contains-as-like" in faults:
            return lambda found: found.like(f"%{value}%")
        if "contains-as-prefix" in faults:
            return lambda found: func.instr(found, literal(value, String)) == 1
    if predicate is Predicate.NE and "not-equal-as-not-contains" in faults:
        return lambda found: func.instr(found, literal(value, String)) > 0
    if predicate in {Predicate.EQ, Predicate.NE}:
        if "digits-compared-as-numbers" in faults and value.isdecimal():
            return lambda found: and_(found.op("GLOB")("[0-9]*"), func.ltrim(found, "0") == value.lstrip("0"))
        if "collation-folds-nordic-letters" in faults:
            return lambda found: _folded(found) == _folded(literal(value, String))
    if predicate is Predicate.GE and "at-least-excludes-boundary" in faults:
        return lambda found: found > value
    return None


def _wrong_time_test(predicate: Predicate, value: int, faults: AbstractSet[str]) -> Test | None:
    if predicate is Predicate.GE and "at-least-excludes-boundary" in faults:
        return lambda found: found > value
    if predicate is Predicate.LT and "before-includes-boundary" in faults:
        return lambda found: found <= value
    if predicate in _PREDICATES and "delta-compares-days" in faults:
        return lambda found: _PREDICATES[predicate](found // _DAY, value // _DAY)
    return None


def _folded(text: Expression) -> Expression:
    for letter, plain in _FOLDED:
        text = func.replace(text, letter, plain)
    return text


def ascii_only(text: Expression) -> Expression:
    """Return the text without the letters that ASCII lacks."""
    for letter in _NOT_ASCII:
        text = func.replace(text, letter, "")
    return text


def ungrouped(outside: Sequence[Expression], alternatives: Sequence[Expression]) -> Expression:
    """Join conditions and an OR as text would be joined without brackets: AND binds to the first alternative."""
    first, *others = alternatives
    return or_(and_(*outside, first), *others)


def first_of_each(names: Sequence[tuple[str, bool]]) -> str:
    """Return a JSON path that takes the first element of each array; names come with whether an array stands there."""
    return "$" + "".join(f'."{name}"[0]' if many else f'."{name}"' for name, many in names)


def shuffled(pk: Expression, offset: int) -> Expression:
    """Order ties in a way that differs from page to page."""
    return (pk * (7_919 + 2 * offset)) % 10_007
