"""A gradebook server in one function: keeps what is written, gives tags, and allocates ids to what is posted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from digione_sdk import (
    BaseStatus,
    CategoryGUIDRef,
    ClassGUIDRef,
    LineItem,
    LineItemGUIDRef,
    OrgGUIDRef,
    Result,
    ScoreStatus,
    UserGUIDRef,
)
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Endpoint, Shape

HOST = "https://h.example/ims/oneroster"
BASES = {name: f"{HOST}/{name}/v1p2" for name in ("rostering", "gradebook", "resources")}
TOKEN_URL = "https://h.example/token"
OPTIONS: dict[str, Any] = {**BASES, "token_url": TOKEN_URL, "client_id": "client", "client_secret": "secret"}

_CHANGED = datetime(2026, 11, 1, tzinfo=UTC)
_HREF = "https://h.example/x"
_COMMON = {"sourcedId": "one", "status": "active", "dateLastModified": "2026-11-01T00:00:00.000Z"}


def line_item(sourced_id: str = "li1", class_id: str = "c1") -> LineItem:
    """Return a test in a class."""
    return LineItem(
        sourced_id=sourced_id,
        status=BaseStatus.ACTIVE,
        date_last_modified=_CHANGED,
        title="Koe 3",
        assign_date=_CHANGED,
        due_date=_CHANGED,
        class_=ClassGUIDRef.to(class_id, href=_HREF),
        school=OrgGUIDRef.to("o1", href=_HREF),
        category=CategoryGUIDRef.to("k1", href=_HREF),
        result_value_max=Decimal(10),
    )


def result(sourced_id: str = "r1", line_item_id: str = "li1", score: str = "8.5") -> Result:
    """Return a synthetic pupil's result in a line item."""
    return Result(
        sourced_id=sourced_id,
        status=BaseStatus.ACTIVE,
        date_last_modified=_CHANGED,
        line_item=LineItemGUIDRef.to(line_item_id, href=_HREF),
        student=UserGUIDRef.to("CANARY-STUDENT", href=_HREF),
        score_status=ScoreStatus.FULLY_GRADED,
        score=Decimal(score),
        score_date=date(2026, 11, 2),
        comment="CANARY-COMMENT",
    )


_MINIMAL: dict[str, dict[str, Any]] = {
    "AssessmentLineItem": {"title": "T"},
    "AssessmentResult": {
        "assessmentLineItem": {"href": _HREF, "sourcedId": "a1", "type": "assessmentLineItem"},
        "student": {"href": _HREF, "sourcedId": "u1", "type": "user"},
        "scoreDate": "2026-11-02",
        "scoreStatus": "fully graded",
    },
    "Category": {"title": "Kokeet"},
    "LineItem": line_item().to_wire(),
    "Resource": {"vendorResourceId": "v1"},
    "Result": result().to_wire(),
    "ScoreScale": {
        "title": "4-10",
        "type": "numeric",
        "class": {"href": _HREF, "sourcedId": "c1", "type": "class"},
        "scoreScaleValue": [{"itemValueLHS": "4", "itemValueRHS": "4"}],
    },
}


def wire_record(endpoint: Endpoint[Any]) -> dict[str, Any]:
    """Return a minimal record of the endpoint's model."""
    return _MINIMAL[endpoint.model.__name__] | _COMMON


def endpoint_of(request: httpx.Request) -> Endpoint[Any]:
    """Return the endpoint that a request is for."""
    path = request.url.raw_path.decode().partition("?")[0]
    for endpoint in ENDPOINTS:
        pattern = (endpoint.service.base_path + endpoint.path).split("/")
        parts = path.split("/")
        fits = all(a == b or a[:1] == "{" for a, b in zip(pattern, parts, strict=False))
        if endpoint.method == request.method and len(pattern) == len(parts) and fits:
            return endpoint
    raise LookupError(path)


@dataclass
class Gradebook:
    """Answers every operation of every service.

    Attributes:
        lost: Pairs that a POST's answer leaves out.
        script: Answers given before anything else, to any request but one for a token.
        seen: Requests, in order, those for tokens too.
        granted: Scopes that the token endpoint registers; it refuses any other.
    """

    lost: int = 0
    script: list[httpx.Response | Exception] = field(default_factory=list)
    seen: list[httpx.Request] = field(default_factory=list)
    granted: frozenset[str] = frozenset(scope.value for endpoint in ENDPOINTS for scope in endpoint.scopes)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if str(request.url) == TOKEN_URL:
            return self._token(request)
        if self.script:
            answer = self.script.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        endpoint = endpoint_of(request)
        if endpoint.shape is Shape.EMPTY:
            return httpx.Response(endpoint.success[0])
        if endpoint.shape is Shape.PAIRS:
            return self._allocated(endpoint, request)
        one = wire_record(endpoint)
        rows = [one] if request.url.params.get("offset", "0") == "0" else []
        body = {endpoint.wrapper_key: rows if endpoint.is_collection else one}
        return httpx.Response(200, json=body, headers={"ETag": '"v1"', "X-Total-Count": "1"})

    @property
    def asked(self) -> list[httpx.Request]:
        """The requests but those for tokens."""
        return [request for request in self.seen if str(request.url) != TOKEN_URL]

    @property
    def scopes(self) -> list[str]:
        """The scopes of each token that was asked for, by their short names."""
        forms = [httpx.QueryParams(it.content.decode()) for it in self.seen if str(it.url) == TOKEN_URL]
        return [" ".join(scope.rpartition("/")[2] for scope in form.get("scope", "").split()) for form in forms]

    def _token(self, request: httpx.Request) -> httpx.Response:
        asked = frozenset(httpx.QueryParams(request.content.decode()).get("scope", "").split())
        if not asked <= self.granted:
            return httpx.Response(400, json={"error": "invalid_scope"})
        body = {"access_token": "token", "token_type": "bearer", "expires_in": 3600, "scope": " ".join(asked)}
        return httpx.Response(200, json=body)

    def _allocated(self, endpoint: Endpoint[Any], request: httpx.Request) -> httpx.Response:
        rows = json.loads(request.content)[endpoint.body_key]
        pairs = [
            {"suppliedSourcedId": row["sourcedId"], "allocatedSourcedId": f"own-{row['sourcedId']}"} for row in rows
        ]
        return httpx.Response(201, json={"sourcedIdPairs": pairs[self.lost :][::-1]})
