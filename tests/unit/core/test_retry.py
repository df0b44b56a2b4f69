"""A request is repeated where that is safe, promising and affordable, and not sooner than asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from digione_sdk.core.http import Request, Response
from digione_sdk.core.retry import DEFAULT_RETRY, RetryBudget, RetryPolicy, is_repeatable, wait_before_retry
from digione_sdk.errors import UsageError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def wait(status=None, attempt=1, random=1.0, policy=DEFAULT_RETRY, **headers):
    response = (
        None if status is None else Response(status, {name.replace("_", "-"): v for name, v in headers.items()}, b"")
    )
    return wait_before_retry(response, attempt=attempt, policy=policy, random=lambda: random, now=NOW)


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503, 504])
def test_passing_troubles_are_tried_again(status):
    assert wait(status) == 0.5


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 422, 501])
def test_lasting_answers_are_not(status):
    assert wait(status) is None


def test_waits_double_up_to_the_cap_and_are_drawn_evenly():
    policy = RetryPolicy(attempts=20)
    assert [wait(503, attempt=n, policy=policy) for n in (1, 2, 3, 10)] == [0.5, 1.0, 2.0, 30.0]
    assert wait(503, attempt=3, random=0.25) == 0.5
    assert wait(503, random=0.0) == 0.0


def test_tries_end():
    assert wait(503, attempt=4) is None


def test_retry_after_is_a_floor_in_seconds_or_as_a_date():
    assert wait(429, retry_after="7", random=0.0) == 7.0
    assert wait(503, retry_after=format_datetime(NOW + timedelta(seconds=9), usegmt=True), random=0.5) == 9.25
    assert wait(503, retry_after=format_datetime(NOW - timedelta(days=1), usegmt=True), random=0.0) == 0.0
    assert wait(503, retry_after="whenever") == 0.5


def test_a_wait_that_is_too_long_is_not_waited():
    assert wait(429, retry_after="3600") is None


def test_only_idempotent_methods_are_repeated():
    assert is_repeatable(Request("GET", "https://h"))
    assert not is_repeatable(Request("POST", "https://h"))


def test_the_budget_is_spent_and_earned_back():
    budget = RetryBudget(1)
    assert budget.spend()
    assert not budget.spend()
    for _ in range(11):
        budget.earn()
    assert budget.spend()
    assert not budget.spend()


@pytest.mark.parametrize(
    "wrong", [{"attempts": 0}, {"base": -1}, {"cap": -1}, {"budget": -1}, {"longest_retry_after": -1}]
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        RetryPolicy(**wrong)
