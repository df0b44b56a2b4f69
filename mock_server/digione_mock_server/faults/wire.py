"""Faults at the edge: caches, headers, compression, methods, addresses, the discovery document."""

from __future__ import annotations

import gzip
import json
from collections.abc import Set as AbstractSet
from typing import Final

from starlette.responses import Response

from digione_mock_server.faults import marks, repeats, v1p1
from digione_mock_server.faults.fault import layer
from digione_sdk.model.base import Json

FAULTS: Final = (
    *layer(
        "cache",
        ("stale-pages", "plausible", "A page once served is served again, whatever was written since."),
        ("count-stale-after-write", "plausible", "Lists and totals remember who was there before a write."),
        ("etag-never-changes", "plausible", "Entity tags do not change with the data."),
        ("etag-ignores-query", "plausible", "Entity tags do not depend on the query, so another filter gets 304."),
        ("cache-public", "SEC-74", "Personal data may be kept by shared caches."),
        ("gzip-label-only", "plausible", "The answer says gzip and is not compressed."),
        ("gzip-twice", "plausible", "The answer is compressed twice."),
    ),
    *layer(
        "headers",
        ("json-as-html", "consumers", "JSON is labelled text/html."),
        ("json-labelled-latin-1", "plausible", "JSON in UTF-8 is labelled charset=iso-8859-1."),
        ("total-not-a-number", "plausible", "X-Total-Count is a sentence."),
        ("cors-any-origin", "SEC-70", "Any origin may read with credentials."),
    ),
    *layer(
        "methods",
        ("post-as-get", "SEC-43", "POST reads as GET does."),
        ("delete-pretended", "SEC-43", "DELETE on a read-only address answers 204."),
        ("head-crashes", "plausible", "HEAD ends in 500."),
        ("trace-echoes", "SEC-43", "TRACE echoes the request with its token."),
        ("doubled-slash-crashes", "pitfall 80", "A doubled or trailing slash ends in 500."),
    ),
    *layer(
        "discovery",
        ("discovery-missing", "pitfall 6", "There is no discovery document."),
        ("discovery-placeholder-host", "pitfall 6", "The discovery document names a placeholder as server."),
        ("discovery-placeholder-token-url", "pitfall 6",
         "The discovery document names a placeholder as token address."),
        ("discovery-booleans-unquoted", "pitfall 5", "Its true and false lost their quotes on the way through YAML."),
    ),
)  # fmt: skip

NOT_REMEMBERED: Final = frozenset({
    "head-crashes",
    "nested-without-token",
    "orgs-without-token",
    "session-cookie-needed",
    "stamp-now-on-sessions",
    "tenant-header-switches",
    "token-in-query-accepted",
    "doubled-slash-crashes",
    *v1p1.NOT_REMEMBERED,
    *marks.NOT_REMEMBERED,
    *repeats.NOT_REMEMBERED,
})  # fmt: skip
"""Faults with which a page depends on more than its key: remembered pages would hide them."""

Headers = list[tuple[bytes, bytes]]


def wrong_headers(headers: Headers, faults: AbstractSet[str]) -> Headers:
    """Return the headers of a page as a careless server sends them."""
    replaced = {
        "json-as-html": (b"content-type", b"text/html; charset=utf-8"),
        "json-labelled-latin-1": (b"content-type", b"application/json; charset=iso-8859-1"),
        "cache-public": (b"cache-control", b"public, max-age=600"),
    }
    for fault in faults & replaced.keys():
        name, value = replaced[fault]
        headers = [(name, value) if own == name else (own, old) for own, old in headers]
    if "total-not-a-number" in faults:
        headers = [(n, b"about " + v if n == b"x-total-count" else v) for n, v in headers]
    if "cors-any-origin" in faults:
        any_origin = [(b"access-control-allow-origin", b"*"), (b"access-control-allow-credentials", b"true")]
        headers = [*headers, *any_origin]
    return headers


def wrong_method(method: str, headers: Headers, faults: AbstractSet[str]) -> Response | None:
    """Return the answer that a careless server gives to a method as such, or None.

    Raises:
        NotImplementedError: Nobody thought of HEAD.
    """
    if method == "HEAD" and "head-crashes" in faults:
        raise NotImplementedError
    if method == "TRACE" and "trace-echoes" in faults:
        return Response(b"\r\n".join(b"%b: %b" % pair for pair in headers), media_type="message/http")
    return Response(None, 204) if method == "DELETE" and "delete-pretended" in faults else None


def wrongly_compressed(body: bytes, faults: AbstractSet[str]) -> bytes | None:
    """Return what a careless server sends as the compressed body, or None where it does as it should."""
    if "gzip-label-only" in faults:
        return body
    if "gzip-twice" in faults:
        return gzip.compress(gzip.compress(body, 1, mtime=0), 1, mtime=0)
    return None


def wrong_discovery(document: bytes, faults: AbstractSet[str]) -> bytes:
    """Return the discovery document of a vendor that did not fill in the form."""
    wrong: dict[str, Json] = json.loads(document)
    if "discovery-placeholder-host" in faults:
        wrong["servers"] = [{"url": "https://{hostName}/ims/oneroster/rostering/v1p2"}]
    if "discovery-placeholder-token-url" in faults:
        for scheme in wrong["components"]["securitySchemes"].values():
            for flow in scheme.get("flows", {}).values():
                flow["tokenUrl"] = "https://authserver.example.invalid/token"
    repeats.wrong_types(wrong, faults)
    text = json.dumps(wrong, ensure_ascii=False)
    if "discovery-booleans-unquoted" in faults:
        text = text.replace('["true", "false"]', "[true, false]")
    return text.encode()


def wrong_tag(depends_on: tuple[object, ...], faults: AbstractSet[str]) -> tuple[object, ...]:
    """Return what a careless entity tag depends on, of tenant, exposure, path, query and data version."""
    tenant, exposure, path, query_string, version = depends_on
    return (
        0 if "etag-without-tenant" in faults else tenant,
        exposure,
        path,
        b"" if "etag-ignores-query" in faults else query_string,
        0 if "etag-never-changes" in faults else version,
    )
