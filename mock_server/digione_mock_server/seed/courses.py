"""What is taught: subjects of basic education by grade band, and modules of upper secondary.

Codes are values of the national code lists koskioppiaineetyleissivistava, oppiaineaidinkielijakirjallisuus,
kielivalikoima and moduulikoodistolops2021 (Finnish National Agency for Education, EUPL). Religion and ethics share one
course and one code (KT), whose national name is the same for both: which of them a pupil takes would tell of belief.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from digione_mock_server.seed.orgs import UPPER, School
from digione_mock_server.seed.plan import Mark, Plan
from digione_mock_server.seed.sessions import SchoolYear
from digione_mock_server.seed.wire import Calendar, org_link, session_link
from digione_sdk.model.base import Json

BANDS: Final = ((1, 2), (3, 6), (7, 9))
"""Grade bands of the national core curriculum."""


class Subject(NamedTuple):
    """A subject as a school teaches it, or two that share a group.

    `grouping` says who sits together: `class` a home class, `mixed` the parallel classes of a grade divided anew,
    `some` those who chose it, `either` one half of the grade. `staff` is the pool of teachers; up to grade 6 the
    class teacher takes what `staff` leaves empty.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    grades: range
    grouping: str
    staff: str
    upper_staff: str
    variant: tuple[str, str] | None = None


_NAMES: Final = {
    "AI": ("Äidinkieli ja kirjallisuus", "Modersmålet och litteratur"),
    "MA": ("Matematiikka", "Matematik"),
    "YL": ("Ympäristöoppi", "Omgivningslära"),
    "KT": ("Uskonto/Elämänkatsomustieto", "Religion/Livsåskådningskunskap"),
    "A1": ("A1-kieli", "A1-språk"),
    "A2": ("A2-kieli", "A2-språk"),
    "B1": ("B1-kieli", "B1-språk"),
    "BI": ("Biologia", "Biologi"),
    "GE": ("Maantieto", "Geografi"),
    "FY": ("Fysiikka", "Fysik"),
    "KE": ("Kemia", "Kemi"),
    "TE": ("Terveystieto", "Hälsokunskap"),
    "HI": ("Historia", "Historia"),
    "YH": ("Yhteiskuntaoppi", "Samhällslära"),
    "MU": ("Musiikki", "Musik"),
    "KU": ("Kuvataide", "Bildkonst"),
    "KS": ("Käsityö", "Slöjd"),
    "LI": ("Liikunta", "Gymnastik"),
    "KO": ("Kotitalous", "Huslig ekonomi"),
    "OP": ("Opinto-ohjaus", "Elevhandledning"),
    "PS": ("Psykologia", "Psykologi"),
    "FI": ("Filosofia", "Filosofi"),
}
_COMMON: Final = (
    # codes, first and last grade, grouping, pool in grades 1-6, pool in grades 7-9
    ("MA", 1, 9, "class", "", "science"),
    ("YL", 1, 6, "class", "", ""),
    ("KT", 1, 9, "mixed", "", "society"),
    ("HI YH", 4, 6, "class", "", "society"),
    ("BI GE", 7, 9, "class", "", "nature"),
    ("FY KE", 7, 9, "class", "", "science"),
    ("TE", 7, 9, "class", "", "nature"),
    ("HI", 7, 8, "class", "", "society"),
    ("YH", 9, 9, "class", "", "society"),
    ("MU", 1, 7, "class", "arts", "arts"),
    ("KU", 1, 7, "class", "", "arts"),
    ("KS", 1, 7, "mixed", "crafts", "crafts"),
    ("LI", 1, 9, "mixed", "", "sport"),
    ("KO", 7, 7, "mixed", "", "crafts"),
    ("OP", 7, 9, "class", "", "guidance"),
)
_LANGUAGES: Final = {
    False: (
        ("AI", 1, 9, "class", "", "mother tongue", ("fi.digione.syllabus", "AI1")),
        ("A1", 1, 9, "mixed", "languages", "languages", ("fi.digione.language", "EN")),
        ("A2", 4, 9, "some", "languages", "languages", ("fi.digione.language", "DE")),
        ("B1", 6, 9, "class", "languages", "languages", ("fi.digione.language", "RU")),
    ),
    True: (
        ("AI", 1, 9, "class", "", "mother tongue", ("fi.digione.syllabus", "AI2")),
        ("A1", 1, 9, "mixed", "languages", "languages", ("fi.digione.language", "FI")),
        ("A2", 4, 9, "class", "languages", "languages", ("fi.digione.language", "EN")),
    ),
}


def subjects(*, swedish: bool) -> tuple[Subject, ...]:
    """Return the subjects of basic education in a school of this language."""
    rows = [*_LANGUAGES[swedish], *((*row, None) for row in _COMMON)]
    return tuple(
        Subject(
            tuple(codes.split()),
            tuple(_NAMES[code][swedish] for code in codes.split()),
            range(first, last + 1),
            grouping,
            staff,
            upper_staff,
            variant,
        )
        for codes, first, last, grouping, staff, upper_staff, variant in rows
    )


_TONGUES: Final = {
    "EN": ("englanti", "engelska"),
    "DE": ("saksa", "tyska"),
    "RU": ("ruotsi", "svenska"),
    "FI": ("suomi", "finska"),
}


class Module(NamedTuple):
    """A module of upper secondary as this municipality times it."""

    code: str
    subject: str
    name: str
    grade: int
    period: int
    grouping: str
    staff: str


MODULES: Final = tuple(
    Module(*row)
    for row in (
        ("ÄI1", "AI", "Tekstien tulkinta ja kirjoittaminen", 10, 1, "mixed", "mother tongue"),
        ("MAY1", "MA", "Luvut ja yhtälöt", 10, 1, "mixed", "science"),
        ("ENA1", "A1", "Opiskelutaidot ja kieli-identiteetin rakentaminen", 10, 1, "mixed", "languages"),
        ("RUB11", "B1", "Opiskelutaidot ja kieli-identiteetin rakentaminen", 10, 2, "mixed", "languages"),
        ("FY1", "FY", "Fysiikka luonnontieteenä", 10, 2, "mixed", "science"),
        ("OP1", "OP", "Minä opiskelijana", 10, 2, "class", "guidance"),
        ("MAA2", "MA", "Funktiot ja yhtälöt 1", 10, 3, "either", "science"),
        ("MAB2", "MA", "Lausekkeet ja yhtälöt", 10, 3, "other", "science"),
        ("HI1", "HI", "Ihminen, ympäristö ja historia", 10, 3, "mixed", "society"),
        ("BI1", "BI", "Elämä ja evoluutio", 10, 4, "mixed", "nature"),
        ("LI1", "LI", "Oppiva liikkuja", 10, 5, "mixed", "sport"),
        ("ÄI4", "AI", "Kirjallisuus 1", 11, 1, "mixed", "mother tongue"),
        ("ENA4", "A1", "Englannin kieli vaikuttamisen välineenä", 11, 1, "mixed", "languages"),
        ("RUB12", "B1", "Ruotsin kieli arjessani", 11, 2, "mixed", "languages"),
        ("FI1", "FI", "Johdatus filosofiseen ajatteluun", 11, 2, "mixed", "society"),
        ("MAA5", "MA", "Funktiot ja yhtälöt 2", 11, 3, "either", "science"),
        ("KE2", "KE", "Kemia ja kestävä tulevaisuus", 11, 3, "other", "science"),
        ("MU1", "MU", "Intro – kaikki soimaan", 11, 4, "either", "arts"),  # noqa: RUF001 - the module's own name
        ("KU1", "KU", "Omat kuvat, jaetut kulttuurit", 11, 4, "other", "arts"),
        ("YH2", "YH", "Taloustieto", 11, 5, "mixed", "society"),
        ("ÄI8", "AI", "Kirjallisuus 2", 12, 1, "mixed", "mother tongue"),
        ("ENA6", "A1", "Englannin kieli jatko-opinnoissa ja työelämässä", 12, 1, "mixed", "languages"),
        ("PS1", "PS", "Toimiva ja oppiva ihminen", 12, 2, "mixed", "society"),
        ("OP2", "OP", "Jatko-opinnot, työelämä ja tulevaisuus", 12, 2, "class", "guidance"),
        ("MAA8", "MA", "Tilastot ja todennäköisyys", 12, 3, "either", "science"),
    )
)
"""The second element is the subject's value in koskioppiaineetyleissivistava."""


class Course(NamedTuple):
    """A course of one school."""

    mark: Mark
    title: str
    code: str
    grades: tuple[int, ...]
    subjects: tuple[str, ...] = ()
    subject_codes: tuple[str, ...] = ()
    variant: tuple[str, str] | None = None
    gone: bool = False


def courses(plan: Plan, school: School) -> dict[str, Course]:
    """Return the courses of a school by code: subjects or modules, home classes, the student council, a retired one."""
    found = {course.code: course for course in (_modules if school.upper else _subject_courses)(plan, school)}
    for first, last in _bands(school):
        grades = _within(school, range(first, last + 1))
        if grades:
            title = (
                f"{'Hemklass' if school.swedish else 'Ryhmänohjaus' if school.upper else 'Kotiluokka'} {first}-{last}"
            )
            found[home_code(grades[0])] = Course(_mark(plan, school, home_code(first)), title, home_code(first), grades)
    title = "Elevkår" if school.swedish else "Opiskelijakunta" if school.upper else "Oppilaskunta"
    found["KUNTA"] = Course(_mark(plan, school, "KUNTA"), title, "KUNTA", school.grades)
    retired = "Valbar programmering" if school.swedish else "Valinnainen ohjelmointi"
    found["VAL"] = Course(_mark(plan, school, "VAL"), retired, "VAL", school.grades, gone=True)
    return found


def home_code(grade: int) -> str:
    """Return the code of the home-class course that holds a grade."""
    first = next((first for first, last in BANDS if first <= grade <= last), UPPER)
    return f"KOTI.{first}"


def subject_code(subject: Subject, grade: int) -> str:
    """Return the course code of a subject in the band of a grade, such as `MA.3-6` or `A1.EN.7-9`."""
    first, last = next(band for band in BANDS if band[0] <= grade <= band[1])
    variant = f".{subject.variant[1]}" if subject.variant else ""
    return f"{'-'.join(subject.codes)}{variant}.{first}-{last}"


def subject_title(subject: Subject, *, swedish: bool) -> str:
    """Return how people call the subject: `A1-englanti`, `Historia ja yhteiskuntaoppi`."""
    if subject.variant and subject.variant[1] in _TONGUES:
        return f"{subject.codes[0]}-{_TONGUES[subject.variant[1]][swedish]}"
    first, *more = subject.names
    return (" och " if swedish else " ja ").join([first, *(name.lower() for name in more)])


def _span(grades: tuple[int, ...]) -> str:
    return "-".join(f"{grade}" for grade in sorted({grades[0], grades[-1]}))


def _bands(school: School) -> tuple[tuple[int, int], ...]:
    return ((UPPER, UPPER + 2),) if school.upper else BANDS


def _within(school: School, grades: range) -> tuple[int, ...]:
    return tuple(grade for grade in school.grades if grade in grades)


def _mark(plan: Plan, school: School, code: str) -> Mark:
    return plan.mark("courses", f"{school.key}/{code}")


def _subject_courses(plan: Plan, school: School) -> Iterator[Course]:
    for subject in subjects(swedish=school.swedish):
        for first, last in BANDS:
            grades = tuple(grade for grade in _within(school, range(first, last + 1)) if grade in subject.grades)
            if grades:
                code = subject_code(subject, first)
                title = f"{subject_title(subject, swedish=school.swedish)} {_span(grades)}"
                yield Course(
                    _mark(plan, school, code), title, code, grades, subject.names, subject.codes, subject.variant
                )


def _modules(plan: Plan, school: School) -> Iterator[Course]:
    for module in MODULES:
        yield Course(
            _mark(plan, school, module.code),
            f"{module.code} {module.name}",
            module.code,
            (module.grade,),
            (_NAMES[module.subject][0],),
            (module.subject,),
        )


def course_records(
    calendar: Calendar, school: School, found: dict[str, Course], year: SchoolYear
) -> Iterator[dict[str, Json]]:
    """Yield the courses of a school; modules name the school year for which they are offered."""
    for course in found.values():
        record = calendar.base(course.mark, gone=course.gone)
        if course.variant:
            record["metadata"] = dict([course.variant])
        record["title"] = course.title
        if school.upper and course.subject_codes:
            record["schoolYear"] = session_link(year.sessions["year"].mark.sourced_id)
        record["courseCode"] = course.code
        record["grades"] = [f"{grade}" for grade in course.grades]
        if course.subjects:
            record["subjects"] = list(course.subjects)
        record["org"] = org_link(school.mark.sourced_id)
        if course.subject_codes:
            record["subjectCodes"] = list(course.subject_codes)
        yield record
