"""Families: pupils get a name, a birthday and siblings; their guardians one to three children in one school or more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from digione_mock_server.seed.cast import FAMILIES, birthday, cast_key, cast_name, guardian_role
from digione_mock_server.seed.classes import Seat
from digione_mock_server.seed.names import RARE, Language, Name, full_name, language, surname
from digione_mock_server.seed.orgs import UPPER, School
from digione_mock_server.seed.plan import Mark, Plan, Stream
from digione_mock_server.seed.staff import Staff

ADULT: Final = 18
_SIBLING, _ELSEWHERE, _CHILDREN = 0.40, 0.10, 3
_MEMORY: Final = 400


class Pupil(NamedTuple):
    """A pupil: a seat with a person in it."""

    seat: Seat
    school: School
    name: Name
    born: date
    sex: str | None
    """As recorded; missing for some, and nothing is derived from it."""
    learner: int
    """Ordinal of the learner number; the moved pupil takes it along to the other tenant."""


class Guardian(NamedTuple):
    """A guardian who is not staff: staff who are guardians get a role and links more."""

    mark: Mark
    key: str
    name: Name
    role: str
    cast: str | None


class Family:
    """A household in the making."""

    __slots__ = ("adults", "children", "names", "staff", "surname")

    def __init__(self, names: Language, family_name: str) -> None:
        self.names, self.surname = names, family_name
        self.adults: list[Guardian] = []
        self.staff: list[Staff] = []
        self.children: list[Pupil] = []

    @property
    def marks(self) -> list[Mark]:
        """Marks of all adults, staff first."""
        return [*(person.mark for person in self.staff), *(adult.mark for adult in self.adults)]


class People:
    """The pupils and families of a municipality, made school by school because siblings span schools."""

    def __init__(self, plan: Plan, staff: dict[str, list[Staff]]) -> None:
        self._plan, self._staff = plan, staff
        self._cast_staff = {person.cast: person for persons in staff.values() for person in persons if person.cast}
        self.families: list[Family] = []
        self.pupils: dict[str, list[Pupil]] = {}
        self._recent: list[Family] = []
        self._cast_families: dict[str, Family] = {}
        self._learners = 0

    def settle(self, school: School, taken: tuple[Seat, ...]) -> None:
        """Put people into the seats of a school."""
        chance = self._plan.stream("families", school.key)
        here: list[Family] = []
        pupils = self.pupils[school.key] = []
        rare = iter(RARE if school.key == "0" else ())
        for seat in taken:
            if seat.cast:
                family, name = self._cast_family(seat.cast), cast_name(self._plan, seat.cast)
                full_name(chance, family.names, "")  # keeps the stream in step with a tenant that seats another cast
            else:
                family = self._family(chance, school, seat, here)
                name = full_name(chance, family.names, family.surname)
                if seat.number % 7 == 3 and seat.home > 0:  # noqa: PLR2004 - a few of the first school
                    name = next(rare, name)
            pupil = self._pupil(chance, school, seat, name)
            family.children.append(pupil)
            pupils.append(pupil)
        self._recent = (self._recent + here)[-_MEMORY:]

    def _pupil(self, chance: Stream, school: School, seat: Seat, name: Name) -> Pupil:
        born = (seat.cast and birthday(self._plan, seat.cast)) or _birthday(self._plan, chance, seat.grade)
        draw = chance.random()
        # Recorded for three in five, and then it agrees with the list that the names were drawn from.
        sex = None if draw > 0.6 else "unspecified" if draw < 0.02 else ("female", "male")[name.half]  # noqa: PLR2004 - shares
        self._learners += 1
        # Ordinals from nine million up are the cast's: the same in every tenant that has the member.
        learner = 9_000_000 if seat.cast == "moved_pupil" else self._learners
        return Pupil(seat, school, name, born, sex, learner)

    def _family(self, chance: Stream, school: School, seat: Seat, here: list[Family]) -> Family:
        draw = chance.random()
        pool = here if draw < _SIBLING else self._recent if draw < _SIBLING + _ELSEWHERE else []
        if pool:
            found = chance.pick(pool)
            grades = [child.seat.grade for child in found.children]
            if len(grades) < _CHILDREN and seat.grade not in grades and not found.children[0].seat.gone:
                return found
        names = language(chance, swedish=school.swedish)
        family = Family(names, surname(chance, names))
        key = f"{school.key}/{seat.number}"
        persons = self._staff[school.key]
        first = chance.pick(persons)
        if chance.chance(0.015) and first.cast is None and first.role != "aide" and first.end is None:
            family.staff.append(first)
            family.surname = first.name.family
        for adult in range(len(family.staff), 2 if chance.chance(0.72) else 1):
            family.adults.append(self._guardian(chance, family, f"{key}/{adult}", second=adult > 0))
        self.families.append(family)
        here.append(family)
        return family

    def _guardian(self, chance: Stream, family: Family, key: str, *, second: bool) -> Guardian:
        other = second and chance.chance(0.3)
        name = full_name(chance, family.names, surname(chance, family.names) if other else family.surname, adult=True)
        role = "parent" if chance.chance(0.08) else "guardian"
        return Guardian(self._plan.mark("users", f"guardian/{key}"), f"guardian/{key}", name, role, None)

    def _cast_family(self, name: str) -> Family:
        """The family of a pupil of the cast; those whose family plays no part have one guardian."""
        children, adults = next((row for row in FAMILIES if name in row[0]), ((name,), ()))
        if name not in self._cast_families:
            family = Family(language(self._plan.stream("cast"), swedish=False), "")
            for adult in adults:
                if adult in self._cast_staff:
                    family.staff.append(self._cast_staff[adult])
                else:
                    key = cast_key(adult)
                    full = cast_name(self._plan, adult)
                    role = guardian_role(adult)
                    family.adults.append(Guardian(self._plan.mark("users", key), key, full, role, adult))
            if not adults:
                key = f"guardian/{cast_key(name)}"
                full = Name("Sointu", cast_name(self._plan, name).family)
                family.adults.append(Guardian(self._plan.mark("users", key), key, full, "guardian", None))
            self.families.append(family)
            self._cast_families |= dict.fromkeys(children, family)
        return self._cast_families[name]


def _birthday(plan: Plan, chance: Stream, grade: int) -> date:
    """A day in the year whose children are in the grade; one in fifty repeats or skipped a year.

    Nobody outside the cast has a birthday within a week of today, so that the cast alone stands on the limits.
    """
    year = plan.year - grade - 6 - (chance.random() < 0.02 and grade < UPPER)  # noqa: PLR2004 - repeated a grade
    day = date(year, 1, 1) + timedelta(days=chance.below(365))
    near = abs((day - plan.today.replace(year=year, day=min(plan.today.day, 28))).days)
    return day if near > 9 else day + timedelta(days=60 if day.month < 10 else -60)  # noqa: PLR2004 - stays in its year


def age(born: date, *, today: date) -> int:
    """Return the age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
