"""Defects of tokens, scopes and tenants: Keycloak and Entra, API managers, row-level security, caches of decisions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from tests.strangers.routes import ROUTES, Route
from tests.strangers.server import CONTACT, SECRETS, TENANT, Grant, Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import Asked, defect
from tests.strangers.town import Row, Tables

KEY: Final = b"not a secret: a key of tests"
EVERYTHING: Final = frozenset().union(*(route.scopes for route in ROUTES))


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Jwt(Vendor):
    """Access tokens are signed and carry what they stand for; nothing is kept."""

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        until = time.monotonic() + self.token_seconds
        claims = {"iss": "https://id.invalid/realms/koulu", "aud": "oneroster", "sub": client, "until": until,
                  "scope": " ".join(sorted(scopes)), "jti": self.new_token()}  # fmt: skip
        head = {"alg": "HS256", "typ": "at+jwt"}
        signed = ".".join(_part(json.dumps(part).encode()) for part in (head, claims))
        told = {"access_token": f"{signed}.{self.signature(signed)}", "token_type": "Bearer"}
        return self.token_body({**told, "expires_in": self.token_seconds, "scope": claims["scope"]})

    def signature(self, signed: str) -> str:
        """Sign."""
        return _part(hmac.new(KEY, signed.encode(), hashlib.sha256).digest())

    def sound(self, head: Mapping[str, Any], signed: str, signature: str) -> bool:
        """Whether a token may be believed."""
        return head.get("alg") == "HS256" and hmac.compare_digest(signature, self.signature(signed))

    def authenticate(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return super().authenticate(request)
        try:
            signed, _, signature = token.strip().rpartition(".")
            head, claims = (json.loads(_bytes(part)) for part in signed.split("."))
            grant = Grant(claims["sub"], TENANT[claims["sub"]], frozenset(claims["scope"].split()), claims["until"])
        except (ValueError, KeyError, TypeError):
            return super().authenticate(request)
        if not self.sound(head, signed, signature) or self.expired(grant):
            return super().authenticate(request)
        return grant


@defect("auth", "jwt-signature-not-checked")
class JwtSignatureNotChecked(Jwt):
    """The gateway decodes a JWT and leaves the signature to the backend, which leaves it to the gateway."""

    def sound(self, head: Mapping[str, Any], signed: str, signature: str) -> bool:
        return True


@defect("auth", "jwt-alg-none")
class JwtAlgNone(Jwt):
    """The library believes the header: `alg: none` and an empty signature are accepted."""

    def sound(self, head: Mapping[str, Any], signed: str, signature: str) -> bool:
        return str(head.get("alg")).lower() == "none" or super().sound(head, signed, signature)


# --- the token endpoint -----------------------------------------------------------------------------------------------


@defect("auth", "echoes-the-asked-scope")
class EchoesTheAskedScope(Vendor):
    """`scope` told is what was asked for, also where less was granted (RFC 6749, 5.1: required if different)."""

    def token_reply(self, request: Request) -> Reply:
        reply = super().token_reply(request)
        asked = dict(parse_qsl(request.body.decode())).get("scope")
        if reply.status == 200 and asked:
            reply.body = self.dump({**json.loads(reply.body), "scope": asked})
        return reply


@defect("auth", "unknown-scope-grants-all")
class UnknownScopeGrantsAll(Vendor):
    """Unknown scopes are filtered out first; what is left is empty, and empty means the default: everything."""

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        return super().granted(client, asked & EVERYTHING)


@defect("auth", "token-by-get")
class TokenByGet(Vendor):
    """A legacy endpoint takes the secret in the query of a GET as well (RFC 6749, 3.2: must use POST; 2.3.1)."""

    def handle(self, request: Request) -> Reply:
        if request.path == self.token_path and request.method == "GET":
            request = Request("POST", request.path, "", request.headers, request.raw_query.encode())
        return super().handle(request)


@defect("auth", "token-errors-are-200")
class TokenErrorsAre200(Vendor):
    """The token endpoint refuses with 200 and an error in the body (RFC 6749, 5.2: 400 or 401)."""

    def oauth_problem(self, status: int, code: str) -> Reply:
        reply = super().oauth_problem(status, code)
        reply.status = 200
        return reply


@defect("auth", "wrong-secret-is-403")
class WrongSecretIs403(Vendor):
    """Bad credentials are 403 (RFC 6749, 5.2: invalid_client is 400, and 401 where a header was used)."""

    def oauth_problem(self, status: int, code: str) -> Reply:
        return super().oauth_problem(403 if status == 401 else status, code)


@defect("auth", "secret-of-any-case")
class SecretOfAnyCase(Vendor):
    """Secrets stand in a MySQL table and are compared in its collation: upper case will do."""

    def token_reply(self, request: Request) -> Reply:
        given = request.headers.get("authorization", "")
        if not given.lower().startswith("basic "):
            return super().token_reply(request)
        try:
            name, _, secret = (unquote(part) for part in base64.b64decode(given[6:]).decode().partition(":"))
        except ValueError:
            return super().token_reply(request)
        right = next((pair for pair in SECRETS.values() if (name.lower(), secret.lower()) == pair), (name, secret))
        basic = base64.b64encode(":".join(right).encode()).decode()
        return super().token_reply(
            Request("POST", request.path, "", {**request.headers, "authorization": f"Basic {basic}"}, request.body)
        )


@defect("auth", "any-secret-of-any-client")
class AnySecretOfAnyClient(Vendor):
    """Looks up the id, then looks up the secret, and never whether they belong together."""

    def token_reply(self, request: Request) -> Reply:
        given = request.headers.get("authorization", "")
        try:
            name, _, secret = (unquote(part) for part in base64.b64decode(given[6:]).decode().partition(":"))
        except ValueError:
            return super().token_reply(request)
        own = dict(SECRETS.values())
        if name in own and secret in own.values():
            basic = base64.b64encode(f"{name}:{own[name]}".encode()).decode()
            headers = {**request.headers, "authorization": f"Basic {basic}"}
            request = Request(request.method, request.path, "", headers, request.body)
        return super().token_reply(request)


@defect("auth", "token-type-missing")
class TokenTypeMissing(Vendor):
    """The answer lacks token_type (RFC 6749, 5.1: required)."""

    def token_body(self, told: Row) -> Reply:
        return super().token_body({name: value for name, value in told.items() if name != "token_type"})


@defect("auth", "instances-share-no-tokens")
class InstancesShareNoTokens(Vendor):
    """Two instances keep tokens in memory: now and then a request meets the one that has never seen it."""

    calls = 0

    def authenticate(self, request: Request) -> Grant:
        self.calls += 1
        if self.calls % 30 == 29:
            raise Refusal(401, "unauthorisedrequest", "unknown or expired token",
                          WWW_Authenticate='Bearer realm="oneroster", error="invalid_token"')  # fmt: skip
        return super().authenticate(request)


# --- ways past the door -----------------------------------------------------------------------------------------------


class PastTheDoor(Vendor):
    """The gateway's rule is about one spelling of a path, the backend serves others, and trusts the gateway."""

    def inner(self, path: str) -> str:
        """Return the path as the backend understands it."""
        return path

    def serve(self, request: Request) -> Reply:
        inner = self.inner(request.path)
        if inner == request.path:
            return super().serve(request)
        request.path = inner
        self.open = True
        try:
            return super().serve(request)
        finally:
            self.open = False

    def authenticate(self, request: Request) -> Grant:
        if getattr(self, "open", False):
            return Grant("kivi-ohjelma", "kivi", EVERYTHING, 0)
        return super().authenticate(request)


@defect("auth", "double-slash-opens")
class DoubleSlashOpens(PastTheDoor):
    """`/v1p2//users` passes the gateway without a token, and the backend merges slashes."""

    def inner(self, path: str) -> str:
        return path.replace("//", "/")


@defect("auth", "other-case-opens")
class OtherCaseOpens(PastTheDoor):
    """IIS serves `/Users` as `/users`; the rule that asks for a token is written in lower case."""

    def inner(self, path: str) -> str:
        head, _, last = path.rpartition("/")
        return f"{head}/{last[:1].lower()}{last[1:].lower() if last.isupper() else last[1:]}"


@defect("auth", "path-parameters-open")
class PathParametersOpen(PastTheDoor):
    """Spring strips `;a=b` from a path after the filter has looked at it: `/users;x` needs no token."""

    def inner(self, path: str) -> str:
        return path.partition(";")[0]


# --- scopes -----------------------------------------------------------------------------------------------------------


@defect("scopes", "scopes-kept-by-client")
class ScopesKeptByClient(Vendor):
    """Grants are kept by client: a narrow token opens whatever any earlier token of the client did."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, frozenset[str]] = {}

    def issue(self, client: str, scopes: frozenset[str]) -> Reply:
        self.kept[client] = self.kept.get(client, frozenset()) | scopes
        return super().issue(client, scopes)

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        grant = request.grant
        request.grant = Grant(grant.client, grant.tenant, self.kept.get(grant.client, grant.scopes), grant.until)
        super().authorise(request, route)


@defect("scopes", "decision-cached-by-path")
class DecisionCachedByPath(Vendor):
    """API management caches that a client may read a path, and does not look at the scopes of the next token."""

    def __init__(self) -> None:
        super().__init__()
        self.may: set[tuple[str, str]] = set()

    def authorise(self, request: Request, route: Route) -> None:
        assert request.grant
        key = (request.grant.client, request.path)
        if key not in self.may:
            super().authorise(request, route)
            self.may.add(key)


@defect("scopes", "no-scope-check-with-query")
class NoScopeCheckWithQuery(Vendor):
    """The policy matches the whole address with `^…/demographics$`; with a query it does not match."""

    def authorise(self, request: Request, route: Route) -> None:
        if not request.raw_query:
            super().authorise(request, route)


# --- tenants ----------------------------------------------------------------------------------------------------------


class Wide(Asked):
    """Row-level security that does not reach everything."""

    def crosses(self, request: Request) -> bool:
        """Whether this request sees the rows of all towns."""
        return False

    def tables(self, request: Request) -> Tables:
        own = super().tables(request)
        if request.route is None or not self.crosses(request):
            return own
        merged = {name: dict(rows) for name, rows in own.items()}
        for town in self.towns.values():
            for name, rows in town.items():
                merged[name].update(rows)
        return merged


@defect("tenants", "views-bypass-row-security")
class ViewsBypassRowSecurity(Wide):
    """PostgreSQL views run with the rights of their owner: /terms and /gradingPeriods list all towns."""

    def crosses(self, request: Request) -> bool:
        assert request.route
        return request.route.path in {"/terms", "/gradingPeriods"}


@defect("tenants", "deep-paths-cross")
class DeepPathsCross(Wide):
    """The three reads below a class in a school are written by hand and forget the town."""

    def crosses(self, request: Request) -> bool:
        return {"school", "class"} <= request.ids.keys()


@defect("tenants", "single-assessment-results-cross")
class SingleAssessmentResultsCross(Wide):
    """The newest table has no policy yet: a result of another town's assessment is read by its id."""

    def crosses(self, request: Request) -> bool:
        assert request.route
        return request.route.table == "assessmentResults" and request.route.kind == "one"


@defect("tenants", "sorted-reads-cross")
class SortedReadsCross(Wide):
    """A materialised view serves sorted lists of classes and was built for all towns."""

    def crosses(self, request: Request) -> bool:
        assert request.route
        return request.route.table == "classes" and request.route.kind == "list" and "sort" in request.params


@defect("tenants", "second-page-crosses")
class SecondPageCrosses(Wide):
    """The pool hands the next page's statement to a connection on which no town is set."""

    def crosses(self, request: Request) -> bool:
        assert request.route
        paged = request.params.get("offset", ["0"])[-1] != "0"
        return request.route.kind == "list" and request.route.table == "courses" and paged


# --- what a narrower client may see -----------------------------------------------------------------------------------


@defect("scopes", "hidden-fields-on-singles")
class HiddenFieldsOnSingles(Vendor):
    """A client that gets no contact details in lists gets them by single reads."""

    def seen(self, request: Request, row: Row) -> Row:
        assert request.route
        return row if request.route.kind == "one" else super().seen(request, row)


@defect("scopes", "hidden-fields-by-name")
class HiddenFieldsByName(Vendor):
    """Contact details are left out by default, and told where `fields` asks for them by name."""

    def seen(self, request: Request, row: Row) -> Row:
        named = ",".join(request.params.get("fields", []))
        return row if any(name in named for name in CONTACT) else super().seen(request, row)


@defect("scopes", "hidden-fields-sorted-by")
class HiddenFieldsSortedBy(Asked):
    """What a client is not told still orders what it is: sort=email puts people in the order of addresses."""

    def sort_key(self, row: Row, name: str) -> Any:
        whole = self.tables(self.asked)[self.way.table].get(row["sourcedId"], row)
        return super().sort_key(whole, name)


@defect("scopes", "hidden-fields-on-page-two")
class HiddenFieldsOnPageTwo(Vendor):
    """The policy of the gateway that strips contact details looks at requests without offset."""

    def seen(self, request: Request, row: Row) -> Row:
        return row if request.params.get("offset", ["0"])[-1] != "0" else super().seen(request, row)
