"""The suite before servers of 1.1 by somebody else: nobody is accused who keeps the standard, what errs is noticed."""

from __future__ import annotations

from typing import Final

import pytest

from tests.strangers.accusing import undue
from tests.strangers.v1p1.judging import outcomes
from tests.strangers.v1p1.lists import AREAS, DEFECTS, FILES, LEFT, STRUCK, VARIANTS, WARNED
from tests.strangers.v1p1.server import Old

TOGETHER: Final = (
    ("ids-of-any-sign", "prefix-of-aeries", "stamps-of-helsinki", "all-roles-of-1.1", "links-each-a-header",
     "success-is-told", "charset-told", "equals-any-case", "scopes-of-more", "empty-lists-told",
     "filters-links-by-their-name"),
    ("ids-are-numbers-of-a-table", "behind-a-gateway", "stamps-of-milliseconds", "flags-of-origin",
     "bearer-in-small-letters", "order-of-change", "refusals-at-length", "contains-minds-case", "metadata-of-any-kind"),
    ("words-of-guid-type", "ids-of-255-signs", "chunked-and-closing", "all-changed-at-once", "json-of-another-order",
     "no-expiry-told", "cap-of-forty", "only-what-was-asked", "tall-tree", "texts-decomposed", "descending-by-default"),
    ("links-lead-to-views", "years-and-terms-alone", "nobody-left", "token-by-basic-alone", "next-alone",
     "what-is-absent-is-not-unequal", "identifiers-like-numbers", "courses-of-the-district", "parents-unheard-of",
     "enrolled-as-another-than-one-is"),
    ("other-town-is-empty", "tiny-town", "nothing-optional", "no-links-no-total", "core-alone",
     "refusals-without-reason", "bad-limits-are-none"),
    ("one-school", "years-long-ago", "total-alone", "pages-of-25-by-default", "sorts-by-plain-fields-alone", "no-dots",
     "no-demographics", "busy-at-times", "nobody-but-pupils-and-teachers", "empty-texts", "ended-is-over",
     "one-calendar-for-all", "tokens-of-three-seconds"),
)  # fmt: skip

NOTICED: Final = {
    "version": ("users-of-1.2", "OR11-ROS-VERS-001"),
    "words": ("role-of-the-vendor", "OR11-ROS-VOC-001"),
    "secret": ("any-secret", "OR11-ROS-TOKEN-002"),
    "challenge": ("refused-without-challenge", "OR11-ROS-AUTH-004"),
    "below": ("nested-never-paged", "OR11-ROS-NEST-005"),
    "led-away": ("next-leads-to-the-whole", "OR11-ROS-NEST-005"),
    "behind": ("classes-of-a-term-by-its-first", "OR11-ROS-NEST-001"),
    "thinner": ("nested-thinner", "OR11-ROS-NEST-001"),
    "warning": ("warning-of-failure", "OR11-ROS-WARN-004"),
    "refusal": ("refusals-typed-as-html", "OR11-ROS-ERR-003"),
    "password": ("password-told", "OR11-ROS-PRIV-002"),
    "autumn": ("school-year-of-autumn", "OR11-ROS-DATE-002"),
    "links": ("links-of-1.2", "OR11-ROS-HREF-001"),
}
"""Defects that are noticed, by what they are about, each with a requirement that says so."""


def _server(*names: str) -> Old:
    return type("Several", tuple({**VARIANTS, **DEFECTS}[name] for name in names) or (Old,), {})()


def _accused(*names: str) -> dict[str, str]:
    due = [end for name in names for end in WARNED.get(name, ())]
    return undue(outcomes(_server(*names)), due)


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[0])
def test_servers_that_differ_in_many_legal_ways_are_accused_of_nothing(names: tuple[str, ...]) -> None:
    assert _accused(*names) == {}


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted({*VARIANTS, ""}))
def test_a_server_that_differs_in_one_legal_way_is_accused_of_nothing(name: str) -> None:
    assert _accused(*filter(None, (name,))) == {}


@pytest.mark.parametrize(("defect", "requirement"), NOTICED.values(), ids=NOTICED)
def test_a_defect_of_vendors_is_noticed(defect: str, requirement: str) -> None:
    ((outcome, _),) = [
        found for id_, found in outcomes(_server(defect), only=[requirement]).items() if id_ == requirement
    ]
    assert outcome in {"failed", "warning"}


def test_every_variant_stands_in_a_combination_and_what_is_on_record_exists() -> None:
    assert {name for names in TOGETHER for name in names} == VARIANTS.keys()
    assert WARNED.keys() <= VARIANTS.keys()
    assert STRUCK.keys() | LEFT.keys() <= DEFECTS.keys() == AREAS.keys()
    assert all(one.__doc__ for one in (*FILES, *VARIANTS.values(), *DEFECTS.values()))
