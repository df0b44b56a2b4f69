"""Legal servers: token endpoints and tokens as OAuth lets them be."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl

from tests.strangers.server import Grant, Refusal, Reply, Request, Vendor
from tests.strangers.third.identity import Jwt
from tests.strangers.third.lists import variant
from tests.strangers.town import Row


@variant("jwt-of-an-identity-service")
class JwtOfAnIdentityService(Jwt):
    """A signed JWT, believed for its signature; what is in a token is not the client's concern (RFC 6749, 1.4)."""


@variant("keycloak-default-scopes")
class KeycloakDefaultScopes(Vendor):
    """Keycloak grants `profile email` to every client beside what was asked: scopes of others open nothing here."""

    def token_body(self, told: Row) -> Reply:
        more = {"refresh_expires_in": 0, "not-before-policy": 0, "id_token": None}
        return super().token_body({**told, "scope": f"profile {told['scope']} email", **more})


@variant("token-without-lifetime")
class TokenWithoutLifetime(Vendor):
    """expires_in is recommended, not required (RFC 6749, 5.1)."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "expires_in"})


@variant("lower-case-bearer")
class LowerCaseBearer(Vendor):
    """token_type has no case (RFC 6749, 5.1), and the answer says more than it must."""

    def token_body(self, told: Row) -> Reply:
        more = {"token_type": "bearer", "ext_expires_in": 1, "resource": "api://oneroster", "foo": {"bar": [1]}}
        return super().token_body({**told, **more})


@variant("basic-alone")
class BasicAlone(Vendor):
    """Credentials in the form are refused: Basic must be supported, the form need not be (RFC 6749, 2.3.1)."""

    def token_reply(self, request: Request) -> Reply:
        if "client_secret" in dict(parse_qsl(request.body.decode(errors="replace"))):
            return self.oauth_problem(400, "invalid_request")
        return super().token_reply(request)


@variant("scope-must-be-named")
class ScopeMustBeNamed(Vendor):
    """Who asks for no scope gets invalid_scope, as RFC 6749, 3.3 lets a server choose."""

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        return super().granted(client, asked) if asked else frozenset()


@variant("one-token-at-a-time")
class OneTokenAtATime(Vendor):
    """A new token ends the one before with the same client and scopes; RFC 6749 promises no second life."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        for token, grant in list(self.tokens.items()):
            if (grant.client, grant.scopes) == (client, scopes):
                del self.tokens[token]
        return super().issue(client, scopes)


@variant("token-with-all-characters")
class TokenWithAllCharacters(Vendor):
    """A bearer token may hold `-._~+/` and end in `=` (RFC 6750, 2.1)."""

    def new_token(self) -> str:
        return f"~.{base64.b64encode(super().new_token().encode()).decode().rstrip('=')}+/-_=="


@variant("challenge-of-two-schemes")
class ChallengeOfTwoSchemes(Vendor):
    """401 names two schemes and parameters with commas in them (RFC 9110, 11.6.1)."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            refusal.headers["WWW-Authenticate"] = (
                'Negotiate, bearer error="invalid_token", error_description="old, or unknown", realm="a, b"'
            )
            raise
