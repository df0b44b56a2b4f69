"""A small school as a valid package of any version, and ways to spoil it and to write it as files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path

from digione_sdk.bulk.tables import Mode, Version, manifest_properties, tables_of

Rows = dict[str, list[dict[str, str]]]

ROSTER: Rows = {
    "orgs": [
        {"sourcedId": "o-1", "name": "Testikunta", "type": "district"},
        {"sourcedId": "o-2", "name": 'Koulu "Kuusi", alakoulu', "type": "school", "parentSourcedId": "o-1"},
    ],
    "academicSessions": [
        {
            "sourcedId": "y-1",
            "title": "2026-2027",
            "type": "schoolYear",
            "startDate": "2026-08-01",
            "endDate": "2027-08-01",
            "schoolYear": "2027",
        },
        {
            "sourcedId": "t-1",
            "title": "syksy",
            "type": "term",
            "startDate": "2026-08-11",
            "endDate": "2026-12-19",
            "parentSourcedId": "y-1",
            "schoolYear": "2027",
        },
        {
            "sourcedId": "t-2",
            "title": "kevät",
            "type": "term",
            "startDate": "2027-01-07",
            "endDate": "2027-06-05",
            "parentSourcedId": "y-1",
            "schoolYear": "2027",
        },
    ],
    "courses": [
        {"sourcedId": "c-1", "title": "Matematiikka", "orgSourcedId": "o-1", "schoolYearSourcedId": "y-1"},
    ],
    "classes": [
        {
            "sourcedId": "k-1",
            "title": "5A",
            "courseSourcedId": "c-1",
            "classType": "homeroom",
            "schoolSourcedId": "o-2",
            "termSourcedIds": "t-1,t-2",
            "subjects": "matematiikka,äidinkieli",
            "subjectCodes": "MA,AI",
        },
    ],
    "users": [
        {"sourcedId": "u-1", "enabledUser": "true", "username": "aino", "givenName": "Aino", "familyName": "Testinen"},
        {
            "sourcedId": "u-2",
            "enabledUser": "true",
            "username": "veikko",
            "givenName": "Veikko",
            "familyName": "Testinen",
            "userIds": "{oid:123},{local:9}",
            "agentSourcedIds": "u-1",
        },
    ],
    "roles": [
        {"sourcedId": "r-1", "userSourcedId": "u-1", "roleType": "primary", "role": "teacher", "orgSourcedId": "o-2"},
        {"sourcedId": "r-2", "userSourcedId": "u-2", "roleType": "primary", "role": "student", "orgSourcedId": "o-2"},
    ],
    "demographics": [{"sourcedId": "u-2", "birthDate": "2015-02-28", "sex": "female"}],
    "enrollments": [
        {
            "sourcedId": "e-1",
            "classSourcedId": "k-1",
            "schoolSourcedId": "o-2",
            "userSourcedId": "u-1",
            "role": "teacher",
            "primary": "true",
        },
        {
            "sourcedId": "e-2",
            "classSourcedId": "k-1",
            "schoolSourcedId": "o-2",
            "userSourcedId": "u-2",
            "role": "student",
            "beginDate": "2026-08-11",
            "endDate": "2027-06-05",
        },
    ],
}

GRADEBOOK: Rows = {
    "categories": [{"sourcedId": "g-1", "title": "Kokeet", "weight": "40"}],
    "lineItems": [
        {
            "sourcedId": "l-1",
            "title": "Koe 1",
            "assignDate": "2026-09-01",
            "dueDate": "2026-09-15",
            "classSourcedId": "k-1",
            "categorySourcedId": "g-1",
            "academicSessionSourcedId": "t-1",
            "resultValueMin": "4",
            "resultValueMax": "10",
            "schoolSourcedId": "o-2",
        }
    ],
    "results": [
        {
            "sourcedId": "s-1",
            "lineItemSourcedId": "l-1",
            "studentSourcedId": "u-2",
            "scoreStatus": "fully graded",
            "score": "8.5",
            "scoreDate": "2026-09-20",
            "classSourcedId": "k-1",
        }
    ],
    "scoreScales": [
        {
            "sourcedId": "x-1",
            "title": "4-10",
            "type": "grade",
            "orgSourcedId": "o-2",
            "courseSourcedId": "c-1",
            "classSourcedId": "k-1",
            "scoreScaleValue": "{4:4},{10:10}",
        }
    ],
    "lineItemScoreScales": [{"sourcedId": "ls-1", "lineItemSourcedId": "l-1", "scoreScaleSourcedId": "x-1"}],
    "resultLearningObjectiveIds": [
        {
            "sourcedId": "ro-1",
            "resultSourcedId": "s-1",
            "source": "case",
            "learningObjectiveId": "urn:uuid:0b1f3f60-5c1e-4b8e-9a51-0d5f6b4d2c11",
        }
    ],
    "resources": [{"sourcedId": "m-1", "vendorResourceId": "abc", "roles": "student,teacher", "importance": "primary"}],
    "userResources": [{"sourcedId": "um-1", "userSourcedId": "u-2", "resourceSourcedId": "m-1"}],
    "userProfiles": [
        {
            "sourcedId": "p-1",
            "userSourcedId": "u-2",
            "profileType": "learning",
            "vendorId": "v",
            "credentialType": "sso",
            "username": "veikko",
        }
    ],
}


def school(version: Version = Version.V1P2P1, *, gradebook: bool = False) -> Rows:
    """A valid school; change what you get."""
    rows = deepcopy(ROSTER | (GRADEBOOK if gradebook else {}))
    if version is not Version.V1P1:
        return rows
    for role in rows.pop("roles"):
        user = next(user for user in rows["users"] if user["sourcedId"] == role["userSourcedId"])
        user |= {"role": role["role"], "orgSourcedIds": role["orgSourcedId"]}
    return {name: kept for name, kept in rows.items() if name in tables_of(version)}


def manifest(rows: Rows, version: Version, mode: Mode = Mode.BULK) -> list[list[str]]:
    listed = [["propertyName", "value"]]
    for name, value in manifest_properties(version):
        present = mode if name.removeprefix("file.") in rows else Mode.ABSENT
        listed.append([name, value or (present if name.startswith("file.") else "digione-test")])
    return listed


def files(rows: Rows, version: Version = Version.V1P2P1, mode: Mode = Mode.BULK) -> dict[str, bytes]:
    """The bytes of every file, the manifest among them."""
    written = {"manifest.csv": as_csv(manifest(rows, version, mode))}
    for name, kept in rows.items():
        header = tables_of(version)[name].header
        written[f"{name}.csv"] = as_csv([list(header), *([row.get(column, "") for column in header] for row in kept)])
    return written


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def in_folder(folder: Path, written: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return folder


def in_zip(path: Path, written: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(name, content)
    return path
