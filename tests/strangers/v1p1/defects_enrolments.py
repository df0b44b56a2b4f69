"""Defects of 1.1 in what is told of enrolments and demographics, as vendors have them."""

from __future__ import annotations

from typing import Any

from tests.strangers.town import Row, Tables
from tests.strangers.v1p1.legal_data import FlagsOfOrigin
from tests.strangers.v1p1.registry import defect, is_a
from tests.strangers.v1p1.server import Old
from tests.strangers.v1p1.tables import FLAGS

# --- enrolments -------------------------------------------------------------------------------------------------------


class _Enrolments(Old):
    """Spoils what is told of an enrolment."""

    def spoil(self, told: Row) -> Row:
        """Return what is told instead."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return self.spoil(told) if is_a("enrollment", row) else told


@defect("enrolments", "primary-as-truth")
class PrimaryAsTruth(_Enrolments):
    """primary is a JSON truth value."""

    def spoil(self, told: Row) -> Row:
        return told | ({"primary": told["primary"] == "true"} if "primary" in told else {})


@defect("enrolments", "primary-as-yes")
class PrimaryAsYes(_Enrolments):
    """primary is Y or N."""

    def spoil(self, told: Row) -> Row:
        return told | ({"primary": "Y" if told["primary"] == "true" else "N"} if "primary" in told else {})


@defect("enrolments", "two-primary-teachers")
class TwoPrimaryTeachers(_Enrolments):
    """Every teacher of a class is its primary one (at most one is)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"primary": "true"} if "primary" in told else {})


@defect("enrolments", "enrolment-role-of-the-vendor")
class EnrolmentRoleOfTheVendor(_Enrolments):
    """The second teacher is a coTeacher (the vocabulary has four words)."""

    def spoil(self, told: Row) -> Row:
        return told | ({"role": "coTeacher"} if told.get("primary") == "false" else {})


@defect("enrolments", "enrolment-without-school")
class EnrolmentWithoutSchool(_Enrolments):
    """The school of an enrolment is left out, since the class has it (1.1 demands it)."""

    def spoil(self, told: Row) -> Row:
        told.pop("school", None)
        return told


@defect("enrolments", "enrolment-with-course")
class EnrolmentWithCourse(_Enrolments):
    """An enrolment tells its course too, as one platform does (closed set of fields)."""

    def spoil(self, told: Row) -> Row:
        return told | {"course": told["class"] | {"type": "course"}}


@defect("enrolments", "ends-before-it-begins")
class EndsBeforeItBegins(Old):
    """Whoever never came has an end before the beginning."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        for row in tables["enrollments"].values():
            if "endDate" in row and "beginDate" in row:
                row["beginDate"], row["endDate"] = row["endDate"], row["beginDate"]
        return tables


# --- demographics -----------------------------------------------------------------------------------------------------


class _Flags(FlagsOfOrigin):
    """Spoils the flags of origin."""

    def flag(self, told: str) -> Any:
        """Return what is told instead of true or false."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return {name: self.flag(value) if name in FLAGS else value for name, value in told.items()}


@defect("demographics", "flags-as-truths")
class FlagsAsTruths(_Flags):
    """The flags of origin are JSON truth values."""

    def flag(self, told: str) -> Any:
        return told == "true"


@defect("demographics", "flags-as-yes")
class FlagsAsYes(_Flags):
    """The flags of origin are Yes and No."""

    def flag(self, told: str) -> Any:
        return "Yes" if told == "true" else "No"


class _Demographics(Old):
    """Spoils what is told of somebody's birth."""

    def spoil(self, told: Row) -> Row:
        """Return what is told instead."""
        return told

    def render(self, row: Row) -> Row:
        told = super().render(row)
        return self.spoil(told) if is_a("demographics", row) else told


@defect("demographics", "sex-of-one-letter")
class SexOfOneLetter(_Demographics):
    """M and F."""

    def spoil(self, told: Row) -> Row:
        return told | ({"sex": told["sex"][0].upper()} if "sex" in told else {})


@defect("demographics", "sex-of-1.2")
class SexOfLater(_Demographics):
    """Where nothing is known it says unspecified, a word of 1.2."""

    def spoil(self, told: Row) -> Row:
        return {"sex": "unspecified"} | told


@defect("demographics", "birthdate-of-another-name")
class BirthdateOfAnotherName(_Demographics):
    """birthdate in small letters, as the CSV of 1.0 had it."""

    def spoil(self, told: Row) -> Row:
        born = told.pop("birthDate", None)
        return told | ({"birthdate": born} if born else {})


@defect("demographics", "demographics-of-their-own-id")
class DemographicsOfTheirOwnId(Old):
    """Demographics have an id of their own (it is that of the user)."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        tables["demographics"] = {
            f"demo-{id_}": row | {"sourcedId": f"demo-{id_}"} for id_, row in tables["demographics"].items()
        }
        return tables


@defect("demographics", "demographics-of-nobody")
class DemographicsOfNobody(Old):
    """Demographics of people who were purged years ago are still told."""

    def settle(self, tenant: str, tables: Tables) -> Tables:
        first = next(iter(tables["demographics"].values()))
        for n in range(4):
            id_ = f"{tenant}-purged-{n}"
            tables["demographics"][id_] = first | {"sourcedId": id_, "status": "active"}
        return tables
