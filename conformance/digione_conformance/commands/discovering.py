"""Which services lie beside a base URL: their discovery documents say so, and nothing else is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.stages.description import Description, described
from digione_conformance.target.claims import SERVICE_KEYS
from digione_sdk.core.endpoints import endpoints_of
from digione_sdk.core.http import Request
from digione_sdk.errors import DigiOneError

if TYPE_CHECKING:
    from digione_sdk.core.endpoints.base import Service
    from digione_sdk.core.http import Response

_OK: Final = 200
_UNNAMED: Final = "rostering"


@dataclass(frozen=True)
class Found:
    """What lies at and beside an address.

    Attributes:
        own: Key of the service at the address itself.
        services: Base URL by key of `[services]`, in the order of the registry.
        token_url: Token endpoint that the documents name, if it is on the same host; else None.
    """

    own: str
    services: Mapping[str, str]
    token_url: str | None = None


def discovered(base_url: str, send: Callable[[Request], Response]) -> Found:
    """Ask for the discovery documents at and beside an address, without a token.

    Args:
        base_url: Base URL of a service, or what stands before `/ims` in all of them.
        send: Sends one request.

    Returns:
        The service of the address itself, described or not, and those whose documents were found.
    """
    base = base_url.rstrip("/")
    own = next((key for key, service in SERVICE_KEYS.items() if base.endswith(service.base_path)), None)
    root = base.removesuffix(SERVICE_KEYS[own].base_path) if own else base
    documents: dict[str, Description] = {}
    with suppress(DigiOneError):  # nobody answers there; whether anybody should is the doctor's question
        for key, service in SERVICE_KEYS.items():
            document = next(_documents(root + service.base_path, service, send), None)
            documents |= {key: document} if document is not None else {}
    services = {key: root + SERVICE_KEYS[key].base_path for key in documents}
    own = own or next(iter(services), _UNNAMED)
    if urlsplit(base).path == "":
        base += SERVICE_KEYS[own].base_path  # a bare host is no service: all of them lie below `/ims`
    services.setdefault(own, base)  # described or not: the doctor says what is wrong with it
    tokens = (url for document in documents.values() for url in document.token_urls if _same_host(url, base))
    return Found(own, {key: services[key] for key in SERVICE_KEYS if key in services}, next(tokens, None))


def _documents(base: str, service: Service, send: Callable[[Request], Response]) -> Iterator[Description]:
    """Yield the documents below an address that speak of the service."""
    for name in service.discovery_names:
        url = f"{base}/discovery/{name}"
        answer = send(Request("GET", url, {"Accept": "application/json"}))
        document = described(Exchange("discovery", Ask("GET", url, "none"), answer.status, {}, answer.content))
        paths = [endpoint.path for endpoint in endpoints_of(service) if endpoint.is_read]
        if answer.status == _OK and document and any(document.operation(base, path) for path in paths):
            yield document


def _same_host(url: str, other: str) -> bool:
    # The secret goes there: a document may not send it to another host.
    first, second = urlsplit(url), urlsplit(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)
