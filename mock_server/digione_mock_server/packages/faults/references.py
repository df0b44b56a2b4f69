"""Export faults in what rows say of each other: links that lead nowhere or to the wrong thing, and rules over rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from digione_mock_server.packages.export import Export
from digione_mock_server.packages.faults.fault import Act, layer


def _dangling(table: str, column: str, *, first: int = 3) -> Act:
    return lambda export: export[table].change(column, lambda text: f"gone-{text[:8]}", first=first)


def _index(export: Export, table: str, column: str) -> dict[str, str]:
    sheet = export[table]
    return dict(zip(sheet.values("sourcedId"), sheet.values(column), strict=True))


def _of_type(export: Export, table: str, kind: str) -> str:
    return next(own for own, found in _index(export, table, "type").items() if found == kind)


def _to(table: str, column: str, target: str, kind: str, *, first: int = 3) -> Act:
    """Point a column to something of another type than it should lead to."""
    return lambda export: export[table].change(column, lambda _: _of_type(export, target, kind), first=first)


def _twice(table: str, *, rows: int = 1) -> Act:
    return lambda export: export[table].rows.extend([[*row] for row in export[table].rows[:rows]])


def _twice_otherwise(export: Export) -> None:
    users = export["users"]
    again = [*users.rows[0]]
    again[users.at("givenName")] = "Toinen"
    users.rows.append(again)


def _school_year_is_term(export: Export) -> None:
    export["courses"].fill("schoolYearSourcedId", _of_type(export, "academicSessions", "term"), first=2)


def _first_term_gone(export: Export) -> None:
    export["classes"].change("termSourcedIds", lambda text: f"gone,{text.partition(',')[2]}".rstrip(","), first=3)


def _cycle(table: str) -> Act:
    def act(export: Export) -> None:
        sheet = export[table]
        own, parent = sheet.at("sourcedId"), sheet.at("parentSourcedId")
        child = next(row for row in sheet.rows if row[parent])
        above = next(row for row in sheet.rows if row[own] == child[parent])
        above[parent] = child[own]

    return act


def _own_parent(export: Export) -> None:
    sheet = export["orgs"]
    own, parent = sheet.at("sourcedId"), sheet.at("parentSourcedId")
    root = next(row for row in sheet.rows if not row[parent])
    root[parent] = root[own]


def _inclusive(export: Export) -> None:
    """Sessions say their last day, enrolments the day after."""
    export["academicSessions"].change("endDate", lambda text: str(date.fromisoformat(text) - timedelta(days=1)))


def _child_outside(export: Export) -> None:
    sheet = export["academicSessions"]
    kind, end, parent = sheet.at("type"), sheet.at("endDate"), sheet.at("parentSourcedId")
    ends = _index(export, "academicSessions", "endDate")
    last = next(row for row in sheet.rows if row[kind] == "term" and ends.get(row[parent]) == row[end])
    last[end] = str(date.fromisoformat(last[end]) + timedelta(days=30))


def _second_primary(export: Export) -> None:
    roles = export["roles"]
    kind, role = roles.at("roleType"), roles.at("role")
    again = next([*row] for row in roles.rows if (row[role], row[kind]) == ("teacher", "primary"))
    again[roles.at("sourcedId")] += "-2"
    again[roles.at("role")] = "counselor"
    roles.rows.append(again)


def _roleless(export: Export) -> None:
    roles = export["roles"]
    roles.rows = roles.rows[3:]


def _two_primary_teachers(export: Export) -> None:
    sheet = export["enrollments"]
    again = next([*row] for row in sheet.rows if row[sheet.at("primary")] == "true")
    class_, user = sheet.at("classSourcedId"), sheet.at("userSourcedId")
    again[sheet.at("sourcedId")] += "-2"
    again[user] = next(
        row[user]
        for row in sheet.rows
        if row[sheet.at("role")] == "teacher" and row[class_] != again[class_] and row[user] != again[user]
    )
    sheet.rows.append(again)


def _pupils_primary(export: Export) -> None:
    sheet = export["enrollments"]
    for row in [row for row in sheet.rows if row[sheet.at("role")] == "student"][:10]:
        row[sheet.at("primary")] = "true"


def _score(value: Callable[[float], str]) -> Act:
    def act(export: Export) -> None:
        results, tops = export["results"], _index(export, "lineItems", "resultValueMax")
        item, score = results.at("lineItemSourcedId"), results.at("score")
        row = next(row for row in results.rows if row[score] and tops.get(row[item]))
        row[score] = value(float(tops[row[item]]))

    return act


def _bounds(export: Export) -> None:
    sheet = export["lineItems"]
    low, high = sheet.at("resultValueMin"), sheet.at("resultValueMax")
    for row in [row for row in sheet.rows if row[low] and row[high]][:2]:
        row[low], row[high] = row[high], row[low]


def _other_school(table: str) -> Act:
    def act(export: Export) -> None:
        schools = [own for own, kind in _index(export, "orgs", "type").items() if kind == "school"]
        other = {one: schools[place - 1] for place, one in enumerate(schools)}
        export[table].change("schoolSourcedId", lambda text: other.get(text, text), first=5)

    return act


def _other_class(export: Export) -> None:
    classes = export["classes"].values("sourcedId")
    export["results"].change("classSourcedId", lambda text: next(one for one in classes if one != text), first=3)


def _others_profile(export: Export) -> None:
    roles = export["roles"]
    place = roles.at("userProfileSourcedId")
    filled = [row for row in roles.rows if row[place]]
    filled[0][place], filled[1][place] = filled[1][place], filled[0][place]


def _nobody(export: Export) -> None:
    export["demographics"].change("sourcedId", lambda text: f"demo-{text[:12]}", first=3)


def _due_first(export: Export) -> None:
    sheet = export["lineItems"]
    given, due = sheet.at("assignDate"), sheet.at("dueDate")
    for row in sheet.rows[:3]:
        row[given], row[due] = row[due], row[given]
        row[given] = str(date.fromisoformat(row[given]) + timedelta(days=1))


FAULTS: Final = layer(
    "references",
    ("class-unknown", "pitfall 47", "Enrolments name a class that is not in the package.",
     _dangling("enrollments", "classSourcedId")),
    ("user-by-staff-number", "pitfall 47", "Enrolments name users by an id that users.csv does not have.",
     _dangling("enrollments", "userSourcedId")),
    ("school-of-enrollment-unknown", "pitfall 47", "Enrolments name a school that is not in the package.",
     _dangling("enrollments", "schoolSourcedId")),
    ("org-of-role-unknown", "pitfall 47", "Roles name an org that is not in the package.",
     _dangling("roles", "orgSourcedId")),
    ("user-of-role-unknown", "pitfall 47", "Roles of people who left stay in roles.csv.",
     _dangling("roles", "userSourcedId")),
    ("course-unknown", "pitfall 47", "Classes name a course that is not in the package.",
     _dangling("classes", "courseSourcedId")),
    ("one-term-unknown", "pitfall 47", "Of the terms of a class the first is not in the package.",
     _first_term_gone),
    ("parent-org-unknown", "pitfall 47", "A school names a parent that is not in the package.",
     _dangling("orgs", "parentSourcedId", first=1)),
    ("parent-session-unknown", "pitfall 47", "A term names a school year that is not in the package.",
     _dangling("academicSessions", "parentSourcedId", first=1)),
    ("agent-unknown", "pitfall 47", "A pupil names a guardian that is not in the package.",
     _dangling("users", "agentSourcedIds", first=1)),
    ("primary-org-unknown", "pitfall 47", "primaryOrgSourcedId is not in the package.",
     lambda export: export["users"].fill("primaryOrgSourcedId", "gone", first=2)),
    ("profile-unknown", "pitfall 47", "Roles name a profile that is not in the package.",
     _dangling("roles", "userProfileSourcedId", first=1)),
    ("category-unknown", "pitfall 47", "Line items name a category that is not in the package.",
     _dangling("lineItems", "categorySourcedId")),
    ("line-item-unknown", "pitfall 47", "Results name a line item that is not in the package.",
     _dangling("results", "lineItemSourcedId")),
    ("resource-unknown", "pitfall 47", "classResources.csv names a resource that is not in the package.",
     _dangling("classResources", "resourceSourcedId")),
    ("scale-unknown", "pitfall 47", "resultScoreScales.csv names a scale that is not in the package.",
     _dangling("resultScoreScales", "scoreScaleSourcedId")),
    ("school-is-a-district", "csv §6", "The school of classes is the municipality.",
     _to("classes", "schoolSourcedId", "orgs", "district")),
    ("school-year-is-a-term", "csv §6", "The school year of courses is a term.",
     _school_year_is_term),
    ("user-twice", "csv §6", "A user stands in users.csv twice, word for word.", _twice("users")),
    ("user-twice-otherwise", "pitfall 48", "A user stands in users.csv twice, under two names.", _twice_otherwise),
    ("enrollments-joined-twice", "pitfall 48", "A join repeats enrolments.", _twice("enrollments", rows=20)),
    ("orgs-in-a-circle", "csv §4", "A school is the parent of the org that is its parent.", _cycle("orgs")),
    ("org-is-its-own-parent", "plausible", "The municipality is its own parent.", _own_parent),
    ("sessions-in-a-circle", "csv §4", "A term is the parent of its school year.", _cycle("academicSessions")),
    ("session-ends-inclusive", "csv §4", "Sessions end on their last day, so that enrolments end beyond them.",
     _inclusive),
    ("term-beyond-school-year", "csv §4", "The last term ends a month after the school year.", _child_outside),
    ("two-primary-roles", "csv §4", "A user has two primary roles in one org.", _second_primary),
    ("no-primary-role", "csv §4", "Every role is secondary.",
     lambda export: export["roles"].change("roleType", lambda _: "secondary")),
    ("user-without-role", "csv §6", "Some users have no row in roles.csv.", _roleless),
    ("two-primary-teachers", "pitfall 51", "A class has two primary teachers.", _two_primary_teachers),
    ("pupil-is-primary", "csv §4", "Pupils are primary in their class.", _pupils_primary),
    ("score-above-maximum", "csv §6", "A score is greater than its line item allows.",
     _score(lambda top: str(top + 1))),
    ("score-below-minimum", "csv §6", "A score is less than its line item allows.", _score(lambda _: "-1")),
    ("bounds-exchanged", "csv §6", "The lowest score of a line item is greater than the highest.", _bounds),
    ("demographics-of-nobody", "pitfall 49", "Demographics have ids of their own.", _nobody),
    ("enrollment-in-other-school", "csv §6", "Enrolments name another school than their class.",
     _other_school("enrollments")),
    ("line-item-in-other-school", "csv §6", "Line items name another school than their class.",
     _other_school("lineItems")),
    ("result-in-other-class", "csv §6", "Results name another class than their line item.", _other_class),
    ("profile-of-another", "plausible", "Two roles have each other's user profile.", _others_profile),
    ("due-before-assigned", "plausible", "Line items are due before they are given.", _due_first),
)  # fmt: skip
