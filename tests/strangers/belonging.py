"""Who belongs to a list, as the stranger reads the standard: a function of the tables and the ids in the path."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.strangers.town import Row, Tables

Members = Callable[[Tables, Mapping[str, str]], list[Row]]


def having_role(role: str) -> Members:
    """Return those who have a role anywhere."""
    return lambda t, _: [u for u in t["users"].values() if any(r["role"] == role for r in u["roles"])]


def of_type(table: str, kind: str) -> Members:
    """Return the records of a type."""
    return lambda t, _: [row for row in t[table].values() if row["type"] == kind]


def by(table: str, field: str, name: str) -> Members:
    """Return the records whose link, or one of whose links, leads to the parent."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        def leads(row: Row) -> bool:
            links = row.get(field, [])
            return any(link.id == ids[name] for link in (links if isinstance(links, list) else [links]))

        return [row for row in t[table].values() if leads(row)]

    return members


def periods_in(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    """Return the grading periods of a term."""
    return [s for s in by("academicSessions", "parent", "term")(t, ids) if s["type"] == "gradingPeriod"]


def enrolled(role: str) -> Members:
    """Return the people in a class, and in a school where the path names one."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        there = {
            e["user"].id for e in t["enrollments"].values()
            if e["class"].id == ids["class"] and e["role"] == role and e["status"] == "active"
            and ("school" not in ids or e["school"].id == ids["school"])
        }  # fmt: skip
        return [u for u in t["users"].values() if u["sourcedId"] in there]

    return members


def classes_of(name: str, *roles: str) -> Members:
    """Return the classes in which somebody has one of the roles, or any."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        there = {
            e["class"].id for e in t["enrollments"].values()
            if e["user"].id == ids[name] and e["status"] == "active" and (not roles or e["role"] in roles)
        }  # fmt: skip
        return [c for c in t["classes"].values() if c["sourcedId"] in there]

    return members


def people_at(role: str) -> Members:
    """Return those who have a role at the school."""
    return lambda t, ids: [
        u for u in t["users"].values() if any(r["role"] == role and r["org"].id == ids["school"] for r in u["roles"])
    ]


def terms_at(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    """Return the terms in which classes of the school are held."""
    used = {term.id for c in t["classes"].values() if c["school"].id == ids["school"] for term in c["terms"]}
    return [s for s in t["academicSessions"].values() if s["sourcedId"] in used and s["type"] == "term"]


def resources_of(table: str, name: str) -> Members:
    """Return the resources that a record links to."""

    def members(t: Tables, ids: Mapping[str, str]) -> list[Row]:
        linked = {link.id for link in t[table][ids[name]].get("resources", [])}
        return [r for r in t["resources"].values() if r["sourcedId"] in linked]

    return members


def categories_of(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    """Return the categories that line items of the class are in."""
    used = {item["category"].id for item in t["lineItems"].values() if item["class"].id == ids["class"]}
    return [c for c in t["categories"].values() if c["sourcedId"] in used]


def results_in(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    """Return the results of a class, of the one line item or pupil that the path names."""
    return [
        r for r in t["results"].values()
        if t["lineItems"][r["lineItem"].id]["class"].id == ids["class"]
        and ("lineItem" not in ids or r["lineItem"].id == ids["lineItem"])
        and ("student" not in ids or r["student"].id == ids["student"])
    ]  # fmt: skip


def scales_at(t: Tables, ids: Mapping[str, str]) -> list[Row]:
    """Return the score scales of the classes of a school."""
    return [s for s in t["scoreScales"].values() if t["classes"][s["class"].id]["school"].id == ids["school"]]
