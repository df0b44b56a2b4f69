"""The faults the server can be told to have: each is a mistake of some vendor, at the layer where it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from digione_mock_server.faults import (
    auth,
    contradictions,
    grants,
    lifecycle,
    markbook,
    marks,
    numbers,
    older,
    pager,
    parser,
    reaching,
    refusals,
    repeats,
    rights,
    shapes,
    sql,
    storing,
    v1p1,
    views,
    wire,
    writing,
)
from digione_mock_server.faults.fault import Fault
from digione_mock_server.naming import told_unknown
from digione_sdk.errors import UsageError

_LAYERS: Final = (
    parser, sql, views, pager, shapes, auth, rights, refusals, lifecycle, wire,
    marks, markbook, numbers, grants, repeats, v1p1, older, storing, writing, reaching,
    contradictions,
)  # fmt: skip

FAULTS: Final[Mapping[str, Fault]] = {fault.id: fault for module in _LAYERS for fault in module.FAULTS}
"""Every known fault by id."""


class Faults(frozenset[str]):
    """The faults that are switched on: `if "page-overlap" in faults`."""

    @classmethod
    def of(cls, ids: Iterable[str]) -> Faults:
        """Switch on the faults with these ids.

        Raises:
            UsageError: An id is not in the registry.
        """
        chosen = cls(ids)
        if unknown := chosen - FAULTS.keys():
            raise UsageError(told_unknown(sorted(unknown), FAULTS, page="faults"), argument="fault")
        return chosen


NO_FAULTS: Final = Faults()
"""A server as it should be."""
