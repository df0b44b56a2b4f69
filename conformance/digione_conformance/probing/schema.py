"""Strict validators for raw JSON, compiled once from the committed OpenAPI document; messages hold no values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import jsonschema_rs
import yaml

from digione_conformance.evidence.exchange import Json
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

_MOST_ERRORS = 20


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
            found.append(f"{place}: {keyword}")
            if len(found) == _MOST_ERRORS:
                break
        return tuple(found)


class Schemas:
    """Validators of the rostering service, compiled on first use."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        path = specs_root() / "oneroster" / "rostering-v1p2.yaml"
        if not path.is_file():
            raise ConfigurationError(f"no OpenAPI document at {path}")
        return _load(str(path))

    @cache  # noqa: B019 - one instance a run
    def of_response(self, endpoint: Endpoint[Any], status: str = "200") -> Validator:
        """Return the validator of an endpoint's answer with that status."""
        operation = self._document["paths"][endpoint.path][endpoint.method.lower()]
        response = operation["responses"][status]
        response = self._resolved(response)
        return self._compile(response["content"]["application/json"]["schema"])

    @cache  # noqa: B019 - one instance a run
    def named(self, name: str) -> Validator:
        """Return the validator of a schema by its name in the document."""
        return self._compile({"$ref": f"#/components/schemas/{name}"})

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _compile(self, schema: dict[str, Any]) -> Validator:
        whole = {**schema, "components": self._document["components"]}
        return Validator(jsonschema_rs.Draft202012Validator(whole, validate_formats=True))


@cache
def _load(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123 - cached by plain path
        document: dict[str, Any] = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
        return document
