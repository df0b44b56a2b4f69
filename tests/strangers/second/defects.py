"""What real vendors do wrong with writes, one class each, written before the checks of the suite were read."""

from __future__ import annotations

from typing import Final

from tests.strangers.second import answers, guarding, ids, lasting, numbers, taking, texts
from tests.strangers.second.lists import AREAS, DEFECTS

THEMES: Final = (numbers, texts, answers, taking, guarding, lasting, ids)
LEFT: Final[dict[str, str]] = {}
"""Defects that no requirement notices, with the reason."""
STRUCK: Final[dict[str, str]] = {}
"""What was taken for a defect and is legal, with the clause."""

__all__ = ["AREAS", "DEFECTS", "LEFT", "STRUCK", "THEMES"]
