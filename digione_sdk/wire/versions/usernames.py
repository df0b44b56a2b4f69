"""The username that 1.1 demands and 1.2 does not: taken from what a record says, or made so that it tells nothing."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from digione_sdk.model.base import Json
from digione_sdk.wire.versions.policy import PSEUDONYM, ConversionPolicy

PSEUDONYM_PREFIX: Final = "no-account-"
"""How a made-up username begins: whoever reads it sees that nobody can log in with it."""


def stand_in(record: dict[str, Json], policy: ConversionPolicy) -> tuple[str, str] | None:
    """Return what stands in for a missing username and where it was taken from, or None where the policy has nothing.

    Args:
        record: A user without a username.
        policy: Names the sources, best first.
    """
    for source in policy.username_from:
        value = pseudonym(str(record.get("sourcedId", ""))) if source == PSEUDONYM else record.get(source)
        if value:
            return str(value), source
    return None


def pseudonym(sourced_id: str) -> str:
    """Return a username made of a sourcedId in one direction: always the same, and the id cannot be read in it.

    A sourcedId that stands as a username would tell it wherever usernames are shown, and an id that contains the
    person's username is one that tells of the person (pitfall 57).
    """
    return PSEUDONYM_PREFIX + blake2b(sourced_id.encode(), digest_size=8).hexdigest()
