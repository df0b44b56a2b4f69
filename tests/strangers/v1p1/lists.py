"""All the legal variants and defects of 1.1, each read from the file that holds it."""

from __future__ import annotations

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
)
from tests.strangers.v1p1.registry import AREAS, DEFECTS, VARIANTS, WARNED

FILES = (
    legal_data, legal_answers, defects_people, defects_enrolments, defects_places, defects_shapes, defects_filters,
    defects_questions, defects_pages, defects_views, defects_doors, defects_errors,
)  # fmt: skip

__all__ = ["AREAS", "DEFECTS", "FILES", "VARIANTS", "WARNED"]
