"""The 21 data files of OneRoster 1.2 and 1.2.1 (csv.md §4, §5), in alphabetical order as in the manifest."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from digione_sdk.bulk.tables.column import TRUE_FALSE, Column, Kind, Tokens
from digione_sdk.bulk.tables.layout import one, opt, table
from digione_sdk.model.oneroster import (
    AcademicSession,
    Base,
    Category,
    Class,
    ClassType,
    Course,
    Credential,
    Demographics,
    Enrollment,
    EnrolRole,
    Gender,
    LearningObjectiveResults,
    LearningObjectiveScoreSet,
    LearningObjectiveSet,
    LearningObjectiveSource,
    LineItem,
    Org,
    OrgType,
    PrimarySecondary,
    Resource,
    ResourceRole,
    Result,
    Role,
    RoleName,
    ScoreScale,
    ScoreStatus,
    SessionType,
    User,
    UserProfile,
)

DATE, DATETIME, YEAR = Kind.DATE, Kind.DATETIME, Kind.YEAR
ENUM, ENUMS, BOOLEAN = Kind.ENUMERATION, Kind.ENUMERATIONS, Kind.BOOLEAN
FLOAT, INTEGER, ID = Kind.FLOAT, Kind.INTEGER, Kind.ID
STRING, STRINGS = Kind.STRING, Kind.STRINGS
GUID, LINK, LINKS = Kind.GUID, Kind.REFERENCE, Kind.REFERENCES


def _flag(name: str) -> Column:
    return opt(name, BOOLEAN, tokens=TRUE_FALSE)


ACADEMIC_SESSIONS: Final = table(
    "academicSessions",
    AcademicSession,
    one("title"),
    one("type", ENUM, tokens=Tokens.of(SessionType)),
    one("startDate", DATE),
    one("endDate", DATE),
    opt("parentSourcedId", LINK, "academicSessions"),
    one("schoolYear", YEAR),
)
CATEGORIES: Final = table("categories", Category, one("title"), opt("weight", INTEGER))
CLASSES: Final = table(
    "classes",
    Class,
    one("title"),
    opt("grades", STRINGS),
    one("courseSourcedId", LINK, "courses"),
    opt("classCode"),
    one("classType", ENUM, tokens=Tokens.of(ClassType)),
    opt("location"),
    one("schoolSourcedId", LINK, "orgs", target_type="school"),
    one("termSourcedIds", LINKS, "academicSessions"),
    opt("subjects", STRINGS),
    opt("subjectCodes", STRINGS),
    opt("periods", STRINGS),
)
CLASS_RESOURCES: Final = table(
    "classResources",
    Base,
    opt("title"),
    one("classSourcedId", LINK, "classes", of=Class, field="sourcedId"),
    one("resourceSourcedId", LINK, "resources", of=Resource, field="sourcedId"),
)
COURSE_RESOURCES: Final = table(
    "courseResources",
    Base,
    opt("title"),
    one("courseSourcedId", LINK, "courses", of=Course, field="sourcedId"),
    one("resourceSourcedId", LINK, "resources", of=Resource, field="sourcedId"),
)
COURSES: Final = table(
    "courses",
    Course,
    opt("schoolYearSourcedId", LINK, "academicSessions", target_type="schoolYear"),
    one("title"),
    opt("courseCode"),
    opt("grades", STRINGS),
    one("orgSourcedId", LINK, "orgs"),
    opt("subjects", STRINGS),
    opt("subjectCodes", STRINGS),
)
DEMOGRAPHICS: Final = table(
    "demographics",
    Demographics,
    one("sourcedId", GUID, "users"),
    opt("birthDate", DATE),
    opt("sex", ENUM, tokens=Tokens.of(Gender)),
    _flag("americanIndianOrAlaskaNative"),
    _flag("asian"),
    _flag("blackOrAfricanAmerican"),
    _flag("nativeHawaiianOrOtherPacificIslander"),
    _flag("white"),
    _flag("demographicRaceTwoOrMoreRaces"),
    _flag("hispanicOrLatinoEthnicity"),
    opt("countryOfBirthCode"),
    opt("stateOfBirthAbbreviation"),
    opt("cityOfBirth"),
    opt("publicSchoolResidenceStatus"),
)
ENROLLMENTS: Final = table(
    "enrollments",
    Enrollment,
    one("classSourcedId", LINK, "classes"),
    one("schoolSourcedId", LINK, "orgs"),
    one("userSourcedId", LINK, "users"),
    one("role", ENUM, tokens=Tokens.of(EnrolRole)),
    _flag("primary"),
    opt("beginDate", DATE),
    opt("endDate", DATE),
)
LINE_ITEM_OBJECTIVES: Final = table(
    "lineItemLearningObjectiveIds",
    LearningObjectiveSet,
    one("lineItemSourcedId", LINK, "lineItems", of=LineItem, field="sourcedId"),
    one("source", ENUM, tokens=Tokens.of(LearningObjectiveSource)),
    one("learningObjectiveId", field="learningObjectiveIds"),
)
LINE_ITEMS: Final = table(
    "lineItems",
    LineItem,
    one("title"),
    opt("description"),
    one("assignDate", DATE),
    one("dueDate", DATE),
    one("classSourcedId", LINK, "classes"),
    one("categorySourcedId", LINK, "categories"),
    one("academicSessionSourcedId", LINK, "academicSessions"),
    opt("resultValueMin", FLOAT),
    opt("resultValueMax", FLOAT),
    one("schoolSourcedId", LINK, "orgs"),
)
LINE_ITEM_SCALES: Final = table(
    "lineItemScoreScales",
    Base,
    opt("title"),
    one("lineItemSourcedId", LINK, "lineItems", of=LineItem, field="sourcedId"),
    one("scoreScaleSourcedId", LINK, "scoreScales", of=ScoreScale, field="sourcedId"),
)
ORGS: Final = table(
    "orgs",
    Org,
    one("name"),
    one("type", ENUM, tokens=Tokens.of(OrgType)),
    opt("identifier"),
    opt("parentSourcedId", LINK, "orgs"),
)
RESOURCES: Final = table(
    "resources",
    Resource,
    one("vendorResourceId", ID),
    opt("title"),
    opt("roles", ENUMS, tokens=Tokens.of(ResourceRole)),
    opt("importance", ENUM, tokens=Tokens.of(PrimarySecondary)),
    opt("vendorId", ID),
    opt("applicationId", ID),
)
RESULT_OBJECTIVES: Final = table(
    "resultLearningObjectiveIds",
    LearningObjectiveResults,
    one("resultSourcedId", LINK, "results", of=Result, field="sourcedId"),
    one("source", ENUM, of=LearningObjectiveScoreSet, tokens=Tokens.of(LearningObjectiveSource)),
    one("learningObjectiveId"),
    opt("score", FLOAT),
    opt("textScore"),
)
RESULTS: Final = table(
    "results",
    Result,
    one("lineItemSourcedId", LINK, "lineItems"),
    one("studentSourcedId", LINK, "users"),
    one("scoreStatus", ENUM, tokens=Tokens.of(ScoreStatus)),
    opt("score", FLOAT),
    one("scoreDate", DATE),
    opt("comment"),
    opt("textScore"),
    opt("classSourcedId", LINK, "classes"),
    _flag("inProgress"),
    _flag("incomplete"),
    _flag("late"),
    _flag("missing"),
)
RESULT_SCALES: Final = table(
    "resultScoreScales",
    Result,
    opt("title"),
    one("resultSourcedId", LINK, "results", field="sourcedId"),
    one("scoreScaleSourcedId", LINK, "scoreScales", field="scoreScale"),
)
ROLES: Final = table(
    "roles",
    Role,
    one("userSourcedId", LINK, "users", of=User, field="sourcedId"),
    one("roleType", ENUM, tokens=Tokens.of(PrimarySecondary)),
    one("role", ENUM, tokens=Tokens.of(RoleName)),
    opt("beginDate", DATE),
    opt("endDate", DATE),
    one("orgSourcedId", LINK, "orgs"),
    opt("userProfileSourcedId", LINK, "userProfiles"),
)
SCORE_SCALES: Final = table(
    "scoreScales",
    ScoreScale,
    one("title"),
    one("type"),
    one("orgSourcedId", LINK, "orgs", of=Course),
    one("courseSourcedId", LINK, "courses"),
    one("classSourcedId", LINK, "classes"),
    one("scoreScaleValue", STRINGS, pairs=True),
)
USER_PROFILES: Final = table(
    "userProfiles",
    UserProfile,
    one("userSourcedId", GUID, "users", of=User, field="sourcedId"),
    one("profileType"),
    one("vendorId"),
    opt("applicationId"),
    opt("description"),
    one("credentialType", of=Credential, field="type"),
    one("username", of=Credential),
    opt("password", of=Credential),
)
USER_RESOURCES: Final = table(
    "userResources",
    User,
    one("userSourcedId", LINK, "users", field="sourcedId"),
    opt("orgSourcedId", LINK, "orgs", of=Role),
    opt("classSourcedId", LINK, "classes", of=Enrollment),
    one("resourceSourcedId", LINK, "resources", field="resources"),
)
USERS: Final = table(
    "users",
    User,
    one("enabledUser", BOOLEAN, tokens=TRUE_FALSE),
    one("username"),
    opt("userIds", STRINGS, pairs=True),
    one("givenName"),
    one("familyName"),
    opt("middleName"),
    opt("identifier"),
    opt("email"),
    opt("sms"),
    opt("phone"),
    opt("agentSourcedIds", LINKS, "users"),
    opt("grades"),
    opt("password"),
    opt("userMasterIdentifier"),
    opt("resourceSourcedIds", LINKS, "resources"),
    opt("preferredGivenName", field="preferredFirstName"),
    opt("preferredMiddleName"),
    opt("preferredFamilyName", field="preferredLastName"),
    opt("primaryOrgSourcedId", LINK, "orgs"),
    opt("pronouns"),
)
LATER_USERS: Final = replace(
    USERS,
    columns=tuple(
        replace(column, kind=STRINGS) if column.name == "grades" else column
        for column in USERS.columns
        if column.name != "resourceSourcedIds"
    ),
)
"""users.csv of 1.2.1: `grades` became a list, and resources moved to userResources.csv alone."""

TABLES: Final = (
    ACADEMIC_SESSIONS, CATEGORIES, CLASSES, CLASS_RESOURCES, COURSES, COURSE_RESOURCES, DEMOGRAPHICS, ENROLLMENTS,
    LINE_ITEM_OBJECTIVES, LINE_ITEMS, LINE_ITEM_SCALES, ORGS, RESOURCES, RESULT_OBJECTIVES, RESULTS, RESULT_SCALES,
    ROLES, SCORE_SCALES, USER_PROFILES, USER_RESOURCES, USERS,
)  # fmt: skip
"""OneRoster 1.2."""

LATER_TABLES: Final = tuple(LATER_USERS if each is USERS else each for each in TABLES)
"""OneRoster 1.2.1."""
