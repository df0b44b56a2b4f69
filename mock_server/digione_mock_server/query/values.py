"""Where the values of a path live in SQL: a column, the rows of an element table, or inside the object's JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Integer, String, TableValuedAlias, Text, case, exists, func, literal, select
from sqlalchemy import cast as sql_cast

from digione_mock_server.faults.sql import first_of_each
from digione_mock_server.query.sight import Sight
from digione_mock_server.store import Kind
from digione_mock_server.store.paths import Path, ValueKind
from digione_mock_server.store.rows import OWN_URL

Expression: TypeAlias = ColumnElement[Any]


def any_value(
    kind: Kind, path: Path, test: Callable[[Expression], Expression], *, sight: Sight, as_text: bool = False
) -> Expression:
    """Whether some value at `path` meets `test`; false where there is no value.

    Args:
        kind: Kind of the object.
        path: Path to the value or values; an array matches when any element does (rest-1.2 §5).
        test: Comparison of one value; times come as microseconds.
        sight: Who looks.
        as_text: Compare times and numbers as the text that is served.
    """
    wants_json = as_text and not path.kind.is_text
    if "array-first-element-only" in sight.faults and not path.single and not path.kind.is_time:
        steps = [(step.name, step.many) for step in path.steps]
        return func.coalesce(test(func.json_extract(_document(kind, sight), first_of_each(steps))), literal(0)) == 1
    column = None if wants_json else kind.column(path, v1p1=sight.v1p1)
    if column is not None:
        return func.coalesce(test(column), literal(0, Integer)) == 1
    element = None if wants_json else kind.element_column(path)
    if element is not None:
        own = element.table.c.pk == kind.table.c.pk
        return exists(select(literal(1)).where(own, test(_whole_link(path, element, sight))).correlate(kind.table))
    rows, value = _json_rows(kind, path, sight=sight, as_text=as_text)
    return exists(select(literal(1)).select_from(*rows).where(test(value)).correlate(kind.table))


def least_value(kind: Kind, path: Path, *, sight: Sight) -> Expression:
    """The value at `path`, the smallest where there are several, NULL where there is none: what a sort goes by."""
    column = kind.column(path, v1p1=sight.v1p1)
    if column is not None:
        return column
    rows, value = _json_rows(kind, path, sight=sight, as_text=False)
    return select(func.min(value)).select_from(*rows).correlate(kind.table).scalar_subquery()


def _json_rows(kind: Kind, path: Path, *, sight: Sight, as_text: bool) -> tuple[list[TableValuedAlias], Expression]:
    """One row for every value at `path` inside the JSON, and the expression of that value.

    json_each yields the elements of an array, one row for a scalar, and none for what is absent.
    """
    here: Expression = _document(kind, sight)
    rows: list[TableValuedAlias] = []
    names: list[str] = []
    for step in path.steps:
        names.append(step.name)
        if step.many:
            rows.append(_each(here, names, len(rows)))
            here, names = rows[-1].c.value, []
    if names or not rows:
        rows.append(_each(here, names, len(rows)))
    row = rows[-1]
    value: Expression = row.c.value
    if path.kind is ValueKind.NUMBER:
        value = sql_cast(value, Text) if as_text else value
    elif path.kind is ValueKind.OPEN:
        value = case((row.c.type.in_(["true", "false"]), row.c.type), else_=sql_cast(value, Text))
    elif path.kind.is_time and not as_text:
        value = func.strftime("%s", value).cast(Integer) * 1_000_000
    return rows, _whole_link(path, value, sight)


def _each(document: Expression, names: list[str], depth: int) -> TableValuedAlias:
    inside = "$" + "".join(f'."{name}"' for name in names)  # quoted: a metadata key may hold dots
    each = func.json_each(document, literal(inside, String))
    return each.table_valued("value", "type", name=f"each{depth}", joins_implicitly=True)


def _document(kind: Kind, sight: Sight) -> Expression:
    bodies = kind.bodies
    served = func.coalesce(bodies.c.outsider_body, bodies.c.body) if not sight.protected else bodies.c.body
    return select(served).where(bodies.c.pk == kind.table.c.pk).correlate(kind.table).scalar_subquery()


def _whole_link(path: Path, value: Expression, sight: Sight) -> Expression:
    """Stored links are relative; what a client compares with is the absolute address it was served."""
    if path.steps[-1].name != "href":
        return value
    base = literal(sight.public_url, String)
    return case(
        (func.substr(value, 1, 1) == OWN_URL, base + func.substr(value, 2)),
        (func.substr(value, 1, 1) == "/", base + value),
        else_=value,
    )
