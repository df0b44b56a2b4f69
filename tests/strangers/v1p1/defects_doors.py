"""Defects of 1.1 in tokens, scopes and tenants, as vendors have them."""

from __future__ import annotations

from urllib.parse import parse_qs

from tests.strangers.routes import Route
from tests.strangers.server import TENANT, Grant, Refusal, Reply, Request
from tests.strangers.town import Row, Tables
from tests.strangers.v1p1.registry import defect
from tests.strangers.v1p1.routes import SCOPE
from tests.strangers.v1p1.server import Old

LATER = "https://purl.imsglobal.org/spec/or/v1p2/scope/"

# --- tokens and scopes ------------------------------------------------------------------------------------------------


@defect("auth", "no-token-no-matter")
class NoTokenNoMatter(Old):
    """Without a token the first tenant is served: the module was written for a pilot."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal:
            if "authorization" in request.headers:
                raise
            return Grant("kivi-ohjelma", "kivi", frozenset().union(*(r.scopes for r in self.routes())), 0)


@defect("auth", "any-token")
class AnyToken(Old):
    """Whatever looks like a token opens: ten signs are enough, as a published sample has it."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal:
            if len(request.headers.get("authorization", "")) < 17:
                raise
            return Grant("kivi-ohjelma", "kivi", frozenset().union(*(r.scopes for r in self.routes())), 0)


@defect("auth", "refused-as-403")
class RefusedAs403(Old):
    """A missing or wrong token is 403."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(403, "forbidden", refusal.said) from None


@defect("auth", "refused-with-a-login-page")
class RefusedWithALoginPage(Old):
    """A missing token leads to the login of the web site, with 200."""

    def problem(self, refusal: Refusal) -> Reply:
        if refusal.status == 401:
            return Reply(200, b"<html><title>Kirjaudu</title></html>", [("Content-Type", "text/html")])
        return super().problem(refusal)


@defect("auth", "refused-without-challenge")
class RefusedWithoutChallenge(Old):
    """401 has no WWW-Authenticate (RFC 9110, 15.5.2)."""

    def problem(self, refusal: Refusal) -> Reply:
        refusal.headers.pop("WWW-Authenticate", None)
        return super().problem(refusal)


@defect("auth", "scopes-no-matter")
class ScopesNoMatter(Old):
    """Scopes are granted and never looked at."""

    def authorise(self, request: Request, route: Route) -> None:
        pass


@defect("auth", "demographics-with-the-roster")
class DemographicsWithTheRoster(Old):
    """roster.readonly opens demographics too (pitfall 38)."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if SCOPE + "roster.readonly" not in request.grant.scopes:
            super().authorise(request, route)


@defect("auth", "core-opens-nested")
class CoreOpensNested(Old):
    """Scopes are compared by how they begin: roster-core opens what roster opens."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not any("roster-core" in scope for scope in request.grant.scopes) or route.table == "demographics":
            super().authorise(request, route)


@defect("auth", "core-opens-nothing")
class CoreOpensNothing(Old):
    """A token of roster-core alone is refused everywhere: the server wants every scope that a path lists."""

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        if not request.grant.scopes >= route.scopes:
            raise Refusal(403, "forbidden", "scope")


@defect("auth", "missing-scope-is-401")
class MissingScopeIs401(Old):
    """A token without the scope is answered as no token (pitfall 39)."""

    def authorise(self, request: Request, route: Route) -> None:
        try:
            super().authorise(request, route)
        except Refusal:
            raise Refusal(401, "unauthorisedrequest", "scope", WWW_Authenticate="Bearer") from None


@defect("auth", "scope-told-as-asked")
class ScopeToldAsAsked(Old):
    """The token tells the scopes that were asked for, whatever was granted (RFC 6749, 5.1)."""

    def token_reply(self, request: Request) -> Reply:
        self.form = request.body.decode()
        return super().token_reply(request)

    def token_body(self, told: Row) -> Reply:
        asked = parse_qs(self.form).get("scope")
        return super().token_body(told | ({"scope": asked[0]} if asked else {}))


@defect("auth", "scopes-by-their-later-names")
class ScopesByTheirLaterNames(Old):
    """The token tells scopes of 1.2 at an address of 1.1."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body(told | {"scope": told["scope"].replace(SCOPE, LATER)})


@defect("auth", "token-without-type")
class TokenWithoutType(Old):
    """token_type is missing (RFC 6749, 5.1 requires it)."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "token_type"})


@defect("auth", "token-to-be-cached")
class TokenToBeCached(Old):
    """The token may be cached for an hour (RFC 6749, 5.1: no-store)."""

    def token_body(self, told: Row) -> Reply:
        reply = super().token_body(told)
        reply.headers = [(name, value) for name, value in reply.headers if name != "Pragma"]
        reply.header("Cache-Control", "public, max-age=3600")
        return reply


@defect("auth", "any-secret")
class AnySecret(Old):
    """The secret is not compared."""

    def token_reply(self, request: Request) -> Reply:
        reply = super().token_reply(request)
        text = request.body.decode() + request.headers.get("authorization", "")
        if reply.status == 401 and ("Basic" in text or "client_id" in text):
            return self.issue("kivi-ohjelma", self.granted("kivi-ohjelma", frozenset()))
        return reply


@defect("auth", "token-in-the-address")
class TokenInTheAddress(Old):
    """access_token in the query opens too, and so stands in every log (RFC 6750, 2.3; RFC 9700, 4.3.2)."""

    def authenticate(self, request: Request) -> Grant:
        told = request.params.get("access_token")
        if told and "authorization" not in request.headers:
            request.headers = {**request.headers, "authorization": f"Bearer {told[-1]}"}
        return super().authenticate(request)


@defect("auth", "tokens-guessed")
class TokensGuessed(Old):
    """Tokens count upwards (RFC 6749, 10.10)."""

    count = 1000

    def new_token(self) -> str:
        self.count += 1
        return f"TOKEN{self.count}"


# --- tenants ----------------------------------------------------------------------------------------------------------


@defect("tenants", "single-of-any-town")
class SingleOfAnyTown(Old):
    """A single read finds the ids of every tenant."""

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "one":
            return [row for town in self.towns.values() for row in town[route.table].values()]
        return super().belonging(request, route)


@defect("tenants", "nested-of-any-town")
class NestedOfAnyTown(Old):
    """A nested read finds parents of every tenant."""

    def tables(self, request: Request) -> Tables:
        if request.route and request.route.kind == "nested":
            both: Tables = {}
            for town in self.towns.values():
                for name, table in town.items():
                    both.setdefault(name, {}).update(table)
            return both
        return super().tables(request)


@defect("tenants", "town-of-the-last-token")
class TownOfTheLastToken(Old):
    """The tenant is kept by process: whoever fetched a token last, decides whose rows all see."""

    last = "kivi"

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        self.last = TENANT[client]
        return super().issue(client, scopes)

    def tables(self, request: Request) -> Tables:
        return self.towns[self.last]
