"""The 41 rostering reads of 1.1 as the stranger wrote them down: who opens them, and who belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tests.strangers.routes import Members, Route
from tests.strangers.town import Ref, Row, Tables

BASE: Final = "/ims/oneroster/v1p1"
SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p1/scope/"
Ids = Mapping[str, str]

CORE: Final = ("roster.readonly", "roster-core.readonly")
COLLECTIONS: Final = (  # path, table, wrapper of a single read, and the field and value that a view goes by
    ("academicSessions", "academicSessions", "academicSession", None),
    ("terms", "academicSessions", "academicSession", ("type", "term")),
    ("gradingPeriods", "academicSessions", "academicSession", ("type", "gradingPeriod")),
    ("classes", "classes", "class", None),
    ("courses", "courses", "course", None),
    ("enrollments", "enrollments", "enrollment", None),
    ("orgs", "orgs", "org", None),
    ("schools", "orgs", "org", ("type", "school")),
    ("users", "users", "user", None),
    ("students", "users", "user", ("role", "student")),
    ("teachers", "users", "user", ("role", "teacher")),
    ("demographics", "demographics", "demographics", None),
)
PARENTS: Final = {  # the table of what an id in a path names, and what it has to be there
    "class": ("classes", None), "course": ("courses", None), "school": ("orgs", ("type", "school")),
    "student": ("users", ("role", "student")), "teacher": ("users", ("role", "teacher")), "user": ("users", None),
    "term": ("academicSessions", ("type", "term")),
}  # fmt: skip


def _links(row: Row, field: str) -> list[Ref]:
    value = row.get(field, [])
    return value if isinstance(value, list) else [value]


def leads(row: Row, field: str, id_: str) -> bool:
    """Whether a link of a record, or one of its links, leads to an id."""
    return any(link.id == id_ for link in _links(row, field))


def _view(table: str, field: str, value: str) -> Members:
    return lambda t, _: [row for row in t[table].values() if row[field] == value]


def _below(table: str, field: str, parent: str, **also: str) -> Members:
    return lambda t, ids: [
        row for row in t[table].values()
        if leads(row, field, ids[parent]) and all(row[name] == value for name, value in also.items())
    ]  # fmt: skip


def enrolled(t: Tables, ids: Ids, role: str) -> list[Row]:
    """Return who is in a class in a role, by active enrolments."""
    there = {
        one["user"].id for one in t["enrollments"].values()
        if one["status"] == "active" and one["role"] == role and one["class"].id == ids["class"]
    }  # fmt: skip
    return [user for id_, user in t["users"].items() if id_ in there]


def classes_of(t: Tables, id_: str, role: str | None) -> list[Row]:
    """Return the classes that somebody is in, in a role or in any, by active enrolments."""
    there = {
        one["class"].id for one in t["enrollments"].values()
        if one["status"] == "active" and one["user"].id == id_ and role in {None, one["role"]}
    }  # fmt: skip
    return [row for key, row in t["classes"].items() if key in there]


def _terms_at(t: Tables, ids: Ids) -> list[Row]:
    used = {term.id for one in t["classes"].values() if one["school"].id == ids["school"] for term in one["terms"]}
    return [row for id_, row in t["academicSessions"].items() if id_ in used and row["type"] == "term"]


def _nested() -> Iterator[tuple[str, str, Members]]:
    for place in ("/classes/{class}", "/schools/{school}/classes/{class}"):
        yield f"{place}/students", "users", lambda t, ids: enrolled(t, ids, "student")
        yield f"{place}/teachers", "users", lambda t, ids: enrolled(t, ids, "teacher")
    yield "/schools/{school}/classes/{class}/enrollments", "enrollments", _below("enrollments", "class", "class")
    yield "/schools/{school}/classes", "classes", _below("classes", "school", "school")
    yield "/schools/{school}/courses", "courses", _below("courses", "org", "school")
    yield "/schools/{school}/enrollments", "enrollments", _below("enrollments", "school", "school")
    yield "/schools/{school}/students", "users", _below("users", "orgs", "school", role="student")
    yield "/schools/{school}/teachers", "users", _below("users", "orgs", "school", role="teacher")
    yield "/schools/{school}/terms", "academicSessions", _terms_at
    yield "/courses/{course}/classes", "classes", _below("classes", "course", "course")
    yield "/students/{student}/classes", "classes", lambda t, ids: classes_of(t, ids["student"], "student")
    yield "/teachers/{teacher}/classes", "classes", lambda t, ids: classes_of(t, ids["teacher"], "teacher")
    yield "/users/{user}/classes", "classes", lambda t, ids: classes_of(t, ids["user"], None)
    yield "/terms/{term}/classes", "classes", _below("classes", "terms", "term")
    periods = _below("academicSessions", "parent", "term", type="gradingPeriod")
    yield "/terms/{term}/gradingPeriods", "academicSessions", periods


def _route(path: str, table: str, key: str, kind: str, scopes: tuple[str, ...], members: Members | None) -> Route:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "/?")
    opens = frozenset(SCOPE + scope for scope in scopes)
    return Route("rostering", "GET", pattern, path, table, key, opens, kind, members)


def _all() -> Iterator[Route]:
    for path, table, one, by in COLLECTIONS:
        opens = ("roster-demographics.readonly",) if table == "demographics" else CORE
        members = _view(table, *by) if by else None
        yield _route(f"/{path}", table, table, "list", opens, members)
        yield _route(f"/{path}/{{self}}", table, one, "one", opens, members)
    for path, table, members in _nested():
        yield _route(path, table, table, "nested", CORE[:1], members)


ROUTES: Final = tuple(_all())
assert len(ROUTES) == 41
