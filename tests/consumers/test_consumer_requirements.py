"""Every requirement on consumers is proven: our own client meets it, and some consumer with a bad habit does not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Outcome, Verdict

from tests.consumers.good import GoodClient
from tests.consumers.naive import habits
from tests.consumers.naive.changes import NeverWholeAgain
from tests.consumers.naive.plain import Plain
from tests.consumers.synchroniser import Synchroniser
from tests.consumers.trial import gone_through

PROFILE = "oneroster-1.2-consumer"
NOTICED = frozenset({Outcome.FAILED, Outcome.WARNING})
AUTOMATIC = [r.id for r in load_catalogue().of_profile(PROFILE) if r.verification == "auto"]


def outcomes(scored):
    return {item.id: item for item in scored.result.requirements}


@pytest.mark.parametrize("client", [GoodClient, Synchroniser])
def test_our_own_client_meets_every_requirement(client, tmp_path: Path):
    scored = gone_through(client, tmp_path / "record")
    found = outcomes(scored)
    unmet = {name: f"{found[name].outcome}: {found[name].message}" for name in AUTOMATIC}
    assert {name: why for name, why in unmet.items() if not why.startswith("passed")} == {}
    assert scored.result.verdict(PROFILE) is Verdict.CONFORMANT


@pytest.fixture(scope="module")
def matrix(tmp_path_factory) -> dict[str, frozenset[str]]:
    """Which requirements notice which bad habit."""
    found = {}
    for habit in habits():
        folder = tmp_path_factory.mktemp(habit.__name__) / "record"
        scored = gone_through(habit, folder, *habit.scenarios, haste=habit.haste)
        found[habit.__name__] = frozenset(i.id for i in scored.result.requirements if i.outcome in NOTICED)
    return found


@pytest.mark.parametrize("habit", habits(), ids=lambda habit: habit.__name__)
def test_a_bad_habit_is_noticed_by_the_requirements_about_it(habit: type[Plain], matrix):
    assert habit.fails <= matrix[habit.__name__]


def test_every_requirement_notices_some_bad_habit(matrix):
    lines = [f"{name}  {', '.join(h for h, noticed in matrix.items() if name in noticed)}" for name in AUTOMATIC]
    sys.stdout.write("\n".join(["", *lines, ""]))
    assert set(AUTOMATIC) - frozenset().union(*matrix.values()) == set()


def test_of_a_client_that_never_met_the_trouble_nothing_is_said(tmp_path: Path):
    found = outcomes(gone_through(NeverWholeAgain, tmp_path / "record", *NeverWholeAgain.scenarios))
    told = {name: found[name].outcome for name in ("CON-STATE-003", "CON-STATE-004")}
    assert told == dict.fromkeys(told, Outcome.UNTESTED)


def test_a_plain_client_without_bad_habits_is_conformant(tmp_path: Path):
    found = outcomes(gone_through(Plain, tmp_path / "record"))
    assert {name: found[name].message for name in AUTOMATIC if found[name].outcome in NOTICED} == {}
