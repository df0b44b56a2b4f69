"""Turns are handed out at the rate, after the burst."""

from __future__ import annotations

import pytest

from digione_sdk.core.limits import Pauses, RateLimit, TokenBucket
from digione_sdk.errors import UsageError


def test_after_the_burst_turns_come_at_the_rate():
    bucket = TokenBucket(RateLimit(2.0, burst=2))
    assert [bucket.reserve(0.0) for _ in range(4)] == [0.0, 0.0, 0.5, 1.0]
    assert bucket.reserve(10.0) == 0.0


def test_rest_earns_no_more_than_the_burst():
    bucket = TokenBucket(RateLimit(1.0))
    bucket.reserve(0.0)
    assert [bucket.reserve(100.0), bucket.reserve(100.0)] == [0.0, 1.0]


def test_a_pause_holds_for_its_host_alone_and_is_never_shortened():
    pauses = Pauses()
    pauses.ask("https://busy.example/users", until=7.0)
    pauses.ask("https://busy.example/classes", until=5.0)
    assert pauses.left("https://busy.example/orgs?limit=1", now=4.0) == 3.0
    assert pauses.left("https://busy.example/orgs", now=8.0) == 0.0
    assert pauses.left("https://other.example/users", now=4.0) == 0.0


@pytest.mark.parametrize(("wrong", "argument"), [((0,), "per_second"), ((-1.0,), "per_second"), ((1.0, 0), "burst")])
def test_a_limit_that_makes_no_sense_is_refused(wrong, argument):
    with pytest.raises(UsageError, match=argument):
        RateLimit(*wrong)
