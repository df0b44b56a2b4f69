"""Defects of single records: what nightly exports, mappers and data of Finnish schools put into properties."""

from __future__ import annotations

import html
from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.strangers.routes import Route
from tests.strangers.server import Reply, Request, Vendor
from tests.strangers.third.lists import data, defect, holders, renamed, retell
from tests.strangers.town import Ref, Row, Tables

CHECKS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"


class Settled(Vendor):
    """A vendor whose data is changed before anybody asks."""

    def change(self, tables: Tables) -> Tables | None:
        """Change it, in place or not."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for cls in reversed(type(self).__mro__):  # several at once: each changes what the one before it left
            if "change" in cls.__dict__ and cls is not Settled:
                tables = cls.__dict__["change"](self, tables) or tables
        return tables


def last(tables: Tables, table: str) -> Row:
    """Return the record that a list by ids tells last."""
    return tables[table][max(tables[table])]


# --- texts ------------------------------------------------------------------------------------------------------------


@defect("schema", "html-entities-in-texts")
class HtmlEntitiesInTexts(Vendor):
    """PHP `htmlspecialchars` on the way out: O'Testi is told as `O&#x27;Testi`, and is not found by what is told."""

    def value_out(self, name: str, value: Any) -> Any:
        found = super().value_out(name, value)
        return html.escape(found) if isinstance(value, str) else found


@defect("schema", "tabs-in-titles")
class TabsInTitles(Settled):
    """Titles pasted from a spreadsheet hold tabs and line feeds, which a NormalizedString does not."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["classes"].values())[5::9]:
            row["title"] = row["title"].replace(" ", "\t") + "\n"


@defect("schema", "title-in-two-languages")
class TitleInTwoLanguages(Vendor):
    """The Swedish school's classes have their title as an object of languages, where a text belongs."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        if isinstance(row.get("school"), Ref) and row["school"].id.endswith("002") and "course" in row:
            told["title"] = {"fi": row["title"], "sv": row["title"]}
        return told


@defect("schema", "absent-told-as-none")
class AbsentToldAsNone(Vendor):
    """Python's `str(None)`: who has no e-mail has the address `None`; what is absent is left out."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {**told, "email": told.get("email", "None")} if "givenName" in row else told


@defect("schema", "lists-joined-in-one")
class ListsJoinedInOne(Vendor):
    """The export joins lists: `"periods": ["1,2"]`, one text with a comma where two belong."""

    def value_out(self, name: str, value: Any) -> Any:
        found = super().value_out(name, value)
        joined = isinstance(value, list) and value and name in {"periods", "grades"}
        return [",".join(value)] if joined else found


@defect("schema", "metadata-as-text")
class MetadataAsText(Settled):
    """A JSON column read as text: metadata is a string that holds an object."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["enrollments"].values())[200::7]:
            row["metadata"] = '{"lahde": "primus"}'


@defect("schema", "grades-as-numbers")
class GradesAsNumbers(Vendor):
    """Grades are integers in the database, and in JSON; they are texts."""

    def value_out(self, name: str, value: Any) -> Any:
        found = super().value_out(name, value)
        return [int(one) for one in value] if name == "grades" and isinstance(value, list) else found


# --- vocabularies: one record, late in its list -----------------------------------------------------------------------


@defect("vocabulary", "one-role-in-finnish")
class OneRoleInFinnish(Settled):
    """Only the classroom assistant, last in the list, has a role without `ext:` that no vocabulary has."""

    def change(self, tables: Tables) -> None:
        last(tables, "users")["roles"][0]["role"] = "koulunkaynninohjaaja"


@defect("vocabulary", "ext-beyond-ascii")
class ExtBeyondAscii(Settled):
    """`ext:pienryhmä`: an extension is letters, digits, full stops, hyphens and underscores."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["classes"].values())[30::8]:
            row["classType"] = "ext:pienryhmä"


@defect("vocabulary", "enrolled-as-aide")
class EnrolledAsAide(Settled):
    """One enrolment has the role `aide`, which people have and enrolments have not."""

    def change(self, tables: Tables) -> None:
        rows = [row for row in tables["enrollments"].values() if row["role"] == "teacher"]
        rows[-1]["role"] = "aide"
        rows[-1].pop("primary", None)


@defect("vocabulary", "org-type-in-own-words")
class OrgTypeInOwnWords(Settled):
    """The municipality has the type `municipality`."""

    def change(self, tables: Tables) -> None:
        for row in tables["orgs"].values():
            if row["type"] == "district":
                row["type"] = "municipality"


@defect("vocabulary", "sex-as-code")
class SexAsCode(Vendor):
    """The code of the national code list (1, 2) where male and female belong, of those born in the last months only."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        born = row.get("birthDate")
        if born and born.month >= 11 and "sex" in row:
            told["sex"] = {"male": "1", "female": "2"}.get(row["sex"], "9")
        return told


# --- what is required -------------------------------------------------------------------------------------------------


@defect("schema", "summer-class-without-terms")
class SummerClassWithoutTerms(Settled):
    """A class of the summer belongs to no term, so its list is empty; at least one is required."""

    def change(self, tables: Tables) -> None:
        last(tables, "classes")["terms"] = []


@defect("schema", "people-between-jobs")
class PeopleBetweenJobs(Settled):
    """A principal who left is told with an empty list of roles; at least one is required."""

    def change(self, tables: Tables) -> None:
        holders(tables, "principal")[-1]["roles"] = []


@defect("schema", "course-code-missing")
class CourseCodeMissing(Settled):
    """courseCode is optional in CSV and required in REST; one course comes without."""

    def change(self, tables: Tables) -> None:
        del last(tables, "courses")["courseCode"]


@defect("schema", "town-without-identifier")
class TownWithoutIdentifier(Settled):
    """The municipality has no identifier, which orgs must have."""

    def change(self, tables: Tables) -> None:
        for row in tables["orgs"].values():
            if row["type"] == "district":
                del row["identifier"]


@defect("schema", "tombstones-are-bare")
class TombstonesAreBare(Vendor):
    """What is marked for deletion is told with id, status and stamp alone; its other properties stay required."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        base = ("sourcedId", "status", "dateLastModified")
        return {name: told[name] for name in base} if row["status"] == "tobedeleted" else told


@defect("schema", "single-leaves-out-lists")
class SingleLeavesOutRoles(Vendor):
    """Lazy loading: a person read alone by /students/{id} has an empty list of roles, in lists it is filled."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        if route.path == "/students/{self}" and "fields" not in request.params:
            retell(self, reply, lambda body: {"user": {**body["user"], "roles": []}})
        return reply


# --- times ------------------------------------------------------------------------------------------------------------


@defect("schema", "winter-days-one-earlier")
class WinterDaysOneEarlier(Vendor):
    """Days are stored as midnight in Helsinki and told in UTC+3 of summer: those of winter come out a day early."""

    def value_out(self, name: str, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime) and value.month in {11, 12, 1, 2, 3}:
            value -= timedelta(days=1)
        return super().value_out(name, value)


@defect("schema", "winter-stamps-an-hour-off")
class WinterStampsAnHourOff(Vendor):
    """The offset of summer is taken off all year: from 25 October on stamps are told an hour early."""

    def stamp(self, moment: datetime) -> str:
        late = (moment.month, moment.day) >= (10, 25)
        return super().stamp(moment - timedelta(hours=1) if late else moment)


@defect("schema", "single-reads-are-fresher")
class SingleReadsAreFresher(Vendor):
    """Lists are of last night, single reads of now: one record has two stamps."""

    def one(self, request: Request, route: Route) -> Reply:
        reply = super().one(request, route)
        if data(request, reply) and "fields" not in request.params:
            later = "2026-11-20T03:00:00Z"
            retell(self, reply, lambda body: {key: {**row, "dateLastModified": later} for key, row in body.items()})
        return reply


@defect("schema", "stamps-of-month-thirteen")
class StampsOfMonthThirteen(Vendor):
    """A pattern with `mm` for the month: the month of a stamp is its minutes."""

    def stamp(self, moment: datetime) -> str:
        return moment.strftime("%Y-%M-%dT%H:%M:%SZ")


# --- personal data ----------------------------------------------------------------------------------------------------


def hetu(born: date, number: int) -> str:
    """Return an artificial identity code (individual numbers from 900 on)."""
    digits = f"{born:%d%m%y}{number:03}"
    return f"{born:%d%m%y}A{number:03}{CHECKS[int(digits) % 31]}"


@defect("privacy", "hetu-as-id")
class HetuAsId(Settled):
    """sourcedId of pupils is the national identity code; it must hold no personal data."""

    def change(self, tables: Tables) -> Tables:
        born = {id_: row["birthDate"] for id_, row in tables["demographics"].items()}
        ids = {id_: hetu(born[id_], 900 + n % 100) for n, id_ in enumerate(sorted(born))}
        return renamed(tables, "users", ids)


@defect("privacy", "email-as-id")
class EmailAsId(Settled):
    """Entra: sourcedId of staff is the user principal name, an address with the name in it."""

    def change(self, tables: Tables) -> Tables:
        ids = {
            row["sourcedId"]: f"{row['givenName'][:3]}.{row['familyName'][:4]}{n}@kunta.invalid".lower()
            .replace(" ", "").replace("'", "").encode("ascii", "ignore").decode()
            for n, row in enumerate(holders(tables, "teacher"))
        }  # fmt: skip
        return renamed(tables, "users", ids)


@defect("privacy", "passwords-told")
class PasswordsTold(Settled):
    """password is told in clear; the standard has it avoided, and encrypted where it is sent."""

    def change(self, tables: Tables) -> None:
        for number, row in enumerate(holders(tables, "student")):
            row["password"] = f"Kesa2026!{number}"


@defect("privacy", "birthdays-in-metadata")
class BirthdaysInMetadata(Settled):
    """Birthdays ride in the metadata of users, past the only scope that opens demographics."""

    def change(self, tables: Tables) -> None:
        for id_, row in tables["demographics"].items():
            born = {"birthDate": row["birthDate"].isoformat(), "sex": row.get("sex", "unspecified")}
            tables["users"][id_]["metadata"] = {"demographics": born}
