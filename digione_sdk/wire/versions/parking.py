"""Takes back what a downgrade put by in `metadata`, as long as it still fits what 1.1 says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from digione_sdk.errors import Inexpressible
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.wire.versions.downgrade import tell
from digione_sdk.wire.versions.policy import ConversionPolicy
from digione_sdk.wire.versions.report import Action
from digione_sdk.wire.versions.shapes import PARKED, shape_of

_SHADOWED: Final = frozenset({"academicSession", "metadata", "primaryOrg", "roles"})
"""Fields of 1.2 that 1.1 tells in other words: what was put by may be older than those words."""


def taken_back(
    model: type[Base],
    record: dict[str, Json],
    *,
    policy: ConversionPolicy,
    noted: Callable[[str, Action, str], None],
) -> dict[str, Json] | None:
    """Return an object with what was put by in its place again; None where nothing was. A null is to stay absent.

    What 1.1 tells in other words is taken back only while it still says the same: a role that changed since then wins.
    """
    metadata = record.get("metadata")
    if not isinstance(metadata, dict) or told_in_v1p1(model) is None:
        return None
    parked = metadata.get(PARKED)
    if not isinstance(parked, dict):
        return None
    bare = {key: value for key, value in record.items() if value is not None}
    bare["metadata"] = {key: value for key, value in metadata.items() if key != PARKED}
    if not bare["metadata"] and parked.get("metadata", ...) is None:
        del bare["metadata"]
    back = _with(bare, parked)
    if _says_the_same(model, back, record, policy):
        taken = parked.keys() - {"metadata"}
    else:
        added = shape_of(model).added - _SHADOWED
        taken = parked.keys() & added
        back = _with(bare, {key: parked[key] for key in taken})
        for field in sorted(parked.keys() - taken - {"metadata"}):
            noted(field, Action.DROPPED, "put by in metadata, but changed since")
    for field in sorted(taken):
        noted(field, Action.DERIVED, "taken back from metadata")
    return back


def _with(record: dict[str, Json], parked: dict[str, Json]) -> dict[str, Json]:
    back = {**record, **{key: value for key, value in parked.items() if key != "metadata"}}
    if "roles" in parked:
        back.pop("role", None)
        back.pop("orgs", None)
    return back


def _says_the_same(model: type[Base], back: dict[str, Json], record: dict[str, Json], policy: ConversionPolicy) -> bool:
    try:
        whole = {key: value for key, value in back.items() if value is not None}
        told = tell(model, whole, policy=replace(policy, park=True, rebase=None))
    except (
        Inexpressible,
        AttributeError,
        KeyError,
        TypeError,
    ):  # metadata is anybody's: what is put by may have any form
        return False
    return bool(_bare(told) == _bare(record))


def _bare(value: Json) -> Json:
    """Return a value without addresses and nulls: they may differ between two tellings of one object."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key != "href" and item is not None}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return value
