"""The town as a 1.1 provider keeps it: one role and its organisations for each person, no word of a later version."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any, Final

from tests.strangers.town import Ref, Row, Tables

_BASE: Final = "sourcedId status dateLastModified metadata"
FLAGS: Final = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
)  # fmt: skip
FIELDS: Final = {
    kind: frozenset(f"{_BASE} {names}".split())
    for kind, names in {
        "academicSessions": "title startDate endDate type parent children schoolYear",
        "classes": "title classCode classType location grades subjects course school terms subjectCodes periods "
        "resources",
        "courses": "title schoolYear courseCode grades subjects org subjectCodes resources",
        "orgs": "name type identifier parent children",
        "users": "username userIds enabledUser givenName familyName middleName role identifier email sms phone agents "
        "orgs grades password",
        "enrollments": "user class school role primary beginDate endDate",
        "demographics": f"birthDate sex {' '.join(FLAGS)} countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
        "publicSchoolResidenceStatus",
    }.items()
}
LINKS: Final = {
    "academicSessions": {"parent", "children"},
    "classes": {"course", "school", "terms", "resources"},
    "courses": {"schoolYear", "org", "resources"},
    "orgs": {"parent", "children"},
    "users": {"agents", "orgs"},
    "enrollments": {"user", "class", "school"},
    "demographics": set[str](),
}
_LATER: Final = ("roles", "primaryOrg", "preferredFirstName", "resources", "userProfiles", "userMasterIdentifier")


def known(table: str, path: tuple[str, ...]) -> bool:
    """Whether records have such a field, and it holds something that can be compared."""
    name, *inner = path
    if name not in FIELDS[table]:
        return False
    if name in LINKS[table]:
        return inner in (["sourcedId"], ["type"], ["href"])
    if name == "userIds":
        return inner in (["type"], ["identifier"])
    return bool(inner) == (name == "metadata")


def _plain(text: str) -> str:
    told = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(one for one in told if one.isalpha()) or "nimi"


def _user(row: Row) -> Row:
    role = row["roles"][0]["role"]
    orgs: list[Ref] = []
    for one in row["roles"]:
        orgs += [one["org"]] if one["org"] not in orgs else []
    told = {name: value for name, value in row.items() if name not in _LATER}
    told["username"] = f"{_plain(row['givenName'])}.{_plain(row['familyName'])}{row['sourcedId'][-4:]}"
    told["role"] = "administrator" if role == "principal" else role
    told["orgs"] = orgs
    return told


def retold(tables: Tables) -> Tables:
    """Return the rostering tables of a town in 1.1."""
    found: Tables = {name: {} for name in FIELDS}
    for name, table in found.items():
        for id_, row in tables[name].items():
            told: dict[str, Any] = _user(row) if name == "users" else dict(row)
            told.pop("resources", None)
            if told.get("sex") not in {"male", "female"}:
                told.pop("sex", None)
            table[id_] = told
    town = next(id_ for id_, row in found["orgs"].items() if row["type"] == "district")
    id_ = f"{next(iter(found['users']))[0]}990001"
    found["users"][id_] = {
        "sourcedId": id_, "status": "active", "dateLastModified": datetime(2026, 8, 5, 9, 0, 1, tzinfo=UTC),
        "username": f"sivistysjohtaja{id_[:1]}", "enabledUser": "true", "givenName": "Testi",
        "familyName": "Johtomalli", "role": "administrator", "orgs": [Ref("org", town)],
    }  # fmt: skip
    return found
