"""Read the standard from three places into one shape: the fixture, the Python models, the built document.

The fixture was written from the standard and not from the code, so it catches what code and specs, being derived from
each other, cannot catch. Kinds of a property are texts: `string`, `uri`, `date`, `datetime`, `float`, `const:org`,
`enum:RoleEnum`, `object:Role` (links too).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml

from digione_sdk.core.endpoints.base import Endpoint, Service, Shape
from digione_sdk.model.base import Record
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.primitives import TrueFalseStrings, Uri
from digione_sdk.model.status import CodeMinorValue
from digione_sdk.model.vocabulary import ExtensibleVocabulary, Vocabulary
from digione_sdk.openapi.schema import reachable, schema_name

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "oneroster"
QUERY: Mapping[str, frozenset[str]] = {
    "C": frozenset({"limit", "offset", "sort", "orderBy", "filter", "fields"}),
    "S": frozenset({"fields"}),
    "-": frozenset(),
}
_QUERY_OF: Mapping[Shape, str] = {Shape.COLLECTION: "C", Shape.SINGLE: "S", Shape.EMPTY: "-", Shape.PAIRS: "-"}


@dataclass(frozen=True)
class Property:
    kind: str
    multiplicity: str


@dataclass(frozen=True)
class Structure:
    open: bool
    properties: Mapping[str, Property]


@dataclass(frozen=True)
class Tokens:
    values: frozenset[str]
    extension: str
    """Pattern of a provider's own tokens; empty where the vocabulary is closed."""


@dataclass(frozen=True)
class Model:
    structures: Mapping[str, Structure]
    vocabularies: Mapping[str, Tokens]


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    path_parameters: frozenset[str]
    query_parameters: frozenset[str]
    request_key: str
    success: str
    wrapper_key: str
    array: bool
    scopes: frozenset[str]
    errors: frozenset[str]


def model_in_fixture(service: str) -> Model:
    standard = yaml.safe_load((FIXTURES / "models-1.2.yaml").read_text(encoding="utf-8"))
    classes = {name: it for name, it in standard["classes"].items() if service in it["services"]}
    vocabularies = {
        name: it
        for name, it in standard["enums"].items()
        if any(user.startswith(f"{service}:") for user in it["used_by"])
    }
    return Model(
        {
            name: Structure(
                it["open"],
                {
                    key: Property(_fixture_kind(described), described["mult"])
                    for key, described in (it["properties"] | it.get("service_variants", {}).get(service, {})).items()
                },
            )
            for name, it in classes.items()
        },
        {_fixture_vocabulary(name): _fixture_tokens(name, it) for name, it in vocabularies.items()},
    )


def _fixture_tokens(name: str, described: dict[str, Any]) -> Tokens:
    if not described["extensible"]:
        return Tokens(frozenset(described["values"]), "")
    return Tokens(frozenset(described["values"]), _EXTENSIONS[described["extension_pattern"]])


_EXTENSIONS = {
    r"(ext:)[a-zA-Z0-9\.\-_]+": "^ext:[A-Za-z0-9._-]+$",
    "^/(?!case$)(?!unknown$)[a-z0-9]+$": "^/?[a-z0-9]+$",
}
"""What becomes of the published patterns: anchored, and without the slash that is most likely a slip (rest-1.2 §12)."""


def _fixture_kind(described: dict[str, str]) -> str:
    match described["type"].partition(":"):
        case "enum", _, _:
            return f"enum:{_fixture_vocabulary(described['vocab'])}"
        case "const", _, _:
            return f"const:{described['value']}"
        case "link" | "object", _, name:
            return f"object:{name}"
        case primitive, _, _:
            return primitive


def _fixture_vocabulary(name: str) -> str:
    return name.partition("_")[0]


def model_in_python(roots: Iterable[type[Record]], service: Service) -> Model:
    records = reachable(roots)
    vocabularies: dict[str, Tokens] = {}
    for field in (field for record in records for field in fields_of(record).values()):
        if isinstance(field.item, type) and issubclass(field.item, Vocabulary):
            vocabularies[field.item.__source__] = _python_tokens(field.item, service)
        elif field.item is bool:
            vocabularies[TrueFalseStrings.SOURCE] = Tokens(frozenset(TrueFalseStrings.TOKENS), "")
    return Model(
        {
            schema_name(record): Structure(
                record.__open__,
                {it.wire_name: Property(_python_kind(it), it.multiplicity) for it in fields_of(record).values()},
            )
            for record in records
        },
        vocabularies,
    )


def _python_tokens(vocabulary: type[Vocabulary], service: Service) -> Tokens:
    members = service.reasons if vocabulary is CodeMinorValue else vocabulary
    extension = f"^{vocabulary.__extension__}$" if issubclass(vocabulary, ExtensibleVocabulary) else ""
    return Tokens(frozenset(member.value for member in members), extension)


def _python_kind(field: FieldFacts) -> str:
    item = field.item
    if get_origin(item) is Literal:
        return f"const:{get_args(item)[0]}"
    if issubclass(item, Record):
        return f"object:{schema_name(item)}"
    if issubclass(item, Vocabulary):
        return f"enum:{item.__source__}"
    if any(isinstance(marker, Uri) for marker in field.markers):
        return "uri"
    kinds = {str: "string", date: "date", datetime: "datetime", Decimal: "float"}
    return f"enum:{TrueFalseStrings.SOURCE}" if item is bool else kinds[item]


def model_in_document(document: dict[str, Any]) -> Model:
    schemas = document["components"]["schemas"]
    objects = {name: it for name, it in schemas.items() if it["type"] == "object"}
    return Model(
        {
            name: Structure(
                it["additionalProperties"],
                {
                    key: _document_property(described, schemas, required=key in it.get("required", ()))
                    for key, described in it.get("properties", {}).items()
                },
            )
            for name, it in objects.items()
        },
        {name: _document_tokens(it) for name, it in schemas.items() if name not in objects},
    )


def _document_property(described: dict[str, Any], schemas: dict[str, Any], *, required: bool) -> Property:
    if described.get("type") != "array":
        return Property(_document_kind(described, schemas), "1" if required else "0..1")
    at_least = described.get("minItems", 0)
    multiplicity = {(True, 1): "1..*", (False, 0): "0..*"}.get((required, at_least), f"{required=} {at_least=}")
    return Property(_document_kind(described["items"], schemas), multiplicity)


def _document_kind(described: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "$ref" in described:
        name = described["$ref"].removeprefix("#/components/schemas/")
        return f"object:{name}" if schemas[name]["type"] == "object" else f"enum:{name}"
    if "const" in described:
        return f"const:{described['const']}"
    formats = {None: "string", "uri": "uri", "date": "date", "date-time": "datetime"}
    if described["type"] == "string":
        return formats[described.get("format")]
    return {"number": "float"}.get(described["type"], str(described["type"]))


def _document_tokens(schema: dict[str, Any]) -> Tokens:
    if "enum" in schema:
        return Tokens(frozenset(schema["enum"]), "")
    tokens, extension = schema["anyOf"]
    return Tokens(frozenset(tokens["enum"]), extension["pattern"])


def operations_in_fixture(service: str) -> dict[str, Operation]:
    lines = (FIXTURES / f"{service}-operations.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {
        row["operationId"]: Operation(
            method=row["method"],
            path=row["path"],
            path_parameters=frozenset(part[1:-1] for part in row["path"].split("/") if part.startswith("{")),
            query_parameters=QUERY[row["params"]],
            request_key=row["requestKey"],
            success=row["success"],
            wrapper_key=row["bodyKey"],
            array=row["bodyType"] == "array",
            scopes=frozenset(row["scopes"].split()),
            errors=frozenset(row["errors"].split()),
        )
        for row in rows
    }


def operations_in_table(endpoints: Iterable[Endpoint[Any]]) -> dict[str, Operation]:
    return {
        it.operation_id: Operation(
            method=it.method,
            path=it.path,
            path_parameters=frozenset(it.path_parameters),
            query_parameters=QUERY[_QUERY_OF[it.shape]],
            request_key=it.body_key or "-",
            success=str(it.success[0]),
            wrapper_key="-" if it.shape is Shape.EMPTY else it.wrapper_key,
            array=it.shape in {Shape.COLLECTION, Shape.PAIRS},
            scopes=frozenset(scope.short for scope in it.scopes),
            errors=frozenset(str(status) for status in it.errors),
        )
        for it in endpoints
    }


def operations_in_document(document: dict[str, Any]) -> dict[str, Operation]:
    return {
        operation["operationId"]: _document_operation(method.upper(), path, operation, document)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def _document_operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> Operation:
    parameters = [resolve(parameter, document) for parameter in operation["parameters"]]
    (success,) = (status for status in operation["responses"] if status.startswith("2"))
    request_key, _ = _wrapped(operation.get("requestBody"), document)
    key, array = _wrapped(operation["responses"][success], document)
    # Scopes of one requirement object are ANDed: only one scope in each says "any one".
    assert all(len(requirement["OAuth2CC"]) == 1 for requirement in operation["security"]), operation["operationId"]
    return Operation(
        method=method,
        path=path,
        path_parameters=frozenset(it["name"] for it in parameters if it["in"] == "path"),
        query_parameters=frozenset(it["name"] for it in parameters if it["in"] == "query"),
        request_key=request_key,
        success=success,
        wrapper_key=key,
        array=array,
        scopes=frozenset(requirement["OAuth2CC"][0].rsplit("/", 1)[1] for requirement in operation["security"]),
        errors=frozenset(operation["responses"]) - {success, "default"},
    )


def _wrapped(message: dict[str, Any] | None, document: dict[str, Any]) -> tuple[str, bool]:
    """Return the wrapper key of a request's or an answer's body and whether it holds an array; `-` for no body."""
    if not message or "content" not in message:
        return "-", False
    body = resolve(message["content"]["application/json"]["schema"], document)
    ((key, wrapped),) = body["properties"].items()
    return key, wrapped.get("type") == "array"


def resolve(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Follow one `$ref` inside the document."""
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def model_differences(expected: Model, actual: Model) -> list[str]:
    """Name every difference, in both directions."""
    found = [*_keys("class", expected.structures, actual.structures)]
    for name in expected.structures.keys() & actual.structures.keys():
        ours, theirs = actual.structures[name], expected.structures[name]
        if ours.open != theirs.open:
            found.append(f"{name}: open is {ours.open}, should be {theirs.open}")
        found += _keys(f"{name}: property", theirs.properties, ours.properties)
        found += _values(f"{name}.", theirs.properties, ours.properties)
    found += _keys("vocabulary", expected.vocabularies, actual.vocabularies)
    return sorted(found + _values("", expected.vocabularies, actual.vocabularies))


def operation_differences(expected: Mapping[str, Operation], actual: Mapping[str, Operation]) -> list[str]:
    """Name every difference, in both directions."""
    return sorted([*_keys("operation", expected, actual), *_values("", expected, actual)])


def _keys(what: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    return [f"{what} {key} is missing" for key in expected.keys() - actual.keys()] + [
        f"{what} {key} is not in the standard" for key in actual.keys() - expected.keys()
    ]


def _values(prefix: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    return [
        f"{prefix}{key}: {aspect} is {vars(actual[key])[aspect]}, should be {should}"
        for key in expected.keys() & actual.keys()
        for aspect, should in vars(expected[key]).items()
        if vars(actual[key])[aspect] != should
    ]
