"""The filter of a delta read: what changed at or after an instant, tombstones included (rest-1.2 §7)."""

from __future__ import annotations

from datetime import datetime

from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.filter import Clause, Combination
from digione_sdk.wire.where import Expression, FilterLike, Rules, where


def since(instant: datetime, model: type[Base], *, also: FilterLike | None = None) -> Expression:
    """Return `dateLastModified>='instant'`, joined by AND with `also`.

    `>=` and not `>`: what changed within the instant of the last read must not be lost, and comes again instead.

    Raises:
        UsageError: `instant` is no datetime with time zone, or `also` cannot be joined.
    """
    if getattr(instant, "utcoffset", lambda: None)() is None:  # a date has none
        raise UsageError("a datetime with time zone", argument="instant")
    changed = where(model).date_last_modified >= instant
    if also is None:
        return changed
    if isinstance(also, str):
        also = where(model)(also)
    elif isinstance(also, (Clause, Combination)):
        also = Expression(also, Rules())
    return changed & also
