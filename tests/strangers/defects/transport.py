"""Defects of transport: encodings, lengths, caches and methods that are not what they claim to be."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tests.strangers.defects import defect
from tests.strangers.defects.ways import is_read
from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor


@defect("bom-before-json")
class BomBeforeJson(Vendor):
    """.NET writes UTF-8 with a mark (RFC 8259, 8.1: must not)."""

    def dump(self, body: Any) -> bytes:
        return b"\xef\xbb\xbf" + super().dump(body)


@defect("latin-1-body")
class Latin1Body(Vendor):
    """An old servlet container writes ISO-8859-1."""

    def dump(self, body: Any) -> bytes:
        return super().dump(body).decode().encode("latin-1", "replace")


@defect("twice-encoded-utf8")
class Mojibake(Vendor):
    """UTF-8 read as Latin-1 from the database: Ã¤ for ä."""

    def value_out(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and name != "sourcedId":
            return value.encode().decode("latin-1")
        return super().value_out(name, value)


@defect("astral-lost")
class AstralLost(Vendor):
    """MySQL utf8 holds three bytes a character: what is beyond becomes ?."""

    def value_out(self, name: str, value: Any) -> Any:
        return re.sub(r"[^\u0000-\uffff]", "?", value) if isinstance(value, str) else super().value_out(name, value)


@defect("lone-surrogates")
class LoneSurrogates(Vendor):
    """A text is cut in UTF-16: half a pair is left."""

    def dump(self, body: Any) -> bytes:
        return re.sub(r"(\\ud8[0-9a-f]{2})\\ud[c-f][0-9a-f]{2}", r"\1", json.dumps(body)).encode()


@defect("text-html-type")
class TextHtml(Vendor):
    """PHP's default type."""

    content_type = "text/html; charset=UTF-8"


@defect("length-too-short")
class LengthTooShort(Vendor):
    """Content-Length counts characters, the body has bytes: the end is cut."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if is_read(request, reply):
            size = len(reply.body.decode())
            reply.header("Content-Length", str(size))
            reply.cut = size
        return reply


@defect("gzip-claimed")
class GzipClaimed(Vendor):
    """The proxy says gzip and sends plain text, on long answers."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if is_read(request, reply) and len(reply.body) > 40_000:
            reply.header("Content-Encoding", "gzip")
        return reply


@defect("nan-in-json")
class NanInJson(Vendor):
    """A weight that was never set is NaN."""

    def value_out(self, name: str, value: Any) -> Any:
        return float("nan") if name == "weight" and value == 12.5 else super().value_out(name, value)


@defect("same-tag-for-all")
class SameTag(Vendor):
    """The tag is made of the path alone: other pages of the list are `not modified`."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if is_read(request, reply):
            tag = f'"{hash(request.path) & 0xFFFFFF:x}"'
            reply.header("ETag", tag)
            if request.headers.get("if-none-match") == tag:
                return Reply(304, b"", [("ETag", tag)])
        return reply


@defect("publicly-cached")
class PubliclyCached(Vendor):
    """Framework default: public, max-age."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if is_read(request, reply):
            reply.header("Cache-Control", "public, max-age=600")
        return reply


@defect("cache-ignores-query")
class CacheIgnoresQuery(Vendor):
    """A cache in front keys on the path without the query, for a moment."""

    kept: tuple[str, str, float, Reply] | None = None

    def serve(self, request: Request) -> Reply:
        auth = request.headers.get("authorization", "")
        if self.kept and self.kept[:2] == (request.path, auth) and time.monotonic() - self.kept[2] < 0.05:
            return Reply(self.kept[3].status, self.kept[3].body, list(self.kept[3].headers))
        reply = super().serve(request)
        self.kept = (request.path, auth, time.monotonic(), reply)
        return reply


@defect("cache-ignores-token")
class CacheIgnoresToken(Vendor):
    """A cache in front keys on the address and forgets who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, Reply] = {}

    def serve(self, request: Request) -> Reply:
        key = f"{request.path}?{request.raw_query}"
        if key in self.cache and request.headers.get("authorization"):
            return Reply(200, self.cache[key].body, list(self.cache[key].headers))
        reply = super().serve(request)
        if reply.status == 200:
            self.cache[key] = reply
        return reply


@defect("head-length-nought")
class HeadHasBody(Vendor):
    """HEAD tells a length of nought, where GET has a body."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        if request.method == "HEAD":
            reply.header("Content-Length", "0")
        return reply


@defect("any-method-reads")
class MethodOverride(Vendor):
    """Any method is read as GET: POST to a list gives the list."""

    def find(self, request: Request) -> Route:
        if request.method in {"POST", "PUT", "DELETE", "PATCH"} and "/rostering/" in request.path:
            request.method = "GET"
        return super().find(request)


@defect("versions-in-headers")
class StackTraceHeaders(Vendor):
    """The server tells its stack and its versions in headers."""

    def finish(self, request: Request, reply: Reply) -> Reply:
        reply.headers += [("X-Powered-By", "PHP/7.2.1"), ("X-AspNet-Version", "4.0.30319"), ("Server", "Apache/2.4.29")]
        return reply
