"""Describe one endpoint as an OpenAPI operation: parameters, responses, page links, security, wording."""

from __future__ import annotations

from typing import Any, Final

from pydantic.alias_generators import to_snake

from digione_sdk.core.endpoints.base import Endpoint, Shape
from digione_sdk.model.base import Json
from digione_sdk.openapi.parameters import COLLECTION_PARAMETERS, PROJECTION, path_parameter
from digione_sdk.openapi.responses import error_reference, header_reference
from digione_sdk.openapi.schema import reference, schema_name

_ONE_OF: Final = {
    "categories": "category",
    "classes": "class",
    "demographics": "demographics record",
    "orgs": "organisation",
}
_MANY_OF: Final = {"orgs": "organisations", "demographics": "demographics records"}

_ID_OF: Final = "SourcedId"


def operation(endpoint: Endpoint[Any]) -> dict[str, Json]:
    """Return the operation object of an endpoint."""
    return {
        "operationId": endpoint.operation_id,
        "tags": [tag_of(endpoint)],
        "summary": _summary(endpoint),
        "description": _description(endpoint),
        "parameters": _parameters(endpoint),
        **_request_body(endpoint),
        "responses": {
            str(endpoint.success[0]): _success(endpoint),
            **{str(status): error_reference(status) for status in endpoint.errors},
            "default": error_reference("default"),
        },
        # One requirement object for each scope: OpenAPI reads the list as OR, a list of scopes in one object as AND.
        "security": [{"OAuth2CC": [scope.value]} for scope in endpoint.scopes],
    }


def tag_of(endpoint: Endpoint[Any]) -> str:
    """Return the tag of an endpoint: the first segment of its path."""
    return endpoint.path.split("/")[1]


def _parameters(endpoint: Endpoint[Any]) -> list[Json]:
    named = [path_parameter(name, f"Id of the {_parent(name, endpoint)}.") for name in endpoint.path_parameters]
    shared = _SHARED.get(endpoint.shape, [])
    return named + [{"$ref": f"#/components/parameters/{name}"} for name in shared]


def _request_body(endpoint: Endpoint[Any]) -> dict[str, Json]:
    if endpoint.body is None:
        return {}
    content = {"application/json": {"schema": reference(schema_name(endpoint.body))}}
    return {"requestBody": {"required": True, "content": content}}


def _success(endpoint: Endpoint[Any]) -> dict[str, Json]:
    if endpoint.shape is Shape.EMPTY:
        return {"description": "Done; nothing is answered."}
    content = {"application/json": {"schema": reference(schema_name(endpoint.envelope))}}
    if endpoint.shape is Shape.PAIRS:
        wording = f"The ids that were allocated, under the key `{endpoint.wrapper_key}`, one pair for each record sent."
        return {"description": wording, "content": content}
    if not endpoint.is_collection:
        return {"description": f"The {_object(endpoint)}, under the key `{endpoint.wrapper_key}`.", "content": content}
    return {
        "description": f"One page, under the key `{endpoint.wrapper_key}`; past the end it is empty.",
        "headers": {name: header_reference(name) for name in ("X-Total-Count", "Link")},
        "content": content,
        "links": {relation: _page_link(endpoint, moved) for relation, moved in _MOVES.items()},
    }


_MOVES: Final = {
    "next": "The page after this one: `offset` plus the number of rows that came.",
    "prev": "The page before this one: `offset` less `limit`, not below zero.",
}


def _page_link(endpoint: Endpoint[Any], moved: str) -> dict[str, Json]:
    # The published file says `$request.path.limit`; both are query parameters (rest-1.2 §12.1).
    queries = {name: f"$request.query.{name}" for name in (*COLLECTION_PARAMETERS, *PROJECTION)}
    paths = {name: f"$request.path.{name}" for name in endpoint.path_parameters}
    return {"operationId": endpoint.operation_id, "parameters": paths | queries, "description": moved}


_VERBS: Final = {"GET": "Read one", "PUT": "Create or replace one", "DELETE": "Delete one"}


def _summary(endpoint: Endpoint[Any]) -> str:
    if endpoint.method != "POST" and not endpoint.is_collection:
        return f"{_VERBS[endpoint.method]} {_object(endpoint)}"
    owners = [_parent(name, endpoint) for name in reversed(endpoint.path_parameters)]
    segment = endpoint.path.rsplit("/", 1)[1]
    collection = _MANY_OF.get(segment) or _words(segment)
    verb = "Create" if endpoint.method == "POST" else "List the"
    return f"{verb} {collection}" + "".join(
        f" {'of' if place == 0 else 'in'} {_with_article(owner)}" for place, owner in enumerate(owners)
    )


def _description(endpoint: Endpoint[Any]) -> str:
    view, kind = endpoint.view, f"`{schema_name(endpoint.model)}`"
    if not endpoint.is_read:
        return _WRITING[endpoint.method].format(kind=kind)
    sentences = [f"Answers with {kind} objects." if endpoint.is_collection else f"Answers with one {kind} object."]
    within = f"{view.element}." if view.element else ""
    fixed = [f"`{within}{path}` is `{value}`" for path, value in view.where if "{" not in value]
    if fixed and endpoint.is_collection:
        sentences.append(f"Only those where {' and '.join(fixed)}.")
    elif fixed:
        sentences.append(f"Only where {' and '.join(fixed)}; any other object is not found.")
    if view.through is not None:
        sentences.append(f"Active `{schema_name(view.through.model)}` objects make the connection.")
    if view.via is not None:
        sentences.append(f"The `{schema_name(view.via.model)}` that each links to decides.")
    if endpoint.is_nested and _NOT_FOUND not in endpoint.errors:
        # None of the nested collections of Rostering declares 404 (rest-1.2 §3.1).
        sentences.append("For an unknown parent both an empty page and 404 occur.")
    return " ".join(sentences)


_WRITING: Final = {
    "PUT": "Takes one {kind} object and keeps it under the id in the path, which should be the object's own. A "
    "replacement too is declared to be answered 201; 200 is common.",
    "POST": "Takes {kind} objects, each with a temporary id, and gives each an id of the provider's own. What becomes "
    "of the others when one cannot be taken is not said.",
    "DELETE": "Deletes one {kind} object: it is gone from the lists, or there with the status `tobedeleted`.",
}

_NOT_FOUND: Final = 404

_SHARED: Final = {Shape.COLLECTION: [*COLLECTION_PARAMETERS, *PROJECTION], Shape.SINGLE: [*PROJECTION]}
"""Names of the query parameters that an operation takes, by what it answers."""


def _object(endpoint: Endpoint[Any]) -> str:
    return _singular(tag_of(endpoint))


def _parent(parameter: str, endpoint: Endpoint[Any]) -> str:
    owner = parameter.removesuffix(_ID_OF)
    return _object(endpoint) if owner == parameter else _words(owner)


def _singular(collection: str) -> str:
    return _ONE_OF.get(collection) or _words(collection.removesuffix("s"))


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def _words(name: str) -> str:
    return to_snake(name).replace("_", " ")
