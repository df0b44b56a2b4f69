"""The copy of the document that the contract stage generates requests from.

It is kept apart because it is false as a description: it lists a few filters of the endless many. With the free text of
the true document a generator sends nonsense, a server rightly answers 400, and hundreds of failures are reported that
are none.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.model.base import Json, Record
from digione_sdk.model.facts import FieldFacts, fields_of

_OPAQUE_ID: Final = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
# Values that any text field can be compared with; blanks and apostrophes are the conformance checks' business.
_TEXT_CLAUSE: Final = "(=|!=|~)'[A-Za-z0-9]{1,20}'"
_LARGEST_OFFSET: Final = 1_000_000
_LARGEST_LIMIT: Final = 10_000


def contract_document(document: dict[str, Json], *, endpoints: Iterable[Endpoint[Any]] = ENDPOINTS) -> dict[str, Json]:
    """Return a copy of `document` whose parameters generate only requests that a correct server must accept.

    Args:
        document: A document built by this package; it is left as it is. Operations it lacks are skipped.
        endpoints: The endpoints to look operations up in.
    """
    narrowed = copy.deepcopy(document)
    for endpoint in endpoints:
        operation = narrowed["paths"].get(endpoint.path, {}).get(endpoint.method.lower())
        if operation is not None:
            operation["parameters"] = [
                _narrow(_resolve(parameter, narrowed), endpoint.model) for parameter in operation["parameters"]
            ]
    del narrowed["components"]["parameters"]  # every operation has its own now
    return narrowed


def _resolve(parameter: dict[str, Json], document: dict[str, Json]) -> dict[str, Json]:
    if "$ref" not in parameter:
        return parameter
    shared: dict[str, Json] = document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return copy.deepcopy(shared)


def _narrow(parameter: dict[str, Json], model: type[Record]) -> dict[str, Json]:
    schema = parameter["schema"]
    name = parameter["name"] if parameter["in"] == "query" else "id"
    match name:
        case "sort":
            schema["enum"] = [field.wire_name for field in fields_of(model).values() if _is_single(field)]
        case "fields":
            wire_names = [field.wire_name for field in fields_of(model).values()]
            schema |= {"items": {"type": "string", "enum": wire_names}, "minItems": 1, "uniqueItems": True}
        case "filter":
            texts = [field.wire_name for field in fields_of(model).values() if field.item is str and not field.many]
            schema["pattern"] = f"^({'|'.join(texts)}){_TEXT_CLAUSE}$"
        case "id":
            schema["pattern"] = _OPAQUE_ID
        case "limit":
            schema["maximum"] = _LARGEST_LIMIT
        case "offset":
            schema["maximum"] = _LARGEST_OFFSET
    return parameter


def _is_single(field: FieldFacts) -> bool:
    return not field.many and field.record is None
