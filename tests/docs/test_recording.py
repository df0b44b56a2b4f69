"""What the recorder of the kill matrix keeps, and what it asks for again."""

from __future__ import annotations

from pathlib import Path

import pytest
from digione_conformance.checks import load_checks
from digione_conformance.checks.paging import pages_partition_the_list
from digione_conformance.checks.sort import sort_puts_records_in_order

from scripts import docs_pages  # noqa: F401 - puts the recorder on the path

import fingerprints  # isort: skip  # see above
from record_matrix import Record, likely  # isort: skip  # see above

PAGES, SORT, SORT_OF_MARKS = "OR-ROS-PAGE-001", "OR-ROS-SORT-001", "OR-GRB-SORT-001"
FAULT = "order-by-ignored"
NOW = {PAGES: "aaaa", SORT: "bbbb"}
NOTICED = {PAGES: ("passed", None), SORT: ("failed", {"message": "not in order"})}


@pytest.fixture
def record(tmp_path: Path) -> Record:
    found = Record(tmp_path)
    found.add(FAULT, NOTICED, NOW)
    found.write()
    return Record(tmp_path)


def test_what_was_met_is_not_asked_for_again(record: Record) -> None:
    assert record.outstanding(FAULT, NOW) == []
    assert record.killed_by == {FAULT: [SORT]}


def test_what_changed_since_or_is_new_is_asked_for(record: Record) -> None:
    assert record.outstanding(FAULT, NOW | {SORT: "cccc", SORT_OF_MARKS: "dddd"}) == [SORT, SORT_OF_MARKS]
    assert record.outstanding("limit-zero-crashes", NOW) == [PAGES, SORT]


def test_a_verdict_replaces_its_own_and_leaves_the_others(record: Record) -> None:
    record.add(FAULT, {PAGES: ("failed", None)}, NOW)
    assert record.killed_by == {FAULT: [PAGES, SORT]}
    record.add(FAULT, {SORT: ("passed", None)}, NOW)
    assert record.killed_by == {FAULT: [PAGES]}


def test_an_idle_requirement_is_tried_where_its_rule_noticed_something_elsewhere(record: Record) -> None:
    assert likely(record, [SORT_OF_MARKS, PAGES]) == {FAULT: [SORT_OF_MARKS]}
    record.add(FAULT, {SORT_OF_MARKS: ("passed", None)}, {SORT_OF_MARKS: "dddd"})
    assert likely(record, [SORT_OF_MARKS]) == {}


def test_a_version_is_that_of_the_check_and_of_what_it_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = load_checks()
    pages, sort = (fingerprints.fingerprint(name, registry) for name in (PAGES, SORT))
    assert pages == fingerprints.fingerprint(PAGES, registry) != sort
    monkeypatch.setitem(sort_puts_records_in_order.__globals__, "inversions", sort_puts_records_in_order)
    assert "inversions" not in pages_partition_the_list.__code__.co_names
    assert fingerprints.fingerprint(SORT, registry) != sort
    assert fingerprints.fingerprint(PAGES, registry) == pages
