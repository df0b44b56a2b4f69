"""A request and its answer as plain values, so that every decision about them is made without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is to be sent. `repr` shows the method only: paths hold ids, queries hold filters, headers hold tokens."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def __repr__(self) -> str:
        return f"<Request {self.method}>"

    def with_header(self, name: str, value: str) -> Self:
        """Return the same request with one more header."""
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """What came back: header names in lower case, the body whole and undecoded."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    elapsed: float = 0.0
    """Seconds from sending to the last byte."""
    repeated: bool = False
    """Whether an earlier try of the same request failed in a way that leaves open whether it was carried out."""

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.content)} bytes>"
