"""What 1.1 tells of an object otherwise than it is stored: kept in columns, so that 1.1 finds what it tells."""

from __future__ import annotations

from functools import cache

from digione_mock_server.conversion import POLICY
from digione_mock_server.store.paths import Path, resolve, single_paths, value_at
from digione_sdk.errors import Inexpressible
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.wire.versions import downgraded
from digione_sdk.wire.versions.shapes import shape_of, told_alike


@cache
def told_paths(model: type[Base]) -> tuple[Path, ...]:
    """Return the single paths at which the 1.1 object may hold another value than the stored one."""
    told = told_in_v1p1(model)
    if told is None:
        return ()
    shape = shape_of(model)
    return tuple(path for path in single_paths(told) if path.top in shape.own | shape.needed | shape.narrowed.keys())


@cache
def demanded_paths(model: type[Base]) -> tuple[Path, ...]:
    """Return those of them that 1.1 demands: where one has no value, 1.1 cannot tell the object."""
    shape = shape_of(model)
    return tuple(path for path in told_paths(model) if path.top in shape.needed | shape.own)


def told_path(model: type[Base], text: str) -> Path | None:
    """Return where the values lie that 1.1 tells at a path, or None where nothing comparable does.

    The organisations of a 1.1 user are those of the stored user's roles.
    """
    own = next((path for path in told_paths(model) if path.text == text), None)
    if own is not None:
        return own
    return resolve(model, f"roles.org.{text.removeprefix('orgs.')}" if text.startswith("orgs.") else text)


def told_values(model: type[Base], wire: dict[str, Json]) -> dict[str, str | float | None]:
    """Return what 1.1 tells at those paths, by path; nothing of an object that 1.1 cannot tell."""
    paths = told_paths(model)
    try:
        told = wire if not paths or told_alike(model, wire) else downgraded(model, wire, policy=POLICY)
    except Inexpressible:
        return {}
    return {path.text: value_at(told, path) for path in paths}
