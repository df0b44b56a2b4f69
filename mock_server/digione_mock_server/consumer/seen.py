"""What is kept of one request and its answer: how it was asked and how it ended, nothing that was in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from digione_mock_server.consumer.asked import HIDDEN, kept
from digione_mock_server.consumer.record import TrafficRecord, present
from digione_mock_server.settings import TOKEN_PATH
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.scopes import PREFIX
from digione_sdk.model.base import Json
from digione_sdk.wire.paging import links_of, total_of

Headers = Iterable[tuple[bytes, bytes]]

_MEDIA_TYPES: Final = re.compile(r"[A-Za-z0-9!#$&^_.+*/;,= -]{1,200}")
_SCOPE: Final = re.compile(re.escape(PREFIX) + r"[a-z.-]{1,60}")
_SECRETS: Final = frozenset({"access_token", "client_secret", "token", "authorization", "bearer_token"})
_SUCCESS: Final = 200
_TEMPLATES: Final = tuple(
    (
        re.compile(re.sub(r"{\w+}", "[^/]+", endpoint.service.base_path + endpoint.path)),
        endpoint.service.base_path + endpoint.path,
    )
    for endpoint in ENDPOINTS
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in.

    Attributes:
        method: HTTP method.
        path: Path below the scenario's address.
        query_string: Raw query.
        headers: Raw headers, names in lower case.
        body: Body, of token requests alone.
    """

    method: str
    path: str
    query_string: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return a header, or None."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went out."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def template_of(path: str) -> str | None:
    """Return the template of a read's path, or None where it is no operation; for what never reached the routes."""
    return next((template for pattern, template in _TEMPLATES if pattern.fullmatch(path)), None)


def seen(record: TrafficRecord, request: Request, answer: Answer, *, template: str) -> dict[str, Json]:
    """Return what the record keeps of a request and its answer."""
    query = kept(request.query_string)
    scheme, shown = _authorization(request.header("authorization"))
    in_query = sorted(_SECRETS & query.keys())
    facts = present(
        {
            "method": request.method if request.method.isalpha() and len(request.method) < 10 else HIDDEN,  # noqa: PLR2004 - no method of HTTP is longer
            "path": template,
            "below": record.pseudonym(request.path) if "{" in template else None,
            "query": query,
            "accept": _plain(request.header("accept")),
            "authorization": scheme,
            "conditional": True if request.header("if-none-match") else None,
            "secret_in_query": in_query or None,
            "status": answer.status,
            "retry_after": _header(answer.headers, "retry-after"),
        }
    )
    if request.path.rstrip("/") == TOKEN_PATH:
        return facts | {"token_request": _token_request(record, request, answer)}
    token = record.presented(shown) if scheme == "bearer" and shown else None
    return facts | present({"token": token, **_page(answer)})


def _page(answer: Answer) -> dict[str, Json]:
    """Return how many rows a page has, what total it announces and whether it links to a next page."""
    if answer.status != _SUCCESS:
        return {}
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    lists = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    links = links_of(headers)
    following = "next" in links if "link" in headers else None
    return {"rows": len(lists[0]) if len(lists) == 1 else None, "total": total_of(headers), "next": following}


def _token_request(record: TrafficRecord, request: Request, answer: Answer) -> Json:
    form = dict(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True))
    asked = form.get("scope")
    grant = form.get("grant_type")
    facts: dict[str, Json] = {
        "grant_type": grant if grant in {None, "client_credentials", "password", "refresh_token"} else HIDDEN,
        "client_by": [
            *(["header"] if request.header("authorization") else []),
            *(["body"] if "client_secret" in form else []),
        ],
        "scopes": None if asked is None else [_scope(scope) for scope in asked.split()],
    }
    if answer.status == _SUCCESS:
        given = json.loads(answer.body)
        facts |= {"issued": record.issued(str(given["access_token"])), "granted": sorted(given["scope"].split())}
    return present(facts)


def _scope(scope: str) -> str:
    return scope if _SCOPE.fullmatch(scope) else HIDDEN


def _authorization(value: str | None) -> tuple[str, str]:
    if not value:
        return "none", ""
    scheme, _, rest = value.partition(" ")
    known = scheme.lower() if scheme.lower() in {"basic", "bearer"} else "other"
    return known, rest.strip()


def _plain(value: str | None) -> str | None:
    """Return a header of media types; anything else is not shown."""
    if value is None:
        return None
    return value if _MEDIA_TYPES.fullmatch(value) else HIDDEN


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in headers if key.lower() == wanted), None)
