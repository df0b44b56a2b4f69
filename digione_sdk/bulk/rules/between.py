"""Rules between rows: one id once, one primary role, one primary teacher, dates within dates, scores within bounds."""

from __future__ import annotations

from typing import Final

from digione_sdk.bulk.catalogue import RuleId
from digione_sdk.bulk.loading import LoadedFile, literal, quoted
from digione_sdk.bulk.package import Package
from digione_sdk.bulk.rules.sql import Check, Found, day, number
from digione_sdk.bulk.tables import Mode

_ALIVE: Final = "status IS DISTINCT FROM 'tobedeleted'"
_PRIMARY_TEACHER: Final = f"\"primary\" = 'true' AND role = 'teacher' AND {_ALIVE}"
_PRIMARY_ROLE: Final = f"roleType = 'primary' AND {_ALIVE}"


def judge_keys(found: Found, file: LoadedFile) -> None:
    """Tell every row whose sourcedId stands above it already."""
    found.ask(file, RuleId.UNIQUE)
    name = quoted(file.table.name)
    if found.ascends("sourcedId", name) or not found.repeats("sourcedId", name):
        return
    twice = f"SELECT sourcedId AS id, min(rowid) AS other FROM {name} GROUP BY sourcedId HAVING count(*) > 1"
    found.rows(
        file, Check(RuleId.UNIQUE, "sourcedId", "t.rowid > other"), source=f"{name} t JOIN ({twice}) ON id = sourcedId"
    )


def judge_between(found: Found, package: Package) -> None:
    """Judge rows against other rows, as far as the files and columns that a rule needs are there."""
    for needed, judge in _RULES:
        if all(_has(package, table, columns) for table, columns in needed.items()):
            judge(found, package.files[next(iter(needed))])


def _has(package: Package, table: str, columns: str) -> bool:
    file = package.files.get(table)
    return file is not None and file.readable and set(columns.split()) <= set(file.columns)


def _within_parent(found: Found, sessions: LoadedFile) -> None:
    source = "academicSessions t JOIN academicSessions p ON t.parentSourcedId = p.sourcedId AND t.rowid <> p.rowid"
    broken = f"{day('t.startDate')} < {day('p.startDate')} OR {day('t.endDate')} > {day('p.endDate')}"
    found.rows(sessions, Check(RuleId.WITHIN_PARENT, "parentSourcedId", broken), source=source)


def _within_terms(found: Found, enrollments: LoadedFile) -> None:
    if not found.number("SELECT count(beginDate) + count(endDate) FROM enrollments"):
        return
    found.ask(enrollments, RuleId.WITHIN_TERMS)
    first, last = (f"{day(column)}::VARCHAR" for column in ("startDate", "endDate"))
    # A class with a term that is unknown or has no days is left out: its span cannot be told.
    found.package.db.execute(
        f"CREATE OR REPLACE TEMP TABLE spans AS SELECT k.id, min({first}) AS first, max({last}) AS last "
        "FROM (SELECT sourcedId AS id, unnest(string_split(termSourcedIds, ',')) AS term FROM classes) k "
        "LEFT JOIN academicSessions s ON s.sourcedId = k.term GROUP BY k.id "
        f"HAVING bool_and({first} IS NOT NULL AND {last} IS NOT NULL)"
    )
    source = "enrollments t JOIN spans ON t.classSourcedId = spans.id"
    broken = {
        "beginDate": "(t.beginDate < first OR t.beginDate >= last)",
        "endDate": "(t.endDate > last OR t.endDate <= first)",
    }
    # Days compare as texts; both columns in one join first, because most files have nothing to tell. What lies within
    # every span is not joined at all: it can break none.
    latest, earliest = found.package.db.execute("SELECT max(first), min(last) FROM spans").fetchall()[0]
    if latest is None:
        return
    within = f"t.beginDate >= {literal(latest)} AND t.beginDate < {literal(earliest)}"
    within += f" AND t.endDate <= {literal(earliest)} AND t.endDate > {literal(latest)}"
    doubtful = f"({within}) IS NOT TRUE AND ({' OR '.join(broken.values())})"
    if found.number(f"SELECT count(*) FROM {source} WHERE {doubtful}"):
        for column, condition in broken.items():
            check = Check(RuleId.WITHIN_TERMS, column, f"{condition} AND {day(f't.{column}')} IS NOT NULL")
            found.rows(enrollments, check, source=source)


def _one_primary_role(found: Found, roles: LoadedFile) -> None:
    found.ask(roles, RuleId.ONE_PRIMARY_ROLE)
    if found.repeats("(userSourcedId, orgSourcedId)", "roles", _PRIMARY_ROLE):
        twice = (
            "SELECT userSourcedId AS u, orgSourcedId AS o, min(rowid) AS other FROM roles "
            f"WHERE {_PRIMARY_ROLE} GROUP BY ALL HAVING count(*) > 1"
        )
        source = f"roles t JOIN ({twice}) ON u = userSourcedId AND o = orgSourcedId"
        check = Check(RuleId.ONE_PRIMARY_ROLE, "roleType", f"{_PRIMARY_ROLE} AND t.rowid > other")
        found.rows(roles, check, source=source)
    if found.package.modes["roles"] is not Mode.BULK:
        return
    found.ask(roles, RuleId.SOME_PRIMARY_ROLE)
    if found.number(f"SELECT count(*) FROM roles WHERE ({_PRIMARY_ROLE}) IS NOT TRUE"):
        none = (
            "SELECT min(rowid) AS first FROM roles WHERE userSourcedId IS NOT NULL AND orgSourcedId IS NOT NULL "
            "GROUP BY userSourcedId, orgSourcedId HAVING bool_and(roleType IS NOT DISTINCT FROM 'secondary')"
        )
        check = Check(RuleId.SOME_PRIMARY_ROLE, "roleType", "TRUE")
        found.rows(roles, check, source=f"roles t JOIN ({none}) ON first = t.rowid")


def _one_primary_teacher(found: Found, enrollments: LoadedFile) -> None:
    found.ask(enrollments, RuleId.ONE_PRIMARY_TEACHER)
    if not found.repeats("classSourcedId", "enrollments", _PRIMARY_TEACHER):
        return
    found.package.db.execute(
        "CREATE OR REPLACE TEMP TABLE leaders AS SELECT rowid AS line, classSourcedId AS id, "
        "coalesce(beginDate, '0000') AS begun, coalesce(endDate, '9999') AS ended "
        f"FROM enrollments WHERE {_PRIMARY_TEACHER}"
    )
    above = (
        "SELECT a.line AS line, min(b.line) AS other FROM leaders a JOIN leaders b ON a.id = b.id AND b.line < a.line "
        "AND a.begun < b.ended AND b.begun < a.ended GROUP BY a.line"
    )
    check = Check(RuleId.ONE_PRIMARY_TEACHER, "primary", "TRUE")
    found.rows(enrollments, check, source=f"enrollments t JOIN ({above}) a ON a.line = t.rowid")


def _scores(found: Found, results: LoadedFile) -> None:
    source = "results t JOIN lineItems l ON t.lineItemSourcedId = l.sourcedId"
    score, low, high = map(number, ("t.score", "l.resultValueMin", "l.resultValueMax"))
    check = Check(RuleId.SCORE_BOUNDS, "score", f"{score} < {low} OR {score} > {high}")
    found.rows(results, check, source=source)
    if {"classSourcedId"} <= set(results.columns) & set(found.package.files["lineItems"].columns):
        check = Check(RuleId.RESULT_CLASS, "classSourcedId", "t.classSourcedId <> l.classSourcedId")
        found.rows(results, check, source=source)


_RULES: Final = (
    ({"academicSessions": "startDate endDate parentSourcedId"}, _within_parent),
    (
        {
            "enrollments": "classSourcedId beginDate endDate",
            "classes": "termSourcedIds",
            "academicSessions": "startDate endDate",
        },
        _within_terms,
    ),
    ({"roles": "status roleType userSourcedId orgSourcedId"}, _one_primary_role),
    ({"enrollments": "status role primary classSourcedId beginDate endDate"}, _one_primary_teacher),
    ({"results": "lineItemSourcedId score", "lineItems": "resultValueMin resultValueMax"}, _scores),
)
"""What each rule needs, its own file first, and how it is judged."""
