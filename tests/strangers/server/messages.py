"""What passes between a client and the vendor: a request, a reply, a grant, a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.strangers.routes import Route

Params = dict[str, list[str]]


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    grant: Grant | None = None
    route: Route | None = None
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def params(self) -> Params:
        """The parameters, each with all its values."""
        found: Params = {}
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found


@dataclass
class Reply:
    """What goes back. The length is written where nobody wrote another one."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunked: bool = False
    close: bool = False
    cut: int | None = None

    def header(self, name: str, value: str) -> None:
        """Set a header."""
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()] + [(name, value)]

    def value(self, name: str) -> str | None:
        """Return a header."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


@dataclass(frozen=True)
class Grant:
    """What a token stands for."""

    client: str
    tenant: str
    scopes: frozenset[str]
    until: float


class Refusal(Exception):
    """A request that is answered with a status payload."""

    def __init__(self, status: int, minor: str, said: str, **headers: str) -> None:
        super().__init__(said)
        self.status, self.minor, self.said = status, minor, said
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
