"""What can be known of a deployment from outside, as one hash: a buyer sees whether the certified server still answers.

The hash is over the canonical JSON of three things, taken from the answers of the services with a status of success:

    {"discovery": [SHA-256 of each discovery document that was read, sorted],
     "headers": [names of all response headers, sorted], "server": [values of the Server header, sorted]}

It changes when the software in front or behind changes its face, and is no proof that nothing else changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import JsonValue

from digione_conformance.certificate.canonical import canonical
from digione_conformance.evidence.exchange import Exchange

_DISCOVERY = "/discovery/"


class Deployment(NamedTuple):
    """What the answers say of the software that gave them."""

    server: tuple[str, ...]
    fingerprint: str


def deployment(exchanges: Iterable[Exchange], services: Mapping[str, str]) -> Deployment:
    """Return server names and fingerprint from recorded exchanges.

    Args:
        exchanges: The evidence of a run.
        services: Base URL by service; other answers, as those of the token endpoint, do not count.
    """
    bases = tuple(services.values())
    answers = [exchange for exchange in exchanges if exchange.ok and exchange.ask.url.startswith(bases)]
    server = sorted({answer.headers["server"] for answer in answers if "server" in answer.headers})
    seen: dict[str, JsonValue] = {
        "discovery": [*sorted({_digest(answer.body) for answer in answers if _describes(answer)})],
        "headers": [*sorted({name.lower() for answer in answers for name in answer.headers})],
        "server": [*server],
    }
    return Deployment(tuple(server), _digest(canonical(seen)))


def _describes(answer: Exchange) -> bool:
    # OneRoster 1.2 keeps the service description below `discovery/`.
    return _DISCOVERY in urlsplit(answer.ask.url).path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
