"""The suite before the third strangers: odd servers that keep the standard are accused of nothing, defects noticed."""

from __future__ import annotations

from typing import Final

import pytest

from tests.strangers.accusing import undue
from tests.strangers.judging import outcomes
from tests.strangers.server import Vendor
from tests.strangers.third import FILES
from tests.strangers.third.lists import ACCUSED, AREAS, DEFECTS, LEFT, STRUCK, VARIANTS, WARNED

TOGETHER: Final = (
    ("content-type-with-parameters", "keys-in-any-order", "cookies-of-a-balancer", "headers-of-azure", "no-405",
     "bad-limit-is-422", "long-addresses-refused", "private-and-no-cache", "refusals-in-finnish", "two-minor-codes",
     "links-unquoted", "names-of-the-world", "two-homerooms", "extra-credit", "equals-pads-blanks",
     "lower-case-bearer"),
    ("escaped-json", "token-before-path", "jwt-of-an-identity-service", "token-without-lifetime", "links-in-capitals",
     "texts-like-code", "ids-are-oids", "newest-first", "metadata-of-every-kind", "hrefs-by-role",
     "document-of-a-gateway"),
    ("tokens-outside-a-vocabulary-refused", "keycloak-default-scopes", "basic-alone", "links-with-titles",
     "every-title-the-same", "pupils-of-several-schools", "left-and-came-back", "ties-the-other-way",
     "no-dotted-filters", "no-document"),
    ("scope-must-be-named", "token-with-all-characters", "challenge-of-two-schemes", "links-of-other-relations",
     "a-dozen-roles", "deleted-without-names", "people-with-everything", "repeated-parameters-refused",
     "grades-only-read", "stamps-of-many-zones", "dates-of-stamps-are-local"),
    ("one-token-at-a-time", "links-with-raw-commas", "schools-without-a-town", "courses-of-past-years",
     "classes-in-semesters", "empty-fields-refused", "more-than-the-standard", "numbers-of-any-form",
     "graded-in-words", "sorted-as-finns-do"),
    ("links-to-cursors", "summer-school", "terms-that-overlap", "sessions-in-own-words", "courses-of-the-town",
     "tags-for-everything", "parentheses-too", "line-items-bare", "class-of-everyone", "weights-beyond-a-hundred"),
    ("next-is-the-only-link", "a-village", "hidden-from-the-narrow", "stamps-of-another-century",
     "objectives-of-a-curriculum", "empty-lists-in-half", "resources-for-nobody"),
    ("ids-with-slashes-and-signs", "same-ids-in-both-towns", "a-school-that-closed", "everything-just-now",
     "nothing-graded-yet", "narrow-client-of-one-school"),
    ("one-id-for-several-kinds",),
)  # fmt: skip

NOTICED: Final = {
    "door": ("path-parameters-open", "OR-ROS-AUTH-001"),
    "secret": ("any-secret-of-any-client", "OR-ROS-TOKEN-002"),
    "jwt": ("jwt-alg-none", "OR-ROS-AUTH-002"),
    "later-pages": ("page-two-forgets-fields", "OR-ROS-FIELD-001"),
    "hidden": ("hidden-fields-on-page-two", "OR-ROS-EXPO-005"),
    "links": ("links-keep-one-of-the-repeated", "OR-ROS-PAGE-007"),
    "words": ("equals-finds-words", "OR-ROS-FILT-001"),
    "flags": ("false-is-true", "OR-ROS-FILT-001"),
    "lists": ("array-filter-is-500", "OR-ROS-FILT-010"),
    "names": ("filter-reaches-demographics", "OR-ROS-FILT-008"),
    "milliseconds": ("fraction-of-literal-refused", "OR-ROS-DELTA-002"),
    "nothing-below": ("no-rows-is-404", "OR-ROS-NEST-001"),
    "below": ("fields-ignored-on-nested", "OR-ROS-NEST-005"),
    "days": ("end-of-days", "OR-ROS-DATE-003"),
    "kinds": ("course-year-is-a-term", "OR-ROS-REF-006"),
    "accounts": ("role-profile-dangles", "OR-ROS-REF-007"),
    "lines": ("tabs-in-titles", "OR-ROS-TEXT-005"),
    "grades": ("result-of-another-class", "OR-GRB-REF-007"),
    "walls": ("deep-paths-cross", "OR-ROS-ISO-005"),
}
"""Defects that are noticed, by what they are about, each with a requirement that says so."""


def _server(*names: str) -> Vendor:
    return type("Several", tuple({**VARIANTS, **DEFECTS}[name] for name in names), {})()


def _accused(*names: str) -> dict[str, str]:
    due = [end for name in names for end in WARNED.get(name, ())]
    return undue(outcomes(_server(*names)), due)


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[0])
def test_servers_that_differ_in_many_legal_ways_are_accused_of_nothing(names: tuple[str, ...]) -> None:
    assert _accused(*names) == {}


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(VARIANTS.keys() - ACCUSED.keys()))
def test_a_server_that_differs_in_one_legal_way_is_accused_of_nothing(name: str) -> None:
    assert _accused(name) == {}


@pytest.mark.parametrize(("defect", "requirement"), NOTICED.values(), ids=NOTICED)
def test_a_defect_of_vendors_is_noticed(defect: str, requirement: str) -> None:
    assert outcomes(_server(defect), only=[requirement])[requirement][0] in {"failed", "warning"}


def test_every_variant_stands_in_a_combination_and_what_is_on_record_exists() -> None:
    assert {name for names in TOGETHER for name in names} == VARIANTS.keys() - ACCUSED.keys()
    assert ACCUSED.keys() | WARNED.keys() <= VARIANTS.keys()
    assert STRUCK.keys() | LEFT.keys() <= DEFECTS.keys() == AREAS.keys()
    assert all(one.__doc__ for one in (*FILES, *VARIANTS.values(), *DEFECTS.values()))
