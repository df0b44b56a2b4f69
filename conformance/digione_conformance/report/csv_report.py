"""`report.csv`: a row for each requirement, named consumer and waiver, for side-by-side comparison in procurement."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from digione_conformance.catalogue.requirement import Requirement
from digione_conformance.catalogue.verdict import Suits
from digione_conformance.report.content import Content, told_of
from digione_conformance.words.texts import consumer

COLUMNS: Final = (
    "target", "id", "level", "outcome", "title_en", "title_fi", "title_sv",
    "profiles", "clause", "evidence", "message", "findings", "operations", "breaks",
)  # fmt: skip
_BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@")


def as_csv(report: Content) -> str:
    """Return what a report says as CSV (RFC 4180) with a byte order mark, without which Excel misreads ä and ö.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([_cell(value) for value in row])
    return _BYTE_ORDER_MARK + sheet.getvalue()


def _rows(report: Content) -> Iterator[list[str]]:
    for entry in report.entries:
        demanded = entry.requirement
        yield [
            report.target,
            *_demanded(demanded, str(entry.outcome)),
            entry.message,
            str(entry.finding_count),
            " ".join(entry.operations),
            ", ".join(consumer(name).en for name in demanded.breaks),
        ]
    for out in report.left_out:
        yield [report.target, *_demanded(out.requirement, "not planned"), out.reason, "0", "", ""]
    for waiver in report.waivers:
        row = dict.fromkeys(COLUMNS, "")
        row |= {"target": report.target, "id": waiver.requirement, "level": "waiver"}
        row |= {"outcome": waiver.use, "message": waiver.terms}
        yield list(row.values())
    for served in report.served:
        name = served.consumer.name
        yield [
            report.target,
            served.consumer.id,
            "verdict",
            str(served.verdict),
            *(name.within(language) for language in ("en", "fi", "sv")),
            served.consumer.id,
            served.consumer.known_from,
            "implementation",
            told_of(served),
            str(len(served.broken)),
            "",
            name.en if served.verdict is Suits.BREAKS else "",
        ]


def _demanded(requirement: Requirement, outcome: str) -> list[str]:
    title = requirement.title
    return [
        requirement.id,
        str(requirement.level),
        outcome,
        title.en,
        title.fi or "",
        title.sv or "",
        " ".join(requirement.profiles),
        "; ".join(f"{source.document}, {source.clause}" for source in requirement.source),
        "; ".join(source.evidence for source in requirement.source),
    ]


def _cell(value: str) -> str:
    # Spreadsheets look past leading blanks and some read full-width signs as formulas too.
    start = value.lstrip(" \t\r\n\u00a0\u3000")
    return f"'{value}" if start.startswith((*_FORMULA, "\uff1d", "\uff0b", "\uff0d", "\uff20")) else value
