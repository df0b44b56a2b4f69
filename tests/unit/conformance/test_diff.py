"""What changed between two runs: worse first, and exit 1 where anything is worse."""

from __future__ import annotations

import copy
import json

import pytest
from digione_conformance.running.comparison import compare

from tests.unit.conformance.suite import ONE, TWO, fails, passes


def report(outcomes, *, verdict="conformant", level="MUST", plan="p"):
    return {
        "suite": {"version": "1", "catalogue_sha256": "c"},
        "plan_hash": plan,
        "profiles": [{"id": "core", "verdict": verdict}],
        "requirements": [
            {"id": name, "level": level, "outcome": outcome, "title": name, "message": "m"}
            for name, outcome in outcomes.items()
        ],
    }


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ("passed", "passed", False),
        ("passed", "failed", True),
        ("failed", "passed", False),
        ("passed", "untested", True),
        ("untested", "cantTell", True),
        ("untested", "failed", True),
        ("cantTell", "untested", False),
        ("cantTell", "failed", False),  # what stood before it was mended
        ("passed", "waived", True),
        ("failed", "waived", False),
        ("passed", "inapplicable", False),
        ("inapplicable", "passed", False),
    ],
)
def test_an_outcome_that_is_worth_less_is_worse(before, after, worse):
    assert compare(report({"r": before}), report({"r": after})).worse is worse


def test_worse_ones_come_first_and_new_and_gone_are_told():
    found = compare(
        report({"up": "failed", "gone": "passed", "down": "passed", "same": "passed"}),
        report({"new": "passed", "up": "passed", "down": "failed", "same": "passed"}),
    )
    assert found.requirements[0].id == "down"
    assert {change.id: (change.before, change.after) for change in found.requirements[1:]} == {
        "up": ("failed", "passed"),
        "gone": ("passed", None),
        "new": (None, "passed"),
    }
    assert found.unchanged == 1


@pytest.mark.parametrize(("level", "worse"), [("MUST", True), ("SHOULD", False)])
def test_a_new_must_that_is_not_met_is_worse(level, worse):
    assert compare(report({}), report({"new": "failed"}, level=level)).worse is worse


def test_a_worse_or_lost_verdict_is_worse_and_another_plan_is_told():
    met = report({})
    assert compare(met, report({}, verdict="incomplete")).worse
    assert compare(met, {**report({}), "profiles": []}).worse
    found = compare(met, report({}, plan="q"))
    assert not found.worse
    assert found.hashes == {"plan": ("p", "q")}


def test_comparing_changes_neither_report():
    before, after = report({"a": "passed"}), report({"a": "failed"})
    kept = copy.deepcopy((before, after))
    compare(before, after)
    assert (before, after) == kept


def test_the_command_tells_what_got_worse_and_ends_with_one(suite):
    suite("run", "--out", "old")
    suite.functions.update(one=fails, two=passes)
    suite("run", "--out", "new")
    ended = suite("diff", "old", "new/report.json")
    assert ended.exit_code == 1
    assert ended.stdout.index(f"WORSE  MUST   {ONE}") < ended.stdout.index("Worse than before")
    assert "1 seen, 2 expected" in ended.stdout
    assert TWO not in ended.stdout
    assert suite("diff", "new", "old").exit_code == 0
    assert suite("diff", "old", "old").exit_code == 0
    printed = json.loads(suite("diff", "old", "new", "--json").stdout)
    assert printed["worse"] is True
    assert printed["requirements"][0]["id"] == ONE


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"requirements": [{"id": 1}]}'])
def test_what_is_no_report_is_refused(suite, content):
    (suite.folder / "x.json").write_text(content)
    with pytest.raises(Exception, match=r"x\.json"):
        raise suite("diff", "x.json", "x.json").exception
