"""A validation for people and for machines, in the languages of the ecosystem."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from digione_sdk.bulk.catalogue import RuleId, rules
from digione_sdk.bulk.findings import Finding, Severity, Text
from digione_sdk.bulk.validation import Validation

Json = dict[str, Any]

_SEVERITIES: Final = {
    Severity.ERROR: Text("error", "virhe", "fel"),
    Severity.WARNING: Text("warning", "varoitus", "varning"),
    Severity.NOTE: Text("note", "huomautus", "anmärkning"),
}
_HEAD: Final = Text(
    "{package}: OneRoster CSV {version}, {files} data files, {rows} rows",
    "{package}: OneRoster CSV {version}, {files} datatiedostoa, {rows} riviä",
    "{package}: OneRoster CSV {version}, {files} datafiler, {rows} rader",
)
_CLEAN: Final = Text("No findings.", "Ei havaintoja.", "Inga fynd.")
_ROW: Final = Text("row {row}", "rivi {row}", "rad {row}")
_FIX: Final = Text("Fix: {fix}", "Korjaus: {fix}", "Åtgärd: {fix}")
_MORE: Final = Text("... and {more} more", "... ja {more} muuta", "... och {more} till")
_FOLLOWS: Final = Text("(follows from another finding)", "(seuraa toisesta havainnosta)", "(följer av ett annat fynd)")
_MANY: Final = {
    Severity.ERROR: Text("errors", "virhettä", "fel"),
    Severity.WARNING: Text("warnings", "varoitusta", "varningar"),
    Severity.NOTE: Text("notes", "huomautusta", "anmärkningar"),
}


def validation_as_json(validation: Validation, *, language: str = "en") -> Json:
    """Return a validation for machines: `files`, `rows`, `findings`, and how many there are of each rule."""
    return {
        "package": validation.package,
        "version": str(validation.version),
        "files": len(validation.files),
        "rows": validation.total_rows,
        "counts": {str(rule): count for rule, count in validation.counts.items()},
        "findings": [_finding_as_json(one, language) for one in validation.findings],
    }


def _finding_as_json(one: Finding, language: str) -> Json:
    return {
        "rule": str(one.rule),
        "severity": str(one.severity),
        "file": one.file,
        "row": one.row,
        "column": one.column,
        "value": one.value,
        "message": one.message.within(language),
        "consequence": one.consequence,
    }


def validation_as_text(validation: Validation, *, language: str = "en", shown: int = 5) -> str:
    """Return a validation for people: rule by rule, root causes first, a few places of each and how to mend it.

    Args:
        validation: What came of a package.
        language: One of `LANGUAGES`.
        shown: Places to show of each rule in one file.
    """
    head = _HEAD.within(language).format(
        package=validation.package,
        version=validation.version,
        files=len(validation.files),
        rows=validation.total_rows,
    )
    if not validation.findings:
        return f"{head}\n{_CLEAN.within(language)}"
    return "\n".join((head, *_groups(validation, language, shown), "", _total(validation, language)))


def _groups(validation: Validation, language: str, shown: int) -> Iterator[str]:
    known = rules()
    by_file = [list(found) for _, found in groupby(validation.findings, key=lambda one: one.file)]
    for findings in by_file:
        for rule_id in dict.fromkeys(one.rule for one in findings):
            rule, places = known[RuleId(rule_id)], [one for one in findings if one.rule == rule_id]
            severity = _SEVERITIES[rule.severity].within(language)
            yield ""
            yield f"{severity}  {rule_id}  {places[0].file}: {rule.title.within(language)}"
            for one in places[:shown]:
                yield f"    {_place(one, language)}"
            total = sum(one.occurrences for one in places)
            if total > shown:
                yield f"    {_MORE.within(language).format(more=total - min(shown, len(places)))}"
            yield f"    {_FIX.within(language).format(fix=rule.fix.within(language))}"


def _place(one: Finding, language: str) -> str:
    row = _ROW.within(language).format(row=one.row) if one.row else ""
    place = ", ".join(part for part in (row, one.column) if part)
    value = f" {one.value}" if one.value is not None else ""
    follows = f" {_FOLLOWS.within(language)}" if one.consequence else ""
    return (
        f"{place}: {one.message.within(language)}{value}{follows}" if place else one.message.within(language) + follows
    )


def _total(validation: Validation, language: str) -> str:
    counted = dict.fromkeys(Severity, 0)
    for rule, count in validation.counts.items():
        counted[rules()[rule].severity] += count
    words = ((count, (_SEVERITIES if count == 1 else _MANY)[severity]) for severity, count in counted.items())
    return ", ".join(f"{count} {word.within(language)}" for count, word in words)
