"""The query and path parameters of OneRoster 1.2 as OpenAPI parameter objects (rest-1.2 §2)."""

from __future__ import annotations

from typing import Final

from digione_sdk.model.base import Json

_INT32_MAX: Final = 2**31 - 1


def _query(name: str, description: str, schema: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "allowEmptyValue": False,
        **more,
        "schema": schema,
    }


COLLECTION_PARAMETERS: Final[dict[str, Json]] = {
    "limit": _query(
        "limit",
        "Page size. A server may give fewer; a client counts the rows that came.",
        {"type": "integer", "format": "int32", "minimum": 1, "maximum": _INT32_MAX, "default": 100},
    ),
    "offset": _query(
        "offset",
        "Index of the first row of the page, counted from zero.",
        {"type": "integer", "format": "int32", "minimum": 0, "maximum": _INT32_MAX, "default": 0},
    ),
    "sort": _query("sort", "Name of one field to sort by, in Unicode order.", {"type": "string"}),
    "orderBy": _query("orderBy", "Direction of `sort`.", {"type": "string", "enum": ["asc", "desc"]}),
    "filter": _query(
        "filter",
        "One clause `field predicate 'value'`, or two joined by ` AND ` or ` OR `. Predicates: = != > >= < <= and ~ "
        "(contains). Dots lead into objects and arrays; values are always in single quotes.",
        {"type": "string"},
    ),
}
"""What a collection takes besides `fields`, by component name."""

# Comma form, though the published file leaves `explode` at its default: every known server and client uses commas.
PROJECTION: Final[dict[str, Json]] = {
    "fields": _query(
        "fields",
        "Names of the top-level properties wanted, separated by commas; all of them without it.",
        {"type": "array", "items": {"type": "string"}},
        style="form",
        explode=False,
    )
}
"""What every read takes, by component name."""


def path_parameter(name: str, description: str) -> dict[str, Json]:
    """Return the parameter object of a path parameter: an opaque id."""
    return {
        "name": name,
        "in": "path",
        "description": description,
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
