"""Reads the status payload of an error, in every form that is seen in the wild (rest-1.2 §8, pitfall 37)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from digione_sdk.model.base import Json
from digione_sdk.model.status import CodeMajor, CodeMinor, CodeMinorField, CodeMinorValue, Severity, StatusInfo
from digione_sdk.model.vocabulary import Vocabulary

V = TypeVar("V", bound=Vocabulary)

_LONGEST_BODY: Final = 1 << 20
_DEFAULT_SYSTEM: Final = "TargetEndSystem"
_WRAPPERS: Final = ("imsx_StatusInfo", "imsx_statusInfo", "statusInfo", "statusInfoSet")
_MINOR_KEYS: Final = ("imsx_CodeMinor", "imsx_codeMinor", "codeMinor")
_FIELD_KEYS: Final = ("imsx_codeMinorField", "imsx_CodeMinorField", "codeMinorField")
_NAME_KEYS: Final = ("imsx_codeMinorFieldName", "codeMinorFieldName")
_VALUE_KEYS: Final = ("imsx_codeMinorFieldValue", "codeMinorFieldValue")


def status_info(content: bytes) -> StatusInfo | None:
    """Return the status payload of a body, or None where it holds none.

    Accepts the bare object, an object under `imsx_StatusInfo` or `imsx_statusInfo`, the 1.1 list `statusInfoSet`, and
    reasons as a plain string or under a misspelt key. Reasons of no vocabulary are left out; spellings of 1.1
    ("unknown object", "unauthorized") are read as the 1.2 token.
    """
    if len(content) > _LONGEST_BODY:
        return None
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return status_in(body)


def status_in(body: Json) -> StatusInfo | None:
    """Return the status payload that a JSON value is, as `status_info` does."""
    info = _unwrapped(body)
    if info is None:
        return None
    reasons = tuple(_reasons(_first(info, _MINOR_KEYS)))
    description = _first(info, ("imsx_description", "description"))
    return StatusInfo(
        code_major=_member(CodeMajor, _first(info, ("imsx_codeMajor", "codeMajor"))) or CodeMajor.FAILURE,
        severity=_member(Severity, _first(info, ("imsx_severity", "severity"))) or Severity.ERROR,
        description=description if isinstance(description, str) else None,
        code_minor=CodeMinor(fields=reasons) if reasons else None,
    )


def _unwrapped(body: Json) -> dict[str, Any] | None:
    if isinstance(body, list):
        body = next((item for item in body if isinstance(item, dict)), None)
    if not isinstance(body, dict):
        return None
    for wrapper in _WRAPPERS:
        if wrapper in body:
            return _unwrapped(body[wrapper])
    return body if any(key.startswith("imsx_") for key in body) or "codeMajor" in body else None


def _first(info: dict[str, Any], keys: tuple[str, ...]) -> Json:
    return next((info[key] for key in keys if key in info), None)


def _reasons(minor: Json) -> Iterator[CodeMinorField]:
    if isinstance(minor, str):
        value = _member(CodeMinorValue, minor)
        if value is not None:
            yield CodeMinorField(field_name=_DEFAULT_SYSTEM, field_value=value)
    elif isinstance(minor, list):
        for part in minor:
            yield from _reasons(part)
    elif isinstance(minor, dict):
        yield from _reasons(_first(minor, _FIELD_KEYS))
        value = _member(CodeMinorValue, _first(minor, _VALUE_KEYS))
        if value is not None:
            name = _first(minor, _NAME_KEYS)
            yield CodeMinorField(field_name=name if isinstance(name, str) else _DEFAULT_SYSTEM, field_value=value)


def _folded(token: str) -> str:
    return token.lower().replace("_", "").replace(" ", "")


# 1.1 spelt some tokens otherwise (rest-1.2 §8): American, or without the noun.
_ALIASES: Final = {
    "unauthorized": "unauthorisedrequest",
    "unauthorised": "unauthorisedrequest",
    "unauthorizedrequest": "unauthorisedrequest",
}


def _member(vocabulary: type[V], token: Json) -> V | None:
    if not isinstance(token, str):
        return None
    folded = _folded(token)
    folded = _ALIASES.get(folded, folded)
    return next((member for member in vocabulary if _folded(member.value) == folded), None)
