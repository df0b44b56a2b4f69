"""What real vendors do wrong with writes, one class each, written before the checks of the suite were read."""

from __future__ import annotations

from typing import Final

from tests.strangers.second import answers, guarding, ids, lasting, numbers, taking, texts
from tests.strangers.second.lists import AREAS, DEFECTS

THEMES: Final = (numbers, texts, answers, taking, guarding, lasting, ids)
LEFT: Final[dict[str, str]] = {
    "no-content-and-a-body": "the answers after it cannot be read: cantTell, and the run is incomplete",
    "text-score-refused": "a word needs a scale that the target knows, so that its refusal may be right",
}
"""Defects that no requirement notices, with the reason."""
STRUCK: Final[dict[str, str]] = {
    "deleted-with-a-tale": "consumers take 200 for a deletion, and no clause forbids a body (pitfall 59)",
    "metadata-refused": "who cannot keep properties of others had better refuse them (REST 11: open, and optional)",
    "objectives-refused": "objectives are of frameworks that a provider need not know (REST 8: 422, wrong in meaning)",
}
"""What was taken for a defect and is legal, with the clause."""

__all__ = ["AREAS", "DEFECTS", "LEFT", "STRUCK", "THEMES"]
