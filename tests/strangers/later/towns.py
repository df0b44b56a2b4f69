"""Legal towns, written later: calendars, trees, people and courses as other towns have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.strangers.later import later
from tests.strangers.server import Vendor
from tests.strangers.tables import rows_of
from tests.strangers.town import Ref, Tables


@later("one-calendar-for-all")
class OneCalendarForAll(Vendor):
    """Both tenants have the same sessions, down to the ids: a calendar of the country."""

    def populate(self) -> dict[str, Tables]:
        towns = super().populate()
        for table in towns["lumi"].values():
            for id_, row in table.items():
                table[id_] = _retold(row)
        towns["lumi"]["academicSessions"] = towns["kivi"]["academicSessions"]
        return towns


def _retold(value: Any) -> Any:
    if isinstance(value, Ref) and value.kind == "academicSession":
        return Ref(value.kind, value.id.replace(".4.", ".7."))
    if isinstance(value, list):
        return [_retold(one) for one in value]
    return {name: _retold(one) for name, one in value.items()} if isinstance(value, dict) else value


@later("other-town-is-empty")
class OtherTownIsEmpty(Vendor):
    """The second tenant was just made, and nobody is in it."""

    def populate(self) -> dict[str, Tables]:
        towns = super().populate()
        return {**towns, "lumi": {name: {} for name in towns["lumi"]}}


@later("no-parts-of-the-year")
class NoPartsOfTheYear(Vendor):
    """A school that has years and semesters alone: no terms, no grading periods, and classes held all year."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        sessions = tables["academicSessions"]
        for id_ in [id_ for id_, row in sessions.items() if row["type"] in {"term", "gradingPeriod"}]:
            del sessions[id_]
        for row in sessions.values():
            if row["type"] == "semester":
                row.pop("children")
        for row in tables["classes"].values():
            year = row["terms"][0].id.split(".")
            row["terms"] = [Ref("academicSession", f"{year[0]}.{year[1]}.koko")]
        for row in tables["lineItems"].values():
            row.pop("gradingPeriod", None)
            row.pop("academicSession", None)
        return tables


@later("tall-tree")
class TallTree(Vendor):
    """A nation above the town and departments below the schools; only the way up is told."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        orgs, now = tables["orgs"], datetime(2026, 8, 1, tzinfo=UTC)
        town = next(row for row in orgs.values() if row["type"] == "district")
        town.pop("children")
        nation = {"sourcedId": f"fi-{tenant}", "status": "active", "dateLastModified": now, "name": "Mallimaa",
                  "type": "national", "identifier": "FI"}  # fmt: skip
        town["parent"] = Ref("org", nation["sourcedId"])
        for school in [row for row in orgs.values() if row["type"] == "school"]:
            id_ = f"{school['sourcedId']}.alku"
            orgs[id_] = {**nation, "sourcedId": id_, "name": "Alkuopetus", "type": "department", "identifier": id_,
                         "parent": Ref("org", school["sourcedId"])}  # fmt: skip
        orgs[nation["sourcedId"]] = nation
        return tables


@later("namesakes")
class Namesakes(Vendor):
    """Everybody bears one name, all classes one title, and siblings share an e-mail."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in tables["users"].values():
            row["familyName"], row["givenName"] = "Testinen", "Säde"
            if "email" in row:
                row["email"] = f"koti@{tenant}.invalid"
        for row in tables["classes"].values():
            row["title"] = "Ryhmä"
        return tables


@later("pupil-who-teaches")
class PupilWhoTeaches(Vendor):
    """A role in a class need not be a role in a school: pupils lead a group, a guardian attends one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        users = list(tables["users"].values())
        pupil = next(u for u in users if u["roles"][0]["role"] == "student" and u["status"] == "active")
        guardian = next(u for u in users if u["roles"][0]["role"] in {"guardian", "parent"})
        group = next(c for c in tables["classes"].values() if c["classType"] == "scheduled")
        for number, (user, role) in enumerate(((pupil, "teacher"), (guardian, "student"), (guardian, "ext:vieras"))):
            row = {"user": Ref("user", user["sourcedId"]), "class": Ref("class", group["sourcedId"]), "role": role,
                   "school": group["school"], "sourcedId": f"odd-{tenant}-{number}", "status": "active",
                   "dateLastModified": datetime(2026, 9, 1, tzinfo=UTC)}  # fmt: skip
            tables["enrollments"][row["sourcedId"]] = row
        return tables


@later("roles-come-and-go")
class RolesComeAndGo(Vendor):
    """Roles and enrolments with their days: some are over, some have not begun."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["users"].values()):
            if number % 12 == 3:
                old = {**row["roles"][0], "roleType": "secondary", "role": "aide", "beginDate": date(2024, 8, 1)}
                row["roles"].append({**old, "endDate": date(2025, 6, 1)})
        for number, row in enumerate(tables["enrollments"].values()):
            if number % 20 == 7 and "endDate" not in row:
                terms = [tables["academicSessions"][term.id] for term in tables["classes"][row["class"].id]["terms"]]
                row["beginDate"] = min(term["startDate"] for term in terms)
                row["endDate"] = row["beginDate"] + timedelta(days=22)
        return tables


@later("profiles-and-credentials")
class ProfilesAndCredentials(Vendor):
    """Accounts in other systems, and the role that belongs to one."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["users"].values()):
            if number % 9 == 0:
                profile = f"https://tilit.invalid/{row['sourcedId']}"
                account = {"type": "sso", "username": f"t{number}", "realm": "koulu"}
                told = {"profileId": profile, "profileType": "oppimisympäristö", "vendorId": "v1"}
                row["userProfiles"] = [{**told, "applicationId": "default", "credentials": [account]}]
                row["roles"][0]["userProfile"] = profile
        return tables


@later("ids-that-differ-in-case")
class IdsThatDifferInCase(Vendor):
    """Two courses whose ids differ in their case alone are two courses."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for id_, row in list(tables["courses"].items())[:4]:
            tables["courses"][id_.upper()] = {**row, "sourcedId": id_.upper(), "title": f"{row['title']} (b)"}
        return tables


@later("dates-of-old")
class DatesOfOld(Vendor):
    """Records that were last changed in another century, and a child born on a leap day."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(rows_of(tables)):
            row["dateLastModified"] = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC) + timedelta(days=number % 400)
        for row in list(tables["demographics"].values())[:3]:
            row["birthDate"] = date(2012, 2, 29)
        return tables


@later("wider-categories")
class WiderCategories(Vendor):
    """Categories are made by the town for all classes, used or not, and one class has none."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        row = next(iter(tables["categories"].values()))
        for number in range(6):
            id_ = f"{row['sourcedId']}-u{number}"
            tables["categories"][id_] = {**row, "sourcedId": id_, "title": f"Käyttämätön {number}"}
        return tables
