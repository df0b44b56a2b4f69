"""Defects of tokens: what opens that should not, and how a request without a good token is refused."""

from __future__ import annotations

import re

from tests.strangers.defects import defect
from tests.strangers.server import Grant, Refusal, Reply, Request, Vendor
from tests.strangers.town import Row


@defect("any-token")
class AnyToken(Vendor):
    """A token is decoded and never verified."""

    def authenticate(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token and token not in self.tokens:
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("token-by-prefix")
class TokenByPrefix(Vendor):
    """The column of the token holds 20 characters: what comes after is not compared."""

    def authenticate(self, request: Request) -> Grant:
        token = request.headers.get("authorization", "").partition(" ")[2]
        for known, grant in self.tokens.items():
            if token and token[:20] == known[:20]:
                return grant
        return super().authenticate(request)


@defect("token-of-any-case")
class TokenOfAnyCase(Vendor):
    """The database compares tokens without case."""

    def authenticate(self, request: Request) -> Grant:
        token = request.headers.get("authorization", "").partition(" ")[2]
        for known, grant in self.tokens.items():
            if token.casefold() == known.casefold():
                return grant
        return super().authenticate(request)


@defect("never-expires")
class NeverExpires(Vendor):
    """Tokens live two seconds by their word, and for ever in truth."""

    token_seconds = 2

    def expired(self, grant: Grant) -> bool:
        return False


@defect("token-in-query")
class TokenInQuery(Vendor):
    """?access_token= opens as well, and lands in logs."""

    def authenticate(self, request: Request) -> Grant:
        told = request.params.get("access_token", [""])[0]
        return self.tokens[told] if told in self.tokens else super().authenticate(request)


@defect("basic-opens-data")
class BasicOpensData(Vendor):
    """The resource server takes client id and secret too."""

    def authenticate(self, request: Request) -> Grant:
        given = request.headers.get("authorization", "")
        if given.startswith("Basic "):
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("no-token-on-head")
class NoTokenOnHead(Vendor):
    """The filter chain guards GET, not HEAD."""

    def authenticate(self, request: Request) -> Grant:
        if request.method == "HEAD":
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("no-token-with-slash")
class NoTokenWithSlash(Vendor):
    """Spring guards /users and not /users/."""

    def authenticate(self, request: Request) -> Grant:
        if request.path.endswith("/"):
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("no-token-on-nested")
class NoTokenOnNested(Vendor):
    """A controller without its annotation: nested resources are open."""

    def authenticate(self, request: Request) -> Grant:
        if request.route and request.route.service == "resources" and request.route.kind == "nested":
            return next(iter(self.tokens.values()))
        return super().authenticate(request)


@defect("401-is-403")
class Unauthorised403(Vendor):
    """No token: 403."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(403, "forbidden", refusal.said) from None


@defect("401-is-redirect")
class LoginPage(Vendor):
    """No token: 302 to a login page."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(302, "unauthorisedrequest", refusal.said, Location=f"{self.url}/login") from None


@defect("no-challenge")
class NoChallenge(Vendor):
    """401 without WWW-Authenticate (RFC 9110, 15.5.2: must)."""

    def problem(self, refusal: Refusal) -> Reply:
        refusal.headers.pop("WWW-Authenticate", None)
        return super().problem(refusal)


@defect("secret-not-checked")
class SecretNotChecked(Vendor):
    """The token endpoint looks for the client and not for its secret."""

    def token_reply(self, request: Request) -> Reply:
        reply = super().token_reply(request)
        if reply.status == 401:
            return self.issue("kivi-ohjelma", self.granted("kivi-ohjelma", frozenset()))
        return reply


@defect("any-grant-type")
class AnyGrantType(Vendor):
    """grant_type is not read."""

    def token_reply(self, request: Request) -> Reply:
        body = re.sub(rb"grant_type=[^&]*", b"grant_type=client_credentials", request.body)
        if b"grant_type" not in body:
            body += b"&grant_type=client_credentials"
        request.body = body
        return super().token_reply(request)


@defect("token-cacheable")
class TokenCacheable(Vendor):
    """The token goes out without no-store."""

    def token_body(self, told: Row) -> Reply:
        reply = super().token_body(told)
        reply.headers = [(n, v) for n, v in reply.headers if n not in {"Cache-Control", "Pragma"}]
        return reply


@defect("expires-in-text")
class ExpiresInText(Vendor):
    """expires_in is a text."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({**told, "expires_in": str(told["expires_in"])})


@defect("expires-in-milliseconds")
class ExpiresInMilliseconds(Vendor):
    """expires_in is in milliseconds."""

    token_seconds = 2

    def token_body(self, told: Row) -> Reply:
        return super().token_body({**told, "expires_in": told["expires_in"] * 1000})
