"""What a client may see of a record: a policy of its registration, decided by the privacy flags of the model fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from pydantic import BaseModel

from digione_sdk.model.classification import Flag
from digione_sdk.model.facts import fields_of


@dataclass(frozen=True, slots=True)
class Exposure:
    """An exposure policy.

    Attributes:
        name: Name of the policy; part of every cache key.
        withheld: Optional fields with any of these flags are omitted, and filters and sorts see them as absent.
        protected: Whether pupils under a protection order (turvakielto) exist for the client at all.
    """

    name: str
    withheld: frozenset[Flag] = frozenset()
    protected: bool = False

    def withholds(self, model: type[BaseModel]) -> frozenset[str]:
        """Return the wire names of the top-level fields of `model` that the client does not get."""
        return _withheld(model, self.withheld)


@cache
def _withheld(model: type[BaseModel], flags: frozenset[Flag]) -> frozenset[str]:
    return frozenset(f.wire_name for f in fields_of(model).values() if not f.required and f.flags & flags)


@cache
def never_emitted(model: type[BaseModel]) -> frozenset[str]:
    """Return the wire names of fields that exist only to open accounts; they are dropped when a record is stored."""
    return frozenset(f.wire_name for f in fields_of(model).values() if f.flags == {Flag.CREDENTIAL} and not f.required)


DEFAULT: Final = Exposure("default")
"""E-mail and the rest of the roster, because foreign consumers need it; protected pupils are absent."""

MINIMAL: Final = Exposure("minimal", withheld=frozenset({Flag.CONTACT}))
"""No contact values either."""

ENTITLED: Final = Exposure("entitled", withheld=frozenset({Flag.CONTACT}), protected=True)
"""Protected pupils are present; no purpose was named, so contact values are omitted for everybody alike."""
