"""The named cast: the few people on whom privacy and edge cases are tested, the same in every size.

Only they carry canaries: `cnry-<tenant>-<name>-<field>` as middle name, username and e-mail, so that one scan of
bodies, logs and reports finds a leak and says whose. All others read like a municipality.

| name | who |
|---|---|
| protected_pupil | pupil under a protection order (turvakielto); `protected()` names them, no object does |
| protected_sibling, protected_guardian | sibling and guardian in the same household |
| joint_child, guardian_joint_a, guardian_joint_b | joint custody, two homes |
| restricted_child, guardian_custodian, guardian_no_information | the last is listed, but has no right to information |
| child_in_care, care_contact | no guardian is linked; the contact's role says nothing of the reason |
| age_12y364d, age_13y0d, age_17y364d, age_18y0d | ages around the limits of consent and majority, on `plan.today` |
| moved_pupil | moved from tenant 0 (tombstone) to 1 (active): same learner number, another id; in no other tenant |
| merged_current, merged_old | one person, two records: the old is a tombstone whose metadata names the current |
| namesake_a, namesake_b | two people of one name in one grade |
| staff_guardian, staff_child | a teacher who is also a guardian |
| substitute_teacher | a teacher whose role ends |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from digione_mock_server.seed.names import Name
from digione_mock_server.seed.plan import Plan

AGES: Final = MappingProxyType({
    "age_12y364d": (13, 1), "age_13y0d": (13, 0), "age_17y364d": (18, 1), "age_18y0d": (18, 0),
})  # fmt: skip
"""Name -> (birthday, days from today until it)."""

_GRADES: Final = {
    "protected_pupil": 4,
    "protected_sibling": 2,
    "joint_child": 3,
    "restricted_child": 5,
    "child_in_care": 6,
    "moved_pupil": 6,
    "merged_current": 9,
    "merged_old": 9,
    "namesake_a": 8,
    "namesake_b": 8,
    "staff_child": 1,
}
FAMILIES: Final = (
    (("protected_pupil", "protected_sibling"), ("protected_guardian",)),
    (("joint_child",), ("guardian_joint_a", "guardian_joint_b")),
    (("restricted_child",), ("guardian_custodian", "guardian_no_information")),
    (("child_in_care",), ("care_contact",)),
    (("staff_child",), ("staff_guardian",)),
    (("merged_current", "merged_old"), ()),
)
"""Children and adults of the families of the cast; where no adult is named, an ordinary one is added."""
STAFF: Final = ("staff_guardian", "substitute_teacher")
_CONTACT_ROLE: Final = "ext:yhteyshenkilo"

_NAMES: Final = {
    "protected_pupil": Name("Tuisku", "Lorukivi"),
    "protected_sibling": Name("Pyry", "Lorukivi"),
    "protected_guardian": Name("Hilja", "Lorukivi"),
    "joint_child": Name("Säde", "Tarupuro-Utukoski"),
    "guardian_joint_a": Name("Ilta", "Tarupuro"),
    "guardian_joint_b": Name("Aamos", "Utukoski"),
    "restricted_child": Name("Sini", "Haaveniemi"),
    "guardian_custodian": Name("Marja", "Haaveniemi"),
    "guardian_no_information": Name("Kauko", "Keijuvaara"),
    "child_in_care": Name("Oras", "Kaikulampi"),
    "care_contact": Name("Ruut", "Runokangas"),
    "age_12y364d": Name("Vilja", "Unelmaharju"),
    "age_13y0d": Name("Touko", "Satusaari"),
    "age_17y364d": Name("Halla", "Sävelmäki"),
    "age_18y0d": Name("Usva", "Kipinäranta"),
    "moved_pupil": Name("Pouta", "Arvoituslahti"),
    "merged_current": Name("Ilpo", "Pöllöjärvi"),
    "merged_old": Name("Ilpo", "Pöllöjärvi"),
    "namesake_a": Name("Aino", "Esimerkki"),
    "namesake_b": Name("Aino", "Esimerkki"),
    "staff_child": Name("Kanerva", "Hämäräpelto"),
    "staff_guardian": Name("Varpu", "Hämäräpelto"),
    "substitute_teacher": Name("Jalo", "Sarastuskoski"),
}


def members(plan: Plan) -> tuple[str, ...]:
    """Return the names of the cast of this tenant."""
    return tuple(name for name in _NAMES if name != "moved_pupil" or plan.tenant in {0, 1})


def cast(plan: Plan) -> Mapping[str, str]:
    """Return the cast of the plan: name -> sourcedId of the user."""
    return MappingProxyType({name: plan.mark("users", cast_key(name)).sourced_id for name in members(plan)})


def protected(plan: Plan) -> frozenset[str]:
    """Return the sourcedIds of users under a protection order; the flag is the server's alone and on no object."""
    return frozenset({cast(plan)["protected_pupil"]})


def cast_key(name: str) -> str:
    """Return the stable key from which the member's id is drawn."""
    return f"cast/{name}"


def cast_name(plan: Plan, name: str) -> Name:
    """Return the member's name, with a canary as middle name."""
    return _NAMES[name]._replace(middle=canary(plan, name, "middleName"))


def canary(plan: Plan, name: str, field: str) -> str:
    """Return the canary of one field of a member."""
    return f"cnry-{plan.tenant}-{name}-{field}"


def guardian_role(name: str) -> str:
    """Return the role of an adult of the cast at the child's school."""
    return _CONTACT_ROLE if name == "care_contact" else "guardian"


def birthday(plan: Plan, name: str) -> date | None:
    """Return the day of birth of the members whose age matters."""
    if name not in AGES:
        return None
    years, days = AGES[name]
    day = plan.today + timedelta(days=days)
    if (day.month, day.day) == (2, 29):  # the year of birth has no such day: stay on the right side of the limit
        day += timedelta(days=1 if days else -1)
    return day.replace(year=day.year - years)


def pupils(plan: Plan) -> dict[str, int]:
    """Return the pupils of the cast and their grades."""
    found = {name: grade for name, grade in _GRADES.items() if name in members(plan)}
    for name in AGES:
        born = birthday(plan, name)
        assert born is not None  # noqa: S101 - AGES is what birthday() reads
        found[name] = plan.year - born.year - 6
    return found


def departed(plan: Plan) -> frozenset[str]:
    """Return the pupils of the cast that are tombstones in this tenant."""
    return frozenset({"merged_old", *(["moved_pupil"] if plan.tenant == 0 else [])})
