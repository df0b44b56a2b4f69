"""The check before every read: a bearer token that we issued, with one of the scopes that the endpoint table names."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from digione_mock_server.auth.tokens import Grant, Tokens
from digione_mock_server.faults import Faults
from digione_mock_server.faults import auth as wrong
from digione_mock_server.refusal import forbidden, unauthorised

_NO_TENANT: Final = -1
_REALM = 'Bearer realm="digione"'


def bearer(authorization: bytes) -> str | None:
    """Return the token of an Authorization header, or None."""
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    return token.strip().decode("latin-1") or None


def permits(grant: Grant, scopes: frozenset[str], faults: Faults) -> bool:
    """Whether a grant holds one of the scopes; whole URIs, compared exactly (pitfall 38)."""
    if faults:
        return wrong.permits(grant.scopes, scopes, faults)
    return not grant.scopes.isdisjoint(scopes)


def require(tokens: Tokens, authorization: bytes, scopes: frozenset[str], *, faults: Faults) -> Grant:
    """Return what the request's token permits.

    Raises:
        Refusal: 401 without a token that counts, 403 without one of `scopes`.
    """
    token = bearer(authorization)
    if token is None:
        raise unauthorised("A bearer token is needed", challenge=_REALM)
    grant = tokens.check(token)
    if grant is None and "bad-token-403" in faults:
        raise forbidden("The token is not accepted", challenge=_REALM)
    if grant is None:
        raise unauthorised("The token is not accepted", challenge=f'{_REALM}, error="invalid_token"')
    if not permits(grant, scopes, faults):
        if "missing-scope-401" in faults:
            raise unauthorised("The token is not accepted", challenge=_REALM)
        if "missing-scope-empty" in faults:
            return replace(grant, tenant=_NO_TENANT)
        names = " ".join(sorted(scopes))
        challenge = f'{_REALM}, error="insufficient_scope", scope="{names}"'
        raise forbidden("The token carries none of the scopes that permit this", challenge=challenge)
    return grant
