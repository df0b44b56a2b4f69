# Made by scripts/unasync.py from tests/unit/client/_async/test_session.py; change that file, not this one.
"""Tokens are asked for once, failures are tried again within bounds, and at most five requests are under way."""

from __future__ import annotations

import httpx
import pytest

from digione_sdk import (
    ConfigurationError,
    ConnectionFailed,
    DigiOne,
    Request,
    RetryPolicy,
    Scope,
    ScopeNotGranted,
    ServerError,
    Session,
    TokenRequestFailed,
    TooManyRequests,
    Unauthorised,
    UsageError,
)
from tests.unit.client._sync.colour import Slow, StillClock, anyio, at_once, served
from tests.unit.client.roster import BASE, OPTIONS, TOKEN_URL, Roster

pytestmark = anyio

USERS = Request("GET", f"{BASE}/users")


def client(roster, **options):
    return DigiOne(rostering=BASE, http_client=served(roster), **{**OPTIONS, **options})


def test_a_token_is_asked_for_once_however_many_want_it():
    roster = Roster(rows=3)
    slow = Slow(roster)
    with DigiOne(rostering=BASE, http_client=slow.client(), **OPTIONS) as api:
        counts = at_once(api.rostering.users.count, times=12)
    assert counts == [3] * 12
    assert roster.tokens_asked == 1
    assert 1 < slow.most <= 5


def test_an_expired_token_is_renewed():
    roster, still = Roster(rows=1), StillClock()
    with client(roster, clock=still.clock()) as api:
        api.rostering.users.count()
        still.at = 3569.0
        api.rostering.users.count()
        assert roster.tokens_asked == 1
        still.at = 3571.0
        api.rostering.users.count()
    assert roster.tokens_asked == 2
    assert roster.seen[-1].headers["authorization"] == "Bearer token-2"


def test_a_401_drops_the_token_and_is_tried_once_more():
    roster = Roster(rows=1, script=[httpx.Response(401)])
    with client(roster) as api:
        assert api.rostering.users.count() == 1
    assert roster.tokens_asked == 2
    roster = Roster(rows=1, script=[httpx.Response(401), httpx.Response(401)])
    with client(roster) as api:
        with pytest.raises(Unauthorised):
            api.rostering.users.count()
    assert len(roster.paths) == 2


def test_a_scope_that_was_not_granted_is_told_at_the_call_that_needs_it():
    roster = Roster(rows=1, scope=f"{Scope.ROSTER_CORE}")
    with client(roster) as api:
        assert api.rostering.users.count() == 1
        with pytest.raises(ScopeNotGranted, match=r"roster-demographics\.readonly"):
            api.rostering.demographics.count()
        with pytest.raises(ScopeNotGranted):
            api.rostering.classes.students("c1").count()
    assert roster.paths == ["/users?limit=1&fields=sourcedId"]


def test_scopes_and_their_names_are_sent():
    roster = Roster(rows=1, scope=None)
    names = {Scope.ROSTER: "one-roster-api:r", Scope.ROSTER_DEMOGRAPHICS: "one-roster-api:d"}
    with client(roster, scopes=tuple(names), scope_names=names, auth="body") as api:
        api.rostering.demographics.count()
    form = dict(httpx.QueryParams(roster.seen[0].content.decode()))
    assert form == {
        "grant_type": "client_credentials",
        "scope": "one-roster-api:r one-roster-api:d",
        "client_id": "client",
        "client_secret": "secret",
    }


@pytest.mark.parametrize("token", ["mine", lambda: "mine"])
def test_a_token_of_ones_own_needs_no_endpoint(token):
    roster = Roster(rows=1)
    with DigiOne(rostering=BASE, token=token, http_client=served(roster)) as api:
        assert api.rostering.demographics.count() == 1
    assert roster.seen[0].headers["authorization"] == "Bearer mine"
    assert roster.tokens_asked == 0


def test_a_token_endpoint_that_refuses_is_told():
    def refusing(request):
        return httpx.Response(401, json={"error": "invalid_client"})

    with client(refusing) as api:
        with pytest.raises(TokenRequestFailed, match=r"401 \(invalid_client\)"):
            api.rostering.users.count()


def test_passing_troubles_are_waited_out_with_growing_jitter():
    still = StillClock()
    troubles = [httpx.Response(503), httpx.ConnectError("x"), httpx.Response(429, headers={"Retry-After": "7"})]
    roster = Roster(rows=1, script=troubles)
    with client(roster, clock=still.clock()) as api:
        assert api.rostering.users.count() == 1
    assert still.slept == [0.5, 1.0, 7.5]


def test_a_page_that_is_refused_midway_is_asked_for_again():
    still = StillClock()

    class Busy(Roster):
        def _page(self, endpoint, request):
            if "offset=100" in str(request.url) and not still.slept:
                return httpx.Response(429, headers={"Retry-After": "1"})
            return super()._page(endpoint, request)

    roster = Busy()
    with client(roster, clock=still.clock()) as api:
        assert len(api.rostering.users.all()) == 250
    assert len(roster.paths) == 4


def test_what_one_request_is_told_to_wait_all_wait():
    still, arrivals = StillClock(), []

    class Busy(Roster):
        def __call__(self, request):
            if "/token" not in str(request.url):
                arrivals.append(still.at)
                if len(arrivals) == 1:
                    return httpx.Response(429, headers={"Retry-After": "5"})
            return super().__call__(request)

    with client(Busy(rows=1), clock=still.clock(), max_parallel=1) as api:
        at_once(api.rostering.users.all, times=3)
    assert len(arrivals) == 4
    assert all(at >= 5.0 for at in arrivals[1:])


def test_troubles_that_last_are_raised():
    still = StillClock()
    with client(Roster(script=[httpx.Response(503)] * 9), clock=still.clock()) as api:
        with pytest.raises(ServerError):
            api.rostering.users.count()
        assert len(still.slept) == 3
    with client(Roster(script=[httpx.ConnectError("x")] * 9), clock=still.clock(), retry=None) as api:
        with pytest.raises(ConnectionFailed):
            api.rostering.users.count()
        assert len(still.slept) == 3
    busy = httpx.Response(429, headers={"Retry-After": "86400"})
    with client(Roster(script=[busy]), clock=still.clock()) as api:
        with pytest.raises(TooManyRequests) as caught:
            api.rostering.users.count()
        assert caught.value.retry_after == 86400.0


def test_the_budget_ends_retries():
    still = StillClock()
    roster = Roster(script=[httpx.Response(503)] * 99)
    with client(roster, clock=still.clock(), retry=RetryPolicy(budget=4)) as api:
        for _ in range(3):
            with pytest.raises(ServerError):
                api.rostering.users.count()
    assert len(still.slept) == 4


def test_the_rate_is_kept():
    still = StillClock()
    with client(Roster(), clock=still.clock(), rate_limit=2.0) as api:
        api.rostering.users.all()
    assert still.slept == [0.5, 0.5, 0.5]


def test_the_low_door_gives_answers_as_they_are():
    roster = Roster(script=[httpx.Response(503, headers={"X-Y": "1"}, content=b"x"), httpx.Response(401)])
    with Session(http_client=served(roster), **OPTIONS) as session:
        busy = session.send(USERS, authorise=False, retry=False)
        assert (busy.status, busy.headers["x-y"], busy.content) == (503, "1", b"x")
        assert "authorization" not in roster.seen[0].headers
        assert (session.send(USERS, retry=False)).status == 401
        assert roster.tokens_asked == 1
        own = USERS.with_header("authorization", "Bearer other")
        assert (session.send(own, authorise=False)).status == 200
        assert roster.seen[-1].headers["authorization"] == "Bearer other"


def test_tokens_of_other_scopes_are_kept_apart():
    roster = Roster(scope=None)
    with Session(http_client=served(roster), **OPTIONS) as session:
        core = session.token(scopes=[Scope.ROSTER_CORE])
        assert core.scopes == frozenset({Scope.ROSTER_CORE.value})
        assert (session.token()).access_token == "token-2"
        assert (session.token(scopes=[Scope.ROSTER_CORE])).access_token == "token-1"
        assert (session.token(fresh=True)).access_token == "token-3"


def test_a_session_without_credentials_cannot_authorise():
    with Session(http_client=served(Roster())) as session:
        with pytest.raises(ConfigurationError, match="token_url"):
            session.send(USERS)


def test_a_closed_client_says_so():
    api = client(Roster())
    api.close()
    with pytest.raises(UsageError, match="closed"):
        api.rostering.users.count()


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"rostering": "http://h.example/x"}, "rostering"),
        ({"rostering": "host"}, "rostering"),
        ({"token_url": "http://h.example/token"}, "token_url"),
        ({"token_url": None}, "token_url"),
        ({"token": "t"}, "token"),
        ({"client_id": ""}, "client_id"),
        ({"client_secret": None}, "client_secret"),
        ({"auth": "digest"}, "auth"),
        ({"max_parallel": 0}, "max_parallel"),
        ({"max_response_bytes": 0}, "max_response_bytes"),
        ({"rate_limit": 0.0}, "per_second"),
        ({"timeouts": 0}, "timeouts"),
        ({"verify": False}, "verify"),
        ({"verify": "/nonexistent/roots.pem"}, "verify"),
        ({"proxy": "nonsense"}, "proxy"),
        ({"http_client": 3}, "http_client"),
        ({"scopes": Scope.ROSTER}, "scopes"),
        ({"scopes": ("two words",)}, "scopes"),
        ({"scopes": (None,)}, "scopes"),
    ],
)
def test_bad_options_are_refused_naming_the_argument(options, argument):
    with pytest.raises(UsageError, match=argument):
        DigiOne(**{"rostering": BASE, "token_url": TOKEN_URL, "client_id": "x", "client_secret": "y", **options})
