"""What a careless front end makes of a correct answer: defects of the fake target that lie in no record."""

from __future__ import annotations

import gzip
from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from digione_conformance.evidence.exchange import Exchange

_DESCRIPTIONS = {
    "traces in errors": rb"Traceback (most recent call last):\n  File \"views.py\", line 2",
    "java traces in errors": rb"at org.example.Roster.read(Roster.java:14)",
    "paths in errors": rb"cannot open /srv/roster/users.db",
    "exceptions in errors": rb"java.lang.NullPointerException",
}


def slipped(exchange: Exchange, on: AbstractSet[str]) -> Exchange:
    """Return the exchange as a careless server answers it."""
    refused = _refusal(exchange, on) if exchange.status >= 400 else exchange
    return _by_method(_by_header(refused, on), on)


def _refusal(exchange: Exchange, on: AbstractSet[str]) -> Exchange:
    body = exchange.body
    if "errors say success" in on:
        body = body.replace(b'"failure"', b'"success"')
    if "errors of severity status" in on:
        body = body.replace(b'"error"', b'"status"')
    for defect in on & _DESCRIPTIONS.keys():
        body = body.replace(b"Refused.", _DESCRIPTIONS[defect])
    if "errors repeat the query" in on:
        body = body.replace(b"Refused.", unquote(urlsplit(exchange.ask.url).query).encode())
    return replace(exchange, body=body)


def _by_header(exchange: Exchange, on: AbstractSet[str]) -> Exchange:
    asked = dict(exchange.ask.headers)
    if asked.get("Accept-Encoding") == "gzip":
        if "label of gzip alone" in on:
            return replace(exchange, status=0, body=b"", trouble="roster.invalid: no complete answer (DecodingError)")
        if "time-out of packed answers" in on:
            return replace(exchange, status=0, body=b"", trouble="roster.invalid: time limit passed (ReadTimeout)")
        if "packed twice" in on:
            return replace(exchange, body=gzip.compress(exchange.body, 1))
    if "Origin" in asked and on & {"any origin", "any origin with credentials"}:
        allowed = {"access-control-allow-origin": "*"}
        if "any origin with credentials" in on:
            allowed["access-control-allow-credentials"] = "true"
        return replace(exchange, headers={**exchange.headers, **allowed})
    return exchange


def _by_method(exchange: Exchange, on: AbstractSet[str]) -> Exchange:
    ask = exchange.ask
    path = urlsplit(ask.url).path
    if ask.method == "HEAD" and on & {"crash on head", "head not implemented"}:
        return replace(exchange, status=500 if "crash on head" in on else 501)
    if ask.method == "TRACE" and "trace echoes" in on:
        return replace(exchange, status=200, body="\r\n".join(": ".join(pair) for pair in ask.headers).encode())
    if "crash on slashes" in on and ("//" in path or path.endswith("/")):
        return replace(exchange, status=500)
    return exchange
