"""Defects of HTTP and of discovery: proxies, gateways, PHP notices, documents that tell of another server."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.strangers.routes import ROUTES, Route
from tests.strangers.server import Grant, Refusal, Reply, Request, Vendor
from tests.strangers.third.lists import data, defect, renamed
from tests.strangers.town import Row, Tables


@defect("transport", "gzip-regardless")
class GzipRegardless(Vendor):
    """nginx compresses whatever is asked, also where `Accept-Encoding: identity` says that nobody can read it."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if data(request, reply):
            reply.body = gzip.compress(reply.body, 1, mtime=0)
            reply.header("Content-Encoding", "gzip")
        return super().finish(request, reply)


@defect("transport", "php-notice-before-json")
class PhpNoticeBeforeJson(Vendor):
    """`display_errors` is on: a single read of a record without `email` begins with a notice in HTML."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        if route.table == "users" and b'"email"' not in reply.body:
            reply.body = b"<br />\n<b>Notice</b>: Undefined index: email in user.php on line 212<br />\n" + reply.body
        return reply


@defect("transport", "vendor-media-type")
class VendorMediaType(Vendor):
    """Data comes as `application/vnd.ims.or.v1p2+json`; all bodies are application/json."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if data(request, reply):
            reply.header("Content-Type", "application/vnd.ims.or.v1p2+json")
        return super().finish(request, reply)


@defect("transport", "xml-for-anything")
class XmlForAnything(Vendor):
    """A SOAP backend shows through: `Accept: */*`, or none, gives XML; only JSON is defined."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if data(request, reply) and "json" not in request.headers.get("accept", "*/*"):
            reply.body = b'<?xml version="1.0"?><response/>'
            reply.header("Content-Type", "application/xml")
        return super().finish(request, reply)


@defect("transport", "slash-in-ids-not-found")
class SlashInIdsNotFound(Vendor):
    """IIS and API management decode %2F before they route: a course whose id holds a slash is never found by it."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(tables, "courses", {id_: id_.replace("_", "/") for id_ in tables["courses"]})

    def find(self, request: Request) -> Route:
        request.path = unquote(request.path)
        return super().find(request)


@defect("transport", "encoded-ids-not-found")
class EncodedIdsNotFound(Vendor):
    """The router compares raw path segments: `li%3A7%3A000` is another id than `li:7:000` (RFC 3986, 6.2.2)."""

    def find(self, request: Request) -> Route:
        route = super().find(request)
        last = request.path.rstrip("/").rpartition("/")[2]
        if route.kind == "one" and "%" in last:
            request.ids["self"] = last
        return route


@defect("transport", "long-answers-break-off")
class LongAnswersBreakOff(Vendor):
    """A proxy buffers 64 KiB and ends the chunked answer there, with a proper last chunk: JSON that stops."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if data(request, reply) and len(reply.body) > 65_536:
            reply.body, reply.chunked = reply.body[:65_536], True
        return super().finish(request, reply)


# --- refusals ---------------------------------------------------------------------------------------------------------


@defect("errors", "gateway-says-401-its-own-way")
class GatewaySays401ItsOwnWay(Vendor):
    """Kong answers before the backend: `{"message": "Unauthorized"}`; error bodies are status payloads."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        if refusal.status == 401:
            reply.body = self.dump({"message": "Unauthorized"})
        return reply


@defect("errors", "gateway-says-403-its-own-way")
class GatewaySays403ItsOwnWay(Vendor):
    """API management checks scopes and answers `{"statusCode": 403, "message": "Forbidden"}`."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        if refusal.status == 403:
            reply.body = self.dump({"statusCode": 403, "message": "Forbidden"})
        return reply


@defect("errors", "refusals-are-plain-text")
class RefusalsArePlainText(Vendor):
    """The payload is right and goes out as text/plain, since the error handler writes a string."""

    def problem(self, refusal: Refusal) -> Reply:
        reply = super().problem(refusal)
        reply.header("Content-Type", "text/plain; charset=utf-8")
        return reply


@defect("errors", "stack-trace-in-description")
class StackTraceInDescription(Vendor):
    """The description holds the exception with its stack and the SQL: what a stranger is not to know."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        trace = (
            "System.InvalidOperationException: Sequence contains no elements\n   at Oppi.Roster.Api.UserRepository."
            "Get(String id) in C:\\agent\\_work\\1\\s\\UserRepository.cs:line 88\nSELECT u.* FROM dbo.Henkilo u"
        )
        return {**told, "imsx_description": f"{refusal.said}: {trace}"} if refusal.status in {400, 404} else told


@defect("errors", "token-echoed")
class TokenEchoed(Vendor):
    """A refused token stands in the description, and so in every log that keeps it."""

    def authenticate(self, request: Request) -> Grant:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            refusal.said += f": {request.headers.get('authorization', '')}"
            raise


@defect("errors", "severity-status")
class SeverityStatus(Vendor):
    """A failure of severity `status`, which is for what went well."""

    def payload(self, refusal: Refusal) -> Any:
        return {**super().payload(refusal), "imsx_severity": "status"}


@defect("errors", "minor-list-unwrapped")
class MinorListUnwrapped(Vendor):
    """XML to JSON: the only codeMinorField is an object and no list."""

    def payload(self, refusal: Refusal) -> Any:
        told = super().payload(refusal)
        return {**told, "imsx_CodeMinor": {"imsx_codeMinorField": told["imsx_CodeMinor"]["imsx_codeMinorField"][0]}}


@defect("errors", "unknown-parent-in-gradebook-is-empty")
class UnknownParentInGradebookIsEmpty(Vendor):
    """A class that nobody has gives an empty gradebook; the nested reads of Gradebook and Resources declare 404."""

    def known_parents(self, request: Request, route: Route) -> None:
        try:
            super().known_parents(request, route)
        except Refusal:
            if route.service == "rostering":
                raise
            request.ids = dict.fromkeys(request.ids, "nothing")

    def belonging(self, request: Request, route: Route) -> list[Row]:
        if route.kind == "nested" and "nothing" in request.ids.values():
            return []
        return super().belonging(request, route)


# --- discovery --------------------------------------------------------------------------------------------------------


class Documented(Vendor):
    """A vendor whose document is changed."""

    def changed(self, document: Row) -> Row:
        """Change the document."""
        return document

    def document(self, service: str) -> Row:
        return self.changed(super().document(service))


@defect("discovery", "document-promises-more")
class DocumentPromisesMore(Vendor):
    """The untrimmed document of the standard is published, while what is below a school or a class is not served."""

    def routes(self, service: str) -> Iterator[Route]:
        return (route for route in super().routes(service) if route.kind != "nested")

    def profiles(self, service: str, all_: Any) -> Any:
        return [one for one in all_ if one.endswith("core")]

    def document(self, service: str) -> Row:
        told = super().document(service)
        for route in ROUTES:
            if route.service == service:
                told["paths"].setdefault(route.path, {}).setdefault(route.method.lower(), {"responses": {"200": {
                    "description": "found"}}, "security": [{"OAuth2CC": sorted(route.scopes)}]})  # fmt: skip
        return told


@defect("discovery", "document-of-the-inner-host")
class DocumentOfTheInnerHost(Documented):
    """Swashbuckle behind a proxy: `servers` names http://localhost:5000."""

    def changed(self, document: Row) -> Row:
        server = document["servers"][0]["url"].replace(self.url, "http://localhost:5000")
        return {**document, "servers": [{"url": server}]}


@defect("discovery", "document-with-placeholder-token-url")
class DocumentWithPlaceholderTokenUrl(Documented):
    """tokenUrl is the placeholder of the official file."""

    def changed(self, document: Row) -> Row:
        told = json.loads(json.dumps(document))
        told["components"]["securitySchemes"]["OAuth2CC"]["flows"]["clientCredentials"]["tokenUrl"] = (
            "https://www.imsglobal.org"
        )
        return told


@defect("discovery", "document-is-swagger-2")
class DocumentIsSwagger2(Documented):
    """The generator still writes Swagger 2.0; an OpenAPI 3 document is called for."""

    def changed(self, document: Row) -> Row:
        return {"swagger": "2.0", "info": document["info"], "basePath": self.prefix, "paths": document["paths"]}


@defect("discovery", "document-with-scopes-of-1-1")
class DocumentWithScopesOf11(Documented):
    """The document names the scopes of 1.1, which the token endpoint refuses."""

    def changed(self, document: Row) -> Row:
        return json.loads(json.dumps(document).replace("/or/v1p2/scope/", "/or/v1p1/scope/"))


@defect("discovery", "document-is-a-page")
class DocumentIsHtml(Documented):
    """At the address of the document stands the page of Swagger UI, which is no JSON."""

    def discovery(self, request: Request) -> Reply | None:
        reply = super().discovery(request)
        if reply:
            reply.body = b"<!doctype html><title>API</title><div id='swagger-ui'></div>"
            reply.header("Content-Type", "text/html")
        return reply
