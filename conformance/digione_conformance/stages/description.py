"""Reads a vendor's OpenAPI document as a generator of clients would: operations, addresses, schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import yaml

from digione_conformance.evidence.exchange import Exchange, Json

_MOST_STEPS: Final = 20
_DEEPEST: Final = 60


@dataclass(frozen=True)
class Description:
    """An OpenAPI 3 document and where it was read.

    Attributes:
        document: The document, parsed.
        address: Its own address, against which relative ones are resolved.
    """

    document: Mapping[str, Any]
    address: str

    @cached_property
    def servers(self) -> tuple[str, ...]:
        """Whole addresses of the servers, variables replaced by their defaults, without slash at the end."""
        found = []
        for server in _items(self.document.get("servers")) or [{"url": "/"}]:
            url = str(server.get("url", ""))
            for name, variable in _mapping(server.get("variables")).items():
                url = url.replace(f"{{{name}}}", str(_mapping(variable).get("default", "")))
            found.append(urljoin(self.address, url).rstrip("/"))
        return tuple(found)

    @cached_property
    def reads(self) -> Mapping[str, Mapping[str, Any]]:
        """The GET operation by path, names of path parameters left out: `/users/{}`."""
        return {
            unnamed(path): _mapping(item["get"])
            for path, item in _mapping(self.document.get("paths")).items()
            if isinstance(item, dict) and "get" in item
        }

    @cached_property
    def token_urls(self) -> tuple[str, ...]:
        """Addresses at which clients get tokens by their credentials."""
        return tuple(urljoin(self.address, str(flow["tokenUrl"])) for flow in self._flows if "tokenUrl" in flow)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes that clients may ask for by their credentials, as the document names them."""
        return frozenset(str(scope) for flow in self._flows for scope in _mapping(flow.get("scopes")))

    @cached_property
    def _flows(self) -> tuple[Mapping[str, Any], ...]:
        schemes = _mapping(_mapping(self.document.get("components")).get("securitySchemes")).values()
        flows = (_mapping(self.resolved(_mapping(scheme)).get("flows")).get("clientCredentials") for scheme in schemes)
        return tuple(map(_mapping, flows))

    def operation(self, base: str, path: str) -> Mapping[str, Any] | None:
        """Return the operation that answers a path of the service at `base`, or None.

        A document may put the base path into the server's address, into its paths, or divide it between them.
        """
        wanted = unnamed(urlsplit(base).path.rstrip("/") + path)
        return next((read for own, read in self.reads.items() if own and wanted.endswith(own) and own != "/"), None)

    def server_of(self, base: str) -> str | None:
        """Return the server under which some read of the service at `base` has its true address, or None."""
        for server in self.servers:
            rest = base.removeprefix(server)
            if rest != base and any(path.startswith(rest) for path in self.reads):
                return server
        return None

    def envelope(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the JSON body of a 200, empty where none is declared."""
        response = self.resolved(_mapping(_mapping(operation.get("responses")).get("200")))
        content = _mapping(response.get("content"))
        return self.resolved(_mapping(_mapping(content.get("application/json")).get("schema")))

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a node refers to, empty where the reference leads nowhere or in a circle."""
        for _ in range(_MOST_STEPS):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            node = self._at(reference)
        return {}

    def properties(self, schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        """Return the properties of an object schema, those of its `allOf` parts included."""
        schema = self.resolved(schema)
        found = {name: self.resolved(_mapping(inner)) for name, inner in _mapping(schema.get("properties")).items()}
        for part in _items(schema.get("allOf")):
            found |= self.properties({key: value for key, value in self.resolved(part).items() if key != "allOf"})
        return found

    def broken_references(self) -> Iterator[str]:
        """Yield the references that lead nowhere inside the document."""
        for _, node in walked(self.document):
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith("#") and not self._at(reference):
                yield reference

    def _at(self, reference: str) -> Mapping[str, Any]:
        node: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            node = _mapping(node).get(part.replace("~1", "/").replace("~0", "~"))
        return _mapping(node)


def described(exchange: Exchange) -> Description | None:
    """Return the OpenAPI 3 document that an answer holds, JSON or YAML, or None where it holds none."""
    document = exchange.json if exchange.is_json else _yaml(exchange.body)
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        return None
    return Description(document, exchange.ask.url)


def unnamed(path: str) -> str:
    """Return a path with the names of its parameters left out, since they carry no meaning on the wire."""
    return re.sub(r"{[^}/]*}", "{}", path)


def walked(node: Json, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield every object of a document with the keys that lead to it."""
    if len(place) > _DEEPEST:
        return
    if isinstance(node, dict):
        yield place, node
        for key, inner in node.items():
            yield from walked(inner, (*place, str(key)))
    elif isinstance(node, list):
        for inner in node:
            yield from walked(inner, place)


def _yaml(body: bytes) -> Json:
    try:
        return yaml.safe_load(body.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return None


def _mapping(node: Json) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _items(node: Json) -> list[Mapping[str, Any]]:
    return [item for item in node if isinstance(item, dict)] if isinstance(node, list) else []
