"""How the fake target lets a client in: the token endpoint, and what a request's token stands for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from digione_conformance.evidence.exchange import Ask

from digione_sdk.core.scopes import PREFIX
from tests.unit.conformance.checks.refusing import Refusal

ALL_SCOPES = ("roster.readonly", "roster-core.readonly", "roster-demographics.readonly")


class Entering:
    """Gives tokens, and reads them; `on` holds the names of what is switched on."""

    on: frozenset[str]

    def _token(self, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        _, _, style = ask.auth.split(":")
        form = dict(parse_qsl((ask.content or b"").decode()))
        if style not in {"basic", "body"} and "any secret" not in self.on:
            return 403 if "bad clients are 403" in self.on else 401, {"error": "invalid_client"}, {}
        if form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}, {}
        scopes = form.get("scope", "").split()
        known = [s for s in scopes if s.removeprefix(PREFIX) in ALL_SCOPES]
        if "unknown scopes left out" in self.on and known:
            scopes = known
        if "scopes echoed" not in self.on and (not scopes or known != scopes):
            return 400, {"error": "invalid_scope"}, {}
        granted = [PREFIX + s for s in ALL_SCOPES] if "all scopes granted" in self.on else scopes
        answer = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(granted)}
        if "mac tokens" in self.on:
            answer["token_type"] = "mac"
        if "no lifetime" in self.on:
            del answer["expires_in"]
        return 200, answer, {"cache-control": "no-store"}

    def _caller(self, ask: Ask) -> tuple[str, frozenset[str]]:
        if ask.auth == "none" and "open door" in self.on:
            return "a", frozenset(ALL_SCOPES)
        if ask.auth == "none" and "nested open" in self.on and urlsplit(ask.url).path.count("/") > 6:
            return "a", frozenset(ALL_SCOPES)
        if ask.auth == "raw:unsigned" and "unsigned tokens" in self.on:
            return "a", frozenset(ALL_SCOPES)
        if ask.auth == "raw:in-query" and "token in query" in self.on:
            return "a", frozenset(ALL_SCOPES)
        if ask.auth == "none" or ask.auth.startswith("raw:"):
            raise Refusal(401, "unauthorisedrequest")
        tenant, _, scopes = ask.auth.partition(":")
        if "header chooses tenant" in self.on:
            tenant = dict(ask.headers).get("X-Tenant", tenant)
        return tenant, frozenset(scopes.split(",") if scopes else ALL_SCOPES)
