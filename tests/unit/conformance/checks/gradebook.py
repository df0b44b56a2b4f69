"""A gradebook of our own over plain dicts that takes writes: correct by default, with dialects and defects to switch.

Like the fake of Rostering it is written from the standard alone and shares no code with the reference server.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.target.claims import Claims

from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.gradebook import ENDPOINTS
from digione_sdk.core.scopes import PREFIX
from tests.unit.conformance.checks.gradebook_records import BASE, OLDER, OLDER_ENDPOINTS, fields, records, retold
from tests.unit.conformance.checks.gradebook_writing import Writing
from tests.unit.conformance.checks.refusing import PROTECTED, TOKEN_URL, Refusal, payload
from tests.unit.conformance.checks.school import Record

CONTROL = "https://roster.invalid/digione/test-control/v1"
_START = datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)


def _said(reason: str, description: str) -> Record:
    """Return a refusal as 1.1 words it."""
    word = {"unknownobject": "unknown object", "unauthorisedrequest": "unauthorized", "invaliddata": "invalid data"}
    status = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": description}
    return {"statusInfoSet": [{**status, "imsx_codeMinor": word.get(reason, reason)}]}


class NotAllowed(Refusal):
    """The address has no such method."""

    def __init__(self) -> None:
        super().__init__(405, "unauthorisedrequest")


@dataclass
class FakeGradebook(Writing):
    """Answers asks; `on` holds the names of the dialects and defects that are switched on.

    As an `older` one it is a gradebook of 1.1: the same, without what 1.2 added, in other words and at another address.
    """

    on: frozenset[str] = frozenset()
    older: bool = False
    asked: list[Ask] = field(default_factory=list)
    waited: float = 0.0

    def __post_init__(self) -> None:
        self.endpoints: tuple[Endpoint[Any], ...] = OLDER_ENDPOINTS if self.older else ENDPOINTS
        self.base = OLDER if self.older else BASE
        theirs = re.sub(r"(category|scale|line-item|assessment|result)-(\d)", r"\1-b\2", json.dumps(records()))
        both = {"a": records(), "b": json.loads(theirs)}
        self.tenants = {name: retold(rows) if self.older else rows for name, rows in both.items()}
        self.busy, self.one_at_a_time = False, threading.Lock()
        self.now = _START
        self.deleted: set[tuple[str, str]] = set()
        self.former: dict[type, list[Record]] = {}
        self.remembered: dict[str, list[Record]] = {}
        self.unseen: dict[str, int] = {}
        self.before: dict[str, Record] = {}
        if "required only" in self.on:
            for name, rows in self.tenants["a"].items():
                endpoint = next(e for e in self.endpoints if e.path == f"/{name}")
                wanted = {field for field, facts in fields(endpoint).items() if facts.required}
                rows[:] = [{k: v for k, v in row.items() if k in wanted} for row in rows]

    def forget(self) -> None:
        """Nothing is remembered."""

    def pause(self, seconds: float) -> None:
        self.waited += seconds

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        with nullcontext() if "writes collide" in self.on else self.one_at_a_time:
            return self._ask(ask)

    def _ask(self, ask: Ask) -> Exchange:
        self.asked.append(ask)
        self.now += timedelta(seconds=1)
        headers = {"content-type": "application/json", "date": format_datetime(self.now, usegmt=True)}
        try:
            status, body, more = self._answer(ask)
        except Refusal as refusal:
            status, more = refusal.status, {}
            if isinstance(refusal, NotAllowed) and "405 without a word" not in self.on:
                more = {"allow": "GET, PUT, DELETE"}
            body = (_said if self.older else payload)(refusal.reason, refusal.description)
            if "words of 1.2" in self.on:
                body = {"statusInfoSet": [{**body["statusInfoSet"][0], "imsx_codeMinor": refusal.reason}]}
            if "refusals echo" in self.on and ask.content:
                (body["statusInfoSet"][0] if self.older else body)["imsx_description"] = (
                    f"cannot read {ask.content.decode('utf-8', 'replace')[:4000]}"
                )
            if "bare refusals" in self.on and ask.method != "GET":
                body = {"error": "refused"}
            if "says created" in self.on and status == 422:
                status, body = 201, None
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return Exchange(f"x{len(self.asked)}", ask, status, {**headers, **more}, content)

    def _answer(self, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        if ask.url == TOKEN_URL:
            scope = dict(parse_qsl((ask.content or b"").decode())).get("scope", "")
            return 200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": scope}, {}
        if ask.auth == "control":
            return 200, None, {}  # what it lays no client may see: here it is not even there
        tenant, _, scopes = ask.auth.partition(":")
        parts = urlsplit(ask.url)
        endpoint, path = self._route(ask.method, parts.path.removeprefix(urlsplit(self.base).path))
        if (ask.auth == "none" or ask.auth.startswith("raw:")) and "open door" not in self.on:
            raise Refusal(401, "unauthorisedrequest")
        tenant = tenant if tenant in self.tenants else "a"
        granted = {scope if ":" in scope else PREFIX + scope for scope in scopes.split(",") if scope}
        if granted and "writing needs reading" in self.on and not any("readonly" in scope for scope in granted):
            raise Refusal(403, "forbidden")
        if granted and not granted & set(endpoint.scopes) and not self._lets_in(endpoint, granted):
            raise (
                Refusal(401, "unauthorisedrequest") if "missing scope is 401" in self.on else Refusal(403, "forbidden")
            )
        if "one wall less" in self.on and not endpoint.is_read:
            tenant = "a"
        if endpoint.is_read:
            query = dict(parse_qsl(parts.query))
            return (
                self._list(endpoint, path, query, tenant)
                if endpoint.is_collection
                else self._single(path, endpoint, tenant)
            )
        if endpoint.method == "DELETE":
            return self._delete(endpoint, path, tenant, dict(ask.headers))
        if endpoint.method == "POST":
            return self._post(endpoint, path, tenant, ask.content or b"")
        return self._put(endpoint, path["sourcedId"], tenant, ask)

    def _lets_in(self, endpoint: Endpoint[Any], granted: set[str]) -> bool:
        names = {scope.rpartition(".")[2] for scope in granted}
        if "any scope writes" in self.on:
            return True
        if "createput deletes" in self.on and endpoint.method == "DELETE":
            return "createput" in names
        if "service is not told" in self.on:
            return bool(names & {scope.rpartition(".")[2] for scope in endpoint.scopes})
        return "refused writes are done" in self.on and not endpoint.is_read

    def _route(self, method: str, path: str) -> tuple[Endpoint[Any], dict[str, str]]:
        known = False
        for endpoint in sorted(self.endpoints, key=lambda one: one.path.count("{")):
            match = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", endpoint.path), path)
            lacking = "no categories" in self.on and endpoint.path.startswith("/categories")
            if match is None or lacking or (endpoint.is_nested and "no nested reads" in self.on):
                continue
            known = True
            offered = method == "GET" or not (self.on & {"pull only", f"no {method}"})
            if endpoint.method == method and offered:
                return endpoint, {name: unquote(value) for name, value in match.groupdict().items()}
        if known and "missing is 404" not in self.on:
            raise NotAllowed
        raise Refusal(404, "unknownobject")


def claims(
    *,
    tenants: tuple[str, ...] = ("a", "b"),
    fixtures: str = "create",
    environment: str = "test",
    older: bool = False,
) -> Claims:
    """Return the claims of the fake gradebook."""
    return Claims(
        {"oneroster_1_1": OLDER} if older else {"gradebook": BASE},
        TOKEN_URL,
        tenants,
        fixtures=fixtures,
        environment=environment,
        synthetic=True,
        control_url=CONTROL,
        fixture_ids={"protected": (PROTECTED,)},
    )
