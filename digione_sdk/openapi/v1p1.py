"""Build the OpenAPI document of OneRoster 1.1, from its endpoint table and what its models say otherwise."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from pydantic import Field, create_model

from digione_sdk.core.endpoints import v1p1
from digione_sdk.model.base import Json, Record
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster import Base
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1
from digione_sdk.model.status import CodeMajor, Severity, StatusInfo
from digione_sdk.openapi.document import service_document
from digione_sdk.openapi.schema import component_schemas, reference, schema_name

_SET: Final = "statusInfoSet"
_ONE: Final = "StatusInfo"

_STATUS: Final[dict[str, Json]] = {
    "type": "object",
    "description": "What a 1.1 server says of a request: in an error alone, in a success beside the data.",
    "required": ["imsx_codeMajor", "imsx_severity"],
    "properties": {
        "imsx_codeMajor": {"type": "string", "enum": [it.value for it in CodeMajor], "description": "Outcome."},
        "imsx_severity": {"type": "string", "enum": [it.value for it in Severity], "description": "How bad it is."},
        "imsx_codeMinor": {"type": "string", "description": "The reason, as `unknown object`: a text, no object."},
        "imsx_description": {"type": "string", "description": "Free text for a person; no personal data."},
        "imsx_operationRefIdentifier": {"type": "string", "description": "Id of the request that is answered."},
    },
    "additionalProperties": False,
}


def v1p1_document() -> dict[str, Json]:
    """Return the OpenAPI 3.1 document of OneRoster 1.1, all services at one base path."""
    document = service_document(v1p1.ONEROSTER_V1P1, endpoints=v1p1.ENDPOINTS)
    document["info"]["description"] = (
        "Restated by the digione-sdk community from public facts of the OneRoster 1.1 standard, in its own wording. "
        "Not published by 1EdTech, and no certification is claimed or implied. The prose of the standard could not be "
        "read: the document rests on the differences that implementers state, and path parameters keep their 1.2 names."
        "\n\nA success may carry a warning beside its data: an unknown name in `fields` gets all, an unknown `sort` "
        "the default order. Old gateways take OAuth 1.0a signatures instead of tokens."
    )
    bodies = {body: None for endpoint in v1p1.ENDPOINTS for body in endpoint.bodies}
    schemas = component_schemas([_told(body) for body in bodies])
    for endpoint in v1p1.ENDPOINTS:
        if endpoint.is_read:
            envelope = schemas[schema_name(endpoint.envelope)]
            envelope["properties"][_SET] = {
                "type": "array",
                "description": "Warnings; absent where there are none.",
                "items": reference(_ONE),
            }
    error = {
        "type": "object",
        "description": "What is said of a request that failed.",
        "required": [_SET],
        "properties": {_SET: {"type": "array", "minItems": 1, "items": reference(_ONE)}},
        "additionalProperties": False,
    }
    document["components"]["schemas"] = schemas | {_ONE: _STATUS, schema_name(StatusInfo): error}
    return document


def _told(envelope: type[Record]) -> type[Record]:
    """Return an envelope around the 1.1 model instead of that of 1.2."""
    ((name, facts),) = fields_of(envelope).items()
    model = told_in_v1p1(cast("type[Base]", facts.record))
    kept: Any = _field(facts, model)
    made = create_model(envelope.__name__, __base__=Record, __doc__=envelope.__doc__, **{name: kept})
    made.__source__ = envelope.__source__
    return made


def _field(facts: FieldFacts, model: Any) -> tuple[Any, Any]:
    item = Annotated.__class_getitem__((tuple[model, ...] if facts.many else model, *facts.markers))  # type: ignore[attr-defined]  # runtime form of Annotated[...]
    if facts.required:
        return item, Field(alias=facts.wire_name)
    return item | None, Field(default=None, alias=facts.wire_name)
