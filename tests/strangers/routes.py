"""The 81 operations as the stranger wrote them down: a path, what it lists, and who belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.strangers.belonging import (
    Members,
    by,
    categories_of,
    classes_of,
    enrolled,
    having_role,
    of_type,
    people_at,
    periods_in,
    resources_of,
    results_in,
    scales_at,
    terms_at,
)

SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
BASES: Final = {name: f"/ims/oneroster/{name}/v1p2" for name in ("rostering", "gradebook", "resources")}


@dataclass(frozen=True)
class Route:
    """One operation.

    Attributes:
        service: Its service.
        method: Its HTTP method.
        pattern: What its path matches, the ids as groups named by the kind of thing they name.
        path: Its path as the standard spells it.
        table: The table of the records that it serves.
        key: The wrapper of the answer.
        scopes: Any one of them opens it.
        kind: list, nested, one, put, delete or post.
        members: Which records belong to it, before any filter.
    """

    service: str
    method: str
    pattern: re.Pattern[str]
    path: str
    table: str
    key: str
    scopes: frozenset[str]
    kind: str
    members: Members | None = None


_CORE: Final = "roster.readonly roster-core.readonly"
_COLLECTIONS: Final[tuple[tuple[str, str, str, str, Members | None], ...]] = (
    ("academicSessions", "academicSessions", "academicSession", _CORE, None),
    ("terms", "academicSessions", "academicSession", _CORE, of_type("academicSessions", "term")),
    ("gradingPeriods", "academicSessions", "academicSession", _CORE, of_type("academicSessions", "gradingPeriod")),
    ("classes", "classes", "class", _CORE, None),
    ("courses", "courses", "course", _CORE, None),
    ("orgs", "orgs", "org", _CORE, None),
    ("schools", "orgs", "org", _CORE, of_type("orgs", "school")),
    ("users", "users", "user", _CORE, None),
    ("students", "users", "user", _CORE, having_role("student")),
    ("teachers", "users", "user", _CORE, having_role("teacher")),
    ("enrollments", "enrollments", "enrollment", _CORE, None),
    ("demographics", "demographics", "demographics", "roster-demographics.readonly", None),
)
"""Collections of Rostering: where they are, the table, the wrapper of one record, the scopes, who belongs there."""
_IN_ROSTERING: Final[tuple[tuple[str, str, Members], ...]] = (
    ("/classes/{class}/students", "users", enrolled("student")),
    ("/classes/{class}/teachers", "users", enrolled("teacher")),
    ("/courses/{course}/classes", "classes", by("classes", "course", "course")),
    ("/schools/{school}/classes", "classes", by("classes", "school", "school")),
    ("/schools/{school}/classes/{class}/enrollments", "enrollments", by("enrollments", "class", "class")),
    ("/schools/{school}/classes/{class}/students", "users", enrolled("student")),
    ("/schools/{school}/classes/{class}/teachers", "users", enrolled("teacher")),
    ("/schools/{school}/courses", "courses", by("courses", "org", "school")),
    ("/schools/{school}/enrollments", "enrollments", by("enrollments", "school", "school")),
    ("/schools/{school}/students", "users", people_at("student")),
    ("/schools/{school}/teachers", "users", people_at("teacher")),
    ("/schools/{school}/terms", "academicSessions", terms_at),
    ("/students/{student}/classes", "classes", classes_of("student", "student")),
    ("/teachers/{teacher}/classes", "classes", classes_of("teacher", "teacher")),
    ("/users/{user}/classes", "classes", classes_of("user")),
    ("/terms/{term}/classes", "classes", by("classes", "terms", "term")),
    ("/terms/{term}/gradingPeriods", "academicSessions", periods_in),
)
"""Nested lists of Rostering: the path, the table, who belongs there."""
_IN_GRADEBOOK: Final[tuple[tuple[str, str, Members], ...]] = (
    ("/classes/{class}/categories", "categories", categories_of),
    ("/classes/{class}/lineItems", "lineItems", by("lineItems", "class", "class")),
    ("/classes/{class}/lineItems/{lineItem}/results", "results", results_in),
    ("/classes/{class}/results", "results", results_in),
    ("/classes/{class}/scoreScales", "scoreScales", by("scoreScales", "class", "class")),
    ("/classes/{class}/students/{student}/results", "results", results_in),
    ("/schools/{school}/scoreScales", "scoreScales", scales_at),
)
_WRITTEN: Final = (  # the table, the wrapper of one record, the family of the scopes, the scopes that read
    ("categories", "category", "gradebook", "gradebook.readonly gradebook-core.readonly"),
    ("lineItems", "lineItem", "gradebook", "gradebook.readonly gradebook-core.readonly"),
    ("results", "result", "gradebook", "gradebook.readonly gradebook-core.readonly"),
    ("scoreScales", "scoreScale", "gradebook", "gradebook.readonly gradebook-core.readonly"),
    ("assessmentLineItems", "assessmentLineItem", "assessment", "assessment.readonly"),
    ("assessmentResults", "assessmentResult", "assessment", "assessment.readonly"),
)
_POSTED: Final = (
    ("/classes/{class}/academicSessions/{session}/results", "results"),
    ("/classes/{class}/lineItems", "lineItems"),
    ("/lineItems/{lineItem}/results", "results"),
    ("/schools/{school}/lineItems", "lineItems"),
)


def _route(
    service: str, method: str, path: str, table: str, key: str, scopes: str, kind: str, members: Members | None = None
) -> Route:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "/?")
    opens = frozenset(SCOPE + scope for scope in scopes.split())
    return Route(service, method, pattern, path, table, key, opens, kind, members)


def _read(
    service: str, name: str, table: str, one: str, scopes: str, members: Members | None = None
) -> tuple[Route, Route]:
    """Return a collection and the single reads of what is in it."""
    return (
        _route(service, "GET", f"/{name}", table, table, scopes, "list", members),
        _route(service, "GET", f"/{name}/{{self}}", table, one, scopes, "one", members),
    )


def _nested(service: str, path: str, table: str, scope: str, members: Members) -> Route:
    return _route(service, "GET", path, table, table, scope, "nested", members)


def _rostering() -> Iterator[Route]:
    for collection in _COLLECTIONS:
        yield from _read("rostering", *collection)
    for path, table, members in _IN_ROSTERING:
        yield _nested("rostering", path, table, "roster.readonly", members)


def _gradebook() -> Iterator[Route]:
    for table, one, family, scopes in _WRITTEN:
        yield from _read("gradebook", table, table, one, scopes)
        yield _route("gradebook", "PUT", f"/{table}/{{self}}", table, one, f"{family}.createput", "put")
        yield _route("gradebook", "DELETE", f"/{table}/{{self}}", table, one, f"{family}.delete", "delete")
    for path, table, members in _IN_GRADEBOOK:
        yield _nested("gradebook", path, table, "gradebook.readonly", members)
    for path, table in _POSTED:
        yield _route("gradebook", "POST", path, table, table, "gradebook.createpost", "post")


def _resources() -> Iterator[Route]:
    yield from _read("resources", "resources", "resources", "resource", "resource.readonly resource-core.readonly")
    for name, table in (("class", "classes"), ("course", "courses"), ("user", "users")):
        members = resources_of(table, name)
        yield _nested("resources", f"/{table}/{{{name}}}/resources", "resources", "resource.readonly", members)


ROUTES: Final = (*_rostering(), *_gradebook(), *_resources())
PARENTS: Final = {  # the table of what an id in a path names, and the role or type that it has there
    "class": ("classes", None), "course": ("courses", None), "school": ("orgs", "school"),
    "student": ("users", "student"), "teacher": ("users", "teacher"), "user": ("users", None),
    "term": ("academicSessions", "term"), "lineItem": ("lineItems", None), "session": ("academicSessions", None),
}  # fmt: skip
