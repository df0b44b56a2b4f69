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


_WITHOUT_PURPOSE: Final = frozenset({Flag.CONTACT, Flag.SECRET})
"""Ways to reach a person, and assessments in words: secret by statute, and a score needs neither."""

DEFAULT: Final = Exposure("default")
"""E-mail and whole results, because foreign consumers need both; protected pupils are absent."""

MINIMAL: Final = Exposure("minimal", withheld=_WITHOUT_PURPOSE)
"""No contact values and no words about pupils either."""

ENTITLED: Final = Exposure("entitled", withheld=_WITHOUT_PURPOSE, protected=True)
"""Protected pupils are present; no purpose was named, so the same values are omitted for everybody alike."""
