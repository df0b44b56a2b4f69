"""Who asks: access tokens of the tenants' clients, client authentication, and Authorization headers bad on purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, quote_plus, urlencode

from digione_conformance.evidence.exchange import Ask
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.target.file import Target, table_of
from digione_sdk.core.http import Response
from digione_sdk.core.scopes import PREFIX
from digione_sdk.errors import ConfigurationError, TokenRequestFailed

_DEFAULT_LIFETIME: Final = 3600.0
_SKEW: Final = 30.0


@dataclass(frozen=True)
class Grant:
    """What the token endpoint gave."""

    token: str = field(repr=False)
    scopes: tuple[str, ...]
    good_until: float


def _jwt(header: Mapping[str, object], claims: Mapping[str, object], signature: bytes) -> str:
    signed = ".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{signed}.{_base64url(signature)}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


_CLAIMS: Final = {"iss": "https://suite.invalid", "sub": "suite", "client_id": "suite", "exp": 4102444800}
_SCOPED: Final = {**_CLAIMS, "scope": f"{PREFIX}roster.readonly"}
_OWN_KEY: Final = hmac.new(b"a key of the suite's own", b"digione", hashlib.sha256).digest()

GARBAGE: Final = "garbage"
NOBODYS: Final = "this-is-no-token"
BAD_AUTHORISATION: Final[Mapping[str, str]] = {
    GARBAGE: f"Bearer {NOBODYS}",
    "empty": "Bearer ",
    "bare": "Bearer",
    "wrong-scheme": "Basic c3VpdGU6c3VpdGU=",
    "unknown-scheme": "Digione this-is-no-token",
    "alg-none": f"Bearer {_jwt({'alg': 'none', 'typ': 'JWT'}, _SCOPED, b'')}",
    "own-key": f"Bearer {_jwt({'alg': 'HS256', 'typ': 'JWT'}, _SCOPED, _OWN_KEY)}",
    "expired": f"Bearer {_jwt({'alg': 'RS256', 'typ': 'JWT'}, {**_SCOPED, 'exp': 946684800}, _OWN_KEY)}",
}
"""Authorization headers that no server may accept, by label."""

TAMPERED: Final = "tampered"
"""The real token with one letter changed."""
UNSIGNED: Final = "unsigned"
"""The real token's claims under a header that says alg none, without a signature."""
IN_QUERY: Final = "raw:in-query"
"""`auth` label of a request that carries the real token in its address and not in a header."""


def full_scope(scope: str) -> str:
    """Return a scope as it travels: a short name gets the standard's prefix, a whole URI stays."""
    return scope if ":" in scope else f"{PREFIX}{scope}"


def with_client(ask: Ask, target: Target) -> tuple[dict[str, str], bytes]:
    """Return the headers and form of a token request, credentials put in as its `auth` label says.

    The label is `client:NAME:STYLE`, the name `a` or `a.minimal`, the style `basic`, `body`, `wrong-secret`,
    `other-secret`, `unknown-client` or `none`.

    Raises:
        ConfigurationError: The secret cannot be read.
    """
    _, tenant, style = ask.auth.split(":")
    headers = {**dict(ask.headers), "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    form = ask.content or b""
    if style == "none":
        return headers, form
    client_id = target.registrations[tenant].client_id if style != "unknown-client" else "no-such-client-of-the-suite"
    secret = secret_sent(target, tenant, style)
    if style == "body":
        return headers, form + b"&" + urlencode({"client_id": client_id, "client_secret": secret}).encode()
    # RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {**headers, "Authorization": f"Basic {base64.b64encode(pair).decode()}"}, form


def secret_sent(target: Target, tenant: str, style: str) -> str:
    """Return the secret that a style of authentication sends: the client's own, another client's, or one of nobody.

    A wrong secret is the right one in letters of the other case, which some databases take for the same.

    Raises:
        ConfigurationError: A secret cannot be read.
    """
    if style in {"basic", "body"}:
        return target.secret_of(tenant)
    nobodys = "a-wrong-secret-of-the-suite"
    if style == "wrong-secret":
        own = target.secret_of(tenant)
        return own.swapcase() if own.swapcase() != own else nobodys
    if style == "other-secret":
        own = target.secret_of(tenant)
        others = (target.secret_of(name) for name in sorted(target.registrations, reverse=True) if name != tenant)
        return next((other for other in others if other != own), nobodys)
    return nobodys


def token_ask(target: Target, tenant: str, scopes: tuple[str, ...]) -> Ask:
    """Return the token request of a tenant's client for these scopes, credentials not yet in it."""
    form = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
    style = target.registrations[tenant].token_auth
    return Ask(
        "POST", target.services.token_url, f"client:{tenant}:{style}", content=urlencode(form, quote_via=quote).encode()
    )


@dataclass
class Keyring:
    """Tokens by tenant and scopes, each fetched once and renewed shortly before it expires."""

    target: Target
    redactor: Redactor
    fetch: Callable[[Ask], Response]
    clock: Callable[[], float] = time.monotonic
    _grants: dict[tuple[str, tuple[str, ...]], Grant] = field(default_factory=dict)
    _locks: dict[tuple[str, tuple[str, ...]], threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def authorisation(self, label: str) -> str | None:
        """Return the Authorization header for an `auth` label, or None for no header.

        Raises:
            ConfigurationError: The label names an unknown tenant, or its secret cannot be read.
            TokenRequestFailed: The token endpoint gave no token.
        """
        if label in {"none", IN_QUERY}:
            return None
        if label == f"raw:{TAMPERED}":
            return f"Bearer {_tampered(self.grant('a').token)}"
        if label == f"raw:{UNSIGNED}":
            return f"Bearer {self._unsigned()}"
        if label.startswith("raw:"):
            return BAD_AUTHORISATION[label.removeprefix("raw:")]
        tenant, _, scopes = label.partition(":")
        return f"Bearer {self.grant(tenant, tuple(s for s in scopes.split(',') if s)).token}"

    def address(self, ask: Ask) -> str:
        """Return where a request goes: the address of the ask, with the token in it where the label says so.

        Raises:
            ConfigurationError: The secret cannot be read.
            TokenRequestFailed: The token endpoint gave no token.
        """
        if ask.auth != IN_QUERY:
            return ask.url
        # RFC 6750 §2.3; the token joins here, after the ask was recorded, so that no evidence holds it.
        return f"{ask.url}{'&' if '?' in ask.url else '?'}access_token={quote(self.grant('a').token, safe='')}"

    def _unsigned(self) -> str:
        token = _unsigned(self.grant("a").token)
        self.redactor.learn(token)
        return token

    def grant(self, tenant: str, scopes: tuple[str, ...] = ()) -> Grant:
        """Return a good grant of the tenant for these scopes, by default all that the target file gives it.

        Raises:
            ConfigurationError: The tenant is unknown, or its secret cannot be read.
            TokenRequestFailed: The token endpoint gave no token.
        """
        if tenant not in self.target.registrations:
            raise ConfigurationError(f"the target file has no [{table_of(tenant)}]")
        key = (tenant, scopes)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            held = self._grants.get(key)
            if held is None or held.good_until < self.clock():
                held = self._grants[key] = self._granted(tenant, scopes)
            return held

    def _granted(self, tenant: str, scopes: tuple[str, ...]) -> Grant:
        asked = tuple(full_scope(scope) for scope in scopes) or self.target.scopes_of(tenant)
        self.redactor.learn(self.target.secret_of(tenant))
        response = self.fetch(token_ask(self.target, tenant, asked))
        return read_grant(response, asked=asked, tenant=tenant, now=self.clock(), redactor=self.redactor)


def read_grant(response: Response, *, asked: tuple[str, ...], tenant: str, now: float, redactor: Redactor) -> Grant:
    """Return what a token answer grants (RFC 6749 §5.1).

    Raises:
        TokenRequestFailed: It is an error, or holds no usable token; says which, never the body.
    """
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    token = answer.get("access_token")
    if response.status != 200 or not isinstance(token, str) or not token:  # noqa: PLR2004 - RFC 6749 §5.1
        raise TokenRequestFailed(
            f"the token endpoint answered {response.status} to tenant {tenant}"
            + (f" with error {_error_word(answer)}" if _error_word(answer) else " without a token"),
            status=response.status,
            error=_error_word(answer),
        )
    redactor.learn(token)
    granted = answer.get("scope")
    lifetime = answer.get("expires_in")
    seconds = float(lifetime) if isinstance(lifetime, (int, float)) and lifetime > 0 else _DEFAULT_LIFETIME
    return Grant(
        token,
        tuple(granted.split()) if isinstance(granted, str) else asked,
        now + max(seconds - _SKEW, seconds / 2),
    )


def _error_word(answer: Mapping[str, object]) -> str | None:
    word = answer.get("error")
    # Only the words of RFC 6749 §5.2 are repeated; free text may hold anything.
    known = {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"}
    return word if isinstance(word, str) and word in known | {"invalid_scope", "server_error"} else None


def _tampered(token: str) -> str:
    # In a JWT the last letter may carry padding bits only, so the change is made inside the signature.
    # A letter only changes its case where there is one: tokens that are compared without case are guessed sooner.
    place = next((at for at in range(max(0, len(token) - 10), len(token)) if token[at].isalpha()), -1)
    changed = token[place].swapcase() if place >= 0 else "A"
    place = place if place >= 0 else max(0, len(token) - 10)
    return token[:place] + changed + token[place + 1 :]


def _unsigned(token: str) -> str:
    # Where the real token is opaque there are no claims to keep; any unsigned JWT has to do.
    header, *rest = token.split(".")
    if len(rest) != 2:  # noqa: PLR2004 - claims and signature, RFC 7515 §3.1
        return BAD_AUTHORISATION["alg-none"].removeprefix("Bearer ")
    try:
        known = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        known = {}
    names = known if isinstance(known, dict) else {}
    return f"{_base64url(json.dumps({**names, 'alg': 'none'}).encode())}.{rest[0]}."
