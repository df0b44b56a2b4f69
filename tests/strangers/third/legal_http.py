"""Legal servers: HTTP, refusals, links and discovery otherwise than the first one has them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.strangers.routes import BASES, Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import Asked, Params, data, variant
from tests.strangers.town import Ref, Row

# --- HTTP -------------------------------------------------------------------------------------------------------------


@variant("content-type-with-parameters")
class ContentTypeWithParameters(Vendor):
    """A media type has parameters and no case of its own (RFC 9110, 8.3.1): OData's gateway adds some."""

    content_type = "Application/JSON; odata.metadata=minimal; charset=UTF-8"


@variant("keys-in-any-order")
class KeysInAnyOrder(Vendor):
    """An object of JSON has no order (RFC 8259, 4): Go shuffles its maps, in each answer anew."""

    def render(self, row: Row) -> Row:
        told = list(super().render(row).items())
        random.shuffle(told)
        return dict(told)


@variant("escaped-json")
class EscapedJson(Vendor):
    """Letters beyond ASCII and slashes are escaped, and there is space between: PHP's `json_encode` (RFC 8259, 7)."""

    def dump(self, body: Any) -> bytes:
        return json.dumps(body, indent=2).replace("/", "\\/").encode() + b"\n"


@variant("cookies-of-a-balancer")
class CookiesOfABalancer(Vendor):
    """Cookies are set that nobody needs; a client may drop them (RFC 6265)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.headers.append(
            ("Set-Cookie", f"AWSALB={self.new_token()}; Path=/; Expires=Wed, 01 Dec 2027 10:00:00 GMT")
        )
        reply.headers.append(("Set-Cookie", "visid=1; Secure; SameSite=None"))
        return super().finish(request, reply)


@variant("headers-of-azure")
class HeadersOfAzure(Vendor):
    """API management tells of itself, in headers of any name: quotas, traces, deprecations, a policy."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        for name, value in (
            ("Request-Context", "appId=cid-v1:1"), ("RateLimit-Limit", "100, 100;w=10"), ("RateLimit-Remaining", "3"),
            ("Strict-Transport-Security", "max-age=31536000"), ("Via", "1.1 vegur, 1.1 varnish (Varnish/7.1)"),
            ("Server-Timing", 'db;dur=53, app;desc="roster, all"'), ("Deprecation", "@1893456000"),
        ):  # fmt: skip
            reply.headers.append((name, value))
        return super().finish(request, reply)


@variant("no-405")
class No405(Vendor):
    """A method that is not offered is 404: the standard declares neither, and RFC 9110 leaves hiding open (15.5.5)."""

    def find(self, request: Request) -> Route:
        try:
            return super().find(request)
        except Refusal as refusal:
            if refusal.status == 405:
                raise Refusal(404, "unknownobject", "Unknown Object") from None
            raise


@variant("token-before-path")
class TokenBeforePath(Vendor):
    """Without a token every address is 401, also one that does not exist: the gateway asks first."""

    def serve(self, request: Request) -> Reply:
        self.authenticate(request)
        return super().serve(request)


@variant("bad-limit-is-422")
class BadLimitIs422(Vendor):
    """A limit that is no number, or is nought, is 422: no status is specified, and 422 is declared for all reads."""

    def bounds(self, params: Params) -> tuple[int, int]:
        try:
            return super().bounds(params)
        except Refusal as refusal:
            raise Refusal(422, "invaliddata", refusal.said) from None


@variant("long-addresses-refused")
class LongAddressesRefused(Vendor):
    """IIS refuses queries of more than 2048 characters with 414, in its own words (RFC 9110, 15.5.15)."""

    def handle(self, request: Request) -> Reply:
        if len(request.raw_query) > 2048:
            return Reply(414, b"Request URL Too Long", [("Content-Type", "text/plain")])
        return super().handle(request)


@variant("private-and-no-cache")
class PrivateAndNoCache(Vendor):
    """Answers carry Expires in the past and several directives, one of them unknown (RFC 9111, 5.2.3)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.headers.append(("Cache-Control", 'private, no-store, max-age=0, community="koulu"'))
        reply.headers.append(("Expires", "0"))
        return super().finish(request, reply)


# --- refusals ---------------------------------------------------------------------------------------------------------


@variant("refusals-in-finnish")
class RefusalsInFinnish(Vendor):
    """imsx_description is free text: Finnish, with the two words that 404 should carry."""

    def payload(self, refusal: Refusal) -> Any:
        told = "Kohdetta ei löydy (Unknown Object)" if refusal.status == 404 else "Pyyntöä ei voitu käsitellä"
        return {**super().payload(refusal), "imsx_description": told}


@variant("two-minor-codes")
class TwoMinorCodes(Vendor):
    """imsx_codeMinorField is a list of one or more: a second system on the way names its own reason."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        inner = {"imsx_codeMinorFieldName": "PrimusAdapter", "imsx_codeMinorFieldValue": "invaliddata"}
        told["imsx_CodeMinor"]["imsx_codeMinorField"].append(inner)
        return told


@variant("foreign-ids-are-403")
class ForeignIdsAre403(Vendor):
    """What another town has is 403: refused is declared for every read, and nothing of the record is told."""

    def one(self, request: Request, route: Route) -> Reply:
        own, id_ = self.tables(request), request.ids["self"]
        if id_ not in own[route.table] and any(id_ in town[route.table] for town in self.towns.values()):
            raise Refusal(403, "forbidden", "not yours")
        return super().one(request, route)


@variant("tokens-outside-a-vocabulary-refused")
class TokensOutsideAVocabularyRefused(Vendor):
    """A GraphQL facade refuses `status='nosuch'` with 400: what an impossible literal gets is not specified."""

    def filtered(self, request: Request, route: Route, rows: list[Row]) -> list[Row]:
        for text in request.params.get("filter", []):
            for clause in self.parse(text)[0]:
                if clause.path == ("status",) and clause.literal not in {"active", "tobedeleted"}:
                    raise Refusal(400, "invalid_filter_field", "no such status")
        return super().filtered(request, route, rows)


# --- links ------------------------------------------------------------------------------------------------------------


class Linked(Vendor):
    """A vendor that writes the header of links in another way."""

    def written(self, links: dict[str, str]) -> str:
        """Return the header."""
        return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items())

    def announce(self, request: Request, reply: Reply, total: int, offset: int, limit: int) -> None:
        super().announce(request, reply, total, offset, limit)
        reply.header("Link", self.written(self.links(request, total, offset, limit)))


@variant("links-unquoted")
class LinksUnquoted(Linked):
    """`rel=next` without quotes, and no space after the semicolon (RFC 8288, 3)."""

    def written(self, links: dict[str, str]) -> str:
        return ",".join(f"<{address}>;rel={rel}" for rel, address in links.items())


@variant("links-in-capitals")
class LinksInCapitals(Linked):
    """Relation types and names of parameters have no case (RFC 8288, 2.1.1 and 3)."""

    def written(self, links: dict[str, str]) -> str:
        return ", ".join(f'<{address}>; REL="{rel.capitalize()}"' for rel, address in links.items())


@variant("links-with-titles")
class LinksWithTitles(Linked):
    """Parameters beside rel, with commas, semicolons and words like rel="next" in quotes (RFC 8288, 3)."""

    def written(self, links: dict[str, str]) -> str:
        return ", ".join(
            f'<{address}>; title="page, \\"{rel}\\"; rel=next"; rel="{rel}"; type="application/json"'
            for rel, address in links.items()
        )


@variant("links-of-other-relations")
class LinksOfOtherRelations(Linked):
    """Other relations stand among them, one an address: describedby, self, a relation of the vendor's."""

    def written(self, links: dict[str, str]) -> str:
        more = {"self": f"{self.url}/here", "https://vendor.invalid/rel/next": f"{self.url}/elsewhere",
                "describedby": f"{self.url}/doc"}  # fmt: skip
        return super().written({**more, **links})


@variant("links-with-raw-commas")
class LinksWithRawCommas(Vendor):
    """A comma needs no encoding in a query (RFC 3986, 3.4), also where commas part the links."""

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        return super().page_url(request, offset, limit).replace("%2C", ",")


@variant("links-to-cursors")
class LinksToCursors(Vendor):
    """`next` leads to an address of its own for the page, below the service, that says nothing of limit or offset."""

    def __init__(self) -> None:
        super().__init__()
        self.cursors: dict[str, tuple[str, str]] = {}

    def page_url(self, request: Request, offset: int, limit: int) -> str:
        found = super().page_url(request, offset, limit)
        name = f"c{len(self.cursors):06}"
        self.cursors[name] = (request.path, found.partition("?")[2])
        assert request.route
        return f"{self.url}{self.prefix}{BASES[request.route.service]}/cursors/{name}"

    def serve(self, request: Request) -> Reply:
        before, _, name = request.path.rpartition("/cursors/")
        if before and name in self.cursors:
            request.path, request.raw_query = self.cursors[name]
        return super().serve(request)


@variant("next-is-the-only-link")
class NextAlone(Linked):
    """`next` is the only link; first, prev and last are declared as links and bound to nothing on the wire."""

    def written(self, links: dict[str, str]) -> str:
        return super().written({rel: address for rel, address in links.items() if rel == "next"})


# --- discovery and what is offered ------------------------------------------------------------------------------------


@variant("document-of-a-gateway")
class DocumentOfAGateway(Vendor):
    """OpenAPI 3.1, a relative server URL, two more security schemes and paths of the vendor's own."""

    def document(self, service: str) -> Row:
        told = super().document(service)
        told["openapi"] = "3.1.0"
        told["servers"] = [{"url": f"{self.prefix}{BASES[service]}", "description": "relative"}]
        told["paths"]["/health"] = {"get": {"responses": {"204": {"description": "well"}}, "security": []}}
        told["components"]["securitySchemes"]["Key"] = {"type": "apiKey", "in": "header", "name": "Ocp-Apim-Key"}
        return told


@variant("no-document")
class NoDocument(Vendor):
    """No discovery document: whether one is enforced is uncertain, and Ed-Fi is certified without."""

    def discovery(self, request: Request) -> Reply | None:
        return None


@variant("grades-only-read")
class GradesOnlyRead(Vendor):
    """A gradebook that is read and not written: 405 for PUT, DELETE and POST, no scope for them, no document."""

    def routes(self, service: str) -> Iterator[Route]:
        return (route for route in super().routes(service) if route.method == "GET")

    def granted(self, client: str, asked: frozenset[str]) -> frozenset[str]:
        return frozenset(one for one in super().granted(client, asked) if one.endswith("readonly"))


@variant("more-than-the-standard")
class MoreThanTheStandard(Vendor):
    """Endpoints of the vendor's own below the base URL, and a sort by several fields and by paths."""

    def serve(self, request: Request) -> Reply:
        if request.path.endswith(("/guardians", "/health", "/me")):
            self.authenticate(request)
            return self.json(200, {"vendor": True})
        return super().serve(request)

    def ordered(self, rows: list[Row], params: Params, route: Route) -> list[Row]:
        names = params.get("sort", [""])[-1].split(",")
        if len(names) < 2:
            return super().ordered(rows, params, route)
        for name in reversed(names):
            rows = super().ordered(rows, {**params, "sort": [name]}, route)
        return rows


@variant("hrefs-by-role")
class HrefsByRole(Vendor):
    """A link to a person leads to /students or /teachers, where the same user is read."""

    def href(self, ref: Ref) -> str:
        if ref.kind != "user":
            return super().href(ref)
        user = next((town["users"][ref.id] for town in self.towns.values() if ref.id in town["users"]), None)
        roles = {role["role"] for role in user["roles"]} if user else set()
        view = "students" if "student" in roles else "teachers" if "teacher" in roles else "users"
        return f"{self.url}{self.prefix}{BASES['rostering']}/{view}/{quote(ref.id, safe='')}"


@variant("tags-for-everything")
class TagsForEverything(Asked):
    """ETag and Last-Modified on every answer, and 304 where the tag is sent back (RFC 9110, 13)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if data(request, reply):
            tag = f'W/"{hash(reply.body) & 0xFFFFFFFF:x},{len(reply.body)}"'
            reply.header("ETag", tag)
            if tag in request.headers.get("if-none-match", ""):
                return Reply(304, b"", [("ETag", tag), ("Content-Length", str(len(reply.body)))])
        return super().finish(request, reply)
