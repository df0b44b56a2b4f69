"""A tiny synthetic school in plain dicts: the records that the fake target of these tests holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from digione_sdk.model.oneroster import AcademicSession, Class, Course, Demographics, Enrollment, Org, User

BASE = "https://roster.invalid/ims/oneroster/rostering/v1p2"
_FIRST_CHANGE = datetime(2026, 8, 1, 6, 0, tzinfo=UTC)
Record = dict[str, Any]

FAMILY_NAMES = (
    ("Virtanen", "Mäkelä", "Öhman", "Åberg", "Näkkäläjärvi", "Čuoigi", "Korhonen", "Salminen"),
    ("Lahtinen", "Hämäläinen", "Öström", "Åkerlund", "Guttormsen", "Šaarre", "Nieminen", "Rantala"),
)
GIVEN_NAMES = ("Aino", "Eino", "Väinö", "Áile", "Helmi", "Onni")


class School:
    """Builds the records of one tenant; `t` tells the tenants' ids and names apart."""

    def __init__(self, t: int) -> None:
        self.t = t
        self.changes = 0
        self.records: dict[type, list[Record]] = {
            Org: self._orgs(),
            AcademicSession: self._sessions(),
            Course: self._courses(),
            Class: [],
            User: [],
            Enrollment: [],
            Demographics: [],
        }
        self._classes()
        self._people()

    def base(self, key: str, *, shared: bool = False) -> Record:
        self.changes += 1
        moment = _FIRST_CHANGE + timedelta(hours=7 * self.changes, minutes=self.t)
        return {
            "sourcedId": key if shared else f"{key}-{'ab'[self.t]}",
            "status": "active",
            "dateLastModified": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    def link(self, kind: str, key: str) -> Record:
        plural = {"class": "classes", "academicSession": "academicSessions"}.get(kind, f"{kind}s")
        return {"href": f"{BASE}/{plural}/{key}", "sourcedId": key, "type": kind}

    def _orgs(self) -> list[Record]:
        district = {**self.base("org-0"), "name": "Esimerkkilän kaupunki", "type": "district", "identifier": "0001"}
        schools = [
            {
                **self.base(f"org-{n}"),
                "name": name,
                "type": "school",
                "identifier": f"010{n}",
                "parent": self.link("org", district["sourcedId"]),
            }
            for n, name in ((1, "Järvenrannan koulu"), (2, "Kivikon koulu"))
        ]
        district["children"] = [self.link("org", school["sourcedId"]) for school in schools]
        return [district, *schools]

    def _sessions(self) -> list[Record]:
        def session(key: str, kind: str, start: str, end: str, parent: Record | None) -> Record:
            dates = {"startDate": start, "endDate": end, "schoolYear": "2027", "title": f"Jakso {key}", "type": kind}
            above = {"parent": self.link("academicSession", parent["sourcedId"])} if parent else {}
            return {**self.base(key), **dates, **above}

        year = session("year", "schoolYear", "2026-08-01", "2027-08-01", None)
        autumn = session("autumn", "term", "2026-08-01", "2027-06-15", year)
        spring = session("spring", "term", "2026-08-05", "2027-08-01", year)
        periods = [
            session("p1", "gradingPeriod", "2026-08-01", "2026-10-01", autumn),
            session("p2", "gradingPeriod", "2026-10-01", "2027-01-01", autumn),
        ]
        return [year, autumn, spring, *periods]

    def _courses(self) -> list[Record]:
        titles = ("Matematiikka", "Äidinkieli", "Historia")
        return [
            {**self.base(f"course-{n}"), "title": title, "courseCode": f"C_{n}", "org": self.link("org", self.org(0))}
            for n, title in enumerate(titles)
        ]

    def org(self, n: int) -> str:
        return f"org-{n}-{'ab'[self.t]}"

    def _classes(self) -> None:
        for n in range(6):
            self.records[Class].append(
                {
                    **self.base(f"class-{n}"),
                    "title": ("7A", "7B 100%", "Käsityö", "Kuoro", "Luku AND kirjoitus", "Piiri")[n],
                    "classType": "homeroom" if n < 2 else "scheduled",
                    "subjects": ["Matematiikka", "Fysiikka"],
                    "subjectCodes": ["MA", "FY"],
                    "periods": ["1", "2"],
                    "course": self.link("course", self.records[Course][n % 3]["sourcedId"]),
                    "school": self.link("org", self.org(1 + n % 2)),
                    "terms": [self.link("academicSession", self.records[AcademicSession][1 + n // 3]["sourcedId"])],
                }
            )

    def user(self, n: int, *roles: tuple[str, int]) -> Record:
        family, given = FAMILY_NAMES[self.t][n % 8], GIVEN_NAMES[n % 6]
        primary: set[int] = set()
        held = []
        for role, org in roles:
            rank = "secondary" if org in primary else "primary"
            primary.add(org)
            held.append({"roleType": rank, "role": role, "org": self.link("org", self.org(org))})
        # The first users bear the same ids in both tenants, which the standard allows.
        record = {
            **self.base(f"user-{n}", shared=n < 2),
            "enabledUser": "false" if n % 5 == 0 else "true",
            "givenName": given,
            "familyName": family,
            "roles": held,
        }
        if n % 3:
            record["email"] = f"user{n}.{'ab'[self.t]}@example.org"
        if n == 4:
            account = "https://accounts.invalid/4"
            record["userProfiles"] = [{"profileId": account, "profileType": "sso", "vendorId": "v.invalid"}]
            held[0]["userProfile"] = account
        self.records[User].append(record)
        return record

    def _people(self) -> None:
        pupils = [self.user(n, ("student", 1 + n % 2)) for n in range(16)]
        teachers = [self.user(16, ("guardian", 1), ("teacher", 1)), self.user(17, ("teacher", 2), ("teacher", 1))]
        self.user(18, ("guardian", 1))
        self.user(19, ("principal", 1))
        for number, pupil in enumerate(pupils):
            for n in (number % 2, 2 + number % 2):
                self.enrol(pupil, n, "student")
        for n in range(6):
            self.enrol(teachers[n % 2], n, "teacher")
        moved = self.enrol(pupils[0], 4, "student")
        moved["status"] = "tobedeleted"
        pupils[15]["status"] = "tobedeleted"
        self.records[Demographics] = [
            {**self.base(""), "sourcedId": p["sourcedId"], "birthDate": "2013-02-03", "sex": "female"}
            for p in pupils[:4]
        ]

    def enrol(self, user: Record, n: int, role: str) -> Record:
        taught = self.records[Class][n]
        record = {
            **self.base(f"enr-{len(self.records[Enrollment])}"),
            "user": self.link("user", user["sourcedId"]),
            "class": self.link("class", taught["sourcedId"]),
            "school": dict(taught["school"]),
            "role": role,
            "beginDate": "2026-08-10",
            "endDate": "2027-06-01",
        }
        if role == "teacher":
            record["primary"] = "true"
        self.records[Enrollment].append(record)
        return record
