"""All the strangers of 1.1, and what is on record of them: who may be warned, what is unnoticed, what was legal."""

from __future__ import annotations

from typing import Final

from tests.strangers.v1p1 import (
    defects_doors,
    defects_enrolments,
    defects_errors,
    defects_filters,
    defects_pages,
    defects_people,
    defects_places,
    defects_questions,
    defects_shapes,
    defects_views,
    legal_answers,
    legal_data,
    legal_places,
)
from tests.strangers.v1p1.registry import AREAS, DEFECTS, VARIANTS

FILES: Final = (
    legal_data, legal_places, legal_answers, defects_people, defects_enrolments, defects_places, defects_shapes,
    defects_filters, defects_questions, defects_pages, defects_views, defects_doors, defects_errors,
)  # fmt: skip
"""The files that put them on the lists."""
WARNED: Final = {
    "bad-limits-are-none": {"PAGE-011"},
    "cap-of-forty": {"PAGE-009"},
    "empty-texts": {"SCHEMA-004"},
    "next-alone": {"PAGE-005"},
    "no-expiry-told": {"TOKEN-003"},
    "no-links-no-total": {"PAGE-005"},
    "pages-of-25-by-default": {"PAGE-009"},
    "refusals-without-reason": {"WARN-006"},
    "scopes-of-more": {"TOKEN-004"},
    "total-alone": {"PAGE-005"},
}
"""What a variant earns a warning for, by the ends of the ids: legal, and worth a word."""
LEFT: Final = {
    "links-of-the-inner-host": "a provider may have several names, and no link is followed to another host",
    "tokens-guessed": "RFC 6749, 10.10 bounds a probability, which a few tokens do not show",
}
"""Defects that nothing notices, with the reason."""
STRUCK: Final = {
    "terms-with-semesters": "a class calls a semester a term, and no clause says that the view does not",
    "students-who-are-active": "no clause says whether a view tells tombstones; the whole collection does",
}
"""Defects that are legal after all, with the reason."""

__all__ = ["AREAS", "DEFECTS", "FILES", "LEFT", "STRUCK", "VARIANTS", "WARNED"]
