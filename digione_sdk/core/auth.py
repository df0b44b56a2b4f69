"""OAuth 2 client credentials as values: the token request, what its answer grants, what a call needs (rest-1.2 §9)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import quote_plus, urlencode

from digione_sdk.core.http import Request, Response
from digione_sdk.core.scopes import ON_REQUEST, Scope, ScopeV1P1
from digione_sdk.errors import ScopeNotGranted, TokenRequestFailed, UsageError
from digione_sdk.model.base import Json

ClientAuth: TypeAlias = Literal["basic", "body"]

LIFETIME_UNSAID: Final = 3_600.0
"""Seconds a token is taken to live where the answer does not say; a 401 drops it sooner."""
SKEW: Final = 30.0
"""Seconds before its end at which a token is renewed; never more than a quarter of its life."""

_TOKEN = re.compile(r"[\x21-\x7e]+")  # RFC 6750 b64token is narrower; this much keeps header injection out
_ERRORS: Final = frozenset(
    (
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    )
)
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClientCredentials:
    """What the token endpoint is told. `repr` shows nothing of it.

    Attributes:
        token_url: Token endpoint.
        client_id: Id of the registered client.
        client_secret: Its secret.
        auth: `basic` sends id and secret in the Authorization header, `body` in the form.
        scope_names: What a gateway calls a scope, where it does not use the standard's URI (pitfall 43).
    """

    token_url: str
    client_id: str
    client_secret: str
    auth: ClientAuth = "basic"
    scope_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("client_id", "client_secret"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise UsageError("text, not empty", argument=name)
        if self.auth not in {"basic", "body"}:
            raise UsageError("'basic' or 'body'", argument="auth")

    def __repr__(self) -> str:
        return "<ClientCredentials>"

    def name_of(self, scope: str) -> str:
        """Return what the token endpoint calls a scope."""
        return self.scope_names.get(scope, str(scope))

    def token_request(self, scopes: Iterable[str]) -> Request:
        """Return the request for a token with these scopes; none at all leaves the choice to the server."""
        form = {"grant_type": "client_credentials"}
        if asked := " ".join(self.name_of(scope) for scope in scopes):
            form["scope"] = asked
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        if self.auth == "basic":
            # RFC 6749 §2.3.1: form-encoded before Base64, so that a colon in the id stays part of it.
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return Request("POST", self.token_url, headers, urlencode(form).encode())


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """A token and what it permits. `repr` hides the token.

    Attributes:
        access_token: The token.
        scopes: Scopes granted, as the server names them; None where that is unknown (a token of the caller's own).
        renew_at: Monotonic time, in seconds, from which on it is renewed; None means never.
    """

    access_token: str
    scopes: frozenset[str] | None = None
    renew_at: float | None = None

    def __repr__(self) -> str:
        return f"<Grant of {'unknown scopes' if self.scopes is None else f'{len(self.scopes)} scopes'}>"

    @property
    def header(self) -> str:
        """The Authorization header's value (RFC 6750 §2.1)."""
        return f"Bearer {self.access_token}"

    def is_fresh(self, now: float) -> bool:
        """Whether it may still be used at monotonic time `now`."""
        return self.renew_at is None or now < self.renew_at

    def permit(self, needed: Iterable[str], *, names: Mapping[str, str]) -> None:
        """Check that one of the scopes that a call needs was granted; any one is enough (pitfall 40).

        Raises:
            ScopeNotGranted: None of them was.
        """
        needed = tuple(needed)
        if self.scopes is None or not needed:
            return
        if any(scope in self.scopes or names.get(scope, scope) in self.scopes for scope in needed):
            return
        raise _not_granted(needed, "which the token does not carry; ask for it with scopes=, or have it registered")


def _not_granted(needed: tuple[str, ...], reason: str) -> ScopeNotGranted:
    short = " or ".join(scope.short if isinstance(scope, (Scope, ScopeV1P1)) else scope for scope in needed)
    return ScopeNotGranted(f"the call needs {short}, {reason}", needed=tuple(str(scope) for scope in needed))


def scope_set(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return scopes as they are asked for, each once, in their order.

    Raises:
        UsageError: `scopes` is one text instead of several, or holds something that is no scope.
    """
    if isinstance(scopes, str):
        raise UsageError("several scopes, as (Scope.ROSTER,), not one text", argument="scopes")
    given = tuple(dict.fromkeys(scopes))
    if not all(str(scope).isprintable() and str(scope).split() == [scope] for scope in given):
        raise UsageError("each scope is one word", argument="scopes")
    return given


def by_default(needed: Iterable[str]) -> tuple[str, ...]:
    """Return what to ask for where the caller named no scopes: the first of those that permit the call, the widest.

    So no scope is asked for before a call needs it: a server may refuse one of a service that it does not offer.

    Raises:
        ScopeNotGranted: They are asked for on request only.
    """
    needed = tuple(needed)
    asked = next((scope for scope in needed if scope not in ON_REQUEST), None)
    if asked is not None:
        return (asked,)
    if needed:
        raise _not_granted(needed, "which is asked for only by name; give it with scopes=")
    return ()


def own_token(token: object) -> Grant:
    """Return the grant of a token that the caller provides.

    Raises:
        TokenRequestFailed: It is no token: empty, no text, or characters that no header may hold.
    """
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TokenRequestFailed("token= gave no usable token: visible ASCII characters, not empty")
    return Grant(token)


def read_grant(response: Response, *, asked: Iterable[str], now: float) -> Grant:
    """Read the answer of the token endpoint (RFC 6749 §5), tolerantly where real servers stray (pitfall 41).

    A missing `scope` means as asked; a missing or unreadable `expires_in` means an hour; numbers may be text.

    Args:
        response: What came back.
        asked: Scopes that were asked for, as the server names them.
        now: Monotonic time, in seconds.

    Raises:
        TokenRequestFailed: The endpoint refused, or its answer holds no bearer token.
    """
    body = _json(response.content)
    if response.status not in _OK:
        error = body.get("error")
        known = error if isinstance(error, str) and error in _ERRORS else None
        reason = f" ({known})" if known else ""
        raise TokenRequestFailed(
            f"the token endpoint answered {response.status}{reason}", status=response.status, error=known
        )
    token = body.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TokenRequestFailed("the token endpoint's answer holds no usable access_token", status=response.status)
    kind = body.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise TokenRequestFailed("the token endpoint's answer is no bearer token", status=response.status)
    life = _seconds(body.get("expires_in"))
    return Grant(token, _granted(body.get("scope"), asked), now + life - min(SKEW, life / 4))


def _json(content: bytes) -> dict[str, Json]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(value: Json) -> float:
    try:
        life = float(value)
    except (TypeError, ValueError, OverflowError):
        return LIFETIME_UNSAID
    return life if 0 <= life < float("inf") else LIFETIME_UNSAID


def _granted(scope: Json, asked: Iterable[str]) -> frozenset[str] | None:
    if isinstance(scope, list):
        scope = " ".join(part for part in scope if isinstance(part, str))
    granted = frozenset(scope.split()) if isinstance(scope, str) else frozenset()
    # Asked for nothing and told nothing: then nothing is known, and the server decides call by call.
    return granted or frozenset(asked) or None
