"""Rows of a package as REST objects in JSON, one file at a time; what CSV holds in files of its own is nested again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Final, TypeAlias

from digione_sdk.bulk.conversion.kinds import LINKS, MODELS, Fields, Noted, Object, key_of, link, made_id, unseen
from digione_sdk.bulk.conversion.telling import midnight
from digione_sdk.bulk.loading import quoted
from digione_sdk.bulk.package import Package
from digione_sdk.bulk.tables import Column, Kind, Table
from digione_sdk.model.base import Json
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import GUIDRef
from digione_sdk.wire.versions import Action, ConversionPolicy
from digione_sdk.wire.versions.report import Kind as Change
from digione_sdk.wire.versions.report import Note
from digione_sdk.wire.versions.shapes import PARKED

_ROWS_AT_ONCE: Final = 2000
_EXTENSION: Final = "metadata."
_PAIR: Final = re.compile(r"\{([^{}:,]+):([^{}:,]+)\}")
_SOURCE: Final = re.compile("[a-z0-9]+")
Nest: TypeAlias = Callable[[Object, list[Fields], str, Noted], None]
"""Nests the rows of a file in an object; the text says where links lead."""

_GROUP: Final = ("profileType", "vendorId", "applicationId", "description")


class Reader:
    """Reads objects out of an open package.

    Args:
        package: The package.
        policy: Says in which zone a day begins.
        note: Takes the account of each change.
        base: Where links lead.
        rest: Whether they are to be objects of REST, not of another version of CSV: then days become instants where
            REST has instants, and texts numbers.
        apart: Files that are not nested, because they are copied as they are.
    """

    def __init__(
        self,
        package: Package,
        policy: ConversionPolicy,
        note: Note,
        *,
        base: str = LINKS,
        rest: bool = True,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        self._package = package
        self._policy = policy
        self._note = note
        self._base = base
        self._rest = rest
        self._apart = apart

    def objects(self, name: str) -> Iterator[tuple[int, Object]]:
        """Yield the objects of a file, each with the number of its row counted from 0."""
        if not self._package.count(name):
            return
        table, model = self._package.tables[name], MODELS[name].__name__
        nested = [(nest, self._nested(child, column, name)) for child, column, nest in self._nests(name)]
        columns = self._package.files[name].columns
        for number, row in self._query(f"SELECT rowid, {_listed(columns)} FROM {quoted(name)} ORDER BY rowid", columns):
            sourced_id = row["sourcedId"] or ""

            def noted(field: str, action: Action, why: str, sourced_id: str = sourced_id) -> None:
                """Account for a field of this object."""
                self._note(Change(model, field, action, why), sourced_id)

            made = self._object(table, row, noted)
            for nest, rows in nested:
                if kept := rows(number):
                    nest(made, kept, self._base, noted)
            yield number, made

    def _object(self, table: Table, row: Fields, noted: Noted) -> Object:
        known = {field.wire_name for field in fields_of(MODELS[table.name]).values()}
        made: Object = {}
        for column in table.columns:
            text, key = row.get(column.name), key_of(column)
            if text is None:
                continue
            if key not in known and key not in {"role", "orgs"}:
                noted(key, Action.DROPPED, "REST has no field for it")
            elif (value := self._value(column, text, noted)) is not None:
                made[key] = value
        metadata = {name.removeprefix(_EXTENSION): text for name, text in row.items() if name.startswith(_EXTENSION)}
        if own := {name: _parked(name, text) for name, text in metadata.items() if text is not None}:
            made["metadata"] = own
        return made

    def _value(self, column: Column, text: str, noted: Noted) -> Json:
        facts = column.facts
        if column.pairs:
            return _pairs(column, text, noted)
        if facts and facts.record and issubclass(facts.record, GUIDRef):
            many = column.kind is Kind.REFERENCES
            links = [link(facts.record.TYPE, one, base=self._base) for one in (text.split(",") if many else [text])]
            return links if many else links[0]
        if column.kind.is_list or (facts and facts.many):
            return text.split(",")
        if self._rest and column.name in {"assignDate", "dueDate"}:
            noted(column.name, Action.DERIVED, "REST has an instant: the day begins")
            return _midnight(text, self._policy)
        if self._rest and column.kind in {Kind.FLOAT, Kind.INTEGER}:
            return _number(text)
        return text

    def _nests(self, name: str) -> Iterator[tuple[str, str, Nest]]:
        for child, column, nest in _NESTS.get(name, ()):
            if self._package.count(child) and child not in self._apart:
                yield child, column, nest

    def _nested(self, child: str, column: str, parent: str) -> Callable[[int], list[Fields]]:
        """Return what tells the rows of a file that belong to a row of another; to be asked in the rows' order."""
        columns = self._package.files[child].columns
        sql = (
            f"SELECT parent.rowid, {_listed(columns, 'child.')} FROM {quoted(child)} child "
            f"JOIN {quoted(parent)} parent ON child.{quoted(column)} = parent.sourcedId "
            f"WHERE child.status IS DISTINCT FROM 'tobedeleted' OR parent.status = 'tobedeleted' "
            f"ORDER BY parent.rowid, child.rowid"  # a tombstone still says what it was
        )
        groups = groupby(self._query(sql, columns), key=lambda one: one[0])
        following = next(groups, None)

        def rows(number: int) -> list[Fields]:
            """Return the rows of an object, which come in the order of the objects."""
            nonlocal following
            if following is None or following[0] != number:
                return []
            kept = [row for _, row in following[1]]
            following = next(groups, None)
            return kept

        return rows

    def _query(self, sql: str, columns: Iterable[str]) -> Iterator[tuple[int, Fields]]:
        names = tuple(columns)
        cursor = self._package.db.cursor().execute(sql)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for number, *row in rows:
                yield int(number), dict(zip(names, row, strict=True))


def _listed(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{quoted(column)}" for column in columns)


def _parked(name: str, text: str) -> Json:
    """Return what a downgrade put by as it was; every other extension is text."""
    if name != PARKED:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _midnight(text: str, policy: ConversionPolicy) -> str:
    try:
        return midnight(date.fromisoformat(text), policy).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return text  # the model says what is wrong with it


def _number(text: str) -> Json:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _pairs(column: Column, text: str, noted: Noted) -> list[Json]:
    made = []
    names = ("type", "identifier") if column.name == "userIds" else ("itemValueLHS", "itemValueRHS")
    for one in text.split(","):
        if pair := _PAIR.fullmatch(one):
            made.append(dict(zip(names, pair.groups(), strict=True)))
        else:
            noted(key_of(column), Action.DROPPED, "not written as {left:right}")
    return made


def _present(row: Fields, *names: str) -> Object:
    return {name: row[name] for name in names if row.get(name) is not None}


def _own_id(table: str, row: Fields, key: tuple[str, ...], noted: Noted, place: str) -> None:
    """Note that the id of a row is lost, unless the way back makes the same."""
    if row["sourcedId"] != made_id(table, *key):
        noted(f"{place}.sourcedId", Action.DROPPED, "REST nests it, without an id of its own")


def _roles(made: Object, rows: list[Fields], base: str, noted: Noted) -> None:
    seen: set[tuple[str, ...]] = set()
    made["roles"] = []
    for row in rows:
        org, role = str(row["orgSourcedId"]), str(row["role"])
        _own_id("roles", row, unseen((str(made["sourcedId"]), org, role), seen), noted, "roles")
        one = _present(row, "roleType", "role", "beginDate", "endDate") | {"org": link("org", org, base=base)}
        if row.get("userProfileSourcedId"):
            one["userProfile"] = row["userProfileSourcedId"]
        made["roles"].append(one)


def _profiles(made: Object, rows: list[Fields], base: str, noted: Noted) -> None:  # noqa: ARG001 - one form for all
    made["userProfiles"] = [
        {"profileId": row["sourcedId"], **_present(row, *_GROUP)}
        | {"credentials": [{"type": row["credentialType"], **_present(row, "username", "password")}]}
        for row in rows
    ]


def _resources(table: str) -> Nest:
    def nest(made: Object, rows: list[Fields], base: str, noted: Noted) -> None:
        """Link to the resources of these rows."""
        links = {link["sourcedId"]: link for link in made.get("resources", ())}
        for row in rows:
            resource = str(row["resourceSourcedId"])
            _own_id(table, row, (str(made["sourcedId"]), resource), noted, "resources")
            if row.get("title") or row.get("orgSourcedId"):
                noted("resources", Action.DROPPED, "REST has a mere link, without title and context")
            links.setdefault(resource, link("resource", resource, base=base))
        made["resources"] = list(links.values())

    return nest


def _scale(table: str) -> Nest:
    def nest(made: Object, rows: list[Fields], base: str, noted: Noted) -> None:
        """Link to the scale of the first row."""
        scale = str(rows[0]["scoreScaleSourcedId"])
        _own_id(table, rows[0], (str(made["sourcedId"]), scale), noted, "scoreScale")
        made["scoreScale"] = link("scoreScale", scale, base=base)
        for _ in rows[1:]:
            noted("scoreScale", Action.DROPPED, "REST has one scale: the first")
        if any(row.get("title") for row in rows):
            noted("scoreScale", Action.DROPPED, "REST has a mere link, without title")

    return nest


def _objectives(table: str, *, scored: bool) -> Nest:
    def nest(made: Object, rows: list[Fields], base: str, noted: Noted) -> None:  # noqa: ARG001 - one form for all
        """Gather the objectives of these rows by their source."""
        groups: dict[str, list[Fields]] = {}
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            source, objective = str(row["source"]), str(row["learningObjectiveId"])
            _own_id(
                table, row, unseen((str(made["sourcedId"]), source, objective), seen), noted, "learningObjectiveSet"
            )
            groups.setdefault(_source(source, noted), []).append(row)
        made["learningObjectiveSet"] = [
            {"source": source} | (_scores(kept) if scored else {"learningObjectiveIds": [_id(row) for row in kept]})
            for source, kept in groups.items()
        ]

    return nest


def _id(row: Fields) -> str | None:
    return row["learningObjectiveId"]


def _scores(rows: list[Fields]) -> Object:
    return {
        "learningObjectiveResults": [
            _present(row, "learningObjectiveId", "textScore")
            | ({"score": _number(score)} if (score := row.get("score")) else {})
            for row in rows
        ]
    }


def _source(source: str, noted: Noted) -> str:
    own = source.removeprefix("ext:")
    if _SOURCE.fullmatch(own):
        return own
    noted("learningObjectiveSet", Action.DROPPED, "REST takes small letters and digits as a source: unknown stands in")
    return "unknown"


_NESTS: Final[Mapping[str, tuple[tuple[str, str, Nest], ...]]] = {
    "classes": (("classResources", "classSourcedId", _resources("classResources")),),
    "courses": (("courseResources", "courseSourcedId", _resources("courseResources")),),
    "lineItems": (
        ("lineItemScoreScales", "lineItemSourcedId", _scale("lineItemScoreScales")),
        (
            "lineItemLearningObjectiveIds",
            "lineItemSourcedId",
            _objectives("lineItemLearningObjectiveIds", scored=False),
        ),
    ),
    "results": (
        ("resultScoreScales", "resultSourcedId", _scale("resultScoreScales")),
        ("resultLearningObjectiveIds", "resultSourcedId", _objectives("resultLearningObjectiveIds", scored=True)),
    ),
    "users": (
        ("roles", "userSourcedId", _roles),
        ("userProfiles", "userSourcedId", _profiles),
        ("userResources", "userSourcedId", _resources("userResources")),
    ),
}
"""Object of REST -> the files of what it nests, the column that leads back, and how a row is nested."""
