"""What a question means: the fields that a kind of record has, the filter, and how a value meets a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from tests.strangers.town import Ref, Row

_BASE: Final = "sourcedId status dateLastModified metadata"
_OBJECTIVES: Final = "learningObjectiveSet"
_RESULT: Final = (
    f"scoreStatus score textScore scoreDate scoreScale comment {_OBJECTIVES} inProgress incomplete late missing"
)
_FLAGS: Final = (
    "americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white "
    "demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity"
)
FIELDS: Final = {
    kind: frozenset(f"{_BASE} {names}".split())
    for kind, names in {
        "academicSessions": "title startDate endDate type parent children schoolYear",
        "classes": "title classCode classType location grades subjects course school terms "
        "subjectCodes periods resources",
        "courses": "title schoolYear courseCode grades subjects org subjectCodes resources",
        "orgs": "name type identifier parent children",
        "users": "userMasterIdentifier username userIds enabledUser givenName familyName middleName pronouns "
        "preferredFirstName preferredMiddleName preferredLastName roles userProfiles primaryOrg identifier email sms "
        "phone agents grades password resources",
        "enrollments": "user class school role primary beginDate endDate",
        "demographics": f"birthDate sex {_FLAGS} countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
        "publicSchoolResidenceStatus",
        "categories": "title weight",
        "lineItems": "title description assignDate dueDate class school category gradingPeriod academicSession "
        f"scoreScale resultValueMin resultValueMax {_OBJECTIVES}",
        "results": f"lineItem student class {_RESULT}",
        "scoreScales": "title type course class scoreScaleValue",
        "assessmentLineItems": "title description class parentAssessmentLineItem scoreScale resultValueMin "
        f"resultValueMax {_OBJECTIVES}",
        "assessmentResults": f"assessmentLineItem student scorePercentile {_RESULT}",
        "resources": "title roles importance vendorResourceId vendorId applicationId",
    }.items()
}
_LINK: Final = frozenset({"href", "sourcedId", "type"})
_LINKS: Final = frozenset(
    "parent children course school terms resources org schoolYear primaryOrg agents user class "  # noqa: SIM905
    "category gradingPeriod academicSession scoreScale lineItem student parentAssessmentLineItem "
    "assessmentLineItem".split()
)
_INSIDE: Final = {
    "roles": frozenset({"roleType", "role", "org", "userProfile", "beginDate", "endDate"}),
    "userIds": frozenset({"type", "identifier"}),
    "userProfiles": frozenset({"profileId", "profileType", "vendorId", "applicationId", "description", "credentials"}),
    "scoreScaleValue": frozenset({"itemValueLHS", "itemValueRHS"}),
    "learningObjectiveSet": frozenset({"source", "learningObjectiveIds", "learningObjectiveResults"}),
}
STAMPS: Final = frozenset({"dateLastModified", "assignDate", "dueDate"})
DAYS: Final = frozenset({"startDate", "endDate", "beginDate", "birthDate", "scoreDate"})
NUMBERS: Final = frozenset({"score", "weight", "resultValueMin", "resultValueMax", "scorePercentile"})


class Malformed(ValueError):
    """A filter that cannot be understood."""


@dataclass(frozen=True)
class Clause:
    """One comparison: the field as a path, the predicate, and what stands between the quotes."""

    path: tuple[str, ...]
    sign: str
    literal: str


_CLAUSE: Final = re.compile(r"\s*([A-Za-z][\w.:\-]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'")
_JOINT: Final = re.compile(r"\s+(AND|OR)\s+(?=\S)")


def parse(text: str) -> tuple[list[Clause], str]:
    """Return the clauses of a filter and what joins them."""
    found: list[Clause] = []
    joint, at = "", 0
    while True:
        match = _CLAUSE.match(text, at)
        if not match:
            raise Malformed(f"cannot read the filter at character {at}")
        found.append(Clause(tuple(match[1].split(".")), match[2], match[3].replace("''", "'")))
        at = match.end()
        if not text[at:].strip():
            return found, joint
        link = _JOINT.match(text, at)
        if not link or len(found) == 2:
            raise Malformed("at most two clauses, joined by AND or OR")
        joint, at = link[1], link.end()


def known(kind: str, path: tuple[str, ...]) -> bool:
    """Whether records of a kind have such a field, and it holds something that can be compared."""
    if path[0] not in FIELDS[kind]:
        return False
    if path[0] == "metadata":
        return len(path) > 1
    # The same word is a link in one kind of record and a text in another.
    link = path[0] in _LINKS and not (kind == "academicSessions" and path[0] == "schoolYear")
    if link:
        return len(path) == 2 and path[1] in _LINK
    if path[0] in _INSIDE and kind != "resources":
        if len(path) < 2 or path[1] not in _INSIDE[path[0]]:
            return False
        return (path[1] != "org" and len(path) == 2) or (path[1] == "org" and len(path) == 3 and path[2] in _LINK)
    return len(path) == 1


def values(row: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Return whatever a path leads to, every element of every list."""
    if isinstance(row, list):
        for one in row:
            yield from values(one, path)
    elif not path:
        yield row
    elif isinstance(row, Ref):
        yield {"sourcedId": row.id, "type": row.kind}.get(path[0], "")
    elif isinstance(row, dict) and path[0] in row:
        yield from values(row[path[0]], path[1:])


def literal(path: tuple[str, ...], text: str) -> Any:
    """Return a literal as the type of its field."""
    name = path[-1]
    try:
        if name in STAMPS:
            told = datetime.fromisoformat(text)
            return told if told.tzinfo else told.replace(tzinfo=UTC)
        if name in DAYS:
            return date.fromisoformat(text[:10])
        if name in NUMBERS:
            return float(text)
    except ValueError as error:
        raise Malformed(f"{name} does not compare with such a value") from error
    return text


def meets(sign: str, value: Any, wanted: Any) -> bool:
    """Whether one value stands in a relation to a literal."""
    if sign == "~":
        return str(wanted).casefold() in spelt(value).casefold()
    if isinstance(wanted, str):
        value = spelt(value)
    return {
        "=": value == wanted, "!=": value != wanted,
        ">": sign == ">" and value > wanted, ">=": sign == ">=" and value >= wanted,
        "<": sign == "<" and value < wanted, "<=": sign == "<=" and value <= wanted,
    }[sign]  # fmt: skip


def spelt(value: Any) -> str:
    """Return a value as its text."""
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def sort_key(row: Row, name: str) -> tuple[Any, ...]:
    """Return by what a record is sorted: absent first, then by value; equal ones by their id."""
    value = row.get(name)
    if isinstance(value, list):
        value = ",".join(str(one) for one in value) if value else None
    if isinstance(value, (Ref, dict)):
        value = str(value)
    return (value is not None, value if value is not None else 0, row["sourcedId"])
