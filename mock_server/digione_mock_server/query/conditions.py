"""A filter as one SQL condition; tenant and authorisation are never in it, so no OR can reach them (pitfall 29)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import and_, false, func, literal, not_, or_
from sqlalchemy.types import String

from digione_mock_server.dialects import Dialects, collation
from digione_mock_server.faults import numbers, parser, sql
from digione_mock_server.query.sight import Sight
from digione_mock_server.query.values import Expression, any_value
from digione_mock_server.refusal import bad_filter
from digione_mock_server.store import Kind
from digione_mock_server.store.paths import Path, ValueKind, microseconds, resolve
from digione_mock_server.store.told import told_path
from digione_sdk.wire.filter import Clause, Filter, Logical, Predicate

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_COMPARE: Final[Mapping[Predicate, Callable[[Any, Any], Any]]] = {
    Predicate.EQ: operator.eq,
    Predicate.GT: operator.gt,
    Predicate.GE: operator.ge,
    Predicate.LT: operator.lt,
    Predicate.LE: operator.le,
}


_AS_TEXT: Final = {ValueKind.INSTANT: "instant-compared-as-text", ValueKind.NUMBER: "score-filter-as-text"}
"""Faults that compare values of a kind as text."""


def condition(kind: Kind, where: Filter, *, withheld: frozenset[str], sight: Sight) -> Expression:
    """Compile a filter.

    Args:
        kind: Kind of the objects.
        where: The filter.
        withheld: Top-level properties that the client does not get: they behave as absent (PRV-134).
        sight: Who looks.

    Raises:
        Refusal: 400 invalid_filter_field: a field is unknown, or a date is none.
    """
    if isinstance(where, Clause):
        return _clause(kind, where, withheld=withheld, sight=sight)
    parts = [condition(kind, part, withheld=withheld, sight=sight) for part in where.parts]
    return and_(*parts) if where.operator is Logical.AND else or_(*parts)


def alternatives(where: Filter) -> tuple[Filter, ...]:
    """Return the parts of a filter of which one must hold."""
    return (where,) if isinstance(where, Clause) or where.operator is Logical.AND else where.parts


def _clause(kind: Kind, clause: Clause, *, withheld: frozenset[str], sight: Sight) -> Expression:
    if sight.faults:
        clause = numbers.misread(clause, sight.faults)
    path = told_path(kind.model, clause.field) if sight.v1p1 else resolve(kind.model, clause.field)
    if path is None:
        raise bad_filter("A field of the filter is unknown or holds no comparable value")
    if sight.faults and parser.refuses_date(clause, sight.faults):
        raise bad_filter("A date of the filter is no instant")
    contains = clause.predicate is Predicate.CONTAINS
    as_text = contains or (bool(sight.faults) and _AS_TEXT.get(path.kind) in sight.faults)
    value = _literal(path, clause.value, as_text=as_text)
    if sight.faults and isinstance(value, float):
        value = numbers.wrong_number(value, sight.faults)
    wrong = None
    if sight.faults and not isinstance(value, float):  # faults are of texts and times
        wrong = sql.wrong_test(clause.predicate, value, sight.faults)
    test = wrong or _test(clause.predicate, value, sight.dialects)
    if path.top in withheld and "minimal-filter-oracle" not in sight.faults:
        holds: Expression = false()
    else:
        holds = any_value(kind, path, test, sight=sight, as_text=as_text)
    if clause.predicate is Predicate.NE and "not-equal-skips-absent" in sight.dialects:
        return and_(not_(holds), any_value(kind, path, lambda found: found.is_not(None), sight=sight))
    return not_(holds) if clause.predicate is Predicate.NE else holds


def _literal(path: Path, text: str, *, as_text: bool) -> str | float:
    if as_text or path.kind.is_text:
        return text
    if path.kind is ValueKind.NUMBER:
        if not _NUMBER.fullmatch(text):
            raise bad_filter("A number of the filter is none")
        return float(text)
    try:
        return microseconds(text)
    except ValueError:
        raise bad_filter("A date of the filter is neither YYYY-MM-DD nor an RFC 3339 instant") from None


def _test(predicate: Predicate, value: str | float, dialects: Dialects) -> Callable[[Expression], Expression]:
    if dialects and isinstance(value, str):
        return _other_test(predicate, value, dialects)
    if predicate is Predicate.CONTAINS:
        # instr, not LIKE: the text of a filter holds no metacharacters (pitfall 28). It is exact in case.
        return lambda found: func.instr(found, literal(value, String)) > 0
    # `!=` is the complement of `=`: it too holds of records without the field, and of arrays without such an element.
    compare = _COMPARE[Predicate.EQ if predicate is Predicate.NE else predicate]
    return lambda found: compare(found, value)


def _other_test(predicate: Predicate, value: str, dialects: Dialects) -> Callable[[Expression], Expression]:
    """The same tests of text, as the dialects that are on compare it."""
    contains = predicate is Predicate.CONTAINS
    wanted = collation.compared(literal(value, String), dialects, contains=contains)
    if contains:
        return lambda found: func.instr(collation.compared(found, dialects, contains=True), wanted) > 0
    compare = _COMPARE[Predicate.EQ if predicate is Predicate.NE else predicate]
    return lambda found: compare(collation.compared(found, dialects, contains=False), wanted)
