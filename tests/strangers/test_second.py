"""The suite before writing servers of somebody else: nobody is accused who keeps the standard, what errs is noticed."""

from __future__ import annotations

import re
from typing import Final

import pytest
from digione_conformance.catalogue.requirement import load_catalogue

from tests.strangers.accusing import undue
from tests.strangers.judging import outcomes
from tests.strangers.second.defects import AREAS, DEFECTS, LEFT, STRUCK
from tests.strangers.second.variants import ACCUSED, VARIANTS, WARNED
from tests.strangers.second.writer import Writer

_OF_WRITES: Final = re.compile(r"OR-GRB-(ASM-)?(PUT|POST|DEL|HOLD|WAUTH|WISO|MODEL)-\d+")
WRITES: Final = tuple(name for name in load_catalogue().requirements if _OF_WRITES.fullmatch(name))
"""What is asked of writes; lists and single reads are those of the first strangers."""
CLAIMS_NO_WRITES: Final = frozenset({"nothing-of-scales"})
TOGETHER: Final = (
    ("replaced-201", "put-tells-the-object", "pairs-in-any-order", "allocated-numbers", "broken-json-422",
     "body-before-the-right", "in-use-422", "writes-counted", "extras-ignored", "class-filled-in", "decimals-told",
     "clock-slow", "deleted-ids-410"),
    ("put-tells-success", "deleted-200", "free-ids-kept", "retries-known", "wrong-data-400", "there-before-the-right",
     "id-of-the-path", "null-is-absent", "words-of-any-case", "metadata-added", "moments-of-helsinki"),
    ("location-absolute", "allocated-urns", "good-ones-kept", "conflict-409", "unknown-link-404", "own-objects-only",
     "numbers-and-flags-of-any-type", "tombstones", "newest-first", "clock-fast"),
    ("location-relative", "hangs-up-after-writes", "no-more-than-five", "body-before-the-parent", "entity-tags",
     "strict-about-types", "class-filled-in-later", "moments-in-full", "deleted-ids-done-with"),
    ("empty-and-chunked", "in-use-409", "writes-down", "bare-objects-taken", "maximum-kept", "sense-demanded",
     "status-kept", "tombstones-deleted-once", "line-items-touched", "normalised-strings"),
    ("reads-wait-for-writes", "enrolled-only", "own-class-only", "tombstones-by-id"),
    ("one-mark-a-pupil", "deleted-again-204"),
    ("nothing-of-scales",),
)  # fmt: skip
NOTICED: Final = {
    "rounding": ("score-to-one-decimal", "OR-GRB-PUT-013"),
    "clocks": ("stamp-local-told-as-utc", "OR-GRB-PUT-036"),
    "addresses": ("location-of-the-inside", "OR-GRB-PUT-030"),
    "twins": ("same-title-same-object", "OR-GRB-POST-010"),
    "counting": ("counted-ids", "OR-GRB-POST-011"),
    "scopes": ("scales-by-anybody", "OR-GRB-WAUTH-002"),
    "links": ("links-across", "OR-GRB-WISO-003"),
    "whispers": ("taken-by-others", "OR-GRB-WISO-004"),
    "dots": ("cut-at-the-dot", "OR-GRB-PUT-031"),
    "forms": ("uuids-only", "OR-GRB-PUT-033"),
    "kinds": ("any-kind-deleted", "OR-GRB-DEL-009"),
    "graves": ("old-life-returns", "OR-GRB-DEL-008"),
    "meeting": ("last-document-wins", "OR-GRB-PUT-034"),
    "halves": ("half-of-what-was-refused", "OR-GRB-PUT-021"),
}
"""Defects that are noticed, by what they are about, each with a requirement that says so."""


def _server(*names: str) -> Writer:
    return type("Several", tuple({**VARIANTS, **DEFECTS}[name] for name in names), {})()


def _accused(*names: str) -> dict[str, str]:
    due = [end for name in names for end in WARNED.get(name, ())]
    # Who claims no writes is asked for all that he does claim: of writes alone there would be nothing to judge.
    only = () if CLAIMS_NO_WRITES.intersection(names) else WRITES
    return undue(outcomes(_server(*names), only=only, writing=True), due)


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[0])
def test_servers_that_take_writes_in_legal_ways_are_accused_of_nothing(names: tuple[str, ...]) -> None:
    assert _accused(*names) == {}


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(VARIANTS.keys() - ACCUSED.keys()))
def test_a_server_that_takes_writes_in_one_legal_way_is_accused_of_nothing(name: str) -> None:
    assert _accused(name) == {}


@pytest.mark.parametrize(("defect", "requirement"), NOTICED.values(), ids=NOTICED)
def test_a_defect_of_writing_is_noticed(defect: str, requirement: str) -> None:
    found = outcomes(_server(defect), only=[requirement], writing=True)
    assert found[requirement][0] in {"failed", "warning"}


def test_every_legal_writer_stands_in_a_combination_and_what_is_on_record_exists() -> None:
    assert {name for names in TOGETHER for name in names} == VARIANTS.keys() - ACCUSED.keys()
    assert ACCUSED.keys() | WARNED.keys() <= VARIANTS.keys()
    assert STRUCK.keys() | LEFT.keys() <= DEFECTS.keys() == AREAS.keys()
    assert all(one.__doc__ for one in (*VARIANTS.values(), *DEFECTS.values()))
