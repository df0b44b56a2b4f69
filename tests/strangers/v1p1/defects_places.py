"""Defects of 1.1 in what is told of sessions, organisations, courses and classes, as vendors have them."""

from __future__ import annotations

from tests.strangers.town import Ref, Row, Tables
from tests.strangers.v1p1.registry import defect, is_a
from tests.strangers.v1p1.server import Old

# --- sessions ---------------------------------------------------------------------------------------------------------


class _Sessions(Old):
    """Spoils what is told of a session."""

    def spoil(self, told: Row) -> Row:
        """Return what is told instead."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return self.spoil(told) if is_a("session", row) else told


@defect("sessions", "school-year-as-number")
class SchoolYearAsNumber(_Sessions):
    """schoolYear is 2027 without quotes (pitfall 7)."""

    def spoil(self, told: Row) -> Row:
        return told | {"schoolYear": int(told["schoolYear"])}


@defect("sessions", "school-year-as-span")
class SchoolYearAsSpan(_Sessions):
    """schoolYear is 2026-2027 (four digits)."""

    def spoil(self, told: Row) -> Row:
        return told | {"schoolYear": f"{int(told['schoolYear']) - 1}-{told['schoolYear']}"}


@defect("sessions", "school-year-of-autumn")
class SchoolYearOfAutumn(Old):
    """schoolYear is the year in which it begins, as Finns say it (it is the year in which it ends)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["academicSessions"].values():
            row["schoolYear"] = str(int(row["schoolYear"]) - 1)
        return tables


@defect("sessions", "days-with-a-time")
class DaysWithATime(Old):
    """startDate is 2026-08-10T00:00:00Z: a database knows no days (pitfall 8)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        days = {"startDate", "endDate", "beginDate", "birthDate"} & told.keys()
        return told | {name: f"{told[name]}T00:00:00Z" for name in days}


@defect("sessions", "days-of-america")
class DaysOfAmerica(_Sessions):
    """startDate is 08/10/2026."""

    def spoil(self, told: Row) -> Row:
        turned = {name: "{1}/{2}/{0}".format(*told[name].split("-")) for name in ("startDate", "endDate")}
        return told | turned


@defect("sessions", "session-type-of-the-vendor")
class SessionTypeOfTheVendor(Old):
    """A grading period is a quarter (the vocabulary has four words)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"type": "quarter"} if told.get("type") == "gradingPeriod" else {})


@defect("sessions", "parent-empty-object")
class ParentEmptyObject(Old):
    """What has no parent has an empty object as one (1EdTech's own reference provider once did)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return ({"parent": {}} | told) if is_a("session", row) or is_a("org", row) else told


@defect("sessions", "terms-turn-around")
class TermsTurnAround(Old):
    """A session ends before it begins."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["academicSessions"].values():
            if row["type"] == "gradingPeriod":
                row["startDate"], row["endDate"] = row["endDate"], row["startDate"]
        return tables


# --- organisations, courses, classes ----------------------------------------------------------------------------------


@defect("orgs", "org-type-of-the-vendor")
class OrgTypeOfTheVendor(Old):
    """The district is a municipality (the vocabulary is closed in 1.1)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"type": "municipality"} if told.get("type") == "district" else {})


@defect("orgs", "org-type-with-a-capital")
class OrgTypeWithCapital(Old):
    """School and District."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"type": told["type"].capitalize()} if is_a("org", row) and "type" in told else {})


@defect("orgs", "identifier-null")
class IdentifierNull(Old):
    """The identifier of an organisation and its parent are null, as in the sample of Aeries."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return ({"parent": None} | told | {"identifier": None}) if is_a("org", row) else told


@defect("orgs", "name-missing")
class NameMissing(Old):
    """An organisation has displayName where it has a name."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {"displayName" if name == "name" else name: v for name, v in told.items()} if is_a("org", row) else told


@defect("courses", "school-year-of-a-course-as-text")
class CourseYearAsText(Old):
    """The schoolYear of a course is "2027" (it is a link)."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return told | ({"schoolYear": "2027"} if is_a("course", row) and "schoolYear" in told else {})


@defect("courses", "course-code-missing")
class CourseCodeMissing(Old):
    """A course has no courseCode, which REST demands."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if is_a("course", row):
            told.pop("courseCode", None)
        return told


class _Classes(Old):
    """Spoils what is told of a class."""

    def spoil(self, told: Row) -> Row:
        """Return what is told instead."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return self.spoil(told) if is_a("class", row) else told


@defect("classes", "class-type-of-the-vendor")
class ClassTypeOfTheVendor(_Classes):
    """A teaching group is an elective (homeroom or scheduled)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"classType": "elective"} if told.get("classType") == "scheduled" else {})


@defect("classes", "class-type-with-a-capital")
class ClassTypeWithCapital(_Classes):
    """Homeroom and Scheduled."""

    def spoil(self, told: Row) -> Row:
        return told | ({"classType": told["classType"].capitalize()} if "classType" in told else {})


@defect("classes", "terms-as-one-link")
class TermsAsOneLink(_Classes):
    """term instead of terms: the first alone."""

    def spoil(self, told: Row) -> Row:
        terms = told.pop("terms", None)
        return told | ({"term": terms[0]} if terms else {})


@defect("classes", "terms-empty")
class TermsEmpty(_Classes):
    """A class of the whole year has no terms (terms is 1..*)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"terms": []} if len(told.get("terms", [])) > 2 else {})


@defect("classes", "periods-as-text")
class PeriodsAsText(_Classes):
    """periods and subjects are texts with commas (pitfall 11)."""

    def spoil(self, told: Row) -> Row:
        return told | {name: ",".join(told[name]) for name in ("periods", "subjects") if name in told}


@defect("classes", "class-of-more")
class ClassOfMore(_Classes):
    """A class tells how many sit in it and what its school is called (closed set of fields, pitfall 15)."""

    def spoil(self, told: Row) -> Row:
        return told | {"enrollmentCount": 24, "schoolName": "Malli"}


@defect("classes", "school-of-a-class-is-the-district")
class SchoolIsTheDistrict(Old):
    """The school of a class is the district, which pays for it."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        town = next(id_ for id_, row in tables["orgs"].items() if row["type"] == "district")
        for row in list(tables["classes"].values())[::7]:
            row["school"] = Ref("org", town)
        return tables
