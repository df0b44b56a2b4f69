"""The scales on which Finnish schools grade: the national 4-10 with S, H and O, and words for the youngest.

Values and names of the first are those of the national code list arviointiasteikkoyleissivistava (Finnish National
Agency for Education, EUPL). The words of the second are a municipality's own, as the core curriculum leaves them.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Scale(NamedTuple):
    """A scale: steps from the best to the worst, each a value and what it stands for in Finnish and in Swedish."""

    code: str
    """What kind it is; on the wire the type of the score scale."""
    title: tuple[str, str]
    steps: tuple[tuple[str, str, str], ...]
    numeric: bool

    def values(self) -> tuple[str, ...]:
        """The values, best first."""
        return tuple(value for value, _, _ in self.steps)


NATIONAL: Final = Scale(
    "arviointiasteikkoyleissivistava",
    ("Arvosanat 4-10, S, H ja O", "Vitsorden 4-10, S, H och O"),
    (
        ("10", "erinomainen", "utmärkt"),
        ("9", "kiitettävä", "berömlig"),
        ("8", "hyvä", "god"),
        ("7", "tyydyttävä", "nöjaktig"),
        ("6", "kohtalainen", "hjälplig"),
        ("5", "välttävä", "försvarlig"),
        ("4", "hylätty", "underkänd"),
        ("S", "hyväksytty", "godkänd"),
        ("H", "hylätty", "underkänd"),
        ("O", "osallistunut", "deltagit"),
    ),
    numeric=True,
)

VERBAL: Final = Scale(
    "fi.digione.sanallinen",
    ("Sanallinen arvio", "Verbal bedömning"),
    (
        ("tavoitteet saavutettu erinomaisesti", "erinomainen", "utmärkt"),
        ("tavoitteet saavutettu hyvin", "hyvä", "god"),
        ("tavoitteet saavutettu osittain", "tyydyttävä", "nöjaktig"),
        ("harjoittelee vielä", "kehittyvä", "under utveckling"),
    ),
    numeric=False,
)

PASSED: Final = Scale(
    "fi.digione.suoritusmerkinta",
    ("Suoritusmerkintä", "Anteckning om avlagd studie"),
    (("S", "hyväksytty", "godkänd"), ("H", "hylätty", "underkänd")),
    numeric=False,
)

_VERBAL_UP_TO: Final = 3
_MARKED_ONLY: Final = frozenset({"OP", "KUNTA"})


def scale_of(grades: tuple[int, ...], subject_codes: tuple[str, ...]) -> Scale:
    """Return the scale of a group: words up to grade 3, a mark for guidance, numbers for everything else."""
    if _MARKED_ONLY & set(subject_codes):
        return PASSED
    return VERBAL if grades[-1] <= _VERBAL_UP_TO else NATIONAL
