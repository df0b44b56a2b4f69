"""What is wrong with a package: one value a finding, with its place, its rule and its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("en", "fi", "sv")


class Severity(StrEnum):
    """How much a finding weighs: an error breaks a MUST of the standard, a warning a SHOULD, a note a MAY."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in the languages of the ecosystem."""

    en: str
    fi: str
    sv: str

    def within(self, language: str) -> str:
        """Return the words in `language`, one of `LANGUAGES`; English in any other."""
        return {"fi": self.fi, "sv": self.sv}.get(language, self.en)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not met, in one place.

    Attributes:
        rule: Id of the rule, as in `specs/requirements/csv.toml`.
        severity: How much it weighs.
        file: Name of the file; that of the package where no file is meant.
        row: Line of the file, the header being 1; None where the whole file is meant.
        column: Name of the column; None where the whole row is meant.
        value: The value, masked where a person could be meant; None where there is none to show.
        message: What is wrong.
        consequence: Whether it only follows from another finding: mend that one first.
        occurrences: How many findings it stands for: more than one where the rest of its kind was not kept.
    """

    rule: str
    severity: Severity
    file: str
    row: int | None
    column: str | None
    message: Text
    value: str | None = None
    consequence: bool = False
    occurrences: int = 1
