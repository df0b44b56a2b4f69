"""Verdict arithmetic, over all combinations of outcomes."""

from __future__ import annotations

from digione_conformance.catalogue.verdict import Exit, Level, Outcome, Verdict, exit_status, profile_verdict
from hypothesis import given
from hypothesis import strategies as st

OUTCOMES = st.lists(st.tuples(st.sampled_from(Level), st.sampled_from(Outcome)), max_size=8)


@given(OUTCOMES)
def test_a_failed_must_beats_everything(outcomes):
    assert profile_verdict([*outcomes, (Level.MUST, Outcome.FAILED)]) is Verdict.NOT_CONFORMANT


@given(OUTCOMES, st.sampled_from([Outcome.UNTESTED, Outcome.CANT_TELL]))
def test_an_unknown_must_is_never_conformant(outcomes, unknown):
    assert profile_verdict([*outcomes, (Level.MUST, unknown)]) is not Verdict.CONFORMANT


@given(OUTCOMES)
def test_should_and_may_never_decide(outcomes):
    musts = [pair for pair in outcomes if pair[0] is Level.MUST]
    assert profile_verdict(outcomes) is profile_verdict(musts)


@given(OUTCOMES)
def test_order_does_not_matter(outcomes):
    assert profile_verdict(outcomes) is profile_verdict(reversed(outcomes))


@given(OUTCOMES)
def test_conformant_needs_a_must_that_passed(outcomes):
    if profile_verdict(outcomes) is Verdict.CONFORMANT:
        assert (Level.MUST, Outcome.PASSED) in outcomes


def test_nothing_tested_is_incomplete():
    assert profile_verdict([]) is Verdict.INCOMPLETE
    assert exit_status([]) is Exit.INCOMPLETE


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_exit_one_beats_four_beats_nought(verdicts):
    status = exit_status(verdicts)
    if Verdict.NOT_CONFORMANT in verdicts:
        assert status is Exit.NOT_CONFORMANT
    elif Verdict.INCOMPLETE in verdicts:
        assert status is Exit.INCOMPLETE
    else:
        assert status is Exit.CONFORMANT
