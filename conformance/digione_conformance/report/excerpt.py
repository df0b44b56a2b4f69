"""What a report may show of an exchange: redacted, shortened, and as a command that asks the same again."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Final

from digione_conformance.evidence.exchange import Exchange
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import endpoint_of

_MOST_CHARACTERS: Final = 1600
_SHOWN_HEADERS: Final = ("content-type", "x-total-count", "link", "www-authenticate", "allow", "etag", "retry-after")


@dataclass(frozen=True)
class Excerpt:
    """One exchange as a report shows it."""

    id: str
    method: str
    url: str
    auth: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    shortened: bool
    curl: str
    trouble: str | None


def excerpt(exchange: Exchange, recorder: Recorder) -> Excerpt:
    """Return what may be shown; personal values are replaced even where the evidence keeps them whole."""
    ask = recorder.stored_ask(exchange.ask)
    text = _body(exchange, recorder)
    headers = recorder.redactor.headers(exchange.headers)
    return Excerpt(
        exchange.id,
        ask.method,
        ask.url,
        ask.auth,
        exchange.status,
        tuple((name, headers[name]) for name in _SHOWN_HEADERS if name in headers),
        text[:_MOST_CHARACTERS],
        len(text) > _MOST_CHARACTERS,
        _curl(ask.method, ask.url, ask.auth, ask.headers),
        exchange.trouble,
    )


def _body(exchange: Exchange, recorder: Recorder) -> str:
    redactor = recorder.redactor
    if exchange.ask.auth.startswith("client:"):
        shown = redactor.scrubbed(exchange.body)  # tokens are pseudonyms already
    else:
        shown = redactor.body(exchange.body, endpoint=endpoint_of(exchange.ask.url, recorder.claims.services))
    try:
        return json.dumps(json.loads(shown), ensure_ascii=False, indent=2)
    except ValueError:
        return shown.decode("utf-8", "replace")


def _curl(method: str, url: str, auth: str, headers: tuple[tuple[str, str], ...]) -> str:
    words = ["curl", "-i"]
    if method != "GET":
        words += ["-X", method]
    for name, value in headers:
        words += ["-H", f"{name}: {value}"]
    line = shlex.join(words)
    if auth.startswith("client:"):
        line += ' -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials'
    elif auth != "none":
        line += ' -H "Authorization: Bearer $TOKEN"'
    return f"{line} {shlex.quote(url)}"
