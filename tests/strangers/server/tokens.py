"""Who may ask: clients, the token endpoint, tokens and scopes."""

from __future__ import annotations

import base64
import secrets
import time
from typing import Final
from urllib.parse import parse_qsl, unquote

from tests.strangers.routes import ROUTES, SCOPE, Route
from tests.strangers.server.messages import Grant, Refusal, Reply, Request
from tests.strangers.server.telling import Telling
from tests.strangers.town import Row

SECRETS: Final = {"kivi": ("kivi-ohjelma", "kivi-s3cr3t"), "lumi": ("lumi-ohjelma", "lumi-s3cr3t"),
                  "kivi-suppea": ("kivi-suppea", "suppea-s3cr3t")}  # fmt: skip
TENANT: Final = {"kivi-ohjelma": "kivi", "lumi-ohjelma": "lumi", "kivi-suppea": "kivi"}


class Granting(Telling):
    """Gives tokens, and knows what they open."""

    def token_reply(self, request: Request) -> Reply:
        """Answer at the token endpoint."""
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        given = request.headers.get("authorization", "")
        if given.lower().startswith("basic "):
            try:
                pair = base64.b64decode(given[6:]).decode()
            except ValueError:
                pair = ""
            name, _, secret = (unquote(part) for part in pair.partition(":"))
        if not any(pair == (name, secret) for pair in SECRETS.values()):
            reply = self.oauth_problem(401, "invalid_client")
            reply.header("WWW-Authenticate", 'Basic realm="token"')
            return reply
        if form.get("grant_type") != "client_credentials":
            missing = "grant_type" not in form
            return self.oauth_problem(400, "invalid_request" if missing else "unsupported_grant_type")
        asked = frozenset(form.get("scope", "").split())
        scopes = self.granted(name, asked)
        if not scopes:
            return self.oauth_problem(400, "invalid_scope")
        return self.issue(name, scopes)

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        """Return what a client gets of what it asked for."""
        allowed = frozenset().union(*(r.scopes for r in ROUTES if r.service in self.services))
        if client.endswith("suppea"):
            allowed &= {SCOPE + "roster.readonly", SCOPE + "roster-core.readonly"}
        return (asked & allowed) if asked else allowed

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        """Make a token."""
        token = self.new_token()
        self.tokens[token] = Grant(client, TENANT[client], scopes, time.monotonic() + self.token_seconds)
        return self.token_body(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds,
             "scope": " ".join(sorted(scopes))}
        )  # fmt: skip

    def new_token(self) -> str:
        """Return a token nobody can guess."""
        return secrets.token_urlsafe(24)

    def token_body(self, told: Row) -> Reply:
        """Return the answer that carries a token."""
        reply = Reply(200, self.dump(told), [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        reply.header("Pragma", "no-cache")
        return reply

    def oauth_problem(self, status: int, code: str) -> Reply:
        """Refuse at the token endpoint."""
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return Reply(status, self.dump({"error": code}), headers)

    def authenticate(self, request: Request) -> Grant:
        """Return what the token of a request stands for."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(401, "unauthorisedrequest", "no token", WWW_Authenticate='Bearer realm="oneroster"')
        grant = self.tokens.get(token.strip())
        if grant is None or self.expired(grant):
            raise Refusal(
                401, "unauthorisedrequest", "unknown or expired token",
                WWW_Authenticate='Bearer realm="oneroster", error="invalid_token"',
            )  # fmt: skip
        return grant

    def expired(self, grant: Grant) -> bool:
        """Whether a token is too old."""
        return time.monotonic() >= grant.until

    def authorise(self, request: Request, route: Route) -> None:
        """Refuse where no scope opens the route."""
        assert request.grant
        if not request.grant.scopes & route.scopes:
            raise Refusal(403, "forbidden", "the token has no scope for this")
