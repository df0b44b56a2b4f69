"""A roster server in one function, with the habits of real servers as switches."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.rostering import ENDPOINTS
from digione_sdk.core.scopes import Scope

BASE = "https://h.example/ims/oneroster/rostering/v1p2"
BASE_V1P1 = "https://h.example/ims/oneroster/v1p1"
TOKEN_URL = "https://h.example/token"
OPTIONS: dict[str, Any] = {"token_url": TOKEN_URL, "client_id": "client", "client_secret": "secret"}

_COMMON = {"status": "active", "dateLastModified": "2026-08-01T00:00:00Z"}
_LINK = {"href": "https://h.example/x"}
_SESSION = {"title": "T", "type": "term", "startDate": "2026-08-01", "endDate": "2026-12-31", "schoolYear": "2027"}
_OF_MODEL: dict[str, dict[str, Any]] = {
    "AcademicSession": _SESSION,
    "Class": {
        "title": "5A",
        "course": _LINK | {"sourcedId": "k1", "type": "course"},
        "school": _LINK | {"sourcedId": "o1", "type": "org"},
        "terms": [_LINK | {"sourcedId": "t1", "type": "academicSession"}],
    },
    "Course": {"title": "MA", "courseCode": "MA", "org": _LINK | {"sourcedId": "o1", "type": "org"}},
    "Demographics": {},
    "Enrollment": {
        "user": _LINK | {"sourcedId": "u1", "type": "user"},
        "class": _LINK | {"sourcedId": "c1", "type": "class"},
        "school": _LINK | {"sourcedId": "o1", "type": "org"},
        "role": "student",
    },
    "Org": {"name": "Koulu", "type": "school", "identifier": "1"},
    "User": {
        "enabledUser": "true",
        "givenName": "Aino",
        "familyName": "Testi",
        "roles": [{"roleType": "primary", "role": "student", "org": _LINK | {"sourcedId": "o1", "type": "org"}}],
    },
}


_USER_V1P1 = {
    "username": "aino",
    "role": "student",
    "orgs": [_LINK | {"sourcedId": "o1", "type": "org"}],
}


def record(endpoint: Endpoint[Any], sourced_id: str, *, version: str = "1.2") -> dict[str, Any]:
    """Return a minimal record of the endpoint's model."""
    made = {"sourcedId": sourced_id} | _COMMON | _OF_MODEL[endpoint.model.__name__]
    if version == "1.1" and "roles" in made:
        made = {name: value for name, value in made.items() if name != "roles"} | _USER_V1P1
    return made


def endpoint_at(path: str, *, below: str = BASE) -> Endpoint[Any]:
    """Return the endpoint whose path this is, below the base path."""
    parts = path.removeprefix(httpx.URL(below).path).split("/")
    for endpoint in ENDPOINTS:
        pattern = endpoint.path.split("/")
        if len(pattern) == len(parts) and all(a == b or a[:1] == "{" for a, b in zip(pattern, parts, strict=True)):
            return endpoint
    raise LookupError(path)


@dataclass
class Roster:
    """Serves `rows` records at every collection.

    Attributes:
        rows: Records in every collection.
        cap: Most rows a page, whatever the limit says.
        links: Whether pages carry `Link`.
        totals: Whether pages carry `X-Total-Count`.
        missing: Rows that the total counts but no page holds.
        scope: What the token endpoint says was granted; None says nothing.
        version: In whose words records are told; the paths are taken at either base.
        beside: What stands in a page beside the records.
        script: Answers given before anything else, to any request but one for a token.
        seen: Requests, in order.
    """

    rows: int = 250
    cap: int = 100
    links: bool = True
    totals: bool = True
    missing: int = 0
    scope: str | None = f"{Scope.ROSTER} {Scope.ROSTER_DEMOGRAPHICS}"
    version: str = "1.2"
    beside: dict[str, Any] = field(default_factory=dict)
    script: list[httpx.Response | Exception] = field(default_factory=list)
    seen: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if str(request.url) == TOKEN_URL:
            return self._token()
        if self.script:
            answer = self.script.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        path = request.url.raw_path.decode().partition("?")[0]
        endpoint = endpoint_at(path, below=BASE_V1P1 if "/v1p1/" in path else BASE)
        if not endpoint.is_collection:
            return httpx.Response(200, json={endpoint.wrapper_key: record(endpoint, "one", version=self.version)})
        return self._page(endpoint, request)

    def user(self, sourced_id: str) -> dict[str, Any]:
        """Return a minimal user."""
        return record(endpoint_at(f"{BASE}/users".removeprefix("https://h.example")), sourced_id, version=self.version)

    @property
    def paths(self) -> list[str]:
        """Paths and queries of the requests below the base, in order."""
        return [str(request.url).removeprefix(BASE) for request in self.seen if str(request.url) != TOKEN_URL]

    @property
    def tokens_asked(self) -> int:
        """How many tokens were asked for."""
        return Counter(str(request.url) for request in self.seen)[TOKEN_URL]

    def _token(self) -> httpx.Response:
        body: dict[str, Any] = {
            "access_token": f"token-{self.tokens_asked}",
            "token_type": "bearer",
            "expires_in": 3600,
        }
        return httpx.Response(200, json=body | ({} if self.scope is None else {"scope": self.scope}))

    def _page(self, endpoint: Endpoint[Any], request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params.get("offset", "0"))
        stop = min(self.rows, offset + min(self.cap, int(request.url.params.get("limit", "100"))))
        rows = [record(endpoint, f"r{n}", version=self.version) for n in range(offset, stop)]
        if fields := request.url.params.get("fields"):
            rows = [{name: row[name] for name in fields.split(",") if name in row} for row in rows]
        headers = {"X-Total-Count": str(self.rows + self.missing)} if self.totals else {}
        if self.links:
            first = f'<{request.url.copy_set_param("offset", 0)}>; rel="first"'
            following = f', <{request.url.copy_set_param("offset", stop)}>; rel="next"' if stop < self.rows else ""
            headers["Link"] = first + following
        return httpx.Response(200, content=json.dumps({endpoint.wrapper_key: rows} | self.beside), headers=headers)
