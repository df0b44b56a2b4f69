"""Stand-ins for a target, so that engine and checks are tested without a socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from digione_conformance.catalogue.requirement import Catalogue, Requirement
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.check import Check, CheckFunction, Registry
from digione_conformance.running.plan import Plan, make_plan
from digione_conformance.target.claims import Claims
from digione_conformance.target.file import Target, load_target

from digione_sdk.core.http import Request, Response

BASE = "http://127.0.0.1:9/ims/oneroster/rostering/v1p2"
TOKEN_URL = "http://127.0.0.1:9/token"
PROFILE = "oneroster-1.2-rostering-core"
SECRET = "canary-client-secret-a"
TOKEN = "canary-access-token-0123456789"

CLAIMS = Claims(services={"rostering": BASE}, token_url=TOKEN_URL, tenants=("a", "b"), profiles=(PROFILE,))


class FakeDoor:
    """Answers asks from a function of the path below the service and the query; counts what it is asked."""

    def __init__(self, answer: Callable[[str, Mapping[str, str]], Any]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.asked: list[Ask] = []
        self.forgotten = 0

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        with self._lock:
            self.asked.append(ask)
            number = len(self.asked)
        parts = urlsplit(ask.url)
        found = self._answer(parts.path.removeprefix(urlsplit(BASE).path), dict(parse_qsl(parts.query)))
        status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Exchange(f"x{number}", ask, status, {"content-type": "application/json", **headers}, content)

    def forget(self) -> None:
        self.forgotten += 1


def requirement(requirement_id: str, level: str = "MUST", **more: Any) -> Requirement:
    """Build a requirement with short texts."""
    return Requirement.model_validate(
        {
            "id": requirement_id,
            "level": level,
            "title": {"en": f"Rule {requirement_id}", "fi": f"Sääntö {requirement_id}"},
            "source": [{"document": "OneRoster 1.2 OpenAPI", "clause": "§1", "evidence": "official"}],
            "profiles": [PROFILE],
            "passes": {"en": "An answer as ruled."},
            "fix": {"en": "Mend it."},
            **more,
        }
    )


def catalogue(*requirements: Requirement) -> Catalogue:
    """Build a catalogue."""
    return Catalogue({r.id: r for r in requirements})


def check(name: str, *ids: str, function: CheckFunction, **more: Any) -> Check:
    """Build a check outside the registry."""
    return Check(name, ids, function, **more)


def plan(requirements: list[Requirement], checks: list[Check], **more: Any) -> Plan:
    """Plan over these requirements and checks alone."""
    registry = Registry({c.name: c for c in checks})
    return make_plan(catalogue(*requirements), registry, claimed=(PROFILE,), suite="0", **more)


def target(folder: Path, *, synthetic: bool = True, extra: str = "", product: str = "") -> Target:
    """Write and load a target file with two tenants; `product` is added to `[target]`, `extra` at the end."""
    (folder / "a.secret").write_text(SECRET)
    (folder / "b.secret").write_text("canary-client-secret-b")
    for name in ("a", "b"):
        (folder / f"{name}.secret").chmod(0o600)
    path = folder / "sut.toml"
    path.write_text(
        f"""[target]
name = "Fake"
synthetic = {str(synthetic).lower()}
{product}

[services]
rostering = "{BASE}"
token_url = "{TOKEN_URL}"

[tenants.a]
client_id = "client-a"
client_secret_file = "a.secret"

[tenants.b]
client_id = "client-b"
client_secret_file = "b.secret"
{extra}
"""
    )
    return load_target(path)


class FakeWire:
    """Sends nothing: answers token requests with `TOKEN`, everything else from a function of the request."""

    def __init__(self, answer: Callable[[Request], Response] | None = None) -> None:
        self._answer = answer or (lambda _request: Response(200, {}, b'{"users": []}'))
        self._lock = threading.Lock()
        self.sent: list[Request] = []

    def __call__(self, request: Request) -> Response:
        with self._lock:
            self.sent.append(request)
        if request.url == TOKEN_URL:
            granted = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}
            return Response(200, {"content-type": "application/json"}, json.dumps(granted).encode())
        return self._answer(request)

    def reads(self) -> list[Request]:
        """Requests other than for tokens."""
        return [request for request in self.sent if request.url != TOKEN_URL]
