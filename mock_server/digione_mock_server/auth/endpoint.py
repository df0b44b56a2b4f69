"""The token endpoint: OAuth 2 client credentials by HTTP Basic or by form body (RFC 6749 §4.4, rest-1.2 §9)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digione_mock_server.auth.registrations import ROSTER_SCOPES, Client, Clients, either_version
from digione_mock_server.auth.tokens import Tokens
from digione_mock_server.faults import v1p1 as wrong_v1p1
from digione_mock_server.faults.contradictions import refusal_status
from digione_mock_server.switches import Switches

_LONGEST_BODY: Final = 16 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
_HEADERS: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _TokenError(Exception):
    """An error answer of RFC 6749 §5.2."""

    def __init__(self, error: str, description: str, *, status: int = 400, challenge: bool = False) -> None:
        super().__init__(description)
        self.error = error
        self.status = status
        self.challenge = challenge


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Answers token requests."""

    clients: Clients
    tokens: Tokens
    switches: Switches

    async def answer(self, request: Request) -> Response:
        """Answer a POST."""
        try:
            form = await _form(request, self.switches)
            client = _authenticated(request.headers.get("authorization"), form, self.clients, self.switches)
            if "grant-type-ignored" not in self.switches.faults:
                _require_client_credentials(form)
            scopes = _granted(form.get("scope"), client, self.switches)
        except _TokenError as error:
            return _refused(error, refusal_status(error.status, self.switches.faults))
        return self._issued(client, scopes, everything=scopes == frozenset((form.get("scope") or "").split()))

    def _issued(self, client: Client, scopes: frozenset[str], *, everything: bool) -> Response:
        dialects = self.switches.dialects
        answer: dict[str, str | int] = {
            "access_token": self.tokens.issue(client, scopes),
            "token_type": "bearer" if "lower-case-bearer" in dialects else "Bearer",
            "expires_in": self.tokens.lifetime,
        }
        if "no-expires-in" in dialects:
            del answer["expires_in"]
        if "expires-in-as-text" in self.switches.faults:
            answer["expires_in"] = str(self.tokens.lifetime)
        if "token-answer-without-type" in self.switches.faults:
            del answer["token_type"]
        if "token-of-type-mac" in self.switches.faults:
            answer["token_type"] = "mac"  # noqa: S105 - a type, no secret
        if not (everything and "no-scope-echo" in dialects):
            answer["scope"] = " ".join(sorted(scopes))
        return JSONResponse(answer, headers=_HEADERS)


def _refused(error: _TokenError, status: int) -> Response:
    headers = dict(_HEADERS)
    if error.challenge:
        headers["WWW-Authenticate"] = 'Basic realm="digione"'
    return JSONResponse({"error": error.error, "error_description": str(error)}, status_code=status, headers=headers)


async def _form(request: Request, switches: Switches) -> Mapping[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise _TokenError("invalid_request", "the body is too long")
    if not body and "empty-body-token" in switches.dialects:
        return {"grant_type": "client_credentials"}
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise _TokenError("invalid_request", f"the body must be {_FORM}")
    try:
        pairs = parse_qsl(body.decode(), errors="strict", max_num_fields=20)
    except ValueError:
        raise _TokenError("invalid_request", "the body is not a form") from None
    if len(dict(pairs)) < len(pairs):
        raise _TokenError("invalid_request", "a parameter is given twice")
    return dict(pairs)


def _authenticated(authorization: str | None, form: Mapping[str, str], clients: Clients, switches: Switches) -> Client:
    faults = switches.faults
    if "basic-auth-refused" in faults:
        authorization = None
    by_body = "client_secret" in form
    if authorization is not None:
        if by_body:
            raise _TokenError("invalid_request", "credentials are given both by header and by body")
        client_id, secret = _basic(authorization)
    elif by_body and "client_id" in form and "basic-only" not in switches.dialects:
        client_id, secret = form["client_id"], form["client_secret"]
    else:
        raise _TokenError("invalid_client", "no client credentials", status=401, challenge=True)
    client = clients.authenticate(client_id, secret)
    if "any-client-secret" in faults:
        client = clients.get(client_id)
    if client is None or form.get("client_id", client_id) != client_id:
        raise _TokenError(
            "invalid_client", "the client credentials are not accepted", status=401, challenge=authorization is not None
        )
    return client


def _basic(authorization: str) -> tuple[str, str]:
    """Id and secret; both are form-encoded before Base64 (RFC 6749 §2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise _TokenError("invalid_client", "the Authorization header is not Basic", status=401, challenge=True)
    return unquote_plus(client_id), unquote_plus(secret)


def _require_client_credentials(form: Mapping[str, str]) -> None:
    if "grant_type" not in form:
        raise _TokenError("invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise _TokenError("unsupported_grant_type", "only client_credentials is offered")


def _granted(requested: str | None, client: Client, switches: Switches) -> frozenset[str]:
    """What was asked for and is registered; everything registered where nothing was asked for."""
    wanted, faults = frozenset((requested or "").split()), switches.faults
    if "roster-scopes-only" in switches.dialects:
        client = replace(client, scopes=client.scopes & ROSTER_SCOPES)
        if not wanted <= either_version(client.scopes):
            raise _TokenError("invalid_scope", "a scope is not offered here")
    granted = (
        wanted & either_version(client.scopes) if wanted and "token-scope-ignored" not in faults else client.scopes
    )
    if "token-scope-echoed" in faults and wanted:
        granted = wanted
    if "v1p1-scopes-granted-as-1-2" in faults:
        granted = wrong_v1p1.as_in_1_2(granted)
    if not granted:
        raise _TokenError("invalid_scope", "none of the scopes is registered for this client")
    return granted
