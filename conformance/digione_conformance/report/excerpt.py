"""What a report may show of an exchange: redacted, visible, shortened, and as a command that asks the same again."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Final

from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.observed import OBSERVED
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import endpoint_of
from digione_conformance.report.showing import MOST_ADDRESS, block, line

_SHOWN_HEADERS: Final = ("content-type", "x-total-count", "link", "www-authenticate", "allow", "etag", "retry-after")


@dataclass(frozen=True)
class Reference:
    """One exchange by its name in the evidence folder."""

    id: str
    method: str
    url: str
    auth: str
    status: int
    """0 where no answer arrived."""


@dataclass(frozen=True)
class Excerpt:
    """One exchange as a report shows it."""

    reference: Reference
    headers: tuple[tuple[str, str], ...]
    body: str
    shortened: bool
    curl: str
    """Empty where nobody can ask again what a client once asked."""
    trouble: str | None


def reference(exchange: Exchange, recorder: Recorder) -> Reference:
    """Return the name of an exchange and what was asked; ids stay only where the target is synthetic."""
    ask = recorder.stored_ask(exchange.ask)
    url = line(ask.url, most=MOST_ADDRESS)
    return Reference(exchange.id, line(ask.method), url, line(ask.auth), exchange.status)


def excerpt(exchange: Exchange, recorder: Recorder) -> Excerpt:
    """Return what may be shown; personal values are replaced even where the evidence keeps them whole."""
    ask = recorder.stored_ask(exchange.ask)
    headers = recorder.redactor.answered(exchange.headers)
    shown, shortened = block(_body(exchange, recorder))
    return Excerpt(
        reference(exchange, recorder),
        tuple((name, line(headers[name])) for name in _SHOWN_HEADERS if name in headers),
        shown,
        shortened,
        _curl(line(ask.method), line(ask.url, most=MOST_ADDRESS), ask.auth, ask.headers),
        line(exchange.trouble) if exchange.trouble else None,
    )


def operation(exchange: Exchange, recorder: Recorder) -> str | None:
    """Return the name of the operation that was asked, or None for an address that is none."""
    endpoint = endpoint_of(exchange.ask.url, recorder.claims.services)
    return endpoint.operation_id if endpoint else None


def _body(exchange: Exchange, recorder: Recorder) -> str:
    redactor = recorder.redactor
    if exchange.ask.auth.startswith("client:") or exchange.ask.auth == OBSERVED:
        shown = redactor.scrubbed(exchange.body)  # tokens are pseudonyms already; so is all in a record of traffic
    else:
        shown = redactor.body(exchange.body, endpoint=endpoint_of(exchange.ask.url, recorder.claims.services))
    try:
        return json.dumps(json.loads(shown), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return shown.decode("utf-8", "replace")


def _curl(method: str, url: str, auth: str, headers: tuple[tuple[str, str], ...]) -> str:
    if auth == OBSERVED:
        return ""
    words = ["curl", "-i"]
    if method != "GET":
        words += ["-X", method]
    for name, value in headers:
        words += ["-H", line(f"{name}: {value}")]
    command = shlex.join(words)
    if auth.startswith("client:"):
        command += ' -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials'
    elif auth != "none":
        command += ' -H "Authorization: Bearer $TOKEN"'
    return f"{command} {shlex.quote(url)}"
