"""Say where a value does not fit a model, without saying what the value is."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

MANY: Final = "[]"
NULL: Final = "null"
"""Labels of the two readings of an optional array; they steer this module and appear in no message."""

_MOST: Final = 20

# pydantic words these two differently for JSON and for Python input.
_REASONS: Final = {"tuple_type": "not an array", "model_type": "not an object"}


def places(error: ValidationError) -> tuple[str, ...]:
    """Return where and why, as `users.3.roles.0.role: not a value of RoleName`; at most twenty, never a value.

    Args:
        error: What pydantic raised; its own text may be long and its details hold the input.
    """
    found: list[str] = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        location = detail["loc"]
        if location[-1:] != (NULL,):
            place = ".".join(str(part) for part in location if part != MANY)
            reason = _REASONS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
            found.append(f"{place}: {reason}" if place else reason)
    return tuple(found[:_MOST])
