"""The engine: outcomes, dependencies, concurrency, events and interruption."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from digione_conformance.catalogue.undecided import CantTell, Inapplicable, Untested
from digione_conformance.catalogue.verdict import Exit, Outcome, Verdict
from digione_conformance.evidence.finding import Finding
from digione_conformance.probing.probe import Survey
from digione_conformance.running.engine import MOST_FINDINGS, Engine
from digione_conformance.running.result import CheckFinished, CheckStarted, RequirementDecided, RunFinished, RunStarted

from tests.unit.conformance.fakes import CLAIMS, PROFILE, FakeDoor, check, plan, requirement

ONE, TWO, THREE = "OR-ROS-AAA-001", "OR-ROS-AAA-002", "OR-ROS-AAA-003"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def passes(probe):
    probe.examined()
    yield from ()


def fails(probe):
    probe.examined()
    yield Finding("seen 1, expected 2")


def looks_at_nothing(_probe):
    yield from ()


def raising(error):
    def function(probe):
        probe.examined()
        yield from ()
        raise error

    return function


def run(requirements, checks, *, door=None, listeners=(), max_parallel=4, **chosen):
    survey = Survey(door or FakeDoor(lambda _path, _query: {}), CLAIMS)
    planned = plan(requirements, checks, **chosen)
    return Engine(planned, survey, listeners, max_parallel=max_parallel, now=lambda: NOW).run()


def outcome(function, level="MUST"):
    return run([requirement(ONE, level)], [check("a.one", ONE, function=function)]).requirements[0]


@pytest.mark.parametrize(
    ("function", "level", "expected"),
    [
        (passes, "MUST", Outcome.PASSED),
        (fails, "MUST", Outcome.FAILED),
        (fails, "SHOULD", Outcome.WARNING),
        (fails, "MAY", Outcome.WARNING),
        (looks_at_nothing, "MUST", Outcome.UNTESTED),
        (raising(Untested("seed a user")), "MUST", Outcome.UNTESTED),
        (raising(Inapplicable("no TLS here")), "MUST", Outcome.INAPPLICABLE),
        (raising(CantTell("no answer")), "MUST", Outcome.CANT_TELL),
        (raising(KeyError("x")), "MUST", Outcome.CANT_TELL),
    ],
)
def test_what_a_check_does_decides_the_outcome(function, level, expected):
    assert outcome(function, level).outcome is expected


def test_a_defect_of_a_check_is_told_without_the_text_of_its_error():
    message = outcome(raising(ValueError("canary Aino Virtanen"))).message
    assert message.startswith("internal: ValueError at ")
    assert "canary" not in message


def test_a_finding_stands_even_where_the_check_gives_up_later():
    def function(probe):
        probe.examined()
        yield Finding("seen")
        raise CantTell("then the line broke")

    assert outcome(function).outcome is Outcome.FAILED


def test_findings_are_kept_up_to_a_bound_and_counted_beyond():
    def function(probe):
        probe.examined()
        yield from (Finding(f"number {n}") for n in range(100))

    result = outcome(function)
    assert len(result.findings) == MOST_FINDINGS
    assert result.message == "number 0 (findings in all: 100)"


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        ((passes, fails), Outcome.FAILED),
        ((passes, looks_at_nothing), Outcome.UNTESTED),
        ((looks_at_nothing, raising(CantTell("x"))), Outcome.CANT_TELL),
        ((passes, raising(Inapplicable("x"))), Outcome.PASSED),
        ((fails, raising(CantTell("x"))), Outcome.FAILED),
    ],
)
def test_several_checks_make_one_outcome_and_skipped_never_counts_as_passed(functions, expected):
    checks = [check(f"a.c{n}", ONE, function=f) for n, f in enumerate(functions)]
    assert run([requirement(ONE)], checks).requirements[0].outcome is expected


def test_a_requirement_without_a_check_is_untested_and_an_attested_one_attest():
    result = run([requirement(ONE), requirement(TWO, verification="attest", reason="backups")], [])
    assert [r.outcome for r in result.requirements] == [Outcome.UNTESTED, Outcome.ATTEST]
    assert result.requirements[1].message.endswith("backups")
    assert "[attest]" in result.requirements[1].message


def test_what_builds_on_a_failed_requirement_is_undecided_and_does_not_run():
    ran = []

    def second(probe):
        ran.append(1)
        yield from passes(probe)

    checks = [check("a.two", TWO, function=second, after=(ONE,)), check("a.one", ONE, function=fails)]
    result = run([requirement(ONE), requirement(TWO)], checks)
    assert [r.outcome for r in result.requirements] == [Outcome.FAILED, Outcome.CANT_TELL]
    assert ONE in result.requirements[1].message
    assert not ran


def test_a_dependency_runs_first():
    order = []

    def noted(name):
        def function(probe):
            order.append(name)
            yield from passes(probe)

        return function

    checks = [check("a.two", TWO, function=noted(2), after=(ONE,)), check("a.one", ONE, function=noted(1))]
    run([requirement(ONE), requirement(TWO)], checks)
    assert order == [1, 2]


def test_a_dependency_of_a_check_that_runs_alone_runs_first_in_whatever_order_they_are_planned():
    checks = [
        check("a.two", TWO, function=passes, alone=True, after=(ONE,)),
        check("a.one", ONE, function=passes, alone=True),
    ]
    for planned in (checks, checks[::-1]):
        result = run([requirement(ONE), requirement(TWO)], planned)
        assert [found.outcome for found in result.requirements] == [Outcome.PASSED] * 2


def test_checks_run_together_up_to_the_bound():
    together = threading.Barrier(3, timeout=5)

    def function(probe):
        together.wait()
        yield from passes(probe)

    ids = [ONE, TWO, THREE]
    checks = [check(f"a.c{n}", name, function=function) for n, name in enumerate(ids)]
    result = run([requirement(name) for name in ids], checks, max_parallel=3)
    assert {r.outcome for r in result.requirements} == {Outcome.PASSED}


def test_a_check_that_runs_alone_runs_after_all_others_and_makes_the_door_forget():
    running = []
    seen = []

    def usual(probe):
        running.append(1)
        yield from passes(probe)
        running.pop()

    def alone(probe):
        seen.append(len(running))
        yield from passes(probe)

    door = FakeDoor(lambda _path, _query: {})
    checks = [check("a.z", THREE, function=alone, alone=True)]
    checks += [check(f"a.c{n}", name, function=usual) for n, name in enumerate([ONE, TWO])]
    run([requirement(ONE), requirement(TWO), requirement(THREE)], checks, door=door)
    assert seen == [0]
    assert door.forgotten == 1


def test_order_and_outcomes_do_not_depend_on_concurrency():
    ids = [f"OR-ROS-AAA-{n:03}" for n in range(1, 13)]
    functions = [passes, fails, looks_at_nothing, raising(CantTell("x"))]
    checks = [check(f"a.c{n}", name, function=functions[n % 4]) for n, name in enumerate(ids)]
    requirements = [requirement(name) for name in ids]
    results = [run(requirements, checks, max_parallel=n) for n in (1, 4, 12)]
    told = [[(r.id, r.outcome, r.message) for r in result.requirements] for result in results]
    assert told[0] == told[1] == told[2]
    assert [[c.check.name for c in result.checks] for result in results] == [[c.name for c in checks]] * 3


def test_events_tell_the_run_in_order():
    events = []
    run([requirement(ONE)], [check("a.one", ONE, function=passes)], listeners=[events.append])
    kinds = [type(event) for event in events]
    assert kinds == [RunStarted, CheckStarted, CheckFinished, RequirementDecided, RunFinished]
    assert events[-1].result.verdict(PROFILE) is Verdict.CONFORMANT


def test_an_interrupted_run_keeps_what_it_has_and_marks_the_rest():
    def interrupt(event):
        if isinstance(event, CheckFinished):
            raise KeyboardInterrupt

    stopped = []
    checks = [check("a.one", ONE, function=passes), check("a.two", TWO, function=passes)]
    planned = plan([requirement(ONE), requirement(TWO)], checks)
    survey = Survey(FakeDoor(lambda _path, _query: {}), CLAIMS)
    engine = Engine(planned, survey, [interrupt], max_parallel=1, stop=lambda: stopped.append(1))
    result = engine.run()
    assert result.interrupted
    assert result.exit is Exit.INTERRUPTED
    assert [r.outcome for r in result.requirements] == [Outcome.PASSED, Outcome.CANT_TELL]
    assert "interrupted" in result.requirements[1].message
    assert stopped


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        ((passes, passes), Exit.CONFORMANT),
        ((passes, fails), Exit.NOT_CONFORMANT),
        ((passes, looks_at_nothing), Exit.INCOMPLETE),
        ((fails, looks_at_nothing), Exit.NOT_CONFORMANT),
    ],
)
def test_the_exit_status_follows_the_profiles(functions, expected):
    checks = [check(f"a.c{n}", name, function=functions[n]) for n, name in enumerate([ONE, TWO])]
    assert run([requirement(ONE), requirement(TWO)], checks).exit is expected


def test_a_chosen_part_is_judged_by_itself_but_never_makes_a_profile_conformant():
    checks = [check("a.one", ONE, function=passes), check("a.two", TWO, function=fails)]
    result = run([requirement(ONE), requirement(TWO)], checks, only=[ONE])
    assert result.exit is Exit.CONFORMANT
    assert result.verdict(PROFILE) is Verdict.INCOMPLETE
    assert result.counts(PROFILE)[Outcome.UNTESTED] == 1
    assert run([requirement(ONE), requirement(TWO)], checks, only=[TWO]).exit is Exit.NOT_CONFORMANT
