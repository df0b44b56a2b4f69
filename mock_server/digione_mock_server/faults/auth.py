"""Faults in who may ask: the token endpoint, the check of a token, the check of its scopes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Set as AbstractSet
from typing import Any, Final
from urllib.parse import parse_qsl

from digione_mock_server.faults import grants, older, repeats, v1p1
from digione_mock_server.faults.fault import layer
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.scopes import Scope

FAULTS: Final = layer(
    "auth",
    ("scope-by-substring", "pitfall 38", "Any scope with the word roster in it opens every read."),
    ("roster-opens-demographics", "pitfall 38", "roster.readonly opens demographics."),
    ("core-opens-nested", "SEC-40", "roster-core.readonly opens the nested reads."),
    ("all-scopes-demanded", "pitfall 40", "A token must carry every scope that an operation lists, not one of them."),
    ("missing-scope-401", "pitfall 39", "A token without the scope is 401."),
    ("missing-scope-empty", "pitfall 39", "A token without the scope gets 200 and empty lists."),
    ("bad-token-403", "rest §8", "A token that is not accepted is 403."),
    ("expired-token-accepted", "SEC-11", "Tokens live for ever."),
    ("signature-not-verified", "SEC-10", "The signature of a token is not looked at."),
    ("alg-none-accepted", "SEC-10", "A token that says alg none needs no signature."),
    ("orgs-without-token", "plausible", "/orgs needs no token, being public anyway."),
    ("nested-without-token", "plausible", "The gateway guards collections and objects; nested paths slip past it."),
    ("token-in-query-accepted", "plausible", "access_token in the query string counts as a token, and ends in logs."),
    ("any-client-secret", "plausible", "The token endpoint knows the client by its id alone."),
    ("token-scope-ignored", "pitfall 42", "Whatever scope is asked for, all that are registered are granted."),
    ("token-scope-echoed", "SEC-41", "Whatever scope is asked for is granted, registered or not."),
    ("grant-type-ignored", "plausible", "Any grant_type is taken for client_credentials."),
    ("basic-auth-refused", "rest §9", "The token endpoint takes credentials from the body alone."),
    ("expires-in-as-text", "pitfall 41", "expires_in is a string."),
    ("token-answer-without-type", "pitfall 41", "The token answer has no token_type."),
    ("challenge-missing", "plausible", "401 carries no WWW-Authenticate."),
    ("token-of-type-mac", "pitfall 45", "Tokens are of type MAC, to sign with, as a gateway of OAuth 1.0a has them."),
    ("session-cookie-needed", "pitfall 44",
     "The server that answers pages after the first knows no session of the other: without its cookie they are 401."),
)  # fmt: skip


def permits(granted: AbstractSet[str], needed: AbstractSet[str], faults: AbstractSet[str]) -> bool:
    """Whether a careless check finds one of the scopes needed among those granted."""
    if (of_v1p1 := v1p1.permits(granted, needed, faults)) is not None:
        return of_v1p1
    core, roster, demographics = Scope.ROSTER_CORE.value, Scope.ROSTER.value, Scope.ROSTER_DEMOGRAPHICS.value
    if "all-scopes-demanded" in faults:
        return needed <= granted
    if any(rights.refuses(granted, needed, faults) for rights in (grants, repeats, older)):
        return False
    return (
        grants.opens(granted, needed, faults)
        or older.opens(granted, needed, faults)
        or not granted.isdisjoint(needed)
        or ("scope-by-substring" in faults and any("roster" in scope for scope in granted))
        or ("roster-opens-demographics" in faults and roster in granted and demographics in needed)
        or ("core-opens-nested" in faults and core in granted and roster in needed)
    )


def slips_past(endpoint: Endpoint[Any], faults: AbstractSet[str]) -> bool:
    """Whether a careless gateway asks for no token here."""
    if "orgs-without-token" in faults and endpoint.path.startswith("/orgs"):
        return True
    return ("nested-without-token" in faults and endpoint.is_nested) or repeats.slips_past(endpoint, faults)


_LATER_PAGE: Final = re.compile(rb"(?:^|&)offset=0*[1-9]")


def sent_elsewhere(cookie: bytes, query_string: bytes, faults: AbstractSet[str]) -> bool:
    """Whether a careless load balancer sends a request to the server that does not know its session."""
    return "session-cookie-needed" in faults and not cookie and _LATER_PAGE.search(query_string) is not None


def from_query(query_string: bytes) -> bytes:
    """Return the Authorization header that a careless server takes the query parameter access_token for."""
    given = dict(parse_qsl(query_string.decode("latin-1")))
    return b"Bearer " + given["access_token"].encode() if "access_token" in given else b""


def unverified(token: str, faults: AbstractSet[str]) -> dict[str, Any] | None:
    """Return the claims of a token that a careless server believes without proof, or None."""
    parts = token.split(".")
    try:
        head, claims = (json.loads(_decoded(part)) for part in parts[:2])
        nothing = str(head["alg"]).lower() == "none"
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(claims, dict) or not {"scope", "exp"} <= claims.keys():
        return None
    believed = "signature-not-verified" in faults or ("alg-none-accepted" in faults and nothing)
    return claims if believed else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
