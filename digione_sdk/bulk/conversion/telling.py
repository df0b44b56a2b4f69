"""A REST object told in rows: its own, and those of what it nests. Where the two bindings do not meet, it is noted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from digione_sdk.bulk.conversion.kinds import MODELS, Fields, Noted, Object, key_of, keys_of, made_id, unseen
from digione_sdk.bulk.tables import Column, Kind, Table, Version, tables_of
from digione_sdk.model.base import Json
from digione_sdk.wire.versions import Action, ConversionPolicy
from digione_sdk.wire.versions.report import Kind as Change
from digione_sdk.wire.versions.report import Note
from digione_sdk.wire.versions.usernames import stand_in

Rows = Iterator[tuple[str, Fields]]

_EXTENSION: Final = "metadata."
_MILLISECONDS: Final = len("2026-08-11T06:00:00.000")
_BREAK: Final = re.compile("\r\n|[\r\n\0]")
_PAIR_MARKS: Final = re.compile("[{}:,]")
_UUID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PAIRS: Final[Mapping[str, tuple[str, str]]] = {
    "userIds": ("type", "identifier"),
    "scoreScaleValue": ("itemValueLHS", "itemValueRHS"),
}
"""Column of pairs -> the two fields of the REST object that a pair is."""


class Teller:
    """Tells objects in rows of one version.

    Args:
        version: Version of the rows.
        policy: What stands in where REST and CSV do not meet.
        note: Takes the account of each change.
        periods: Whether the session of a line item is its grading period where it has both: for rows that go on to 1.1,
            which has no other.
    """

    def __init__(self, version: Version, policy: ConversionPolicy, note: Note, *, periods: bool = False) -> None:
        self._tables = tables_of(version)
        self._policy = policy
        self._periods = periods
        self.note = note

    def silent(self) -> Teller:
        """Return one that tells the same, and accounts for nothing."""
        made = copy(self)
        made.note = lambda _kind, _sourced_id: None
        return made

    def rows(self, name: str, given: Object) -> Rows:
        """Yield the rows of an object of the file `name`, each with the name of its file."""
        table, made, sourced_id = self._tables[name], dict(given), str(given["sourcedId"])
        model = MODELS[name].__name__

        def noted(field: str, action: Action, why: str) -> None:
            """Account for a field of this object."""
            self.note(Change(model, field, action, why), sourced_id)

        if self._periods and "gradingPeriod" in made:
            _with_period(made, noted)
        if prepare := _PREPARED.get(name):
            prepare(made, table, self._policy, noted)
        nested = _NESTED.get(name, {})
        told = keys_of(column for column in table.columns if column.name != "resourceSourcedIds")
        for field in made.keys() - told - nested.keys() - {"metadata"}:
            noted(field, Action.DROPPED, "CSV has no column for it")
        yield name, self._row(table, made, noted)
        common: Fields = {key: made.get(key) for key in ("status", "dateLastModified")}
        if common["dateLastModified"] is not None:
            common["dateLastModified"] = common["dateLastModified"][:_MILLISECONDS].rstrip("Z") + "Z"
        for field, told_in in nested.items():
            if made.get(field):
                for other, row in told_in(made, noted):
                    if other in self._tables:
                        yield other, _clean({**row, **common}, noted, self._tables[other])

    def _row(self, table: Table, made: Object, noted: Noted) -> Fields:
        row: Fields = {}
        for column in table.columns:
            value = made.get(key_of(column))
            if value is None or column.name == "resourceSourcedIds":
                continue  # userResources.csv tells the resources, in 1.2 too
            row[column.name] = self._text(column, value, noted)
        metadata = made.get("metadata")
        if metadata == {}:
            noted("metadata", Action.DROPPED, "an empty one has no column")
        for key, value in (metadata if isinstance(metadata, dict) else {}).items():
            if value is not None and not _BREAK.search(key):
                row[f"{_EXTENSION}{key}"] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                if not isinstance(value, str):
                    noted("metadata", Action.DERIVED, "CSV holds text: the value is written as JSON")
            else:
                noted("metadata", Action.DROPPED, "a null, or a name that no header can hold")
        return _clean(row, noted, table)

    def _text(self, column: Column, value: Json, noted: Noted) -> str | None:
        if column.pairs:
            return _pairs(column, value, noted)
        if isinstance(value, dict):
            return str(value["sourcedId"])
        if isinstance(value, list):
            return ",".join(_members(column, value, noted)) or None
        if column.kind is Kind.DATE:
            return self._day(column, str(value), noted)
        if column.kind is Kind.DATETIME:
            return _instant(column, str(value), noted)
        if column.kind is Kind.INTEGER:
            return _whole(column, value, noted)
        if isinstance(value, (int, float)):
            return format(Decimal(repr(value)), "f")
        return str(value)

    def _day(self, column: Column, text: str, noted: Noted) -> str:
        if "T" not in text:
            return text
        instant = datetime.fromisoformat(text).astimezone(self._policy.zone)
        if midnight(instant.date(), self._policy) != instant:
            noted(column.name, Action.DROPPED, "CSV has a mere day: the time of day is gone")
        return instant.date().isoformat()


def midnight(day: date, policy: ConversionPolicy) -> datetime:
    """Return the instant at which a day begins where the policy says."""
    return datetime(day.year, day.month, day.day, tzinfo=policy.zone).astimezone(UTC)


def _instant(column: Column, text: str, noted: Noted) -> str:
    kept = text[:_MILLISECONDS].rstrip("Z") + "Z"
    if kept != text:
        noted(column.name, Action.DROPPED, "CSV shows milliseconds: what is finer is gone")
    return kept


def _whole(column: Column, value: Json, noted: Noted) -> str:
    number = Decimal(str(value))
    whole = number.to_integral_value(ROUND_HALF_EVEN)
    if whole != number:
        noted(column.name, Action.DROPPED, "CSV has whole numbers: the fraction is rounded away")
    return format(whole.copy_abs() if whole == 0 else whole, "f")


def _members(column: Column, values: list[Json], noted: Noted) -> Iterator[str]:
    for value in values:
        text = str(value["sourcedId"]) if isinstance(value, dict) else str(value)
        if not text:
            noted(key_of(column), Action.DROPPED, "a blank member of a list")
            continue
        if "," in text and not isinstance(value, dict):
            noted(key_of(column), Action.DROPPED, "no comma may stand in a member of a list: a semicolon stands in")
            text = text.replace(",", ";")
        yield text


def _pairs(column: Column, values: list[Json], noted: Noted) -> str | None:
    left, right = _PAIRS[column.name]
    kept = []
    for value in values:
        one, other = str(value[left]), str(value[right])
        if not one or not other or _PAIR_MARKS.search(one + other):
            noted(key_of(column), Action.DROPPED, "a part of a pair is blank or holds one of {}:,")
        else:
            kept.append(f"{{{one}:{other}}}")
    return ",".join(kept) or None


def _clean(row: Fields, noted: Noted, table: Table) -> Fields:
    """Return the row without line breaks, which no field may hold, and without blanks, which are absent values."""
    for name, text in row.items():
        shown = key_of(column) if (column := table.find(name)) else "metadata"
        if text == "":
            row[name] = None
            noted(shown, Action.DROPPED, "a blank text is an absent one")
        elif text is not None and _BREAK.search(text):
            row[name] = _BREAK.sub(" ", text)
            noted(shown, Action.DROPPED, "no line break may stand in a field: a space stands in")
    return row


def _with_username(made: Object, table: Table, policy: ConversionPolicy, noted: Noted) -> None:  # noqa: ARG001 - one form
    if not made.get("username"):
        found = stand_in(made, policy)
        if found is not None:
            made["username"], source = found
            noted("username", Action.DEFAULTED, f"CSV demands it: the {source} stands in")


def _with_class_type(made: Object, table: Table, policy: ConversionPolicy, noted: Noted) -> None:  # noqa: ARG001 - one form
    if "classType" not in made:
        made["classType"] = policy.class_type.value
        noted("classType", Action.DEFAULTED, f"CSV demands it: {policy.class_type} stands in")


def _with_period(made: Object, noted: Noted) -> None:
    period, session = made.pop("gradingPeriod"), made.get("academicSession")
    if session is not None and session["sourcedId"] != period["sourcedId"]:
        noted("academicSession", Action.DROPPED, "1.1 has the grading period alone")
    made["academicSession"] = period


def _with_session(made: Object, table: Table, policy: ConversionPolicy, noted: Noted) -> None:  # noqa: ARG001 - one form
    if "gradingPeriodSourcedId" in table or "gradingPeriod" not in made:
        return
    period = made.pop("gradingPeriod")
    if "academicSession" in made:
        if made["academicSession"]["sourcedId"] == period["sourcedId"]:
            noted("gradingPeriod", Action.DERIVED, "the academic session, which says the same, stands for it")
            return
        noted("gradingPeriod", Action.DROPPED, "CSV has the academic session alone")
    else:
        made["academicSession"] = period
        noted("academicSession", Action.DERIVED, "the grading period")
        noted("gradingPeriod", Action.DROPPED, "CSV has the academic session alone")


def _with_org(made: Object, table: Table, policy: ConversionPolicy, noted: Noted) -> None:  # noqa: ARG001 - one form
    if "org" not in made and (org := policy.org_of_course(str(made["sourcedId"]))):
        made["org"] = {"sourcedId": org}
        noted("org", Action.DERIVED, "the organisation that the caller names")


_PREPARED: Final[Mapping[str, Callable[[Object, Table, ConversionPolicy, Noted], None]]] = {
    "classes": _with_class_type,
    "courses": _with_org,
    "lineItems": _with_session,
    "users": _with_username,
}
"""What a file demands that REST leaves open."""


def _roles(made: Object, noted: Noted) -> Rows:
    user, seen = str(made["sourcedId"]), set[tuple[str, ...]]()
    profiles = {profile["profileId"] for profile in made.get("userProfiles", ()) if profile.get("credentials")}
    for role in made["roles"]:
        org, profile = str(role["org"]["sourcedId"]), role.get("userProfile")
        if profile is not None and profile not in profiles:
            noted("roles.userProfile", Action.DROPPED, "no profile with a credential has this id")
            profile = None
        yield (
            "roles",
            {
                "sourcedId": made_id("roles", *unseen((user, org, str(role["role"])), seen)),
                "userSourcedId": user,
                "roleType": role["roleType"],
                "role": role["role"],
                "beginDate": role.get("beginDate"),
                "endDate": role.get("endDate"),
                "orgSourcedId": org,
                "userProfileSourcedId": profile and profile_id(user, str(profile)),
            },
        )


def profile_id(user: str, profile: str) -> str:
    """Return the sourcedId of the row of a profile: its URI is no GUID, and unique within its user only."""
    return made_id("userProfiles", user, profile)


def _profiles(made: Object, noted: Noted) -> Rows:
    user = str(made["sourcedId"])
    for profile in made["userProfiles"]:
        credentials = profile.get("credentials", ())
        if not credentials:
            noted("userProfiles", Action.DROPPED, "CSV demands a credential of every profile")
            continue
        noted("userProfiles.profileId", Action.DROPPED, "CSV has GUIDs: one made of user and profile stands in")
        for number, credential in enumerate(credentials):
            made_of = profile["profileId"] if not number else f"{profile['profileId']}\0{number}"
            if number:
                noted("userProfiles.credentials", Action.DERIVED, "one credential a row: each is a profile of its own")
            if credential.keys() - {"type", "username", "password"}:
                noted("userProfiles.credentials", Action.DROPPED, "CSV has no column for properties of a provider")
            yield (
                "userProfiles",
                {
                    "sourcedId": profile_id(user, made_of),
                    "userSourcedId": user,
                    **{key: profile.get(key) for key in ("profileType", "vendorId", "applicationId", "description")},
                    "credentialType": credential["type"],
                    "username": credential["username"],
                    "password": credential.get("password"),
                },
            )


def _linked(table: str, column: str, field: str, target: str) -> Callable[[Object, Noted], Rows]:
    def told(made: Object, noted: Noted) -> Rows:
        """Yield a row for each link, once."""
        owner, links = str(made["sourcedId"]), made[field]
        seen: set[str] = set()
        for each in links if isinstance(links, list) else [links]:
            other = str(each["sourcedId"])
            if other in seen:
                noted(field, Action.DROPPED, "a link that stands twice")
                continue
            seen.add(other)
            yield table, {"sourcedId": made_id(table, owner, other), column: owner, target: other}

    return told


def _objectives(table: str, column: str) -> Callable[[Object, Noted], Rows]:
    def told(made: Object, noted: Noted) -> Rows:
        """Yield a row for each objective."""
        owner, seen, sources = str(made["sourcedId"]), set[tuple[str, ...]](), set[str]()
        for group in made["learningObjectiveSet"]:
            source = _source(str(group["source"]), noted)
            if source in sources or not _results_of(group):
                noted("learningObjectiveSet", Action.DROPPED, "CSV has a row an objective: sets of one source are one")
            sources.add(source)
            for one in _results_of(group):
                objective = str(one["learningObjectiveId"])
                if source == "case" and _UUID.fullmatch(objective):
                    noted("learningObjectiveSet", Action.DERIVED, "CSV has the UUID of a CASE objective as a URN")
                    objective = f"urn:uuid:{objective}"
                row: Fields = {
                    "sourcedId": made_id(table, *unseen((owner, source, objective), seen)),
                    column: owner,
                    "source": source,
                    "learningObjectiveId": objective,
                }
                if "score" in one:
                    row["score"] = format(Decimal(repr(one["score"])), "f")
                if "textScore" in one:
                    row["textScore"] = one["textScore"]
                yield table, row

    return told


def _results_of(group: Object) -> list[Object]:
    if "learningObjectiveResults" in group:
        return list(group["learningObjectiveResults"])
    return [{"learningObjectiveId": one} for one in group["learningObjectiveIds"]]


def _source(source: str, noted: Noted) -> str:
    if source in {"case", "unknown"}:
        return source
    if source.startswith("/"):
        noted("learningObjectiveSet", Action.DROPPED, "a source of one's own is written ext: in CSV, without a slash")
    return f"ext:{source.removeprefix('/')}"


_NESTED: Final[Mapping[str, Mapping[str, Callable[[Object, Noted], Rows]]]] = {
    "classes": {"resources": _linked("classResources", "classSourcedId", "resources", "resourceSourcedId")},
    "courses": {"resources": _linked("courseResources", "courseSourcedId", "resources", "resourceSourcedId")},
    "lineItems": {
        "scoreScale": _linked("lineItemScoreScales", "lineItemSourcedId", "scoreScale", "scoreScaleSourcedId"),
        "learningObjectiveSet": _objectives("lineItemLearningObjectiveIds", "lineItemSourcedId"),
    },
    "results": {
        "scoreScale": _linked("resultScoreScales", "resultSourcedId", "scoreScale", "scoreScaleSourcedId"),
        "learningObjectiveSet": _objectives("resultLearningObjectiveIds", "resultSourcedId"),
    },
    "users": {
        "roles": _roles,
        "userProfiles": _profiles,
        "resources": _linked("userResources", "userSourcedId", "resources", "resourceSourcedId"),
    },
}
"""What REST nests in an object, and CSV holds in files of its own."""
