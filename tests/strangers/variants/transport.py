"""Legal ways of HTTP: gateways, header names, codings, and answers to come back for."""

from __future__ import annotations

import email.utils
import gzip
import secrets
import time

from tests.strangers.routes import Route
from tests.strangers.server import Refusal, Reply, Request, Vendor
from tests.strangers.variants import variant


@variant("long-prefix")
class LongPrefix(Vendor):
    """A gateway puts several segments before /ims, and the token endpoint elsewhere."""

    prefix = "/kunta/oppilas-api/v7/koe"
    token_path = "/o/token/"


@variant("lower-case-headers")
class LowerCaseHeaders(Vendor):
    """Header names have no case (RFC 9110, 5.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers = [(name.lower(), value) for name, value in reply.headers]
        return reply


@variant("upper-case-headers")
class UpperCaseHeaders(Vendor):
    """Header names have no case (RFC 9110, 5.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers = [(name.upper(), value) for name, value in reply.headers]
        return reply


@variant("chunked")
class Chunked(Vendor):
    """A body of unknown length comes in chunks (RFC 9112, 7.1)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.chunked = True
        return reply


@variant("closing")
class Closing(Vendor):
    """A server may close after every answer (RFC 9112, 9.6)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.close = True
        return reply


@variant("gzip")
class Gzip(Vendor):
    """Whoever says that gzip is welcome may get it (RFC 9110, 12.5.3)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        if reply.body and "gzip" in request.headers.get("accept-encoding", ""):
            reply.body = gzip.compress(reply.body, 1)
            reply.header("Content-Encoding", "gzip")
            reply.header("Vary", "Accept-Encoding")
        return reply


@variant("charset")
class Charset(Vendor):
    """A media type may carry parameters."""

    content_type = "Application/JSON;charset=UTF-8; ieee754compatible=false"


@variant("headers-of-a-gateway")
class GatewayHeaders(Vendor):
    """Cookies, security headers, tags and tracing: nothing of it is the client's business."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        reply.headers += [
            ("Set-Cookie", "ROUTE=n3; Path=/; HttpOnly"), ("Set-Cookie", "lang=fi; Path=/"), ("Server", "koe/1.0"),
            ("Strict-Transport-Security", "max-age=31536000"), ("X-Content-Type-Options", "nosniff"),
            ("Vary", "Authorization, Accept-Encoding"), ("ETag", f'W/"{hash(reply.body) & 0xFFFF:x}"'),
            ("X-Request-Id", secrets.token_hex(8)), ("Date", email.utils.formatdate(usegmt=True)),
        ]  # fmt: skip
        return reply


@variant("conditional")
class Conditional(Vendor):
    """Tags that change with the body, and 304 for whoever has it already (RFC 9110, 13)."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply = super().finish(request, reply)
        if request.method == "GET" and reply.status == 200:
            tag = f'"{hash(reply.body) & 0xFFFFFFFF:x}"'
            reply.header("ETag", tag)
            reply.header("Cache-Control", "private, no-cache")
            if tag in request.headers.get("if-none-match", ""):
                return Reply(304, b"", [("ETag", tag)])
        return reply


@variant("no-head")
class NoHead(Vendor):
    """The standard defines GET alone."""

    def find(self, request: Request) -> Route:
        if request.method == "HEAD":
            raise Refusal(405, "invaliddata", "GET is it", Allow="GET")
        return super().find(request)


@variant("busy")
class Busy(Vendor):
    """Too many requests: 429 with the seconds to wait (RFC 6585, 4)."""

    asked = 0
    wait = "1"

    def serve(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked in {90, 91, 400}:
            raise Refusal(429, "server_busy", "come again", Retry_After=self.wait)
        return super().serve(request)


@variant("busy-until")
class BusyUntil(Busy):
    """Retry-After may be a date (RFC 9110, 10.2.3)."""

    def serve(self, request: Request) -> Reply:
        self.wait = email.utils.formatdate(time.time() + 1, usegmt=True)
        return super().serve(request)
