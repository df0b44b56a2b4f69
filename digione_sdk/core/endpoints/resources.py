"""The 5 operations of the OneRoster 1.2 Resources service, one line each (rest-1.2 §3.3)."""

from __future__ import annotations

from typing import Final

from digione_sdk.core.endpoints.base import Endpoint, Service, Shape, Through, View
from digione_sdk.core.scopes import Scope
from digione_sdk.model.base import Record
from digione_sdk.model.oneroster import Base, Class, Course, Resource, User
from digione_sdk.model.oneroster import wrappers as w
from digione_sdk.model.status import SHARED_REASONS, CodeMinorValue

RESOURCES: Final = Service(
    "resources",
    "1.2",
    "/ims/oneroster/resources/v1p2",
    "OneRoster 1.2 Resources",
    "Learning materials and tools, and those of a class, course or user, to read.",
    (*SHARED_REASONS, CodeMinorValue.INVALID_SORT_FIELD, CodeMinorValue.UNSUPPORTED),
    ("onerosterv1p2resourcesservice_openapi3_v1p0.json", "imsorv1p2_resources_openapi3_v1p0.json"),
)

_CORE = (Scope.RESOURCE, Scope.RESOURCE_CORE)
_ERRORS = (400, 401, 403, 404, 422, 429, 500)


def _read(
    operation_id: str,
    path: str,
    envelope: type[Record],
    shape: Shape,
    accessor: str,
    scopes: tuple[Scope, ...] = _CORE,
    view: View = View(),  # noqa: B008 - frozen
) -> Endpoint[Resource]:
    return Endpoint(RESOURCES, operation_id, path, Resource, envelope, shape, scopes, _ERRORS, accessor, view)


def _of(operation_id: str, path: str, accessor: str, owner: type[Base], parameter: str) -> Endpoint[Resource]:
    view = View(through=Through(owner, "resources", (("sourcedId", parameter),)))
    return _read(operation_id, path, w.ResourceSet, Shape.COLLECTION, accessor, (Scope.RESOURCE,), view)


# fmt: off
getResourcesForClass = _of("getResourcesForClass", "/classes/{classSourcedId}/resources", "for_class", Class, "{classSourcedId}")
getResourcesForCourse = _of("getResourcesForCourse", "/courses/{courseSourcedId}/resources", "for_course", Course, "{courseSourcedId}")
getAllResources = _read("getAllResources", "/resources", w.ResourceSet, Shape.COLLECTION, "list")
getResource = _read("getResource", "/resources/{sourcedId}", w.SingleResource, Shape.SINGLE, "get")
getResourcesForUser = _of("getResourcesForUser", "/users/{userSourcedId}/resources", "for_user", User, "{userSourcedId}")
# fmt: on

ENDPOINTS: Final[tuple[Endpoint[Resource], ...]] = tuple(
    value for value in globals().values() if isinstance(value, Endpoint)
)
