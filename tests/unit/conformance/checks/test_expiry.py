"""The check of expiry moves the target's clock, notices tokens that live for ever, and puts the clock back."""

from __future__ import annotations

import dataclasses
import json

import pytest
from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.probe import Survey
from digione_conformance.running.engine import run_check

from tests.unit.conformance.checks.fake import FakeTarget, claims

CONTROL = "https://roster.invalid/control"


class Clocked(FakeTarget):
    """The fake target with a clock that test control moves; its tokens live for an hour."""

    seconds = 0.0

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        if ask.auth == "control":
            moved = json.loads(ask.content)["seconds"] if ask.content else -self.seconds
            self.seconds += moved
            return Exchange("control", ask, 200, {}, b"{}")
        if ask.auth == "a" and self.seconds > 3600 and "tokens live for ever" not in self.on:
            return Exchange("late", ask, 401, {}, b"{}")
        return super().ask(ask, check=check, fresh=fresh)


@pytest.mark.parametrize(
    ("on", "outcome"), [(frozenset(), Outcome.PASSED), (frozenset({"tokens live for ever"}), Outcome.FAILED)]
)
def test_a_token_past_its_lifetime_must_be_refused(on: frozenset[str], outcome: Outcome) -> None:
    fake = Clocked(on)
    (expiry,) = load_checks().deciding("OR-ROS-TOKEN-006")
    known = dataclasses.replace(claims(), control_url=CONTROL)
    assert run_check(expiry, Survey(fake, known)).outcome is outcome
    assert fake.seconds == 0
