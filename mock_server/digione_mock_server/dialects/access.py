"""Dialects of letting clients in: what OAuth 2 leaves to the provider, and which addresses it offers."""

from __future__ import annotations

from typing import Final

from digione_mock_server.dialects.dialect import legal, tolerances

DIALECTS: Final = (
    *legal(
        ("lower-case-bearer", 'The token answer says "bearer" in lower case.',
         "RFC 6749 §5.1: token_type is case insensitive"),
        ("no-scope-echo", "The token answer names no scope where all that was asked for is granted.",
         "RFC 6749 §5.1: scope is optional if identical to the scope requested"),
        ("no-expires-in", "The token answer does not say how long the token lives.",
         "RFC 6749 §5.1: expires_in is recommended, not required"),
        ("opaque-tokens", "Access tokens are random text, not JWT.",
         "RFC 6749 §1.4: a token is usually opaque to the client; OneRoster names no format"),
        ("basic-only", "Client credentials in the form body are refused; HTTP Basic alone is taken.",
         "RFC 6749 §2.3.1: Basic must be supported, the body may be"),
        ("roster-scopes-only", "A token request that names a scope of another service is refused as invalid_scope.",
         "RFC 6749 §3.3 and §5.2: a server may refuse a scope that it does not know"),
        ("no-nested", "None of the 17 nested collections is offered: 404.",
         "pitfalls §2: the 22 core endpoints are required, nested reads are optional"),
        ("no-demographics", "Demographics are not offered: 404.",
         "pitfalls §2: the two demographics reads are optional"),
        ("no-head", "HEAD is refused with 405.",
         "OneRoster declares GET alone; RFC 9110 §9.1 wants HEAD too, but no operation of the standard is a HEAD"),
        ("slashes-count", "Doubled and trailing slashes make another address: 404.",
         "RFC 3986 §6.2: such paths are not equivalent; pitfall 80 leaves both open"),
        ("busy-now-and-then", "Every fortieth read is answered 429 with Retry-After: 0.",
         "Rostering OpenAPI: 429 server_busy is declared for every operation"),
    ),
    *tolerances(
        ("empty-body-token", "A token request with an empty body counts as client credentials.",
         "some consumers send none"),
    ),
)  # fmt: skip

BUSY_EVERY: Final = 40
"""Every so many reads one is refused under `busy-now-and-then`."""
