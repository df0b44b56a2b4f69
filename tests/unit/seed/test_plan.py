"""Chance in the seed comes from the plan alone, by name."""

import re
from datetime import date

import pytest
from digione_mock_server.seed import Plan

from digione_sdk.errors import UsageError

UUID8 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize("wrong", [{"size": "village"}, {"tenant": -1}, {"tenant": 100}, {"today": date(1999, 1, 1)}])
def test_a_plan_that_cannot_be_drawn_is_refused_by_argument(wrong):
    with pytest.raises(UsageError) as caught:
        Plan(**wrong)
    assert caught.value.argument == next(iter(wrong))


def test_the_school_year_turns_on_the_first_of_august():
    assert Plan(today=date(2027, 7, 31)).year == 2026
    assert Plan(today=date(2027, 8, 1)).year == 2027


def test_an_id_is_a_uuid_that_cannot_hold_an_identity_code_in_any_case():
    for number in range(2000):
        sourced_id = Plan().mark("users", f"{number}").sourced_id
        assert UUID8.fullmatch(sourced_id)
        assert not re.search(r"[0-9]{6}[-+a-fu-y][0-9]{3}[0-9a-y]", sourced_id)


def test_an_id_differs_by_seed_tenant_kind_and_key_unless_it_is_drawn_everywhere():
    plans = Plan(), Plan(seed=2), Plan(tenant=1)
    assert len({plan.mark("users", "1").sourced_id for plan in plans}) == 3
    assert Plan().mark("users", "1") != Plan().mark("orgs", "1")
    here, there = (plan.mark("users", "1", everywhere=True) for plan in (Plan(), Plan(tenant=1)))
    assert here == there


def test_a_stream_depends_on_its_name_alone():
    assert [Plan().stream("a", "b").random() for _ in range(2)] == [Plan().stream("a", "b").random()] * 2
    assert Plan().stream("a").random() != Plan().stream("b").random()
    assert sorted(Plan().stream("a").shuffled(range(50))) == list(range(50))


def test_the_chance_of_a_mark_is_about_the_frequency_asked_for():
    marks = [Plan().mark("users", f"{number}") for number in range(4000)]
    for lane in range(6):
        assert 320 < sum(mark.chance(100, lane=lane) for mark in marks) < 480
    assert not any(mark.chance(0, lane=0) for mark in marks)
    assert all(mark.chance(1000, lane=0) for mark in marks)
