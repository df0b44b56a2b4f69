"""The data of a provider: two invented towns, every person in them made up from words that are no names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any, Final

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]


@dataclass(frozen=True)
class Ref:
    """A link to a record: its type token and its id."""

    kind: str
    id: str


PLURAL: Final = {
    "academicSession": "academicSessions",
    "class": "classes",
    "course": "courses",
    "org": "orgs",
    "user": "users",
    "resource": "resources",
    "category": "categories",
    "lineItem": "lineItems",
    "scoreScale": "scoreScales",
    "assessmentLineItem": "assessmentLineItems",
}

FAMILY: Final = (
    "Testinen", "Esimerkki", "Näyteniemi", "Koekäs", "Öljymalli", "Åkerprov", "Mallikas", "O'Testi", "Provström",
    "Ääriraja", "Šablon", "Testinen-Koe", "von Mallström", "Mallikäs", "Ølprøve", "Zeta", "Yrite", "Wähentö",
)  # fmt: skip
GIVEN: Final = (
    "Säde", "Routa", "Ilta", "Pyry", "Åska", "Kuura", "Tyyni", "Öyvind-Malli", "Halla", "Usva", "Myrsky", "Ælfa",
    "Vihma", "Lumi Säde", "Poutain", "Ukkola", "Tuisku",
)  # fmt: skip
SUBJECTS: Final = (("VA", "Luokanvalvonta"), ("MA", "Matematiikka"), ("BI", "Biologia"), ("MU", "Musiikki"))
GRADES: Final = ("7", "8", "9")
TERMS: Final = (  # the days on which the parts of the year begin; each ends where the next begins
    date(2026, 8, 10), date(2026, 10, 12), date(2027, 1, 7), date(2027, 3, 22), date(2027, 6, 5),
)  # fmt: skip
PAST_TERMS: Final = tuple(day - timedelta(days=364) for day in TERMS)


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=6).digest(), "big")


class Town:
    """Fills the tables of one tenant. `digit` begins its ids, so that no id stands in two tenants."""

    def __init__(self, digit: int, *, schools: int = 3, pupils: int = 9) -> None:
        self.digit, self.schools, self.pupils = digit, schools, pupils
        self.tables: Tables = {
            name: {} for name in (*PLURAL.values(), "enrollments", "demographics", "results", "assessmentResults")
        }
        self._names = cycle((family, given) for given in GIVEN for family in FAMILY)
        self._names = islice(self._names, _number("start", digit) % 50, None)

    def fill(self) -> Tables:
        """Return the tables."""
        self._sessions(2027, TERMS)
        self._sessions(2026, PAST_TERMS)
        self._orgs()
        self._resources()
        for school in range(1, self.schools + 1):
            self._school(school)
        self._guardians()
        self._gradebook()
        self._assessments()
        self._leavers()
        return self.tables

    def _add(self, table: str, id_: str, **more: Any) -> Row:
        moved = datetime(2026, 8, 3, 6, 30, tzinfo=UTC) + timedelta(seconds=_number(table, id_) % (100 * 86_400))
        row = {"sourcedId": id_, "status": "active", "dateLastModified": moved, **more}
        self.tables[table][id_] = {name: value for name, value in row.items() if value is not None and value != []}
        return self.tables[table][id_]

    # --- years and places -----------------------------------------------------------------------------------------

    def _sessions(self, year: int, days: tuple[date, ...]) -> None:
        def name(part: str) -> str:
            return f"lv{year}.{self.digit}.{part}"

        def session(part: str, kind: str, days: tuple[date, date], parent: str | None, children: list[str]) -> None:
            self._add(
                "academicSessions", name(part), title=f"Lukuvuosi {year - 1}-{year} {part}".strip(), type=kind,
                startDate=days[0], endDate=days[1], schoolYear=str(year),
                parent=Ref("academicSession", name(parent)) if parent else None,
                children=[Ref("academicSession", name(child)) for child in children],
            )  # fmt: skip

        session("koko", "schoolYear", (days[0], days[4]), None, ["syksy", "kevat"])
        session("syksy", "semester", (days[0], days[2]), "koko", ["j1", "j2"])
        session("kevat", "semester", (days[2], days[4]), "koko", ["j3", "j4"])
        for part in range(4):
            half = "syksy" if part < 2 else "kevat"
            session(f"j{part + 1}", "term", (days[part], days[part + 1]), half, [f"a{part + 1}"])
            session(f"a{part + 1}", "gradingPeriod", (days[part], days[part + 1]), f"j{part + 1}", [])

    def _orgs(self) -> None:
        town, d = f"kunta-{self.digit}", self.digit
        ids = [f"sch-{d}{school:03}" for school in range(1, self.schools + 1)]
        self._add(
            "orgs", town, name=f"Mallikunta {d}", type="district", identifier=f"K{d}",
            children=[Ref("org", id_) for id_ in ids],
        )  # fmt: skip
        titles = ("Näyttelän koulu", "Övningsskolan i Provby", "Testilän yhteiskoulu", "Åvik skola")
        for id_, title in zip(ids, titles, strict=False):
            self._add("orgs", id_, name=title, type="school", identifier=f"T-{id_}", parent=Ref("org", town))

    def _resources(self) -> None:
        for n in range(1, 15):
            self._add(
                "resources", f"res.{self.digit}.{n:02}", title=f"Oppikirja {n} - äänikirja" if n % 3 else None,
                roles=["student", "teacher"][: n % 3], importance="primary" if n % 2 else "secondary",
                vendorResourceId=f"isbn-{self.digit}-{n:05}", vendorId="kustantaja.invalid",
                applicationId="lukija" if n % 4 == 0 else None,
            )  # fmt: skip

    # --- people and classes ---------------------------------------------------------------------------------------

    def _user(self, number: int, role: str, school: str, *, second: Row | None = None, **more: Any) -> Row:
        family, given = next(self._names)
        id_ = str(self.digit * 1_000_000 + number * 7)
        roles: list[Row] = [{"roleType": "primary", "role": role, "org": Ref("org", school)}]
        contact = number % 5 != 3
        return self._add(
            "users", id_, username=f"u{id_}" if number % 9 else None,
            userIds=[{"type": "kortti", "identifier": f"KRT{id_}"}] if number % 4 == 0 else None,
            enabledUser="false" if number % 23 == 5 else "true", givenName=given, familyName=family,
            middleName="Malli Testi" if number % 8 == 0 else None,
            preferredFirstName=given[:3] if number % 11 == 0 else None,
            roles=[*roles, second] if second else roles, primaryOrg=Ref("org", school),
            email=f"{role}.{id_}@kunta{self.digit}.invalid" if contact else None,
            phone=f"+000 {number:04}" if number % 6 == 0 else None,
            identifier=f"HLO-{id_}" if number % 3 else None, **more,
        )  # fmt: skip

    def _school(self, n: int) -> None:
        school, d = f"sch-{self.digit}{n:03}", self.digit
        other = f"sch-{d}{n % self.schools + 1:03}"
        away = {"roleType": "primary", "role": "teacher", "org": Ref("org", other)} if other != school else None
        teachers = [
            self._user(n * 1000 + t, "teacher", school, second=away if t == 2 else None)["sourcedId"] for t in range(7)
        ]
        self._user(n * 1000 + 90, "principal", school)
        courses = {
            (code, grade): self._add(
                "courses", f"crs_{d}{n}_{code}{grade}", title=f"{title} {grade}", courseCode=f"{code}{grade}",
                grades=[grade], subjects=[title], subjectCodes=[code], org=Ref("org", school),
                schoolYear=Ref("academicSession", f"lv2027.{d}.koko"),
                resources=[Ref("resource", f"res.{d}.{n:02}")] if code == "BI" else None,
            )["sourcedId"]
            for code, title in SUBJECTS for grade in GRADES
        }  # fmt: skip
        pupil = n * 1000 + 100
        for g, grade in enumerate(GRADES):
            whole: list[str] = []
            for letter in "AB":
                room = self._class(n, courses["VA", grade], f"{grade}{letter}", "homeroom", ("j1", "j2", "j3", "j4"))
                ids = []
                for _ in range(self.pupils):
                    pupil += 1
                    ids.append(self._pupil(pupil, school, grade))
                self._enrol(room, ids, [teachers[(g * 2 + "AB".index(letter)) % 7]])
                whole += ids
            for s, (code, title) in enumerate(SUBJECTS[1:]):
                name = f"{title} {grade}" if code != "MU" else f"100 % {title}_{grade} 🎻 & muuta"
                group = self._class(n, courses[code, grade], name, "scheduled", ("j1", "j2") if s else ("j3",))
                self._enrol(group, whole[s::2] if s else whole, [teachers[(g + s) % 7], teachers[(g + s + 3) % 7]])
        old = self._class(n, courses["VA", "7"], "Viime vuoden 7C", "homeroom", ("j1", "j4"), year=2026)
        self._enrol(old, whole[:5], [teachers[6]], until=PAST_TERMS[4])

    def _class(self, n: int, course: str, title: str, kind: str, terms: tuple[str, ...], *, year: int = 2027) -> Row:
        d, number = self.digit, len(self.tables["classes"]) + 1
        return self._add(
            "classes", f"cls.{d}.{number:04}", title=title, classCode=f"{title[:2]}-{number}" if number % 7 else None,
            classType=kind, location=f"Luokka {number}" if number % 3 else None, grades=[str(7 + number % 3)],
            subjects=self.tables["courses"][course]["subjects"],
            subjectCodes=self.tables["courses"][course]["subjectCodes"],
            course=Ref("course", course), school=Ref("org", f"sch-{d}{n:03}"),
            terms=[Ref("academicSession", f"lv{year}.{d}.{term}") for term in terms],
            periods=["1", "2"] if number % 2 else None,
            resources=[Ref("resource", f"res.{d}.{1 + number % 14:02}")] if number % 5 == 0 else None,
        )  # fmt: skip

    def _pupil(self, number: int, school: str, grade: str) -> str:
        d = self.digit
        user = self._user(
            number, "student", school, grades=[grade],
            resources=[Ref("resource", f"res.{d}.{1 + number % 14:02}")] if number % 31 == 0 else None,
        )  # fmt: skip
        born = date(2020 - int(grade), 1, 1) + timedelta(days=_number("born", d, number) % 365)
        self._add(
            "demographics", user["sourcedId"], birthDate=born, sex=("female", "male", "unspecified")[number % 3],
            countryOfBirthCode="FI" if number % 4 else None, cityOfBirth="Testilä" if number % 5 else "Övby",
        )  # fmt: skip
        return user["sourcedId"]

    def _enrol(self, group: Row, pupils: list[str], teachers: list[str], *, until: date | None = None) -> None:
        sessions = self.tables["academicSessions"]
        begin = min(sessions[term.id]["startDate"] for term in group["terms"])
        for user, role in [*((one, "student") for one in pupils), *((one, "teacher") for one in teachers)]:
            number = len(self.tables["enrollments"]) + 1
            self._add(
                "enrollments", f"en-{self.digit}-{number:05}", user=Ref("user", user),
                **{"class": Ref("class", group["sourcedId"])}, school=group["school"], role=role,
                primary=("true" if user == teachers[0] else "false") if role == "teacher" else None,
                beginDate=begin if number % 3 else None, endDate=until,
            )  # fmt: skip

    def _guardians(self) -> None:
        pupils = [user for user in self.tables["users"].values() if user["roles"][0]["role"] == "student"]
        for n, (one, two) in enumerate(zip(pupils[::6], pupils[1::6], strict=False)):
            wards = [one, two] if n % 3 else [one]
            guardian = self._user(9000 + n, "guardian" if n % 4 else "parent", one["primaryOrg"].id)
            guardian["agents"] = [Ref("user", ward["sourcedId"]) for ward in wards]
            for ward in wards:
                ward["agents"] = [Ref("user", guardian["sourcedId"])]
        teacher = next(u for u in self.tables["users"].values() if u["roles"][0]["role"] == "teacher")
        teacher["roles"].append({"roleType": "secondary", "role": "parent", "org": teacher["roles"][0]["org"]})
        teacher["agents"] = [Ref("user", pupils[-1]["sourcedId"])]
        pupils[-1].setdefault("agents", []).append(Ref("user", teacher["sourcedId"]))

    # --- grades ---------------------------------------------------------------------------------------------------

    def _members(self, group: str) -> list[str]:
        return [
            e["user"].id for e in self.tables["enrollments"].values()
            if e["class"].id == group and e["role"] == "student"
        ]  # fmt: skip

    def _gradebook(self) -> None:
        d = self.digit
        for n, title in enumerate(("Kokeet", "Läksyt", "Tuntityö", "Förhör"), 1):
            self._add("categories", f"{d}{n}", title=title, weight=(40, 12.5, 0.3, None)[n - 1])
        groups = [c for c in self.tables["classes"].values() if c["classType"] == "scheduled"]
        groups = [*groups[1::4], groups[0], groups[2]]  # a pupil of these has results in two classes
        for g, group in enumerate(groups):
            members, id_ = self._members(group["sourcedId"]), group["sourcedId"]
            scale = self._add(
                "scoreScales", f"scale-{d}-{g:02}", title="Arvosana-asteikko", type="numero",
                course=group["course"] if g % 2 else None, **{"class": Ref("class", id_)},
                scoreScaleValue=[{"itemValueLHS": "9-10", "itemValueRHS": "kiitettävä"},
                                 {"itemValueLHS": "5-8", "itemValueRHS": "hyväksytty"}],
            )["sourcedId"]  # fmt: skip
            for n in range(2):
                due = datetime(2026, 9, 1 + g, 12, 15, tzinfo=UTC) + timedelta(days=20 * n)
                item = self._add(
                    "lineItems", f"li:{d}:{g:02}{n}", title=f"Koe {n + 1} - käännös" if n else "Läksy 100 %",
                    description="Kirjan luvut 1-3" if n else None, assignDate=due - timedelta(days=7), dueDate=due,
                    **{"class": Ref("class", id_)}, school=group["school"], category=Ref("category", f"{d}{1 + g % 3}"),
                    gradingPeriod=Ref("academicSession", f"lv2027.{d}.a1") if n else None,
                    academicSession=Ref("academicSession", f"lv2027.{d}.j1"), scoreScale=Ref("scoreScale", scale),
                    resultValueMin=0 if n else 4, resultValueMax=100 if n else 10.5,
                )["sourcedId"]  # fmt: skip
                for m, pupil in enumerate(members):
                    self._result(item, pupil, id_, scale, m, large=bool(n))

    def _result(self, item: str, pupil: str, group: str, scale: str, m: int, *, large: bool) -> None:
        number = len(self.tables["results"]) + 1
        score: float = (9, 100, 72.25, 8, 10, 55.5, 7.1)[m % 7] if large else (9, 10, 7.25, 4, 8.5, 6.75, 10)[m % 7]
        self._add(
            "results", f"{self.digit}00{number:06}", lineItem=Ref("lineItem", item), student=Ref("user", pupil),
            **{"class": Ref("class", group)}, scoreScale=Ref("scoreScale", scale) if m % 2 else None,
            scoreStatus="fully graded" if m % 8 != 5 else "exempt", score=score if m % 8 != 5 else None,
            textScore="hyväksytty" if m % 8 == 5 else None,
            scoreDate=date(2026, 9, 10) + timedelta(days=(m * 5 + number) % 60),
            comment="Hyvää työtä, jatka näin" if m % 6 == 0 else None, late="true" if m % 9 == 0 else None,
            missing="false" if m % 4 == 0 else None,
        )  # fmt: skip

    def _assessments(self) -> None:
        d, scales = self.digit, list(self.tables["scoreScales"].values())
        for g, scale in enumerate(scales[:4]):
            group = scale["class"].id
            top = self._add(
                "assessmentLineItems", f"ali.{d}.{g}", title=f"Laaja-alainen osaaminen {g} - äänekäs öylätti",
                **{"class": Ref("class", group)}, scoreScale=Ref("scoreScale", scale["sourcedId"]),
                learningObjectiveSet=[{"source": "unknown", "learningObjectiveIds": [f"t{d}{g}", "ops-7"]}],
            )["sourcedId"]  # fmt: skip
            for n in range(2):
                part = self._add(
                    "assessmentLineItems", f"ali.{d}.{g}.{n}", title=f"Osa {n}", **{"class": Ref("class", group)},
                    parentAssessmentLineItem=Ref("assessmentLineItem", top), resultValueMin=0, resultValueMax=4.5,
                )["sourcedId"]  # fmt: skip
                for m, pupil in enumerate(self._members(group)[:6]):
                    self._add(
                        "assessmentResults", f"ar-{d}-{g}{n}{m}", assessmentLineItem=Ref("assessmentLineItem", part),
                        student=Ref("user", pupil), score=(0.5, 3, 4.5)[m % 3], scoreDate=date(2026, 10, 1 + m),
                        scoreStatus="fully graded", scorePercentile=10.5 * m, inProgress="false" if m % 2 else None,
                        textScore="tyydyttävä" if m == 3 else None,
                    )  # fmt: skip

    def _leavers(self) -> None:
        """Some who left: their records and all that hangs on them are marked for deletion."""
        graded = {r["student"].id for name in ("results", "assessmentResults") for r in self.tables[name].values()}
        pupils = [
            u["sourcedId"] for u in self.tables["users"].values()
            if u["roles"][0]["role"] == "student" and u["sourcedId"] not in graded and "agents" not in u
        ]  # fmt: skip
        gone = set(pupils[::9][:5])
        for id_ in gone:
            self.tables["users"][id_]["status"] = self.tables["demographics"][id_]["status"] = "tobedeleted"
        for number, row in enumerate(self.tables["enrollments"].values()):
            if row["user"].id in gone or (
                number % 90 == 17 and row["role"] == "student" and row["user"].id not in graded
            ):
                row["status"] = "tobedeleted"
        self.tables["resources"][f"res.{self.digit}.14"]["status"] = "tobedeleted"
        results = list(self.tables["results"].values())
        results[len(results) // 2]["status"] = "tobedeleted"
