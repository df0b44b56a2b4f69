"""One request and its answer as evidence: what a check reads, what a report shows, what `rejudge` judges again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_core import from_json

Json = Any


@dataclass(frozen=True)
class Ask:
    """A request as a check states it. `auth` names who asks; the token itself is never part of evidence.

    Attributes:
        method: HTTP method.
        url: Absolute address, query included, percent-encoded.
        auth: `a`, `b` … a tenant's client with all its scopes; `a.minimal` a further client of the tenant;
            `a:scope,scope` with these short scopes only; `none` without a token; `raw:label` with a value that the
            check made itself.
        headers: Further request headers, none of them secret.
        content: Request body, where there is one.
    """

    method: str
    url: str
    auth: str = "a"
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None


@dataclass(frozen=True, eq=False)
class Exchange:
    """An ask and its answer. `id` is its name in the evidence folder."""

    id: str
    ask: Ask
    status: int
    headers: Mapping[str, str]
    """Header names in lower case; repeated headers joined by a comma."""
    body: bytes
    elapsed: float = 0.0
    trouble: str | None = None
    """Why no answer arrived (status is 0 then)."""

    @cached_property
    def json(self) -> Json:
        """The body as JSON, or None where it is none; `is_json` tells the two apart from JSON null."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is well-formed JSON in UTF-8."""
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[bool, Json]:
        return self._read()

    def _read(self) -> tuple[bool, Json]:
        return parsed(self.body)

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the success class of HTTP


def parsed(body: bytes) -> tuple[bool, Json]:
    """Return whether a body is well-formed JSON in UTF-8, and what it says; the last of equal keys counts."""
    try:
        # A parser that shares equal keys: answers repeat the same dozen names thousands of times.
        return True, from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        pass
    try:
        # Halves of characters (\\ud800) and very deep bodies are JSON all the same, and only this parser reads them.
        return True, json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False, None


def _refuse(token: str) -> Json:
    raise ValueError(f"{token} is no JSON")
