"""The plan is a closed world: what is in it, what is left out, and its hash."""

from __future__ import annotations

import pytest
from digione_conformance.probing.check import Registry
from digione_conformance.running.plan import make_plan, orphans

from digione_sdk.errors import ConfigurationError, UsageError
from tests.unit.conformance.fakes import PROFILE, catalogue, check, plan, requirement

ONE, TWO, THREE = "OR-ROS-AAA-001", "OR-ROS-AAA-002", "OR-ROS-AAA-003"


def nothing(_probe):
    yield from ()


def test_every_requirement_of_a_profile_is_planned_or_left_out_with_a_reason():
    requirements = [
        requirement(ONE),
        requirement(TWO, status="pending"),
        requirement(THREE, role="consumer"),
        requirement("OR-ROS-AAA-004", profiles=["other-profile"]),
    ]
    planned = plan(requirements, [check("a.one", ONE, function=nothing)])
    assert [r.id for r in planned.requirements] == [ONE]
    assert {out.requirement.id for out in planned.left_out} == {TWO, THREE}
    assert all(out.reason for out in planned.left_out)
    assert planned.whole


def test_a_requirement_without_a_check_stays_in_the_plan():
    assert [r.id for r in plan([requirement(ONE)], []).requirements] == [ONE]


def test_only_brings_prerequisites_along_and_makes_the_plan_partial():
    checks = [
        check("a.two", TWO, function=nothing, after=(ONE,)),
        check("a.one", ONE, function=nothing),
        check("a.three", THREE, function=nothing),
    ]
    planned = plan([requirement(ONE), requirement(TWO), requirement(THREE)], checks, only=[TWO])
    assert [r.id for r in planned.requirements] == [TWO]
    assert [c.name for c in planned.checks] == ["a.one", "a.two"]
    assert not planned.whole


def test_checks_that_run_alone_come_last():
    checks = [check("a.one", ONE, function=nothing, alone=True), check("a.two", TWO, function=nothing)]
    assert [c.name for c in plan([requirement(ONE), requirement(TWO)], checks).checks] == ["a.two", "a.one"]


def test_a_stage_that_was_not_chosen_leaves_its_requirements_out():
    checks = [check("a.one", ONE, function=nothing, stage="contract"), check("a.two", TWO, function=nothing)]
    planned = plan([requirement(ONE), requirement(TWO)], checks, stages=["core"])
    assert [r.id for r in planned.requirements] == [TWO]
    assert not planned.whole


def test_equal_plans_have_equal_hashes_and_any_change_another():
    one, two = requirement(ONE), requirement(TWO)
    checks = [check("a.one", ONE, function=nothing), check("a.two", TWO, function=nothing)]
    assert plan([one, two], checks).sha256 == plan([one, two], checks).sha256
    hashes = {
        plan([one, two], checks).sha256,
        plan([one], checks).sha256,
        plan([one, two], checks[:1]).sha256,
        plan([one, two], checks, only=[ONE]).sha256,
        plan([one, requirement(TWO, level="SHOULD")], checks).sha256,
    }
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("chosen", "option"),
    [({"profiles": ["nix"]}, "--profile"), ({"only": ["nix"]}, "--only"), ({"stages": ["nix"]}, "--stage")],
)
def test_an_unknown_choice_is_a_usage_error(chosen, option):
    with pytest.raises(UsageError, match=option):
        plan([requirement(ONE)], [], **chosen)


def test_an_unknown_claim_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match=r"\[claims\] profiles: nix"):
        make_plan(catalogue(requirement(ONE)), Registry(), claimed=["nix"], suite="0")


def test_checks_that_wait_for_each_other_are_refused():
    checks = [
        check("a.one", ONE, function=nothing, after=(TWO,)),
        check("a.two", TWO, function=nothing, after=(ONE,)),
    ]
    with pytest.raises(ConfigurationError, match="circle"):
        plan([requirement(ONE), requirement(TWO)], checks)


def test_orphans_are_found_both_ways():
    registry = Registry({"a.x": check("a.x", "OR-ROS-ZZZ-001", function=nothing)})
    found = orphans(catalogue(requirement(ONE), requirement(TWO, verification="attest", reason="a person")), registry)
    assert len(found) == 2
    assert any(ONE in line for line in found)
    assert any("OR-ROS-ZZZ-001" in line for line in found)


def test_a_profile_can_be_chosen():
    requirements = [requirement(ONE), requirement(TWO, profiles=["other-profile"])]
    assert plan(requirements, [], profiles=["other-profile"]).profiles == ("other-profile",)
    assert plan(requirements, []).profiles == (PROFILE,)
