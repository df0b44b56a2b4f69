"""Legal variants of 1.1 in ids, links and people: whoever accuses one is wrong, and its docstring says why."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from tests.strangers.town import Ref, Row, Tables
from tests.strangers.v1p1.registry import is_a, legal
from tests.strangers.v1p1.routes import BASE
from tests.strangers.v1p1.server import Old
from tests.strangers.v1p1.tables import FLAGS

TOKENS: Final = {
    "academicSessions": "academicSession", "classes": "class", "courses": "course", "orgs": "org", "users": "user",
    "demographics": "user", "enrollments": "enrollment",
}  # fmt: skip


def rows_of(tables: Tables) -> Iterator[Row]:
    """Return every record."""
    for table in tables.values():
        yield from table.values()


def renamed(tables: Tables, new: dict[tuple[str, str], str]) -> Tables:
    """Return the tables with other ids, by link token and old id."""

    def told(value: Any) -> Any:
        if isinstance(value, Ref):
            return Ref(value.kind, new[value.kind, value.id])
        return [told(one) for one in value] if isinstance(value, list) else value

    return {
        name: {
            (id_ := new[TOKENS[name], row["sourcedId"]]): {key: told(value) for key, value in row.items()}
            | {"sourcedId": id_}
            for row in table.values()
        }
        for name, table in tables.items()
    }


def _ids(tables: Tables) -> Iterator[tuple[str, str, int]]:
    for name, table in tables.items():
        if name != "demographics":
            yield from ((TOKENS[name], id_, number) for number, id_ in enumerate(table, 1))


# --- ids and links ----------------------------------------------------------------------------------------------------


@legal("ids-are-numbers-of-a-table")
class NumbersOfATable(Old):
    """Rows are numbered in each table, so user 2 and org 2 exist; an id is unique among its kind (ClassLink)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        digit = 7 if tenant == "kivi" else 4
        return renamed(tables, {(token, id_): f"{digit}{number}" for token, id_, number in _ids(tables)})


@legal("ids-of-any-sign")
class AnySign(Old):
    """Ids are opaque: slashes, spaces, per cent, letters with marks; a path carries them percent-encoded."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(tables, {(t, id_): f"{tenant}/{t}: 100 % ö+{n}'" for t, id_, n in _ids(tables)})


@legal("ids-of-255-signs")
class LongIds(Old):
    """Ids are as long as a CSV of the same standard lets them be."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        return renamed(tables, {(t, id_): f"{tenant}-{t}-{n:05}-".ljust(255, "x") for t, id_, n in _ids(tables)})


@legal("words-of-guid-type")
class WordsOfGuidType(Old):
    """The 1.1 vocabulary of link types has term, gradingPeriod, student and teacher beside the general words."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        self.kinds: dict[tuple[str, str], str] = getattr(self, "kinds", {})
        for kind, table, field in (("user", "users", "role"), ("academicSession", "academicSessions", "type")):
            self.kinds |= {(kind, id_): row[field] for id_, row in tables[table].items()}
        return tables

    def link(self, name: str, ref: Ref) -> Row:
        word = self.kinds.get((ref.kind, ref.id), "")
        narrow = word in {"student", "teacher", "term", "gradingPeriod"}
        return super().link(name, ref) | ({"type": word} if narrow else {})


@legal("links-lead-to-views")
class LinksToViews(WordsOfGuidType):
    """A link to a teacher leads to /teachers/{id}, one to a term to /terms/{id}: the same object stands there."""

    def link(self, name: str, ref: Ref) -> Row:
        word = super().link(name, ref)["type"]
        href = f"{self.url}{self.prefix}{BASE}/{word}s/{quote(ref.id, safe='')}"
        told = Old.link(self, name, ref)
        return told | ({"href": href} if word not in {ref.kind, "class"} else {})


# --- people -----------------------------------------------------------------------------------------------------------


@legal("all-roles-of-1.1")
class AllRoles(Old):
    """Aides, proctors, relatives and administrators too, some of them enrolled as such: the 1.1 words."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        teachers = [row for row in tables["users"].values() if row["role"] == "teacher"]
        for row, role in zip(teachers[::3], ("aide", "proctor", "administrator", "relative"), strict=False):
            row["role"] = role
            for one in tables["enrollments"].values():
                if one["user"].id == row["sourcedId"]:
                    one["role"] = role if role in {"proctor", "administrator"} else "proctor"
                    one.pop("primary", None)
        return tables


@legal("enrolled-as-another-than-one-is")
class EnrolledAsAnother(Old):
    """A pupil teaches a club: the role in a class need not be that of the user (an official case of valid data)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        pupils = [id_ for id_, row in tables["users"].items() if row["role"] == "student" and row["status"] == "active"]
        (first, *_) = (one for one in tables["enrollments"].values() if one["role"] == "teacher")
        id_ = first["sourcedId"] + "-kerho"
        tables["enrollments"][id_] = first | {"sourcedId": id_, "user": Ref("user", pupils[-1]), "primary": "false"}
        return tables


@legal("nobody-but-pupils-and-teachers")
class PupilsAndTeachers(Old):
    """No guardians, no administrators, no agents: a provider says what it has."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        tables["users"] = {id_: row for id_, row in tables["users"].items() if row["role"] in {"student", "teacher"}}
        for row in tables["users"].values():
            row.pop("agents", None)
        return tables


@legal("empty-texts")
class EmptyTexts(Old):
    """What nobody filled in is an empty text, as ClassLink tells sms, phone and password: of its type, if unhelpful."""

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {"sms": "", "phone": "", "middleName": ""} | told if is_a("user", row) else told


@legal("empty-lists-told")
class EmptyLists(Old):
    """A list without elements is told as one: no field of 0..* wants any."""

    def render(self, row: Row) -> Row:
        lists = {"user": ("agents", "grades", "userIds"), "session": ("children",), "org": ("children",)}
        names = next((names for kind, names in lists.items() if is_a(kind, row)), ())
        return {name: [] for name in names} | super().render(row)


@legal("flags-of-origin")
class FlagsOfOrigin(Old):
    """The flags of demographics are told, as an American provider has them: the texts true and false."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for number, row in enumerate(tables["demographics"].values()):
            row |= {flag: "true" if (number + place) % 5 == 0 else "false" for place, flag in enumerate(FLAGS)}
        return tables


@legal("nothing-optional")
class NothingOptional(Old):
    """Only what an object needs."""

    needed: Final = frozenset(
        "sourcedId status dateLastModified title startDate endDate type schoolYear course school terms name "  # noqa: SIM905
        "identifier courseCode username enabledUser givenName familyName role orgs user class".split()
    )

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            for name in [name for name in row if name not in self.needed]:
                del row[name]
        for row in tables["users"].values():
            row.pop("identifier", None)
        for row in tables["courses"].values():
            row.pop("schoolYear", None)
            row.pop("org", None)
        return tables


@legal("metadata-of-any-kind")
class AnyMetadata(Old):
    """metadata is the provider's own: nested, with nulls, numbers and truth values."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            row["metadata"] = {
                "fi.malli.koodi": "A",
                "sis": {"rivi": 7, "osat": [1, None], "tosi": True},
                "tyhja": None,
            }
        return tables


@legal("texts-decomposed")
class Decomposed(Old):
    """Texts are in NFD, as a file system told them; JSON wants no normal form."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for row in rows_of(tables):
            for name in {"title", "name", "givenName", "familyName"} & row.keys():
                row[name] = unicodedata.normalize("NFD", row[name])
        return tables


@legal("identifiers-like-numbers")
class LikeNumbers(Old):
    """Identifiers, codes and user names that are digits with noughts in front: texts all the same."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables = super().settle(tenant, tables)
        for table, name in (("users", "username"), ("orgs", "identifier"), ("courses", "courseCode")):
            for number, row in enumerate(tables[table].values()):
                row[name] = f"{number * 37 % 10_007:07}"
        return tables
