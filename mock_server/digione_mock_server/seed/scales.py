"""Which Finnish scale a group is graded on, and what is said of pupils where words are the grade.

The scales themselves are the SDK's (`digione_sdk.rules.grading`): what the seed writes, it reads without loss.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from digione_mock_server.seed.orgs import UPPER
from digione_sdk.model.base import Json
from digione_sdk.model.oneroster import ClassGUIDRef
from digione_sdk.rules.grading import GradingScale, score_scale

NUMERIC: Final = frozenset({GradingScale.NUMERALS, GradingScale.NATIONAL})
"""The scales on which tests are graded."""

_VERBAL_UP_TO: Final = 3
_MARKED_ONLY: Final = "OP"
_WORDS: Final = (
    ("Tavoitteet saavutettu erinomaisesti.", "Målen har uppnåtts utmärkt."),
    ("Tavoitteet saavutettu hyvin.", "Målen har uppnåtts bra."),
    ("Tavoitteet saavutettu osittain.", "Målen har uppnåtts delvis."),
    ("Harjoittelee vielä.", "Övar ännu."),
)
"""From the best to the worst; a municipality's own, as the core curriculum leaves them."""


def scale_of(grades: tuple[int, ...], subject_codes: tuple[str, ...]) -> GradingScale:
    """Return the scale of a group: words up to grade 3, then numerals; a mark for guidance; both in upper."""
    if _MARKED_ONLY in subject_codes:
        return GradingScale.MARKS
    if grades[0] >= UPPER:
        return GradingScale.NATIONAL
    return GradingScale.VERBAL if grades[-1] <= _VERBAL_UP_TO else GradingScale.NUMERALS


@cache
def content(scale: GradingScale, *, swedish: bool) -> dict[str, Json]:
    """Return title, type and steps of a score scale on the wire, which are alike in every class."""
    nobody = ClassGUIDRef.to("class", href="/classes/class")
    wire = score_scale(
        scale,
        sourced_id="scale",
        class_=nobody,
        date_last_modified=datetime(2026, 1, 1, tzinfo=UTC),
        language="sv" if swedish else "fi",
    ).to_wire()
    return {name: wire[name] for name in ("title", "type", "scoreScaleValue")}


def words(drawn: int, *, swedish: bool) -> str:
    """Return an assessment in words; the drawn number says how good it is, and the good ones are commoner."""
    return _WORDS[min(drawn % 4, drawn // 4 % 4)][swedish]
