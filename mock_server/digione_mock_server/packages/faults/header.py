"""Export faults in how a file is laid out: names and order of columns, what exporters add, drop or call otherwise."""

from __future__ import annotations

from typing import Final

from digione_mock_server.packages.export import Export, Sheet
from digione_mock_server.packages.faults.fault import layer


def _headless(export: Export) -> None:
    sheet = export["courses"]
    sheet.header, *sheet.rows = sheet.rows


def _padded(export: Export) -> None:
    sheet = export["classes"]
    sheet.header = [sheet.header[0], *(f" {name}" for name in sheet.header[1:])]


def _translated(export: Export) -> None:
    sheet = export["courses"]
    words = {"title": "nimi", "courseCode": "kurssikoodi", "grades": "luokka-asteet"}
    sheet.header = [words.get(name, name) for name in sheet.header]


def _snake(sheet: Sheet) -> None:
    sheet.header = ["".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in sheet.header]


def _trimmed(export: Export) -> None:
    for column in ("pronouns", "primaryOrgSourcedId"):
        export["users"].drop(column)


def _without_lifecycle(export: Export) -> None:
    for column in ("status", "dateLastModified"):
        export["orgs"].drop(column)


def _rest_names(export: Export) -> None:
    export["users"].rename("preferredGivenName", "preferredFirstName")
    export["users"].rename("preferredFamilyName", "preferredLastName")


def _users_of_v1p1(export: Export) -> None:
    users, roles = export["users"], export["roles"]
    pairs = zip(roles.values("orgSourcedId"), roles.values("role"), strict=True)
    of = dict(zip(roles.values("userSourcedId"), pairs, strict=True))
    users.insert(users.at("username"), "orgSourcedIds")
    users.insert(users.at("username"), "role")
    ids = users.values("sourcedId")
    users.fill("orgSourcedIds", lambda number: of[ids[number]][0])
    users.fill("role", lambda number: of[ids[number]][1])


def _course_on_enrollment(export: Export) -> None:
    classes, enrollments = export["classes"], export["enrollments"]
    course = dict(zip(classes.values("sourcedId"), classes.values("courseSourcedId"), strict=True))
    place = enrollments.at("classSourcedId")
    enrollments.insert(place + 1, "courseSourcedId")
    enrollments.fill("courseSourcedId", lambda number: course[enrollments.rows[number][place]])


FAULTS: Final = layer(
    "header",
    ("header-capitals", "pitfall 69", "The first column of users.csv is called SourcedId.",
     lambda export: export["users"].rename("sourcedId", "SourcedId")),
    ("header-snake-case", "plausible", "The columns of enrollments.csv are spelt class_sourced_id and so on.",
     lambda export: _snake(export["enrollments"])),
    ("header-in-own-language", "plausible", "Some columns of courses.csv have Finnish names.", _translated),
    ("header-padded", "plausible", "A space follows each comma in the header of classes.csv.", _padded),
    ("header-missing", "plausible", "courses.csv begins with its first row of data.", _headless),
    ("columns-swapped", "pitfall 69", "familyName stands before givenName.",
     lambda export: export["users"].move("familyName", before="givenName")),
    ("agents-before-names", "csv §7", "agentSourcedIds stands before familyName, as one generator writes it.",
     lambda export: export["users"].move("agentSourcedIds", before="familyName")),
    ("term-in-the-singular", "csv §7", "termSourcedIds is called termSourcedId.",
     lambda export: export["classes"].rename("termSourcedIds", "termSourcedId")),
    ("state-of-birth-misspelt", "csv §7", "stateOfBirthAbbreviation is called stateofBirthAbbreviation.",
     lambda export: export["demographics"].rename("stateOfBirthAbbreviation", "stateofBirthAbbreviation")),
    ("course-on-enrollments", "csv §7", "enrollments.csv has a courseSourcedId beside its class.",
     _course_on_enrollment),
    ("own-column-in-the-middle", "pitfall 69", "orgs.csv has a column of the vendor before parentSourcedId.",
     lambda export: export["orgs"].insert(export["orgs"].at("parentSourcedId"), "municipalityCode", "091")),
    ("own-column-without-prefix", "csv §4", "users.csv ends in a column of the vendor that is not called metadata.",
     lambda export: export["users"].insert(len(export["users"].header), "homeGroup", "7A")),
    ("own-column-first", "pitfall 69", "classes.csv begins with a row number.",
     lambda export: export["classes"].insert(0, "id", "1")),
    ("column-twice", "csv §1", "users.csv has email twice.",
     lambda export: export["users"].insert(len(export["users"].header), "email")),
    ("unused-columns-dropped", "csv §1", "users.csv leaves out columns that the vendor never fills.", _trimmed),
    ("required-column-dropped", "csv §4", "users.csv has no enabledUser.",
     lambda export: export["users"].drop("enabledUser")),
    ("school-beside-class", "csv §4", "schoolSourcedId of line items stands beside their class, not last.",
     lambda export: export["lineItems"].move("schoolSourcedId", before="categorySourcedId")),
    ("school-of-line-items-missing", "csv §4", "lineItems.csv has no schoolSourcedId, as in 1.1.",
     lambda export: export["lineItems"].drop("schoolSourcedId")),
    ("grading-period-of-1-1", "csv §4", "academicSessionSourcedId of line items is called as in 1.1.",
     lambda export: export["lineItems"].rename("academicSessionSourcedId", "gradingPeriodSourcedId")),
    ("names-of-rest", "csv §8", "Preferred names are called preferredFirstName and preferredLastName.", _rest_names),
    ("resources-on-users", "pitfall 75", "users.csv has resourceSourcedIds, which 1.2.1 took away.",
     lambda export: export["users"].insert(export["users"].at("preferredGivenName"), "resourceSourcedIds")),
    ("users-of-1-1", "csv §7", "users.csv has orgSourcedIds and role as in 1.1, beside roles.csv.", _users_of_v1p1),
    ("lifecycle-columns-dropped", "csv §2", "orgs.csv has no status and dateLastModified, being bulk anyway.",
     _without_lifecycle),
)  # fmt: skip
