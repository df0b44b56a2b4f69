"""The rules of OneRoster CSV, read from `specs/requirements/csv.toml`, and the findings that are made of them.

The file has the format of the conformance catalogue, which stands downstream: both read it, and a test holds that they
read the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, Literal

from digione_sdk.bulk.findings import LANGUAGES, Finding, Severity, Text
from digione_sdk.bulk.tables import Version
from digione_sdk.errors import ConfigurationError
from digione_sdk.specs import specs_root

_NO_WORDS: Final[Mapping[str, str | int | Text]] = {}
_SEVERITIES: Final = {"MUST": Severity.ERROR, "SHOULD": Severity.WARNING, "MAY": Severity.NOTE}


class RuleId(StrEnum):
    """Every rule that the validator knows."""

    AT_ROOT = "CSV-PKG-001"
    KNOWN_FILES = "CSV-PKG-002"
    MANIFEST_THERE = "CSV-MAN-001"
    MANIFEST_FORM = "CSV-MAN-002"
    MANIFEST_COMPLETE = "CSV-MAN-003"
    MANIFEST_NAMES = "CSV-MAN-004"
    MANIFEST_VALUES = "CSV-MAN-005"
    MANIFEST_VERSION = "CSV-MAN-006"
    MANIFEST_FILES = "CSV-MAN-007"
    MANIFEST_MODE = "CSV-MAN-008"
    UTF8 = "CSV-FILE-001"
    NO_BOM = "CSV-FILE-002"
    HEADER = "CSV-FILE-003"
    EXTENSIONS = "CSV-FILE-004"
    NOT_EMPTY = "CSV-FILE-005"
    FIELD_COUNT = "CSV-FILE-006"
    QUOTES = "CSV-FILE-007"
    NO_BREAKS = "CSV-FILE-008"
    NO_NUL = "CSV-FILE-009"
    LINE_ENDS = "CSV-FILE-010"
    LINE_LENGTH = "CSV-FILE-011"
    FILLED = "CSV-ROW-001"
    GUID = "CSV-ROW-002"
    DATE = "CSV-ROW-003"
    YEAR = "CSV-ROW-004"
    DATETIME = "CSV-ROW-005"
    MILLISECONDS = "CSV-ROW-006"
    INTEGER = "CSV-ROW-007"
    FLOAT = "CSV-ROW-008"
    BOOLEAN = "CSV-ROW-009"
    TOKEN = "CSV-ROW-010"  # noqa: S105 - a token of a vocabulary
    PAIRS = "CSV-ROW-011"
    BULK_BLANK = "CSV-MODE-001"
    DELTA_FILLED = "CSV-MODE-002"
    UNIQUE = "CSV-KEY-001"
    RESOLVES = "CSV-REF-001"
    CLOSED = "CSV-REF-002"
    TARGET_TYPE = "CSV-REF-003"
    NO_CYCLE = "CSV-REF-004"
    ORDERED_DATES = "CSV-DATE-001"
    WITHIN_PARENT = "CSV-DATE-002"
    WITHIN_TERMS = "CSV-DATE-003"
    SCHOOL_YEAR = "CSV-DATE-004"
    ONE_PRIMARY_ROLE = "CSV-ROLE-001"
    SOME_PRIMARY_ROLE = "CSV-ROLE-002"
    ONE_PRIMARY_TEACHER = "CSV-ENR-001"
    PRIMARY_IS_TEACHER = "CSV-ENR-002"
    PARALLEL_SUBJECTS = "CSV-LIST-001"
    SCORE_BOUNDS = "CSV-GRADE-001"
    ORDERED_BOUNDS = "CSV-GRADE-002"
    RESULT_CLASS = "CSV-GRADE-003"
    CASE_URN = "CSV-GRADE-004"
    NO_PASSWORD = "CSV-PRIV-001"  # noqa: S105 - no password, indeed
    OPAQUE_ID = "CSV-PRIV-002"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    Attributes:
        id: Its id; ids never change meaning and are never reused.
        level: MUST, SHOULD or MAY.
        title: What is demanded.
        finding: What a finding says, with `{names}` of what is filled in.
        fix: How to mend it.
        clause: Where it comes from.
        versions: Versions of the binding that it belongs to.
    """

    id: RuleId
    level: Literal["MUST", "SHOULD", "MAY"]
    title: Text
    finding: Text
    fix: Text
    clause: str
    versions: frozenset[Version]

    @property
    def severity(self) -> Severity:
        """How much a finding of this rule weighs."""
        return _SEVERITIES[self.level]


@cache
def rules() -> Mapping[RuleId, Rule]:
    """Return all rules by id, in the order of the catalogue.

    Raises:
        ConfigurationError: The catalogue is missing or an entry of it is malformed; the message names the entry.
    """
    path = specs_root() / "requirements" / "csv.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["requirement"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ConfigurationError(f"{path.name} cannot be read ({type(error).__name__})") from None
    return {rule.id: rule for rule in map(_rule, entries)}


def _rule(entry: Mapping[str, object]) -> Rule:
    try:
        source = entry["source"][0]  # type: ignore[index]  # a shape that the test of the catalogue holds
        return Rule(
            id=RuleId(str(entry["id"])),
            level=entry["level"],  # type: ignore[arg-type]
            title=Text(**entry["title"]),  # type: ignore[arg-type]
            finding=Text(**entry["finding"]),  # type: ignore[arg-type]
            fix=Text(**entry["fix"]),  # type: ignore[arg-type]
            clause=f"{source['document']}, {source['clause']}",
            versions=frozenset(Version(name.removeprefix("csv-")) for name in entry["profiles"]),  # type: ignore[attr-defined]
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ConfigurationError(f"csv.toml {entry.get('id', '')}: malformed ({type(error).__name__})") from None


def finding(
    rule: RuleId,
    file: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    words: Mapping[str, str | int | Text] = _NO_WORDS,
    consequence: bool = False,
) -> Finding:
    """Make a finding of a rule; `words` fill the places in its text, beside `column` and `file`."""
    known = rules()[rule]
    filled: dict[str, str | int | Text] = {"file": file, "column": column or "", **words}
    message = Text(*(_filled(known.finding.within(language), filled, language) for language in LANGUAGES))
    return Finding(rule, known.severity, file, row, column, message, value, consequence)


def _filled(text: str, words: Mapping[str, str | int | Text], language: str) -> str:
    return text.format(
        **{name: word.within(language) if isinstance(word, Text) else word for name, word in words.items()}
    )
