"""A server that differs from ours as the standard allows never fails a MUST, and earns a warning only with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Level
from digione_conformance.probing.family import EVERYWHERE
from digione_mock_server.dialects import DIALECTS

from tests.conformance.judged import Judged, judged

LEGAL: Final = tuple(dialect.id for dialect in DIALECTS.values() if dialect.legal)

WARNED: Final[Mapping[str, frozenset[str]]] = {
    # Consumers that trust a total or a link would stop early: legal, and worth a word (pitfall 21).
    "no-link": frozenset({"OR-ROS-PAGE-005"}),
    "no-total": frozenset({"OR-ROS-PAGE-005"}),
    # 100 is the declared default of limit; less must at least be documented (pitfall 19).
    "low-cap": frozenset({"OR-ROS-PAGE-009"}),
    "tiny-cap": frozenset({"OR-ROS-PAGE-009"}),
    "small-default": frozenset({"OR-ROS-PAGE-009"}),
    # RFC 6749 recommends it, and a client without it asks for tokens too often or too late.
    "no-expires-in": frozenset({"OR-ROS-TOKEN-003"}),
    # Mäki and Maki are two families; no clause of the standard says so, hence no more than a warning.
    "accents-folded": frozenset({"OR-ROS-TEXT-003"}),
    # `Unicode ordering` is read as code points; another reading is not excluded.
    "finnish-sort": frozenset({"OR-ROS-SORT-003"}),
    "root-collation-sort": frozenset({"OR-ROS-SORT-003"}),
    # Whoever reads finds links that lead nowhere: nothing forbids to take them, and they are worth a word (pitfall 47).
    "references-unchecked": frozenset({"OR-GRB-PUT-025", "OR-GRB-ASM-PUT-025", "OR11-GRB-PUT-025"}),
}
"""The requirements that a dialect alone earns a warning for; every other dialect earns none."""

UNTESTED: Final[Mapping[str, frozenset[str]]] = {
    # Short ids are the same in both tenants: there is none that only the other one has.
    "short-ids": frozenset({"OR-RES-ISO-002", "OR-RES-ISO-003", "OR-GRB-ISO-005"}),
    "short-ids-by-kind": frozenset({"OR-RES-ISO-002", "OR-RES-ISO-003", "OR-GRB-ISO-005"}),
    # Nothing was deleted, so no tombstone can be looked at.
    "no-tombstones": frozenset({"OR-ROS-DELTA-003"}),
    # Without titles no text of a resource can be asked for, and nothing links to one: there are no parents.
    "required-only": frozenset(
        {
            "OR-RES-TEXT-001",
            "OR11-RES-TEXT-001",
            "OR-RES-TEXT-002",
            "OR-RES-NEST-004",
            "OR-RES-NEST-005",
            "OR-RES-AUTH-003",
            "OR-RES-SCOPE-003",
        }
    ),
    # What is not offered cannot be looked at; both are optional.
    "no-nested": frozenset(
        {"OR-ROS-NEST-001", "OR-ROS-NEST-005", "OR-GRB-NEST-004", "OR-RES-NEST-004", "OR-ROS-SCOPE-003"}
    ),
    "no-demographics": frozenset({"OR-ROS-DEMO-001", "OR-ROS-DEMO-002", "OR-ROS-SCOPE-004"}),
    # Sixty pages of three are the most that are read of a list: what needs a whole list is not decided.
    "tiny-cap": frozenset(
        {"OR-ROS-ISO-001", "OR-ROS-ISO-005", "OR-ROS-ROLE-001", "OR-ROS-DEMO-002", "OR-ROS-NEST-005"}
    ),
}
"""The MUSTs that a dialect leaves undecided; every other dialect leaves none."""

TOO_LONG: Final = frozenset({"tiny-cap"})
"""Sixty pages of so few rows hold no whole list of results or resources: little is decided beyond Rostering."""

COMBINED: Final[Mapping[str, tuple[str, ...]]] = {
    # A small provider behind a gateway: little offered, little said.
    "gateway": (
        "one-school", "required-only", "no-tombstones", "no-nested", "no-demographics", "no-link", "no-total",
        "no-etag", "no-gzip", "no-head", "slashes-count", "short-ids-by-kind", "whole-seconds", "opaque-tokens",
        "no-expires-in", "basic-only", "roster-scopes-only",
    ),
    # A database with collations of its own, and a filter that knows no paths.
    "database": (
        "equals-any-case", "contains-any-case", "accents-folded", "finnish-sort", "absent-last", "natural-order",
        "not-equal-skips-absent", "no-dotted-filters", "no-array-filters", "unknown-sort-200", "limit-zero-empty",
        "fields-exact", "stamps-cut-to-seconds", "unknown-parent-empty", "busy-now-and-then",
    ),
    # A rich provider that writes everything otherwise.
    "wordy": (
        "metadata-everywhere", "ext-vocabularies", "empty-arrays", "marked-ids", "local-stamps", "href-elsewhere",
        "pretty-json", "escaped-json", "charset-in-type", "links-one-by-one", "next-by-cursor", "bare-nested-pages",
        "extended-filter", "no-scope-echo", "lower-case-bearer",
    ),
    # A gradebook that takes what it gets, and keeps what it deletes.
    "gradebook": (
        "replace-answers-201", "delete-answers-200", "no-posts", "tombstones-listed", "no-conditional-writes",
        "references-unchecked", "supplied-ids-kept", "pairs-in-any-order", "deleted-ids-stay-taken", "path-id-wins",
    ),
    "pull-only": ("pull-only",),
}  # fmt: skip
"""Providers that differ from ours in many ways at once, by what they are like."""

JUDGED_BY: Final = {"database": "OR-", "wordy": "OR-", "pull-only": "OR-GRB"}
"""What is judged of those whose dialects are about less than all: how ids begin; the rest is judged in the soak."""

ALONE: Final = frozenset(
    {"no-link", "no-total", "low-cap", "tiny-cap", "small-default", "next-by-cursor", "no-nested", "no-demographics",
     "unknown-parent-empty", "equals-any-case", "accents-folded", "root-collation-sort", "natural-order",
     "short-ids", "short-ids-by-kind", "long-ids", "metadata-everywhere", "ext-vocabularies", "required-only",
     "no-emails", "no-tombstones", "one-school", "microseconds", "fields-exact"}
)  # fmt: skip
"""What is tried alone in every run of the tests; the rest stands in a combination, and alone in the soak."""


def _expected(judged_: Judged, dialects: tuple[str, ...], known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return what is expected: what holds for Rostering holds for each family that has the same rule and was judged."""
    named = frozenset().union(*(known.get(dialect, frozenset()) for dialect in dialects))
    everywhere = {family.requirement(id_.replace("OR-ROS", "OR-*", 1)) for id_ in named for family in EVERYWHERE}
    catalogue = load_catalogue()
    # A family that holds too little for a rule is not expected to be judged by it; a MUST may be a SHOULD in 1.1.
    decided = {
        id_
        for id_, outcome in judged_.outcomes.items()
        if (catalogue[id_].level is Level.MUST if known is UNTESTED else outcome != "untested")
    }
    return named & judged_.outcomes.keys() | everywhere & decided


def _unexpected(dialects: tuple[str, ...], *, of: str = "") -> dict[str, frozenset[str]]:
    """Return what of the verdict on these dialects is not as it is expected, by outcome."""
    found = judged(dialects=dialects, of=of)
    untested, expected = found.that_are("untested", level="MUST"), _expected(found, dialects, UNTESTED)
    if TOO_LONG.intersection(dialects):
        untested, expected = _of_rostering(untested), _of_rostering(expected)
    departures = {
        "failed": found.that_are("failed"),
        "cantTell": found.that_are("cantTell"),
        "warning": found.that_are("warning") ^ _expected(found, dialects, WARNED),
        "untested": untested ^ expected,
    }
    return {outcome: ids for outcome, ids in departures.items() if ids}


def _of_rostering(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(id_ for id_ in ids if id_.startswith("OR-ROS"))


@pytest.mark.parametrize(
    "dialect", [pytest.param(name, marks=() if name in ALONE else pytest.mark.soak) for name in LEGAL]
)
def test_a_legal_dialect_fails_no_must_and_is_warned_for_a_reason(dialect: str) -> None:
    # What else is claimed is judged where dialects are combined, and alone in the soak: it has the same checks.
    assert _unexpected((dialect,), of="OR-ROS") == {}


@pytest.mark.soak
@pytest.mark.parametrize("dialect", LEGAL)
def test_a_legal_dialect_of_all_services_that_is_written_to_fails_no_must(dialect: str) -> None:
    assert _unexpected((dialect,)) == {}


@pytest.mark.parametrize("name", COMBINED)
def test_many_legal_dialects_at_once_fail_no_must(name: str) -> None:
    assert _unexpected(COMBINED[name], of=JUDGED_BY.get(name, "")) == {}


@pytest.mark.soak
@pytest.mark.parametrize("name", JUDGED_BY)
def test_many_legal_dialects_at_once_fail_no_must_of_anything(name: str) -> None:
    assert _unexpected(COMBINED[name]) == {}


def test_every_legal_dialect_stands_in_the_matrix_with_its_reason() -> None:
    assert len(ALONE) >= 18
    assert ALONE.union(*COMBINED.values()) == set(LEGAL)
    assert WARNED.keys() | UNTESTED.keys() <= set(LEGAL)
    assert all(dialect.why for dialect in DIALECTS.values())
