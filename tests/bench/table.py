"""One row a measure: what, how much, how much it may be, and whether it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """A bound that a measure is held to."""

    bound: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"

    def verdict(self, measured: float) -> str:
        """`within`, or on which side of the bound the measure lies."""
        if self.at_least:
            return "within" if measured >= self.bound else "under"
        return "within" if measured <= self.bound else "over"


@dataclass(frozen=True)
class Row:
    """One measure.

    Attributes:
        part: Part of the bench.
        what: What was measured.
        measured: The figure; None where it could not be had, and `note` says why.
        unit: `x` for a ratio, else the unit.
        target: What it is held to; None where it is only reported.
        note: Absolute figures and conditions. They do not travel; ratios do.
    """

    part: str
    what: str
    measured: float | None
    unit: str = "x"
    target: Target | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """`within`, `over`, `under`, `reported` or `skipped`."""
        if self.measured is None:
            return "skipped"
        return self.target.verdict(self.measured) if self.target else "reported"

    def as_json(self) -> dict[str, Any]:
        """The row for machines."""
        return {
            "part": self.part,
            "what": self.what,
            "measured": None if self.measured is None else round(self.measured, 4),
            "unit": self.unit,
            "target": str(self.target) if self.target else None,
            "verdict": self.verdict,
            "note": self.note,
        }


HEADINGS = ("part", "what", "target", "measured", "verdict", "note")


def table(rows: Iterable[Row]) -> str:
    """Return the rows as one table, its columns as wide as they must be."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_line(line, widths) for line in (lines[0], rule, *lines[1:]))


def _cells(row: Row) -> tuple[str, ...]:
    measured = "-" if row.measured is None else f"{row.measured:.{2 if row.measured < 100 else 0}f} {row.unit}"
    return row.part, row.what, str(row.target or ""), measured, row.verdict, row.note


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
