"""Stored objects of the municipality into rows of OneRoster CSV: what REST nests is spread over files (csv.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final, TypeAlias

from digione_mock_server import v1p1
from digione_sdk.bulk.tables import Column, Kind, Table, Version, tables_of
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import (
    AcademicSession,
    Base,
    Category,
    Class,
    Course,
    Demographics,
    Enrollment,
    LineItem,
    Org,
    Resource,
    Result,
    ScoreScale,
    User,
)
from digione_sdk.model.oneroster.v1p1 import told_in_v1p1

Wire: TypeAlias = dict[str, Json]
Value: TypeAlias = str | list[str] | None
Row: TypeAlias = dict[str, Value]
Rows: TypeAlias = dict[str, list[Row]]

_TABLES: Final[Mapping[type[Base], str]] = {
    AcademicSession: "academicSessions",
    Category: "categories",
    Class: "classes",
    Course: "courses",
    Demographics: "demographics",
    Enrollment: "enrollments",
    LineItem: "lineItems",
    Org: "orgs",
    Resource: "resources",
    Result: "results",
    ScoreScale: "scoreScales",
    User: "users",
}
_URN: Final = "urn:uuid:"


def rows_of(records: Iterable[tuple[type[Base], Wire]], version: Version) -> Rows:
    """Return the rows of every file, lifecycle columns filled; files without rows are not there.

    Args:
        records: Model and strict 1.2 object, what is linked to before what links.
        version: Version of the files.
    """
    tables, found = tables_of(version), {name: list[Row]() for name in tables_of(version)}
    schools: dict[str, Json] = {}
    for model, stored in records:
        if model is Class:
            schools[stored["sourcedId"]] = stored["school"]
        name = _TABLES.get(model, "")
        if name not in tables or (version is Version.V1P1 and model is Result and "score" not in stored):
            continue
        told = _told(model, stored, version, schools)
        found[name].append({column.name: _value(column, told) for column in tables[name].columns})
        for other, row in _BESIDE[model](stored) if model in _BESIDE else ():
            if other in tables:
                found[other].append(_lifecycle(stored) | row)
    return {name: rows for name, rows in found.items() if rows}


def _told(model: type[Base], stored: Wire, version: Version, schools: Mapping[str, Json]) -> Wire:
    """Return an object with its values under the names that the columns know."""
    if version is Version.V1P1:
        made = v1p1.retold(model, stored) if told_in_v1p1(model) else stored
        return made | {"org": made["orgs"]} if model is User else made
    if model is User:
        stand_in = stored.get("email") or stored.get("identifier") or stored["sourcedId"]
        return {"username": stand_in} | stored
    return stored | {"org": schools[stored["class"]["sourcedId"]]} if model is ScoreScale else stored


def _value(column: Column, told: Wire) -> Value:
    value = told.get(column.field)
    if value is None:
        return None
    if column.kind is Kind.REFERENCES:
        return [link["sourcedId"] for link in value]
    if column.pairs:
        return [f"{{{left}:{right}}}" for left, right in (tuple(pair.values()) for pair in value)]
    if isinstance(value, dict):
        return str(value["sourcedId"])
    if column.kind is Kind.DATE:
        return str(value)[:10]
    if isinstance(value, list):
        return [str(item) for item in value] if column.kind.is_list else ",".join(map(str, value))
    return str(value)


def _lifecycle(stored: Wire) -> Row:
    return {"status": stored["status"], "dateLastModified": stored["dateLastModified"]}


def _id(*parts: str) -> str:
    """An id for what has none in REST: the same for the same parts, and no text of theirs in it."""
    return blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def _link(link: Json) -> str | None:
    return None if link is None else str(link["sourcedId"])


def _of_user(stored: Wire) -> Iterator[tuple[str, Row]]:
    user = stored["sourcedId"]
    for role in stored["roles"]:
        org, profile = role["org"]["sourcedId"], role.get("userProfile")
        yield (
            "roles",
            {
                "sourcedId": _id("role", user, org, role["role"]),
                "userSourcedId": user,
                "roleType": role["roleType"],
                "role": role["role"],
                "beginDate": role.get("beginDate"),
                "endDate": role.get("endDate"),
                "orgSourcedId": org,
                "userProfileSourcedId": profile and profile.removeprefix(_URN),
            },
        )
    for profile in stored.get("userProfiles", ()):
        for credential in profile["credentials"][:1]:
            yield (
                "userProfiles",
                {
                    "sourcedId": profile["profileId"].removeprefix(_URN),
                    "userSourcedId": user,
                    "profileType": profile["profileType"],
                    "vendorId": profile["vendorId"],
                    "applicationId": profile.get("applicationId"),
                    "credentialType": credential["type"],
                    "username": credential["username"],
                },
            )
    for link in stored.get("resources", ()):
        one = link["sourcedId"]
        yield (
            "userResources",
            {"sourcedId": _id("userResource", user, one), "userSourcedId": user, "resourceSourcedId": one},
        )


def _with_resources(table: str, column: str) -> Callable[[Wire], Iterator[tuple[str, Row]]]:
    def rows(stored: Wire) -> Iterator[tuple[str, Row]]:
        for link in stored.get("resources", ()):
            own, one = stored["sourcedId"], link["sourcedId"]
            yield table, {"sourcedId": _id(table, own, one), column: own, "resourceSourcedId": one}

    return rows


def _objective(text: str, source: str) -> str:
    return text if source != "case" or text.startswith(_URN) else _URN + text


def _of_line_item(stored: Wire) -> Iterator[tuple[str, Row]]:
    own, scale = stored["sourcedId"], _link(stored.get("scoreScale"))
    if scale:
        yield (
            "lineItemScoreScales",
            {"sourcedId": _id("scale", own, scale), "lineItemSourcedId": own, "scoreScaleSourcedId": scale},
        )
    for group in stored.get("learningObjectiveSet", ()):
        for objective in group["learningObjectiveIds"]:
            yield (
                "lineItemLearningObjectiveIds",
                {
                    "sourcedId": _id("objective", own, objective),
                    "lineItemSourcedId": own,
                    "source": group["source"],
                    "learningObjectiveId": _objective(objective, group["source"]),
                },
            )


def _of_result(stored: Wire) -> Iterator[tuple[str, Row]]:
    own, scale = stored["sourcedId"], _link(stored.get("scoreScale"))
    if scale:
        yield (
            "resultScoreScales",
            {"sourcedId": _id("scale", own, scale), "resultSourcedId": own, "scoreScaleSourcedId": scale},
        )
    for group in stored.get("learningObjectiveSet", ()):
        for one in group["learningObjectiveResults"]:
            yield (
                "resultLearningObjectiveIds",
                {
                    "sourcedId": _id("objective", own, one["learningObjectiveId"]),
                    "resultSourcedId": own,
                    "source": group["source"],
                    "learningObjectiveId": _objective(one["learningObjectiveId"], group["source"]),
                    "score": None if one.get("score") is None else str(one["score"]),
                    "textScore": one.get("textScore"),
                },
            )


_BESIDE: Final[Mapping[type[Base], Callable[[Wire], Iterator[tuple[str, Row]]]]] = {
    Class: _with_resources("classResources", "classSourcedId"),
    Course: _with_resources("courseResources", "courseSourcedId"),
    LineItem: _of_line_item,
    Result: _of_result,
    User: _of_user,
}
"""Rows of other files that an object gives."""


def closed(rows: Rows, tables: Mapping[str, Table]) -> Rows:
    """Return the rows that refer to nothing but each other: whatever leads elsewhere is left out, with what needs it.

    Args:
        rows: Rows by file.
        tables: The files, what is referred to before what refers.
    """
    known: dict[str, set[Value]] = {}
    kept: Rows = {}
    for name, table in tables.items():
        known[name] = {row["sourcedId"] for row in rows.get(name, ())}
        kept[name] = [made for row in rows.get(name, ()) if (made := _closed(row, table, known)) is not None]
        known[name] = {row["sourcedId"] for row in kept[name]}
    return {name: found for name, found in kept.items() if found}


def _closed(row: Row, table: Table, known: Mapping[str, set[Value]]) -> Row | None:
    made = dict(row)
    for column in table.references:
        there, value = known[str(column.target)], row.get(column.name)
        if isinstance(value, list):
            made[column.name] = [one for one in value if one in there] or None
        elif value is not None and value not in there:
            made[column.name] = None
        if column.required and made[column.name] is None:
            return None
    return made
