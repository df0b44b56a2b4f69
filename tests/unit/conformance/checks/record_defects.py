"""Dialects and defects of the fake target that lie in its records, each a change of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.unit.conformance.checks.refusing import PROTECTED
from tests.unit.conformance.checks.school import Record

Records = Mapping[type, list[Record]]


def _each(kind: str, change: Callable[[Record], object]) -> Callable[[Records], None]:
    def apply(records: Records) -> None:
        for model, rows in records.items():
            if model.__name__ == kind:
                for row in rows:
                    change(row)

    return apply


def _first(kind: str, change: Callable[[Record], object]) -> Callable[[Records], None]:
    def apply(records: Records) -> None:
        change(next(rows for model, rows in records.items() if model.__name__ == kind)[0])

    return apply


def _repeat_a_class(records: Records) -> None:
    rows = next(rows for model, rows in records.items() if model.__name__ == "Class")
    rows.append(dict(rows[0]))


def _in_a_grading_period(records: Records) -> None:
    by_name = {model.__name__: rows for model, rows in records.items()}
    period = next(row["sourcedId"] for row in by_name["AcademicSession"] if row["type"] == "gradingPeriod")
    by_name["Class"][0]["terms"][0].update(sourcedId=period)


def _mojibake(row: Record) -> None:
    row["familyName"] = row["familyName"].encode("utf-8").decode("latin-1")


RECORD_CHANGES: Mapping[str, Callable[[Records], None]] = {
    "empty texts": _each("User", lambda r: r.setdefault("email", "")),
    "extra metadata": _each("User", lambda r: r.update(metadata={"fi.example.house": "Kotka", "x": {"y": [1, None]}})),
    "ext vocabularies": _each("Org", lambda r: r.update(type="ext:campus") if r["type"] == "district" else None),
    "json booleans": _each("User", lambda r: r.update(enabledUser=True)),
    "numeric school year": _each("AcademicSession", lambda r: r.update(schoolYear=2027)),
    "vendor field": _each("Enrollment", lambda r: r.update(course="x")),
    "unknown role": _first("User", lambda r: r["roles"][0].update(role="Student")),
    "naive time": _each("Org", lambda r: r.update(dateLastModified=r["dateLastModified"].replace("Z", ""))),
    "date with time": _each("AcademicSession", lambda r: r.update(startDate=f"{r['startDate']}T00:00:00Z")),
    "dangling course": _first("Class", lambda r: r["course"].update(sourcedId="nowhere")),
    "relative href": _each("Class", lambda r: r["school"].update(href="~/orgs/x")),
    "two primary roles": _first("User", lambda r: r["roles"].append(dict(r["roles"][0]))),
    "no primary role": _first("User", lambda r: r["roles"][0].update(roleType="secondary")),
    "ends before it begins": _first("AcademicSession", lambda r: r.update(endDate="2020-01-01")),
    "id is an e-mail": _first("User", lambda r: r.update(sourcedId="someone@example.org")),
    "class twice": _repeat_a_class,
    "encoded twice": _each("User", _mojibake),
    "demographics of nobody": _first("Demographics", lambda r: r.update(sourcedId="own-key-1")),
    "enrolment of another school": _first("Enrollment", lambda r: r["school"].update(sourcedId="org-2-a")),
    "protected person is readable": _first("User", lambda r: r.update(sourcedId=PROTECTED)),
    "protected person is enrolled": _first("Enrollment", lambda r: r["user"].update(sourcedId=PROTECTED)),
    "subject without a code": _first("Class", lambda r: r["subjectCodes"].pop()),
    "school year of its autumn": _each("AcademicSession", lambda r: r.update(schoolYear=str(int(r["schoolYear"]) - 1))),
    "password in a user": _first("User", lambda r: r.update(password="Alku-1")),
    "class in a grading period": _in_a_grading_period,
    "class at the district": _first("Class", lambda r: r["school"].update(sourcedId="org-0-a")),
    "profile of nobody": _first("User", lambda r: r["roles"][0].update(userProfile="https://accounts.invalid/0")),
    "end of days": _first("Enrollment", lambda r: r.update(endDate="9999-12-31")),
    "periods joined": _first("Class", lambda r: r.update(periods=["1,2"])),
    "title of two lines": _first("Class", lambda r: r.update(title="7A\n")),
    "birth date in metadata": _first("User", lambda r: r.update(metadata={"birthDate": "2013-02-03"})),
    "child not listed": _first("Org", lambda r: r["children"].pop()),
    "children of another": _first("Org", lambda r: r["children"].append(dict(r["children"][0], sourcedId="org-0-a"))),
}
