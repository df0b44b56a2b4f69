"""Staff: who works in which school as what, and who teaches which group."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from digione_mock_server.seed.cast import cast_key, cast_name
from digione_mock_server.seed.classes import HOME, Group
from digione_mock_server.seed.names import Name, full_name, language, surname
from digione_mock_server.seed.orgs import UPPER, School
from digione_mock_server.seed.plan import Mark, Plan, Stream

_GROUPS_EACH: Final = 8
_MPASS: Final = {"teacher": "2", "siteAdministrator": "3", "ext:koulusihteeri": "4", "principal": "6"}
_SUBJECT_TEACHERS: Final = 7
"""Grade from which subject teachers teach and lead home classes."""
_SUBSTITUTE: Final = "5"


class Staff(NamedTuple):
    """A member of staff; the first school is the main one."""

    mark: Mark
    key: str
    name: Name
    role: str
    pool: str
    schools: tuple[School, ...]
    also: str | None = None
    """Second role in the main school."""
    begin: date | None = None
    end: date | None = None
    cast: str | None = None

    @property
    def role_code(self) -> str | None:
        """MPASSid role code, where one is known; a substitute is a teacher whose role ends (facts §1.5, rule 33)."""
        return _SUBSTITUTE if self.end else _MPASS.get(self.role)


class Teaching(NamedTuple):
    """A member of staff in a group; `primary` is None for those who do not teach."""

    staff: Staff
    role: str
    primary: bool | None
    begin: date | None = None
    end: date | None = None


def staff(plan: Plan, school: School, groups: tuple[Group, ...], previous: School | None) -> list[Staff]:
    """Return the staff of a school: as many teachers in a pool as its groups need.

    Args:
        plan: The plan.
        school: The school.
        groups: Its groups.
        previous: The school in which its special teacher works too, if any.
    """
    chance = plan.stream("staff", school.key)
    basic = [home for home, grades in enumerate(school.homes) if grades[0] < _SUBJECT_TEACHERS]
    found = [
        _person(plan, chance, school, "principal", "principal", also="teacher" if len(school.homes) < UPPER else None),
        _person(plan, chance, school, "secretary", "ext:koulusihteeri" if chance.chance(0.5) else "siteAdministrator"),
        _person(plan, chance, school, "guidance", "counselor", also="teacher"),
    ]
    found += [
        _person(plan, chance, school, f"{HOME}/{home}", "teacher", cast=_class_teacher(school, home)) for home in basic
    ]
    for pool in dict.fromkeys(group.staff for group in groups if group.staff not in {"", HOME, "guidance"}):
        need = sum(group.staff == pool for group in groups)
        found += [
            _person(plan, chance, school, f"{pool}/{number}", "teacher") for number in range(-(-need // _GROUPS_EACH))
        ]
    found += [_person(plan, chance, school, f"aide/{number}", "aide") for number in range(1 + len(basic) // 4)]
    special = _person(plan, chance, school, "special", "teacher")
    found.append(special._replace(schools=(school, previous)) if previous else special)
    name = "substitute_teacher" if school.key == "0" else None
    found.append(_substitute(plan, _person(plan, chance, school, "substitute", "teacher", cast=name)))
    return found


def district_staff(plan: Plan) -> list[Staff]:
    """Return the staff of the education provider itself."""
    chance = plan.stream("staff", "district")
    roles = ("districtAdministrator", "districtAdministrator", "systemAdministrator", "ext:tietosuojavastaava")
    return [_person(plan, chance, None, f"office/{number}", role) for number, role in enumerate(roles)]


def _class_teacher(school: School, home: int) -> str | None:
    return "staff_guardian" if school.key == "0" and home == 1 else None


def _person(
    plan: Plan,
    chance: Stream,
    school: School | None,
    key: str,
    role: str,
    *,
    also: str | None = None,
    cast: str | None = None,
) -> Staff:
    names = language(chance, swedish=bool(school and school.swedish))
    name = full_name(chance, names, surname(chance, names), adult=True)
    full = f"staff/{school.key if school else 'district'}/{key}"
    if cast:
        full, name = cast_key(cast), cast_name(plan, cast)
    begin = date(plan.year - chance.below(20), 8, 1) if chance.chance(0.5) else None
    schools = (school,) if school else ()
    pool = key.partition("/")[0]
    return Staff(plan.mark("users", full), full, name, role, pool, schools, also, begin, cast=cast)


def _substitute(plan: Plan, person: Staff) -> Staff:
    return person._replace(begin=plan.before(40), end=plan.today + timedelta(days=60))


def assign(persons: list[Staff], groups: tuple[Group, ...]) -> Iterator[tuple[Group, Teaching]]:
    """Yield who teaches each group: exactly one primary teacher, and here and there somebody beside.

    Args:
        persons: The school's own staff, and those of others who work in it too.
        groups: Its groups.
    """
    pools: dict[str, list[Staff]] = {}
    for person in persons:
        pools.setdefault(person.pool, []).append(person)
    class_teachers = dict(zip(_class_taught(groups), pools.get(HOME, []), strict=True))
    teachers = [p for p in persons if p.role == "teacher" and p.pool not in {HOME, "special", "substitute"}]
    turns = dict.fromkeys(pools, 0)
    for number, group in enumerate(groups):
        lead = class_teachers.get(group.homes[0]) if group.staff == HOME and group.homes else None
        if lead is None:
            pool = pools.get(group.staff) or teachers or pools[HOME]
            turn = turns[group.staff] = turns.get(group.staff, group.homes[0] if group.homes else 0) + 1
            lead = pool[turn % len(pool)]
        yield group, Teaching(lead, "teacher", primary=True)
        yield from ((group, beside) for beside in _beside(pools, group, number))


def _class_taught(groups: tuple[Group, ...]) -> list[int]:
    """Home classes that have a class teacher (luokanopettaja): those of grades 1-6."""
    homes = (group for group in groups if group.kind == "homeroom" and not group.last_year)
    return [group.homes[0] for group in homes if group.grades[0] < _SUBJECT_TEACHERS]


def _beside(pools: dict[str, list[Staff]], group: Group, number: int) -> Iterator[Teaching]:
    if group.last_year or group.gone:
        return
    if number % 17 == 4:  # noqa: PLR2004 - the special teacher sits in where groups are harder
        yield Teaching(pools["special"][number % len(pools["special"])], "teacher", primary=False)
    if number % 23 == 5:  # noqa: PLR2004 - here and there
        (person,) = pools["substitute"]
        begin, end = person.begin or group.begin, person.end or group.end
        if max(begin, group.begin) < min(end, group.end):
            yield Teaching(person, "teacher", False, max(begin, group.begin), min(end, group.end))  # noqa: FBT003 - a value
    if group.kind == "homeroom" and group.homes[0] % 4 == 0 and group.grades[0] < _SUBJECT_TEACHERS:
        aides = pools["aide"]
        yield Teaching(aides[group.homes[0] // 4 % len(aides)], "ext:koulunkayntiohjaaja", primary=None)
