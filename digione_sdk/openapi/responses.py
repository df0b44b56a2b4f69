"""The headers and error responses that operations share, as OpenAPI components (rest-1.2 §4, §8)."""

from __future__ import annotations

from typing import Final

from digione_sdk.model.base import Json
from digione_sdk.model.status import StatusInfo
from digione_sdk.openapi.schema import reference, schema_name

HEADERS: Final[dict[str, Json]] = {
    "X-Total-Count": {
        "description": "Number of rows that match, after the filter and before limit and offset.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {
        "description": "Addresses of the pages `first`, `prev`, `next` and `last` (RFC 8288), with the same query. "
        "The last page has no `next`.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate (RFC 6750 §3). Not declared by the standard; send it.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait, or the date to wait for (RFC 9110 §10.2.3). Not declared by the standard; "
        "send it.",
        "schema": {"type": "string"},
    },
}

_HEADER_OF: Final = {"401": "WWW-Authenticate", "429": "Retry-After"}

_MEANINGS: Final = {
    "400": ("BadRequest", "The filter or the field selection is refused; nothing was read."),
    "401": ("Unauthorised", "The token is missing, expired or not accepted."),
    "403": ("Forbidden", "The token is good but does not permit this call."),
    "404": ("NotFound", "There is no object with this id, or none of this kind."),
    "422": ("InvalidData", "Well-formed, but wrong in meaning."),
    "429": ("TooManyRequests", "Too many requests; wait and go on with the same page."),
    "500": ("InternalServerError", "The server failed; the last resort."),
    "default": ("OtherError", "Any other error."),
}


def header_reference(name: str) -> dict[str, Json]:
    """Return a reference to a shared header."""
    return {"$ref": f"#/components/headers/{name}"}


def error_reference(status: int | str) -> dict[str, Json]:
    """Return a reference to the shared response of an error status, or of `default`."""
    return {"$ref": f"#/components/responses/{_MEANINGS[str(status)][0]}"}


def _error(status: str, meaning: str) -> dict[str, Json]:
    header = _HEADER_OF.get(status)
    return {
        "description": meaning,
        **({"headers": {header: header_reference(header)}} if header else {}),
        "content": {"application/json": {"schema": reference(schema_name(StatusInfo))}},
    }


ERROR_RESPONSES: Final[dict[str, Json]] = {
    name: _error(status, meaning) for status, (name, meaning) in _MEANINGS.items()
}
