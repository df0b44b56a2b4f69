"""Which data files hold whole REST objects, and where a link to one leads: read off the endpoint tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from digione_sdk.bulk.tables import Column, Version, tables_of
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Shape
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import Base
from digione_sdk.wire.versions import Action

Object: TypeAlias = dict[str, Json]
"""A REST object as JSON."""
Noted: TypeAlias = Callable[[str, Action, str], None]
"""Takes the account of one change to one object: field, action, policy."""
Fields: TypeAlias = dict[str, str | None]
"""A row of a file by column."""

MODELS: Final[Mapping[str, type[Base]]] = {
    name: endpoint.model
    for endpoint in ENDPOINTS
    if endpoint.is_read and endpoint.is_collection and not endpoint.path_parameters and endpoint.view.whole
    for name in (endpoint.path.strip("/"),)
    if name in tables_of(Version.V1P2P1)
}
"""Data file whose rows are objects of REST -> their model. The other files hold what REST nests in these objects."""

NAMES: Final[Mapping[type[Base], str]] = {model: name for name, model in MODELS.items()}
"""Model -> its data file."""

PARENTS: Final[Mapping[str, tuple[str, str]]] = {
    "roles": ("users", "userSourcedId"),
    "userProfiles": ("users", "userSourcedId"),
    "userResources": ("users", "userSourcedId"),
    "classResources": ("classes", "classSourcedId"),
    "courseResources": ("courses", "courseSourcedId"),
    "lineItemScoreScales": ("lineItems", "lineItemSourcedId"),
    "lineItemLearningObjectiveIds": ("lineItems", "lineItemSourcedId"),
    "resultScoreScales": ("results", "resultSourcedId"),
    "resultLearningObjectiveIds": ("results", "resultSourcedId"),
}
"""Data file of what REST nests -> the file of the objects that it is nested in, and the column that leads there."""

LINKS: Final = "https://roster.invalid"
"""Where links lead by default: nowhere (RFC 2606), because a file does not say where its objects are served."""

_PATHS: Final[Mapping[str, str]] = {
    endpoint.wrapper_key: f"{endpoint.service.base_path}{endpoint.path.partition('{')[0]}"
    for endpoint in ENDPOINTS
    if endpoint.is_read and endpoint.shape is Shape.SINGLE and endpoint.view.whole
}
_NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:digione:oneroster:csv")
_ORGS: Final = "orgSourcedIds"


def link(token: str, sourced_id: str, *, base: str = LINKS) -> Object:
    """Return a link to an object as REST writes it."""
    return {"href": f"{base}{_PATHS.get(token, '/')}{sourced_id}", "sourcedId": sourced_id, "type": token}


def key_of(column: Column) -> str:
    """Return the wire name of the REST field that a column of a file of objects holds."""
    return "orgs" if column.name == _ORGS else column.field  # of 1.1, where a role has no organisation of its own


def made_id(table: str, *parts: str) -> str:
    """Return the sourcedId of a row that REST nests and gives none: the same for the same parts, in every run."""
    return str(uuid5(_NAMESPACE, "\0".join((table, *parts))))


def unseen(key: tuple[str, ...], seen: set[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the key, with an ordinal where it was seen before, and remember it."""
    ordinal, made = 1, key
    while made in seen:
        ordinal += 1
        made = (*key, str(ordinal))
    seen.add(made)
    return made


def keys_of(columns: Iterable[Column]) -> frozenset[str]:
    """Return the wire names of the REST fields that the columns hold."""
    return frozenset(key_of(column) for column in columns)
