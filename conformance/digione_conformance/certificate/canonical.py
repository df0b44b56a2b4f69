"""Canonical JSON (RFC 8785): one value has one spelling, so that no byte of a signed file can change unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import rfc8785
from pydantic import JsonValue

from digione_sdk.errors import ConfigurationError

MOST_BYTES: Final = 4_000_000
"""Largest signed file that is read; a certificate of all profiles is a hundredth of it."""


class NotCanonical(ValueError):
    """Bytes that are no JSON, or JSON in another spelling than the canonical one; says which, never what."""


def canonical(value: JsonValue) -> bytes:
    """Return the canonical spelling of a JSON value.

    Raises:
        NotCanonical: The value has none: a number is out of range, or a text holds half a surrogate pair.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise NotCanonical("holds a value without canonical spelling") from None


def read_canonical(content: bytes) -> Any:
    """Return the value that canonical bytes spell.

    Raises:
        NotCanonical: The bytes are no JSON, or not the canonical spelling (RFC 8785 §3.2) of what they say.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise NotCanonical("is no JSON") from None
    if canonical(value) != content:
        raise NotCanonical("is not the canonical spelling of its contents")
    return value


def read_small(path: Path, argument: str) -> bytes:
    """Return the bytes of a file that must not be large.

    Raises:
        ConfigurationError: It cannot be read, or is larger than `MOST_BYTES`; names the argument and the file.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{argument}: cannot read {path} ({type(error).__name__})") from None
    if len(content) > MOST_BYTES:
        raise ConfigurationError(f"{argument}: {path} is larger than {MOST_BYTES} bytes")
    return content
