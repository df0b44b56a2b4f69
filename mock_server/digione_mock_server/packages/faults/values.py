"""Export faults in what stands in a field: types, words, ids, and what spreadsheets make of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from digione_mock_server.packages.export import Export
from digione_mock_server.packages.faults.fault import Act, layer

_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _in(
    table: str, column: str, change: Callable[[str], str], *, first: int | None = None, where: str | None = None
) -> Act:
    return lambda export: export[table].change(column, change, first=first, where=where)


def _put(table: str, column: str, value: str | Callable[[int], str], *, first: int | None = None) -> Act:
    return lambda export: export[table].fill(column, value, first=first)


def _every(change: Callable[[str], str], *columns: tuple[str, str]) -> Act:
    """Change columns of several files in the same way, so that what refers still finds it."""

    def act(export: Export) -> None:
        for table, column in columns:
            if table in export.sheets:
                export[table].change(column, change)

    return act


_USER_COLUMNS: Final = (
    ("users", "sourcedId"), ("users", "agentSourcedIds"), ("roles", "userSourcedId"),
    ("enrollments", "userSourcedId"), ("demographics", "sourcedId"), ("results", "studentSourcedId"),
    ("userProfiles", "userSourcedId"), ("userResources", "userSourcedId"),
)  # fmt: skip
_COURSE_COLUMNS: Final = (
    ("courses", "sourcedId"), ("classes", "courseSourcedId"), ("courseResources", "courseSourcedId"),
    ("scoreScales", "courseSourcedId"),
)  # fmt: skip


def _each(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: ",".join(change(one) for one in text.split(","))


def _slashes(text: str) -> str:
    return "/".join(reversed(text.split("-")))


def _finnish(text: str) -> str:
    year, month, day = text.split("-")
    return f"{int(day)}.{int(month)}.{year}"


def _identity_code(export: Export) -> None:
    """Artificial codes (individual numbers from 900) of people who are not: what a careless exporter keys users by."""
    users, demographics = export["users"], export["demographics"]
    born = dict(zip(demographics.values("sourcedId"), demographics.values("birthDate"), strict=True))
    made: dict[str, str] = {}
    for number, one in enumerate(users.values("sourcedId")):
        if born.get(one):
            year, month, day = born[one].split("-")
            digits = f"{day}{month}{year[2:]}9{number % 100:02}"
            made[one] = f"{digits[:6]}{'A' if year >= '2000' else '-'}{digits[6:]}{_CHECK[int(digits) % 31]}"
    _every(_each(lambda one: made.get(one, one)), *_USER_COLUMNS)(export)


def _mail_as_id(export: Export) -> None:
    users = export["users"]
    mail = {own: mail for own, mail in zip(users.values("sourcedId"), users.values("email"), strict=True) if mail}
    _every(_each(lambda one: mail.get(one, one)), *_USER_COLUMNS)(export)


def _zeros_lost(export: Export) -> None:
    """Ids of courses are numbers with leading zeros, which a spreadsheet took from one of the files."""
    number = {one: f"{place:06}" for place, one in enumerate(export["courses"].values("sourcedId"), start=1)}
    _every(number.__getitem__, *_COURSE_COLUMNS)(export)
    export["courses"].change("sourcedId", lambda text: str(int(text)))


def _scientific(export: Export) -> None:
    number = {one: str(1_234_500_000 + place) for place, one in enumerate(export["courses"].values("sourcedId"))}
    _every(number.__getitem__, *_COURSE_COLUMNS)(export)
    export["courses"].change("sourcedId", lambda text: f"{int(text):.5E}".replace("E+0", "E+"))


def _year(text: str) -> str:
    return str(int(text) - 1)


def _one_code_less(export: Export) -> None:
    export["courses"].change("subjects", lambda text: f"{text},Valinnaisaine", first=5)


def _begins_late(export: Export) -> None:
    sheet = export["enrollments"]
    begin, end = sheet.at("beginDate"), sheet.at("endDate")
    for row in [row for row in sheet.rows if row[begin] and row[end]][:5]:
        row[begin], row[end] = row[end], row[begin]


def _session_backwards(export: Export) -> None:
    sheet = export["academicSessions"]
    begin, end = sheet.at("startDate"), sheet.at("endDate")
    sheet.rows[0][begin], sheet.rows[0][end] = sheet.rows[0][end], sheet.rows[0][begin]


_LIST: Final = re.compile(",")

FAULTS: Final = layer(
    "values",
    ("dates-with-slashes", "csv §1", "Dates of sessions are 01/08/2026.",
     _every(_slashes, ("academicSessions", "startDate"), ("academicSessions", "endDate"))),
    ("dates-in-finnish", "csv §1", "Birth dates are 1.8.2015.", _in("demographics", "birthDate", _finnish)),
    ("dates-with-time-of-day", "csv §8", "Dates of enrolments carry a time.",
     _in("enrollments", "beginDate", lambda text: f"{text}T00:00:00.000Z")),
    ("line-item-dates-of-rest", "csv §8", "Dates of line items are instants, as in REST.",
     _in("lineItems", "dueDate", lambda text: f"{text}T14:00:00.000Z")),
    ("dates-impossible", "plausible", "An enrolment begins on the thirtieth of February.",
     _in("enrollments", "beginDate", lambda _: "2026-02-30", first=1)),
    ("dates-without-zeros", "plausible", "Dates are 2026-8-1.",
     _in("results", "scoreDate", lambda text: "-".join(str(int(part)) for part in text.split("-")))),
    ("booleans-capitalised", "csv §1", "enabledUser is True.", _in("users", "enabledUser", str.capitalize)),
    ("booleans-as-digits", "csv §1", "enabledUser is 1 or 0.",
     _in("users", "enabledUser", lambda text: str(int(text == "true")))),
    ("booleans-in-words", "csv §1", "primary of an enrolment is yes or no.",
     _in("enrollments", "primary", lambda text: "yes" if text == "true" else "no")),
    ("role-in-own-words", "pitfall 56", "Pupils are enrolled as pupil.",
     _in("enrollments", "role", lambda _: "pupil", where="student")),
    ("role-capitalised", "pitfall 56", "Roles begin with a capital letter.", _in("roles", "role", str.capitalize)),
    ("own-role-with-a-space", "csv §4", "An own role is ext:koulun käyntiavustaja.",
     _in("enrollments", "role", lambda _: "ext:koulun käyntiavustaja", first=3)),
    ("own-role-without-prefix", "csv §4", "An own role lacks ext:.",
     _in("roles", "role", lambda _: "koulusihteeri", first=2)),
    ("own-role-type", "csv §4", "roleType has an own word, though its words are closed.",
     _in("roles", "roleType", lambda _: "ext:tertiary", first=2)),
    ("administrator-of-1-1", "differences §2", "A user is administrator, a role that 1.2 split up.",
     _in("roles", "role", lambda _: "administrator", first=2)),
    ("org-type-in-own-words", "csv §4", "The municipality is of type municipality.",
     _in("orgs", "type", lambda _: "municipality", where="district")),
    ("sex-by-letter", "csv §4", "sex is M or F.", _in("demographics", "sex", lambda text: text[0].upper())),
    ("class-type-blank", "csv §8", "classType is blank where REST had none.",
     _put("classes", "classType", "", first=3)),
    ("status-words-of-results", "csv §4", "scoreStatus is fully_graded.",
     _in("results", "scoreStatus", lambda text: text.replace(" ", "_"))),
    ("username-blank", "csv §8", "Users who never sign in have a blank username.",
     _put("users", "username", "", first=5)),
    ("family-name-blank", "csv §4", "One who bears a single name has no familyName.",
     _put("users", "familyName", "", first=1)),
    ("terms-blank", "csv §4", "Classes have no terms.", _put("classes", "termSourcedIds", "", first=3)),
    ("null-in-words", "plausible", "Blank dates of enrolments are the word NULL.",
     _put("enrollments", "endDate", "NULL", first=10)),
    ("school-year-as-range", "csv §4", "schoolYear is 2026-2027.",
     _in("academicSessions", "schoolYear", lambda text: f"{_year(text)}-{text}")),
    ("school-year-of-begin", "csv §4", "schoolYear is the year in which it begins.",
     _in("academicSessions", "schoolYear", _year)),
    ("scores-with-comma", "plausible", "Scores are 8,5 in quotes.",
     _in("results", "score", lambda text: text.replace(".", ",") if "." in text else f"{text},0")),
    ("weights-in-percent", "csv §4", "Weights of categories are 50 %.",
     _in("categories", "weight", lambda text: f"{text} %")),
    ("weights-as-fraction", "csv §8", "Weights of categories are 0.5, as REST may have them.",
     _in("categories", "weight", lambda text: str(int(text) / 100))),
    ("user-ids-without-braces", "csv §4", "userIds are type:id.",
     _in("users", "userIds", lambda text: text.strip("{}"))),
    ("user-ids-without-type", "csv §4", "userIds are {id}.",
     _in("users", "userIds", lambda text: "{" + text.strip("{}").split(":", 1)[1] + "}")),
    ("scale-with-equals", "csv §4", "Values of a scale are {4=hylätty}.",
     _in("scoreScales", "scoreScaleValue", lambda text: text.replace(":", "="))),
    ("scale-without-braces", "csv §4", "Values of a scale are 4:hylätty.",
     _in("scoreScales", "scoreScaleValue", lambda text: re.sub(r"[{}]", "", text))),
    ("objective-by-code", "csv §4", "A learning objective of CASE is named by its code.",
     _in("lineItemLearningObjectiveIds", "learningObjectiveId", lambda _: "MA.7-9.T5")),
    ("objective-in-capitals-source", "csv §4", "The source of learning objectives is CASE.",
     _in("lineItemLearningObjectiveIds", "source", str.upper)),
    ("more-subjects-than-codes", "pitfall 77", "A course has two subjects and one code.", _one_code_less),
    ("terms-with-semicolon", "csv §1", "Members of a list are parted by semicolons.",
     _in("classes", "termSourcedIds", lambda text: _LIST.sub(";", text))),
    ("terms-with-spaces", "plausible", "A space follows each comma in a list.",
     _in("classes", "termSourcedIds", lambda text: _LIST.sub(", ", text))),
    ("terms-as-json", "plausible", "A list is written as JSON.",
     _in("classes", "termSourcedIds", lambda text: '["' + _LIST.sub('","', text) + '"]')),
    ("terms-end-in-comma", "plausible", "A list ends in a comma.",
     _in("classes", "termSourcedIds", lambda text: f"{text},")),
    ("grades-in-words", "plausible", "Grades of a class are written 7. lk.",
     _in("classes", "grades", lambda text: f"{text}. lk")),
    ("ids-in-braces", "plausible", "Ids of courses stand in braces.",
     _every(lambda one: "{" + one + "}", *_COURSE_COLUMNS)),
    ("ids-with-spaces", "pitfall 57", "Ids of courses hold spaces.",
     _every(lambda one: one.replace("-", " "), *_COURSE_COLUMNS)),
    ("ids-with-umlauts", "pitfall 57", "Ids of courses hold letters that no GUID has.",
     _every(lambda one: f"äidinkieli-{one}", *_COURSE_COLUMNS)),
    ("ids-piped", "pitfall 57", "Ids of courses are school|year|code.",
     _every(lambda one: f"099|2026|{one}", *_COURSE_COLUMNS)),
    ("ids-of-300-letters", "csv §1", "Ids of courses are 300 letters long.",
     _every(lambda one: one.ljust(300, "0"), *_COURSE_COLUMNS)),
    ("ids-lose-zeros", "plausible", "A spreadsheet took the leading zeros from the ids of courses.csv alone.",
     _zeros_lost),
    ("ids-in-scientific-notation", "plausible", "A spreadsheet made 1.23450E+9 of the ids of courses.csv.",
     _scientific),
    ("ids-differ-by-case", "csv §1", "Ids are in capitals in one file and not in the other.",
     _in("courses", "sourcedId", str.upper)),
    ("id-is-identity-code", "pitfall 57", "Pupils are keyed by their personal identity code.", _identity_code),
    ("id-is-email", "pitfall 57", "Users are keyed by their e-mail address.", _mail_as_id),
    ("password-filled", "csv §4", "users.csv holds passwords.", _put("users", "password", "Salasana1", first=20)),
    ("enrollment-backwards", "plausible", "Begin and end of some enrolments are exchanged.", _begins_late),
    ("session-backwards", "plausible", "A session ends before it starts.", _session_backwards),
    ("whitespace-at-end", "plausible", "Fixed-width columns: ids of orgs end in spaces in one file.",
     _in("orgs", "sourcedId", lambda text: f"{text}  ")),
    ("vendor-resource-id-blank", "csv §4", "Resources have no vendorResourceId.",
     _put("resources", "vendorResourceId", "", first=2)),
)  # fmt: skip
