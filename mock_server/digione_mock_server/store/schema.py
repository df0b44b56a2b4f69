"""The tables, derived from the models and the endpoint table: one per kind of object, beside it the JSON it serves.

Every single-valued field is a column, so that filters and sorts read compact rows and no JSON; arrays that views look
into have a table of their own; the objects as they are served stand apart, so that a scan never touches them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text

from digione_mock_server.addresses import COLLECTIONS
from digione_mock_server.store.paths import Path, ValueKind, single_paths
from digione_mock_server.store.told import told_paths
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import View
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import Base, Demographics, User, UserGUIDRef

METADATA: Final = MetaData()

SETTINGS: Final = Table(
    "store_settings", METADATA, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
TENANTS: Final = Table(
    "tenants", METADATA, Column("tenant", Integer, primary_key=True), Column("version", Integer, nullable=False)
)
PROTECTED: Final = Table(
    "protected_users",
    METADATA,
    Column("tenant", Integer, primary_key=True),
    Column("sourced_id", Text, primary_key=True),
)
"""Users under a protection order: known to the store alone, served by no read."""


def column_name(path: Path) -> str:
    """Name of the column that holds the value of a single path."""
    return _column_name(path.text)


def told_column_name(path: Path) -> str:
    """Name of the column that holds what 1.1 tells at a path."""
    return _told_column_name(path.text)


def _column_name(text: str) -> str:
    return text.replace(".", "_")


def _told_column_name(text: str) -> str:
    return f"v1p1_{_column_name(text)}"


@dataclass(frozen=True)
class Kind:
    """How objects of one model are stored.

    Attributes:
        model: The model.
        name: Its collection's name, as `users`.
        table: One row an object: pk, tenant, hidden, a column for every single-valued field, and one for every value
            that 1.1 may tell otherwise.
        bodies: The JSON text of each object, and its variant for clients who must not learn of protected users.
        elements: For arrays that views look into: one row an element.
    """

    model: type[Base]
    name: str
    table: Table
    bodies: Table
    elements: Mapping[str, Table]

    @cached_property
    def person(self) -> str | None:
        """Path of the id of the user whom the whole object concerns, where it concerns one."""
        if self.model in {User, Demographics}:  # a demographics record bears its user's id (pitfall 49)
            return "sourcedId"
        links = [f for f in fields_of(self.model).values() if f.record is UserGUIDRef and not f.many]
        return f"{links[0].wire_name}.sourcedId" if links else None

    @cached_property
    def is_deletable(self) -> bool:
        """Whether the service itself deletes such objects; then lists show what is there, not what was."""
        return any(endpoint.method == "DELETE" and endpoint.model is self.model for endpoint in ENDPOINTS)

    @cached_property
    def person_lists(self) -> tuple[str, ...]:
        """Arrays of links to users, which must not name a protected one."""
        return tuple(f.wire_name for f in fields_of(self.model).values() if f.record is UserGUIDRef and f.many)

    def column(self, path: Path, *, v1p1: bool = False) -> Column[Any] | None:
        """The column that holds the value of `path`, as 1.1 tells it where that is asked, if one does."""
        if not path.single:
            return None
        told = self.told_column(path.text) if v1p1 else None
        return self.table.c.get(column_name(path)) if told is None else told

    def column_at(self, text: str, *, v1p1: bool) -> Column[Any]:
        """The column that holds the value at a path that has one, as `org.sourcedId`.

        Raises:
            KeyError: None does.
        """
        told = self.told_column(text) if v1p1 else None
        return self.table.c[_column_name(text)] if told is None else told

    def told_column(self, text: str) -> Column[Any] | None:
        """The column that holds what 1.1 tells at a path, if it may be another value than the stored one."""
        return self.table.c.get(_told_column_name(text))

    def element_column(self, path: Path) -> Column[Any] | None:
        """The column of an element table that holds the values of `path`, if one does."""
        table = self.elements.get(path.top)
        if table is None:
            return None
        return table.c.get(column_name(Path(path.steps[1:], path.kind)))


_COLUMN_TYPES: Final = {ValueKind.DAY: BigInteger, ValueKind.INSTANT: BigInteger, ValueKind.NUMBER: Float}


def _columns(paths: tuple[Path, ...]) -> Iterator[Column[Any]]:
    for path in paths:
        yield Column(column_name(path), _COLUMN_TYPES.get(path.kind, Text))


def _looked_up(model: type[Base], element: str | None) -> Iterator[str]:
    """Paths by which views find objects of `model` (or elements of one of its arrays) under a parent."""
    for view in (endpoint.view for endpoint in ENDPOINTS if endpoint.model is model):
        if view.element == element:
            yield from (path for path, value in view.where if value.startswith("{"))
    if element is None:
        for view in (endpoint.view for endpoint in ENDPOINTS):
            for beside in (view.through, view.via):
                if beside is not None and beside.model is model:
                    yield from (path for path, value in beside.where if value.startswith("{"))
        for endpoint in ENDPOINTS:
            if endpoint.model is model and endpoint.view.via is not None:
                yield f"{endpoint.view.via.link}.sourcedId"


def _arrays(model: type[Base]) -> frozenset[str]:
    """Arrays of `model` that some view looks into."""
    views: list[View] = [endpoint.view for endpoint in ENDPOINTS]
    own = {e.view.element for e in ENDPOINTS if e.model is model and e.view.element is not None}
    linking = {v.through.link for v in views if v.through is not None and v.through.model is model}
    many = {f.wire_name for f in fields_of(model).values() if f.many}
    return frozenset(own | (linking & many))


def _element_table(name: str, model: type[Base], array: str) -> Table:
    field = next(f for f in fields_of(model).values() if f.wire_name == array)
    assert field.record is not None, f"{array} of {name} holds no objects"  # noqa: S101 - the endpoint table's own promise
    looked_up = sorted({path.replace(".", "_") for path in _looked_up(model, array)})
    return Table(
        f"{name}_{array}",
        METADATA,
        Column("pk", Integer, nullable=False),
        Column("tenant", Integer, nullable=False),
        *_columns(single_paths(field.record)),
        Index(f"{name}_{array}_by_pk", "pk"),
        *(Index(f"{name}_{array}_by_{column}", "tenant", column) for column in looked_up),
    )


def _kind(name: str, model: type[Base]) -> Kind:
    looked_up = sorted({path.replace(".", "_") for path in _looked_up(model, None)})
    table = Table(
        name,
        METADATA,
        Column("pk", Integer, primary_key=True),
        Column("tenant", Integer, nullable=False),
        Column("hidden", Integer, nullable=False),
        *_columns(single_paths(model)),
        *(Column(told_column_name(path), _COLUMN_TYPES.get(path.kind, Text)) for path in told_paths(model)),
        # Whether a row is hidden or deleted is in the index, so that whole lists are ordered without reading rows.
        Index(f"{name}_in_order", "tenant", "sourcedId", "hidden", "status", unique=True),
        *(Index(f"{name}_by_{column}", "tenant", column) for column in looked_up),
    )
    bodies = Table(
        f"{name}_bodies",
        METADATA,
        Column("pk", Integer, primary_key=True),
        Column("body", Text, nullable=False),
        Column("outsider_body", Text),
    )
    return Kind(model, name, table, bodies, {array: _element_table(name, model, array) for array in _arrays(model)})


KINDS: Final[Mapping[type[Base], Kind]] = {
    model: _kind(endpoint.path.removeprefix("/"), model) for model, endpoint in COLLECTIONS.items()
}
"""How each model is stored."""

KINDS_BY_NAME: Final[Mapping[str, Kind]] = {kind.name: kind for kind in KINDS.values()}
"""The same by collection name, as the test control speaks of them."""
