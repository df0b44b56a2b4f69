"""How a table is written down: short forms for columns, and the three columns that every data file begins with."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypedDict, Unpack

from digione_sdk.bulk.tables.column import Column, Kind, Table, Tokens
from digione_sdk.model.base import Record
from digione_sdk.model.oneroster import Base, BaseStatus

_TO_ONE: Final = "SourcedId"
_TO_MANY: Final = "SourcedIds"


class Details(TypedDict, total=False):
    """What a column may say beyond name and kind; `of` is the model of its value where that is not the table's."""

    tokens: Tokens
    target_type: str
    pairs: bool
    of: type[Record]
    field: str


def table(name: str, model: type[Record] | None, *columns: Column) -> Table:
    """Lay out a data file: `sourcedId,status,dateLastModified` first, then its own columns.

    A `sourcedId` among `columns` stands in place of the plain one: that of demographics is the user's.
    """
    own_id = [column for column in columns if column.name == "sourcedId"]
    rest = [column for column in columns if column.name != "sourcedId"]
    first = (
        *(own_id or [one("sourcedId", Kind.GUID)]),
        Column("status", Kind.ENUMERATION, tokens=Tokens.of(BaseStatus), model=Base, field="status", lifecycle=True),
        Column("dateLastModified", Kind.DATETIME, model=Base, field="dateLastModified", lifecycle=True),
    )
    own = tuple(column if column.model else replace(column, model=model) for column in (*first, *rest))
    return Table(name, own)


def one(name: str, kind: Kind = Kind.STRING, target: str | None = None, **details: Unpack[Details]) -> Column:
    """A required column."""
    return _column(name, kind, target, details, required=True)


def opt(name: str, kind: Kind = Kind.STRING, target: str | None = None, **details: Unpack[Details]) -> Column:
    """An optional column."""
    return _column(name, kind, target, details, required=False)


def _column(name: str, kind: Kind, target: str | None, details: Details, *, required: bool) -> Column:
    return Column(
        name,
        kind,
        required=required,
        tokens=details.get("tokens"),
        target=target,
        target_type=details.get("target_type"),
        pairs=details.get("pairs", False),
        model=details.get("of"),
        field=details.get("field", _field_of(name)),
    )


def _field_of(name: str) -> str:
    if name.endswith(_TO_MANY):
        return f"{name.removesuffix(_TO_MANY)}s"
    return name if name == "sourcedId" else name.removesuffix(_TO_ONE)
