"""The dialects the server can speak: legal variants, and tolerances that some consumers need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from digione_mock_server.dialects import access, asking, collation, grading, population, wording
from digione_mock_server.dialects.dialect import Dialect
from digione_mock_server.naming import told_unknown
from digione_sdk.errors import UsageError

DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.id: dialect
    for area in (wording, asking, collation, population, access, grading)
    for dialect in area.DIALECTS
}
"""Every known dialect by id."""


class Dialects(frozenset[str]):
    """The dialects that are switched on: `if "no-link" in dialects`."""

    @classmethod
    def of(cls, ids: Iterable[str]) -> Dialects:
        """Switch on the dialects with these ids.

        Raises:
            UsageError: An id is not in the registry.
        """
        chosen = cls(ids)
        if unknown := chosen - DIALECTS.keys():
            raise UsageError(told_unknown(sorted(unknown), DIALECTS, page="dialects"), argument="dialect")
        return chosen
