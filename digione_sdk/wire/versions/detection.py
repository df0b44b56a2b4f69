"""Tells from a body which version of the standard it speaks, whatever its address says (pitfall 46)."""

from __future__ import annotations

from pydantic_core import from_json

from digione_sdk.wire.versions.shapes import is_v1p1_user


def told_as_v1p1(content: bytes) -> bool:
    """Whether a body holds a user told as in 1.1: a role as text where 1.2 has an array of roles."""
    try:
        body = from_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return False
    if not isinstance(body, dict):
        return False
    users = body.get("users") or [body.get("user")]
    return isinstance(users, list) and any(isinstance(user, dict) and is_v1p1_user(user) for user in users)
