"""Legal ways of tokens: how they look, how long they live, and what is told when they do not do."""

from __future__ import annotations

import secrets
import time

from tests.strangers.routes import Route
from tests.strangers.server import Grant, Refusal, Reply, Request, Vendor
from tests.strangers.town import Row
from tests.strangers.variants import variant


@variant("token-without-scope")
class TokenWithoutScope(Vendor):
    """`scope` may be absent where it is what was asked for (RFC 6749, 5.1)."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "scope"})


@variant("tiny-token")
class TinyToken(Vendor):
    """A token is opaque, its type has no case (RFC 6749, 5.1), and it may come with more than what is known."""

    def new_token(self) -> str:
        return f"k{len(self.tokens) + 1}"

    def token_body(self, told: Row) -> Reply:
        return super().token_body(
            {**told, "token_type": "bearer", "ext_expires_in": 0, "id_token": "", "not-before": 0}
        )


@variant("huge-token")
class HugeToken(Vendor):
    """A token of 3,000 characters of the alphabet of RFC 6750, 2.1."""

    def new_token(self) -> str:
        return "~+/-._" + secrets.token_urlsafe(2200) + "=="


@variant("same-token")
class SameToken(Vendor):
    """Whoever asks again for the same gets the token that is still good."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        for token, grant in self.tokens.items():
            if (grant.client, grant.scopes) == (client, scopes):
                told = {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}
                return self.token_body({**told, "expires_in": int(grant.until - time.monotonic())})
        return super().issue(client, scopes)


@variant("token-first")
class TokenFirst(Vendor):
    """Who shows no token learns not even which paths there are."""

    def serve(self, request: Request) -> Reply:
        self.authenticate(request)
        return super().serve(request)


@variant("scope-on-the-wire")
class ScopeChallenge(Vendor):
    """A 403 may say which scope would do (RFC 6750, 3.1)."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not request.grant.scopes & route.scopes:
            told = f'Bearer error="insufficient_scope", scope="{" ".join(sorted(route.scopes))}"'
            raise Refusal(403, "forbidden", "no scope", WWW_Authenticate=told)


@variant("short-lived")
class ShortLived(Vendor):
    """Tokens live for two seconds only, and say so."""

    token_seconds = 2

    def expired(self, grant: Grant) -> bool:
        return time.monotonic() >= grant.until + 0.5  # the leeway that RFC 7519 knows
