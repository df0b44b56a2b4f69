"""Strict validators for raw JSON, compiled once from the committed OpenAPI document; messages hold no values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
import yaml

from digione_conformance.evidence.exchange import Json
from digione_sdk.core.endpoints.base import Endpoint, Service
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

_MOST_ERRORS = 20
_INDEX = re.compile(r"(?<=/)[0-9]+(?=[/:])")


@dataclass(frozen=True)
class Validator:
    """One compiled schema."""

    compiled: Any

    def errors(self, body: Json) -> tuple[str, ...]:
        """Return where and why the body departs from the schema, at most twenty places, never with a value."""
        found: list[str] = []
        for error in self.compiled.iter_errors(body):
            place = "/".join(str(part) for part in error.instance_path) or "(body)"
            keyword = str(error.schema_path[-1]) if error.schema_path else "schema"
            found.append(f"{place}: {keyword}{_detail(error.kind)}")
            if len(found) == _MOST_ERRORS:
                break
        return tuple(found)


def _detail(kind: Any) -> str:
    """Return what the place leaves a vendor to guess: which property is missing, how many are undeclared.

    The name of an undeclared property is the target's word and may itself be a value, as in a map keyed by name.
    """
    if hasattr(kind, "property"):
        return f" ({kind.property})"
    return f" ({len(kind.unexpected)} undeclared)" if hasattr(kind, "unexpected") else ""


def without_indexes(error: str) -> str:
    """Return an error with `*` for each index, so that the same mistake in many records is one."""
    return _INDEX.sub("*", error)


class Schemas:
    """Validators of the services, compiled on first use and kept for the life of the process: they hold no target."""

    def of_response(self, endpoint: Endpoint[Any], status: str = "200") -> Validator:
        """Return the validator of an endpoint's answer with that status."""
        return _of_response(endpoint, status)

    def named(self, name: str, *, service: Service = ROSTERING) -> Validator:
        """Return the validator of a schema by its name in the document of a service."""
        return _named(name, service)


# Kept by what they are compiled from, not by instance: a matrix of runs would else hold each run's hundred validators.


@cache
def _of_response(endpoint: Endpoint[Any], status: str) -> Validator:
    document = _document(endpoint.service)
    operation = document["paths"][endpoint.path][endpoint.method.lower()]
    response = _resolved(operation["responses"][status], document)
    return _compiled(response["content"]["application/json"]["schema"], document)


@cache
def _named(name: str, service: Service) -> Validator:
    return _compiled({"$ref": f"#/components/schemas/{name}"}, _document(service))


def _resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _compiled(schema: dict[str, Any], document: dict[str, Any]) -> Validator:
    whole = {**schema, "components": document["components"]}
    return Validator(jsonschema_rs.Draft202012Validator(whole, validate_formats=True))


@cache
def _document(service: Service) -> dict[str, Any]:
    path = specs_root() / "oneroster" / f"{service.name}-v{service.version.replace('.', 'p')}.yaml"
    if not path.is_file():
        raise ConfigurationError(f"no OpenAPI document at {path}")
    with path.open(encoding="utf-8") as stream:
        document: dict[str, Any] = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return document
