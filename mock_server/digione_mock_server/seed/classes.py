"""Who sits where: the seats of home classes, and the groups that meet, each holding seats of its school.

A pupil has one home class and sits in the groups of its subjects; languages, religion/ethics, crafts and sport divide
parallel classes anew, and upper secondary divides whole years.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from digione_mock_server.seed.cast import cast_key, departed
from digione_mock_server.seed.cast import pupils as cast_pupils
from digione_mock_server.seed.courses import MODULES, Course, Subject, home_code, subject_code, subject_title, subjects
from digione_mock_server.seed.orgs import School, first_upper
from digione_mock_server.seed.plan import Mark, Plan, Stream
from digione_mock_server.seed.sessions import AUTUMN, SPRING, SchoolYear
from digione_mock_server.seed.wire import Calendar, course_link, org_link, session_link
from digione_sdk.model.base import Json

HOME: Final = "home"
_LETTERS: Final = "ABCDEFGHIJ"
_SMALLEST, _SPREAD = 18, 7
_DAYS: Final = ("ma", "ti", "ke", "to", "pe")
_UPPER_STAFF_FROM: Final = 7


class Seat(NamedTuple):
    """A pupil's place in a home class; names come later, so that groups do not depend on them."""

    mark: Mark
    key: str
    number: int
    """Place in the school's list of seats."""
    home: int
    grade: int
    cast: str | None
    gone: bool
    """The pupil has left: user, demographics and enrolments are tombstones."""


class Group(NamedTuple):
    """A group that meets; members are seat numbers of its school."""

    key: str
    mark: Mark
    course: Course
    title: str
    code: str
    kind: str
    grades: tuple[int, ...]
    members: tuple[int, ...]
    terms: tuple[str, ...]
    """Ids of the terms."""
    begin: date
    end: date
    staff: str
    """Pool of its teachers; `home` for the class teacher."""
    homes: tuple[int, ...] = ()
    gone: bool = False
    last_year: bool = False


def seats(plan: Plan, school: School) -> tuple[Seat, ...]:
    """Return the seats of a school, home class by home class, with the cast seated in the first fitting school."""
    chance = plan.stream("seats", school.key)
    waiting = _cast_of(plan, school)
    gone_cast = departed(plan)
    found: list[Seat] = []
    for home, grades in enumerate(school.homes):
        for place in range(_SMALLEST + chance.below(_SPREAD)):
            index, grade = len(found), grades[place % len(grades)]
            free = place > 3 and waiting.get(grade)  # noqa: PLR2004 - the first of each class stay ordinary
            name = free.pop(0) if free else None
            key = cast_key(name) if name else f"pupil/{school.key}/{home}/{place}"
            # One pupil in each class shares an id with another tenant's pupil: ids are unique within a tenant only.
            mark = plan.mark("users", key, everywhere=not name and place == 2)  # noqa: PLR2004 - the third
            gone = name in gone_cast if name else index % 89 == 17  # noqa: PLR2004 - a few in every school
            found.append(Seat(mark, key, index, home, grade, name, gone))
    return tuple(found)


def _cast_of(plan: Plan, school: School) -> dict[int, list[str]]:
    """Pupils of the cast by grade, for the school that seats them: the first, or the first of upper secondary."""
    waiting: dict[int, list[str]] = {}
    if school.key == "0" or (school.upper and school.key == first_upper(plan)):
        for name, grade in cast_pupils(plan).items():
            if grade in school.grades:
                waiting.setdefault(grade, []).append(name)
    return waiting


def home_title(plan: Plan, school: School, home: int, *, years_ago: int = 0) -> str:
    """Return the name of a home class: `3A`, combined `1-2A`, upper secondary by year of entry `26A`."""
    grades = school.homes[home]
    letter = _LETTERS[home - school.homes.index(grades)]
    if school.upper:
        return f"{(plan.year - (grades[0] - 10)) % 100:02d}{letter}"
    return f"{'-'.join(f'{grade - years_ago}' for grade in sorted({grades[0], grades[-1]}))}{letter}"


class Groups:
    """The groups of one school."""

    def __init__(
        self, plan: Plan, school: School, taught: dict[str, Course], taken: tuple[Seat, ...], year: SchoolYear
    ) -> None:
        self._plan, self._school, self._courses, self._year = plan, school, taught, year
        self._chance = plan.stream("groups", school.key)
        self._seats = taken
        self._homes = [tuple(seat.number for seat in taken if seat.home == home) for home in range(len(school.homes))]
        self._both = (year.sessions[AUTUMN].mark.sourced_id, year.sessions[SPRING].mark.sourced_id)
        self._whole = (year.sessions["year"].start, year.sessions["year"].end)
        self._work = (year.first_day, year.sessions["year"].end)

    def all(self, last: SchoolYear) -> tuple[Group, ...]:
        """Return all groups: home classes first, in the order of the school's homes."""
        taught = self._modules() if self._school.upper else self._subjects()
        return (*self._home_classes(), *taught, *self._others(), *self._last_year(last))

    def _group(self, key: str, course: Course, title: str, code: str, kind: str, **more: Json) -> Group:
        more = {"terms": self._both, "begin": self._work[0], "end": self._work[1], "staff": "", **more}
        grades = more.pop("grades", course.grades)
        shared = key == f"{HOME}/0" and self._school.key == "0"
        mark = self._plan.mark("classes", f"{self._school.key}/{key}", everywhere=shared)
        return Group(key, mark, course, title, code, kind, grades, **more)

    def _home_classes(self) -> Iterator[Group]:
        for home, grades in enumerate(self._school.homes):
            title = home_title(self._plan, self._school, home)
            yield self._group(
                f"{HOME}/{home}", self._courses[home_code(grades[0])], title, title, "homeroom",
                grades=grades, members=self._homes[home], staff=HOME, homes=(home,),
                begin=self._whole[0], end=self._whole[1],
            )  # fmt: skip

    def _levels(self) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        for grades, homes in groupby(range(len(self._school.homes)), key=lambda home: self._school.homes[home]):
            yield grades, list(homes)

    def _subjects(self) -> Iterator[Group]:
        for subject in subjects(swedish=self._school.swedish):
            for grades, homes in self._levels():
                taking = tuple(grade for grade in grades if grade in subject.grades)
                if taking:
                    yield from self._subject(subject, taking, homes)

    def _subject(self, subject: Subject, grades: tuple[int, ...], homes: list[int]) -> Iterator[Group]:
        code = subject_code(subject, grades[0])
        staff = subject.upper_staff if grades[0] >= _UPPER_STAFF_FROM else subject.staff or HOME
        short = "-".join(subject.codes)
        name = subject_title(subject, swedish=self._school.swedish)
        for label, part, members, of in self._divided(subject.grouping, grades, homes):
            yield self._group(
                f"{code}/{label}", self._courses[code], f"{name} {label}", f"{short}.{part}",
                "scheduled", grades=grades, members=members, staff=staff, homes=of,
            )  # fmt: skip

    def _divided(
        self, grouping: str, grades: tuple[int, ...], homes: list[int]
    ) -> Iterator[tuple[str, str, tuple[int, ...], tuple[int, ...]]]:
        if grouping == "class" or (grouping == "mixed" and len(homes) == 1):
            for home in homes:
                members = tuple(index for index in self._homes[home] if self._seats[index].grade in grades)
                title = home_title(self._plan, self._school, home)
                yield title, title, members, (home,)
            return
        pupils = [index for home in homes for index in self._homes[home] if self._seats[index].grade in grades]
        drawn = self._chance.shuffled(pupils)
        label = "-".join(f"{grade}" for grade in sorted({grades[0], grades[-1]}))
        word = "grupp" if self._school.swedish else "ryhmä"
        if grouping == "some":
            drawn = drawn[: max(6, len(drawn) // 4)]
        for number, part in enumerate(_parts(drawn, 1 if grouping == "some" else len(homes)), 1):
            yield f"{label}, {word} {number}", f"{label}.{number}", part, (homes[(number - 1) % len(homes)],)

    def _modules(self) -> Iterator[Group]:
        halves: dict[tuple[int, int], list[int]] = {}
        for module in MODULES:
            homes = [home for home, grades in enumerate(self._school.homes) if grades == (module.grade,)]
            pupils = self._chance.shuffled([index for home in homes for index in self._homes[home]])
            if module.grouping == "either":
                half = (len(pupils) + 1) // 2
                halves[module.grade, module.period] = pupils[half:]
                pupils = pupils[:half]
            elif module.grouping == "other":
                pupils = halves[module.grade, module.period]
            parts = (
                [self._homes[home] for home in homes]
                if module.grouping == "class"
                else _parts(pupils, max(1, round(len(pupils) / 22)))
            )
            period = self._year.period(module.period)
            assert period.parent is not None  # noqa: S101 - every period lies in a term
            for number, part in enumerate(parts, 1):
                yield self._group(
                    f"{module.code}/{number}", self._courses[module.code], f"{module.code}.{number} {module.name}",
                    f"{module.code}.{number}", "scheduled", members=tuple(part), staff=module.staff,
                    terms=(self._year.sessions[period.parent].mark.sourced_id,), begin=period.start, end=period.end,
                )  # fmt: skip

    def _others(self) -> Iterator[Group]:
        council = self._courses["KUNTA"]
        members = tuple(self._chance.pick(home) for home in self._homes)
        yield self._group(
            "council", council, council.title, f"{council.code}.1", "ext:vastuuryhma", members=members, staff="society"
        )
        retired = self._courses["VAL"]
        yield self._group(
            "retired", retired, retired.title, "VAL.1", "scheduled", members=self._homes[-1][:8], staff=HOME,
            homes=(len(self._homes) - 1,), gone=True,
        )  # fmt: skip

    def _last_year(self, last: SchoolYear) -> Iterator[Group]:
        terms = (last.sessions[AUTUMN].mark.sourced_id, last.sessions[SPRING].mark.sourced_id)
        span = last.sessions["year"]
        kept = [home for home, grades in enumerate(self._school.homes) if grades[0] - 1 in self._school.grades]
        for number, home in enumerate(home for home in kept[:4] if len(self._school.homes[home]) == 1):
            (grade,) = self._school.homes[home]
            title = f"{home_title(self._plan, self._school, home, years_ago=1)} ({last.ends - 1}-{last.ends})"
            yield self._group(
                f"last/{home}", self._courses[home_code(grade - 1)], title, title.partition(" ")[0], "homeroom",
                grades=(grade - 1,), members=self._homes[home], terms=terms, begin=span.start, end=span.end,
                staff=HOME, homes=(home,), gone=number % 2 == 1, last_year=True,
            )  # fmt: skip


def _parts(items: list[int], count: int) -> list[tuple[int, ...]]:
    return [tuple(items[start::count]) for start in range(count)]


def class_records(
    calendar: Calendar, school: School, groups: tuple[Group, ...], room: Stream
) -> Iterator[dict[str, Json]]:
    """Yield the classes of a school."""
    for group in groups:
        record = calendar.base(group.mark, gone=group.gone, this_year=not group.last_year)
        if group.course.variant:
            record["metadata"] = dict([group.course.variant])
        record["title"] = group.title
        record["classCode"] = group.code
        record["classType"] = group.kind
        scheduled = group.kind == "scheduled"
        if not scheduled or room.chance(0.4):
            word = "Klassrum" if school.swedish else "Luokka"
            record["location"] = f"{word} {100 * (1 + room.below(3)) + room.below(40)}"
        record["grades"] = [f"{grade}" for grade in group.grades]
        if group.course.subjects:
            record["subjects"] = list(group.course.subjects)
        record["course"] = course_link(group.course.mark.sourced_id)
        record["school"] = org_link(school.mark.sourced_id)
        record["terms"] = [session_link(term) for term in group.terms]
        if group.course.subject_codes:
            record["subjectCodes"] = list(group.course.subject_codes)
        if scheduled and room.chance(0.6):
            slots = sorted({(room.below(5), 8 + room.below(7)) for _ in range(1 + room.below(3))})
            record["periods"] = [f"{_DAYS[day]} {hour}.15" for day, hour in slots]
        yield record
