"""The 81 operations as the stranger wrote them down: a path, what it lists, and who belongs there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.strangers.town import Row, Tables

SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
BASES: Final = {name: f"/ims/oneroster/{name}/v1p2" for name in ("rostering", "gradebook", "resources")}

Members = Callable[[Tables, Mapping[str, str]], list[Row]]


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


def _roles(*roles: str) -> Members:
    return lambda t, _: [u for u in t["users"].values() if any(r["role"] in roles for r in u["roles"])]


def _typed(table: str, kind: str) -> Members:
    return lambda t, _: [row for row in t[table].values() if row["type"] == kind]


def _by(table: str, field: str, name: str) -> Members:
    """Records whose link, or one of whose links, leads to the parent."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        def leads(row: Row) -> bool:
            links = row.get(field, [])
            return any(link.id == ids[name] for link in (links if isinstance(links, list) else [links]))

        return [row for row in t[table].values() if leads(row)]

    return members


def _enrolled(role: str) -> Members:
    """People in a class, and in a school where the path names one."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        there = {
            e["user"].id for e in t["enrollments"].values()
            if e["class"].id == ids["class"] and e["role"] == role and e["status"] == "active"
            and ("school" not in ids or e["school"].id == ids["school"])
        }  # fmt: skip
        return [u for u in t["users"].values() if u["sourcedId"] in there]

    return members


def _classes_of(name: str, *roles: str) -> Members:
    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        there = {
            e["class"].id for e in t["enrollments"].values()
            if e["user"].id == ids[name] and e["status"] == "active" and (not roles or e["role"] in roles)
        }  # fmt: skip
        return [c for c in t["classes"].values() if c["sourcedId"] in there]

    return members


def _people_at(role: str) -> Members:
    return lambda t, ids: [
        u for u in t["users"].values() if any(r["role"] == role and r["org"].id == ids["school"] for r in u["roles"])
    ]


def _terms_at(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    used = {
        term.id for c in t["classes"].values() if c["school"].id == ids["school"] for term in c["terms"]
    }  # fmt: skip
    return [s for s in t["academicSessions"].values() if s["sourcedId"] in used and s["type"] == "term"]


def _resources_of(table: str, name: str) -> Members:
    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        linked = {link.id for link in t[table][ids[name]].get("resources", [])}
        return [r for r in t["resources"].values() if r["sourcedId"] in linked]

    return members


def _categories_of(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    used = {item["category"].id for item in t["lineItems"].values() if item["class"].id == ids["class"]}
    return [c for c in t["categories"].values() if c["sourcedId"] in used]


def _results_in(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    return [
        r for r in t["results"].values()
        if t["lineItems"][r["lineItem"].id]["class"].id == ids["class"]
        and ("lineItem" not in ids or r["lineItem"].id == ids["lineItem"])
        and ("student" not in ids or r["student"].id == ids["student"])
    ]  # fmt: skip


def _scales_at(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    return [s for s in t["scoreScales"].values() if t["classes"][s["class"].id]["school"].id == ids["school"]]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "/?")


def _tables() -> list[Route]:
    found: list[Route] = []

    def add(
        service: str, method: str, path: str, table: str, key: str, scopes: str, kind: str, m: Members | None
    ) -> None:
        opens = frozenset(SCOPE + scope for scope in scopes.split())
        found.append(Route(service, method, _pattern(path), path, table, key, opens, kind, m))

    def both(service: str, path: str, table: str, one: str, scopes: str, members: Members | None = None) -> None:
        add(service, "GET", f"/{path}", table, table, scopes, "list", members)
        add(service, "GET", f"/{path}/{{self}}", table, one, scopes, "one", members)

    core = "roster.readonly roster-core.readonly"
    both("rostering", "academicSessions", "academicSessions", "academicSession", core)
    both("rostering", "terms", "academicSessions", "academicSession", core, _typed("academicSessions", "term"))
    periods = _typed("academicSessions", "gradingPeriod")
    both("rostering", "gradingPeriods", "academicSessions", "academicSession", core, periods)
    both("rostering", "classes", "classes", "class", core)
    both("rostering", "courses", "courses", "course", core)
    both("rostering", "orgs", "orgs", "org", core)
    both("rostering", "schools", "orgs", "org", core, _typed("orgs", "school"))
    both("rostering", "users", "users", "user", core)
    both("rostering", "students", "users", "user", core, _roles("student"))
    both("rostering", "teachers", "users", "user", core, _roles("teacher"))
    both("rostering", "enrollments", "enrollments", "enrollment", core)
    both("rostering", "demographics", "demographics", "demographics", "roster-demographics.readonly")
    in_class = _by("enrollments", "class", "class")
    for path, table, members in (
        ("/classes/{class}/students", "users", _enrolled("student")),
        ("/classes/{class}/teachers", "users", _enrolled("teacher")),
        ("/courses/{course}/classes", "classes", _by("classes", "course", "course")),
        ("/schools/{school}/classes", "classes", _by("classes", "school", "school")),
        ("/schools/{school}/classes/{class}/enrollments", "enrollments", in_class),
        ("/schools/{school}/classes/{class}/students", "users", _enrolled("student")),
        ("/schools/{school}/classes/{class}/teachers", "users", _enrolled("teacher")),
        ("/schools/{school}/courses", "courses", _by("courses", "org", "school")),
        ("/schools/{school}/enrollments", "enrollments", _by("enrollments", "school", "school")),
        ("/schools/{school}/students", "users", _people_at("student")),
        ("/schools/{school}/teachers", "users", _people_at("teacher")),
        ("/schools/{school}/terms", "academicSessions", _terms_at),
        ("/students/{student}/classes", "classes", _classes_of("student", "student")),
        ("/teachers/{teacher}/classes", "classes", _classes_of("teacher", "teacher")),
        ("/users/{user}/classes", "classes", _classes_of("user")),
        ("/terms/{term}/classes", "classes", _by("classes", "terms", "term")),
        (
            "/terms/{term}/gradingPeriods", "academicSessions",
            lambda t, ids: [
                s for s in _by("academicSessions", "parent", "term")(t, ids) if s["type"] == "gradingPeriod"
            ],
        ),
    ):  # fmt: skip
        add("rostering", "GET", path, table, table, "roster.readonly", "nested", members)
    for table, one in (
        ("categories", "category"), ("lineItems", "lineItem"), ("results", "result"), ("scoreScales", "scoreScale"),
    ):  # fmt: skip
        both("gradebook", table, table, one, "gradebook.readonly gradebook-core.readonly")
        add("gradebook", "PUT", f"/{table}/{{self}}", table, one, "gradebook.createput", "put", None)
        add("gradebook", "DELETE", f"/{table}/{{self}}", table, one, "gradebook.delete", "delete", None)
    for table, one in (("assessmentLineItems", "assessmentLineItem"), ("assessmentResults", "assessmentResult")):
        both("gradebook", table, table, one, "assessment.readonly")
        add("gradebook", "PUT", f"/{table}/{{self}}", table, one, "assessment.createput", "put", None)
        add("gradebook", "DELETE", f"/{table}/{{self}}", table, one, "assessment.delete", "delete", None)
    for path, table, members in (
        ("/classes/{class}/categories", "categories", _categories_of),
        ("/classes/{class}/lineItems", "lineItems", _by("lineItems", "class", "class")),
        ("/classes/{class}/lineItems/{lineItem}/results", "results", _results_in),
        ("/classes/{class}/results", "results", _results_in),
        ("/classes/{class}/scoreScales", "scoreScales", _by("scoreScales", "class", "class")),
        ("/classes/{class}/students/{student}/results", "results", _results_in),
        ("/schools/{school}/scoreScales", "scoreScales", _scales_at),
    ):
        add("gradebook", "GET", path, table, table, "gradebook.readonly", "nested", members)
    for path, table in (
        ("/classes/{class}/academicSessions/{session}/results", "results"),
        ("/classes/{class}/lineItems", "lineItems"),
        ("/lineItems/{lineItem}/results", "results"),
        ("/schools/{school}/lineItems", "lineItems"),
    ):
        add("gradebook", "POST", path, table, table, "gradebook.createpost", "post", None)
    both("resources", "resources", "resources", "resource", "resource.readonly resource-core.readonly")
    for name, table in (("class", "classes"), ("course", "courses"), ("user", "users")):
        path = f"/{table}/{{{name}}}/resources"
        add(
            "resources",
            "GET",
            path,
            "resources",
            "resources",
            "resource.readonly",
            "nested",
            _resources_of(table, name),
        )
    return found


ROUTES: Final = tuple(_tables())
ALL_SCOPES: Final = frozenset().union(*(route.scopes for route in ROUTES))
PARENTS: Final = {  # the table of what an id in a path names, and the role or type that it has there
    "class": ("classes", None), "course": ("courses", None), "school": ("orgs", "school"),
    "student": ("users", "student"), "teacher": ("users", "teacher"), "user": ("users", None),
    "term": ("academicSessions", "term"), "lineItem": ("lineItems", None), "session": ("academicSessions", None),
}  # fmt: skip
