"""Legal servers: people and places otherwise than in the first town, as Finnish schools have them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from tests.strangers.server import Request, Vendor
from tests.strangers.third.lists import holders, of_type, renamed, variant
from tests.strangers.third.records import Settled
from tests.strangers.town import Ref, Row, Tables, Town

WORLD: Final = (
    ("Áŋŧe", "Sámi-Testinen"), ("Þóra", "Prufudóttir"), ("محمد", "تجربة"), ("试验", "测"), ("Ng", "O"),
    ("Анна", "Пробная"), ("José María", "Prueba y Ensayo"), ("Łucja", "Próbna"), ("-", "Mononyymi"),
    ("Zoë 👩🏽‍🏫", "de la Prüfung"), ("İpek", "Deneme-Ğ"), ("Maija-Liisa Åsa Émilie", "af Provhjelm"),
)  # fmt: skip
CODE: Final = (
    "NULL",
    "true",
    "007",
    "1e3",
    "2026-08-10",
    "ryhmä AND toinen",
    "<b>7A</b>",
    "a\\b",
    "100 %_",
    "x=y&z;w",
    "+1",
)


# --- names and ids ----------------------------------------------------------------------------------------------------


@variant("names-of-the-world")
class NamesOfTheWorld(Settled):
    """Names of any script, of one letter or of four words; a surname is what the vendor says it is."""

    def change(self, tables: Tables) -> None:
        for number, row in enumerate(tables["users"].values()):
            row["givenName"], row["familyName"] = WORLD[number % len(WORLD)]
            row.pop("preferredFirstName", None)


@variant("texts-like-code")
class TextsLikeCode(Settled):
    """Titles and rooms that look like keywords, numbers, markup or patterns are texts all the same."""

    def change(self, tables: Tables) -> None:
        for number, row in enumerate(tables["classes"].values()):
            row["title"] = CODE[number % len(CODE)]
            row["location"] = CODE[(number * 3 + 1) % len(CODE)]


@variant("every-title-the-same")
class EveryTitleTheSame(Settled):
    """All courses, classes and line items are called the same: titles identify nothing."""

    def change(self, tables: Tables) -> None:
        for name in ("classes", "courses", "lineItems", "academicSessions", "categories"):
            for row in tables[name].values():
                row["title"] = "Ryhmä"


@variant("ids-are-oids")
class IdsAreOids(Settled):
    """Ids are object identifiers of the test nodes of the national registers: digits and full stops."""

    def change(self, tables: Tables) -> Tables:
        users = {id_: f"1.2.246.562.98.{int(id_):011}" for id_ in tables["users"]}
        orgs = {id_: f"1.2.246.562.99.{n:011}" for n, id_ in enumerate(tables["orgs"], 1000 * len(tables["users"]))}
        return renamed(renamed(tables, "users", users), "orgs", orgs)


@variant("ids-with-slashes-and-signs")
class IdsWithSlashesAndSigns(Settled):
    """An id is opaque: it may hold slashes, equals signs, plus, percent and braces, and begin with a dot."""

    def change(self, tables: Tables) -> Tables:
        ids = {id_: f".{{{id_}}}/{n:x}+a%2F==" for n, id_ in enumerate(tables["classes"])}
        courses = {id_: f"{id_}?kurssi=#{n}" for n, id_ in enumerate(tables["courses"])}
        return renamed(renamed(tables, "classes", ids), "courses", courses)


@variant("same-ids-in-both-towns")
class SameIdsInBothTowns(Vendor):
    """Each town has a database and counters of its own: an id stands in both, for two different records."""

    def populate(self) -> dict[str, Tables]:
        kivi = Town(7, schools=self.schools, pupils=self.pupils).fill()
        lumi = Town(7, schools=self.schools, pupils=max(3, self.pupils - 2)).fill()
        for table in lumi.values():
            for row in table.values():
                row["dateLastModified"] += timedelta(days=2)
                for name in ("title", "name", "familyName", "comment"):
                    if name in row:
                        row[name] = f"Lumi {row[name]}"
        return {"kivi": kivi, "lumi": lumi}


@variant("one-id-for-several-kinds")
class OneIdForSeveralKinds(Settled):
    """A course and its class, an org and a session have one id: it identifies within its kind (links tell the type)."""

    def change(self, tables: Tables) -> Tables:
        for name in ("classes", "courses", "orgs", "resources", "academicSessions"):
            tables = renamed(tables, name, {id_: str(n) for n, id_ in enumerate(tables[name], 1)})
        return tables


# --- roles ------------------------------------------------------------------------------------------------------------


@variant("a-dozen-roles")
class ADozenRoles(Settled):
    """A teacher has roles in every school, of several kinds, some past, some of vendors' own words."""

    def change(self, tables: Tables) -> None:
        schools = [row["sourcedId"] for row in of_type(tables, "orgs", "school")]
        row = holders(tables, "teacher")[-1]
        held = {role["org"].id for role in row["roles"] if role["roleType"] == "primary"}
        for school in schools:
            kind = "secondary" if school in held else "primary"
            row["roles"].append({"roleType": kind, "role": "ext:opinto-ohjaaja", "org": Ref("org", school)})
            for role in ("aide", "ext:Valvoja_2.a", "proctor"):
                past = {"beginDate": date(2019, 8, 1), "endDate": date(2020, 6, 1)}
                row["roles"].append({"roleType": "secondary", "role": role, "org": Ref("org", school), **past})


@variant("pupils-of-several-schools")
class PupilsOfSeveralSchools(Settled):
    """Pupils go to another school for a language: a role and an enrolment there, their own school first."""

    def change(self, tables: Tables) -> None:
        schools = [row["sourcedId"] for row in of_type(tables, "orgs", "school")]
        pupils = [row for row in holders(tables, "student") if row["status"] == "active"][::7]
        for number, row in enumerate(pupils):
            away = next((id_ for id_ in schools if id_ != row["primaryOrg"].id), None)
            if away is None:
                return
            row["roles"].append({"roleType": "primary", "role": "student", "org": Ref("org", away)})
            group = next(
                c for c in tables["classes"].values() if c["school"].id == away and c["classType"] != "homeroom"
            )
            there = Ref("class", group["sourcedId"])
            id_ = f"en-guest-{len(tables['users'])}-{number}"
            tables["enrollments"][id_] = {
                "sourcedId": id_, "status": "active", "dateLastModified": row["dateLastModified"], "role": "student",
                "user": Ref("user", row["sourcedId"]), "class": there, "school": group["school"],
            }  # fmt: skip


@variant("left-and-came-back")
class LeftAndCameBack(Settled):
    """Who left a class and came back has two enrolments in it, one after the other, and is one pupil of it."""

    def change(self, tables: Tables) -> None:
        rows = [r for r in tables["enrollments"].values() if r["role"] == "student" and r["status"] == "active"]
        for row in rows[::15]:
            terms = [tables["academicSessions"][term.id] for term in tables["classes"][row["class"].id]["terms"]]
            begin = min(term["startDate"] for term in terms)
            again = {**row, "sourcedId": f"{row['sourcedId']}-b", "beginDate": begin + timedelta(days=30)}
            row.update(beginDate=begin, endDate=begin + timedelta(days=14))
            tables["enrollments"][again["sourcedId"]] = again


@variant("two-homerooms")
class TwoHomerooms(Settled):
    """A pupil has a form class and a preparatory group, both of type homeroom: the standard counts none of them."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["classes"].values())[::3]:
            row["classType"] = "homeroom"


@variant("deleted-without-names")
class DeletedWithoutNames(Settled):
    """Who is marked for deletion has placeholders for names and nothing that is optional: minimised, and complete."""

    def change(self, tables: Tables) -> None:
        for row in tables["users"].values():
            if row["status"] == "tobedeleted":
                row.update(givenName="Poistettu", familyName="Poistettu", enabledUser="false")
                for name in ("email", "phone", "username", "identifier", "userIds", "grades", "middleName"):
                    row.pop(name, None)


@variant("people-with-everything")
class PeopleWithEverything(Settled):
    """Every optional property is there: pronouns, preferred names, profiles with credentials, ids of many kinds."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["users"].values())[::4]:
            id_ = row["sourcedId"]
            profile = f"https://tili.invalid/{id_}"
            row.update(
                userMasterIdentifier=f"M-{id_}", pronouns="hän", preferredMiddleName="Ö", preferredLastName="Å",
                sms="+000 1", userIds=[{"type": "ext", "identifier": "1"}, {"type": "Oppijanumero", "identifier": id_}],
                userProfiles=[{"profileId": profile, "profileType": "a", "vendorId": "v.invalid", "description": "tili",
                               "credentials": [{"type": "sso", "username": id_, "x": [1, None]}]}],
            )  # fmt: skip
            row["roles"][0]["userProfile"] = profile
        for number, row in enumerate(tables["demographics"].values()):
            row.update(sex=("other", "ext:x", "unspecified")[number % 3], white="false", asian="true",
                       stateOfBirthAbbreviation="-", publicSchoolResidenceStatus="01652")  # fmt: skip


# --- places and years -------------------------------------------------------------------------------------------------


@variant("schools-without-a-town")
class SchoolsWithoutATown(Settled):
    """No org has a parent or children: both are optional; the municipality is not told."""

    def change(self, tables: Tables) -> None:
        for id_, row in list(tables["orgs"].items()):
            row.pop("parent", None)
            if row["type"] == "district":
                del tables["orgs"][id_]


@variant("courses-of-the-town")
class CoursesOfTheTown(Settled):
    """Courses belong to the municipality or to nobody, classes to schools: course.org is an owner and optional."""

    def change(self, tables: Tables) -> None:
        (town,) = of_type(tables, "orgs", "district")
        for number, row in enumerate(tables["courses"].values()):
            row["org"] = Ref("org", town["sourcedId"])
            if number % 3 == 0:
                del row["org"]


@variant("courses-of-past-years")
class CoursesOfPastYears(Settled):
    """A course was written for another school year than its classes are in: the official test sets have that valid."""

    def change(self, tables: Tables) -> None:
        old = of_type(tables, "academicSessions", "schoolYear")[-1]["sourcedId"]
        for row in tables["courses"].values():
            row["schoolYear"] = Ref("academicSession", old)


@variant("classes-in-semesters")
class ClassesInSemesters(Settled):
    """class.terms leads to semesters: a term or a semester will do."""

    def change(self, tables: Tables) -> None:
        for row in list(tables["classes"].values())[::2]:
            halves = {tables["academicSessions"][term.id]["parent"] for term in row["terms"]}
            row["terms"] = sorted(halves, key=lambda ref: ref.id)


@variant("summer-school")
class SummerSchool(Settled):
    """A term in the summer, outside of every school year, with a class and one pupil: sessions need no parent."""

    def change(self, tables: Tables) -> None:
        moved = next(iter(tables["orgs"].values()))["dateLastModified"]
        base: Row = {"status": "active", "dateLastModified": moved}
        id_ = f"kesa-{len(tables['users'])}"
        tables["academicSessions"][id_] = {
            **base, "sourcedId": id_, "title": "Kesälukukausi", "type": "term", "schoolYear": "2026",
            "startDate": date(2026, 6, 8), "endDate": date(2026, 7, 1),
        }  # fmt: skip
        like = dict(list(tables["classes"].values())[-2])
        like |= {**base, "sourcedId": f"{id_}-1", "terms": [Ref("academicSession", id_)], "classType": "ext:kesa.koulu"}
        tables["classes"][f"{id_}-1"] = like
        pupil = next(row for row in holders(tables, "student") if row["status"] == "active")
        tables["enrollments"][f"{id_}-en"] = {
            **base, "sourcedId": f"{id_}-en", "user": Ref("user", pupil["sourcedId"]), "role": "student",
            "class": Ref("class", f"{id_}-1"), "school": like["school"], "beginDate": date(2026, 6, 8),
            "endDate": date(2026, 6, 9),
        }  # fmt: skip


@variant("terms-that-overlap")
class TermsThatOverlap(Settled):
    """Terms of two calendars overlap, and one lasts a single day: nothing says that terms follow each other."""

    def change(self, tables: Tables) -> None:
        for row in of_type(tables, "academicSessions", "term")[:4]:
            id_ = f"{row['sourcedId']}.toinen"
            tables["academicSessions"][id_] = {
                **{n: v for n, v in row.items() if n not in {"parent", "children"}}, "sourcedId": id_,
                "title": "Toisen koulun jakso", "endDate": row["startDate"] + timedelta(days=1),
            }  # fmt: skip


@variant("sessions-in-own-words")
class SessionsInOwnWords(Settled):
    """Orgs, sessions and classes have types of the vendor's own, with every sign that an extension may have."""

    def change(self, tables: Tables) -> None:
        for row in of_type(tables, "orgs", "district"):
            row["type"] = "ext:Kunta-ja_kuntayhtyma.1"
        for row in of_type(tables, "academicSessions", "semester"):
            row["type"] = "ext:lukukausi"
        for row in tables["classes"].values():
            if row["classType"] == "homeroom":
                row["classType"] = "ext:-._9"
        for row in tables["enrollments"].values():
            if row["role"] == "teacher" and row.get("primary") == "false":
                row["role"] = "ext:samanaikaisopettaja"
                del row["primary"]


@variant("a-village")
class AVillage(Settled):
    """One school of three dozen pupils; a class of all grades; nobody has an e-mail, some have no username either."""

    schools = 1
    pupils = 6

    def change(self, tables: Tables) -> None:
        for row in tables["users"].values():
            for name in ("email", "phone", "middleName", "identifier"):
                row.pop(name, None)
        for row in tables["classes"].values():
            row["grades"] = ["7", "8", "9"]


@variant("class-of-everyone")
class ClassOfEveryone(Settled):
    """The assembly is a class in which all pupils and teachers of the school are enrolled: no bound is stated."""

    def change(self, tables: Tables) -> None:
        group = next(row for row in tables["classes"].values() if row["classType"] == "homeroom")
        there = {row["user"].id for row in tables["enrollments"].values() if row["class"].id == group["sourcedId"]}
        for row in [*holders(tables, "student"), *holders(tables, "teacher")]:
            id_ = f"en-all-{row['sourcedId']}"
            if row["sourcedId"] not in there and row["primaryOrg"] == group["school"] and row["status"] == "active":
                tables["enrollments"][id_] = {
                    "sourcedId": id_, "status": "active", "dateLastModified": row["dateLastModified"],
                    "role": row["roles"][0]["role"], "user": Ref("user", row["sourcedId"]),
                    "class": Ref("class", group["sourcedId"]), "school": group["school"],
                }  # fmt: skip


@variant("hidden-from-the-narrow")
class HiddenFromTheNarrow(Vendor):
    """The narrower client gets people without their grades and agents as well: less is always allowed."""

    def seen(self, request: Request, row: Row) -> Row:
        found = super().seen(request, row)
        if found is row:
            return row
        return {name: value for name, value in found.items() if name not in {"grades", "agents", "middleName"}}
