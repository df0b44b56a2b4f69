"""The suite before a server of somebody else: nobody is accused who keeps the standard, and what errs is noticed."""

from __future__ import annotations

from typing import Final

import pytest

from tests.strangers.accusing import undue
from tests.strangers.defects import AREAS, DEFECTS, LEFT, STRUCK
from tests.strangers.judging import outcomes
from tests.strangers.later import LATER, WARNED_LATER
from tests.strangers.server import Vendor
from tests.strangers.variants import ACCUSED, VARIANTS, WARNED

LEGAL: Final = {**VARIANTS, **LATER}
TOGETHER: Final = (
    ("long-prefix", "lower-case-headers", "chunked", "charset", "tiny-token", "links-relative", "stamps-of-helsinki",
     "odd-ids", "equals-any-case", "many-clauses", "sort-refused", "minimal-refused"),
    ("upper-case-headers", "closing", "headers-of-a-gateway", "huge-token", "token-without-scope", "links-one-a-header",
     "urn-ids", "own-words", "contains-minds-case", "order-of-change", "no-primary-teacher"),
    ("gzip", "conditional", "no-head", "same-token", "links-rewritten", "stamps-of-six-digits", "metadata", "odd-texts",
     "null-is-not-unequal", "absent-last", "one-school", "parents-unheard-of"),
    ("token-first", "scope-on-the-wire", "next-and-no-more", "loaded-at-once", "empty-lists-told", "decomposed",
     "unequal-by-element", "descending-by-default", "payload-with-charset-and-language", "tiny-town"),
    ("busy", "total-and-no-links", "counted-ids", "large-records", "json-otherwise", "no-paths", "only-what-was-asked",
     "no-apostrophes", "deleted-people-in-lists"),
    ("busy-until", "default-25", "nobody-left", "required-only", "short-lived", "rostering-alone"),
    ("cap-40", "nothing-optional-there", "core-alone", "short-payload"),
    ("stamps-of-seven-digits", "busy-and-silent", "two-relations-a-link", "tall-tree", "profiles-and-credentials",
     "sorted-within-ties-by-change", "whole-numbers-told-as-fractions"),
    ("stamps-plus-zero", "down-for-a-second", "terse-payload", "one-calendar-for-all", "pupil-who-teaches", "namesakes",
     "roles-come-and-go", "ids-that-differ-in-case", "wider-categories", "no-default"),
    ("dates-of-old", "no-parts-of-the-year", "other-town-is-empty"),
)  # fmt: skip

NOTICED: Final = {
    "charset-lost": ("latin-1-body", "OR-ROS-JSON-001"),
    "cut": ("length-too-short", "OR-ROS-SHAPE-001"),
    "packed": ("gzip-claimed", "OR-ROS-JSON-001"),
    "door": ("no-token-with-slash", "OR-ROS-AUTH-001"),
    "case": ("token-of-any-case", "OR-ROS-AUTH-002"),
    "links": ("links-jump-over-rows", "OR-ROS-PAGE-006"),
    "pages": ("sort-by-page", "OR-GRB-PAGE-002"),
    "below": ("nested-never-paged", "OR-GRB-NEST-005"),
    "retold": ("nested-thinner", "OR-ROS-NEST-001"),
    "quotes": ("injection", "OR-ROS-FILT-007"),
    "signs": ("sign-within-quotes", "OR-ROS-FILT-007"),
    "twice": ("join-multiplies", "OR-ROS-FILT-010"),
    "wall": ("nested-resources-cross", "OR-RES-ISO-005"),
    "binary": ("scores-as-floats", "OR-GRB-SCHEMA-005"),
    "codes": ("subject-codes-uneven", "OR-ROS-SCHEMA-005"),
    "children": ("parent-without-child", "OR-ROS-REF-004"),
    "terms": ("class-term-is-a-grading-period", "OR-ROS-REF-005"),
}
"""Defects that are noticed, by what they are about, each with a requirement that says so."""


def _server(*names: str) -> Vendor:
    return type("Several", tuple({**LEGAL, **DEFECTS}[name] for name in names) or (Vendor,), {})()


def _accused(*names: str) -> dict[str, str]:
    due = [end for name in names for end in (WARNED | WARNED_LATER).get(name, ())]
    return undue(outcomes(_server(*names)), due)


def test_a_server_of_somebody_else_is_clean_where_it_is_written_to_as_well() -> None:
    found = outcomes(_server(), writing=True)
    assert {id_: outcome for id_, (outcome, _) in found.items() if outcome in {"failed", "cantTell", "warning"}} == {}


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[0])
def test_servers_that_differ_in_many_legal_ways_are_accused_of_nothing(names: tuple[str, ...]) -> None:
    assert _accused(*names) == {}


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(LEGAL.keys() - ACCUSED.keys()))
def test_a_server_that_differs_in_one_legal_way_is_accused_of_nothing(name: str) -> None:
    assert _accused(name) == {}


@pytest.mark.parametrize(("defect", "requirement"), NOTICED.values(), ids=NOTICED)
def test_a_defect_of_vendors_is_noticed(defect: str, requirement: str) -> None:
    ((outcome, _),) = [
        found for id_, found in outcomes(_server(defect), only=[requirement]).items() if id_ == requirement
    ]
    assert outcome in {"failed", "warning"}


def test_every_variant_stands_in_a_combination_and_what_is_on_record_exists() -> None:
    assert {name for names in TOGETHER for name in names} == LEGAL.keys() - ACCUSED.keys()
    assert ACCUSED.keys() | WARNED.keys() | WARNED_LATER.keys() <= LEGAL.keys()
    assert STRUCK.keys() | LEFT.keys() <= DEFECTS.keys() == AREAS.keys()
    assert all(one.__doc__ for one in (*LEGAL.values(), *DEFECTS.values()))
