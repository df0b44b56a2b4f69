"""Scenarios as a client meets them: steps, twists once each, states told by a command, a page in three languages."""

from __future__ import annotations

import shlex
import sys
from html.parser import HTMLParser

import httpx
import pytest
from digione_mock_server.consumer.scenario import Twist, chosen, scenarios
from digione_mock_server.consumer.serving import trying
from digione_mock_server.consumer.state_command import NoState, checked, command
from digione_mock_server.consumer.twisting import Expire, NoEnvelope, Reask, Refuse, Twisting, Wait

from digione_sdk.errors import UsageError

BASE = "/ims/oneroster/rostering/v1p2"


def turns(kind, when, *asked, seconds=0):
    twisting = Twisting(Twist(kind=kind, when=when, seconds=seconds))
    return [twisting.turn(f"{BASE}{path}", query, now=now) for path, query, now in asked]


LATER = {"offset": "50"}


def test_a_busy_server_refuses_everything_for_its_time_and_then_nothing():
    first, other, over, later = turns(
        "busy", "later-page", ("/users", {}, 0), ("/users", LATER, 1), ("/orgs", {}, 2), ("/users", LATER, 4), seconds=2
    )
    assert first is None
    assert isinstance(other, Refuse)
    assert other.refusal.headers["Retry-After"] == "2"
    assert isinstance(over, Refuse)
    assert later is None


@pytest.mark.parametrize(("kind", "turn"), [("fail", Refuse), ("expire", Expire), ("slow", Wait)])
def test_what_happens_once_happens_at_the_first_later_page(kind, turn):
    first, second, third = turns(kind, "later-page", ("/users", {}, 0), ("/users", LATER, 0), ("/classes", LATER, 0))
    assert (first, third) == (None, None)
    assert isinstance(second, turn)


def test_every_list_answers_without_envelope_once():
    found = turns(
        "no-envelope", "any-page", ("/users", {}, 0), ("/users", {}, 0), ("/orgs", {}, 0), ("/users/1", {}, 0)
    )
    assert [type(turn) for turn in found] == [NoEnvelope, type(None), NoEnvelope, type(None)]


def test_only_the_first_object_that_is_asked_for_is_gone_and_it_stays_gone():
    one, two = "/classes/1/students", "/classes/2/students"
    found = turns("missing", "below-an-object", ("/classes", {}, 0), (one, {}, 0), (two, {}, 0), (one, {}, 0))
    assert [type(turn) for turn in found] == [type(None), Refuse, type(None), Refuse]


def test_one_collection_is_empty_and_others_are_not():
    empty, other = turns("empty", "courses", ("/courses", LATER, 0), ("/classes", {}, 0))
    assert isinstance(empty, Reask)
    assert other is None


def test_tokens_and_descriptions_are_never_twisted():
    assert turns("missing", "below-an-object", ("/discovery/x", {}, 0)) == [None]
    assert Twisting(Twist(kind="no-envelope", when="any-page")).turn("/oauth2/token", {}, now=0) is None


# --- steps -----------------------------------------------------------------------------------------------------------


def test_a_scenario_goes_from_step_to_step_and_can_be_started_over():
    with trying("deleted") as trial, httpx.Client() as http:
        told = [http.post(f"{trial.url}/deleted/{way}").json() for way in ("next", "next", "next", "again", "next")]
        steps = [
            (e["event"], e.get("step")) for e in trial.record.events if e["event"] in {"step", "again", "finished"}
        ]
    assert [(each["step"], each["finished"]) for each in told] == [
        (2, False),
        (2, True),
        (2, True),
        (1, False),
        (2, False),
    ]
    assert steps == [("step", 1), ("step", 2), ("finished", None), ("again", None), ("step", 1), ("step", 2)]


def test_what_happened_to_the_data_is_written_down():
    with trying("deleted", "renamed", "shrunk") as trial, httpx.Client() as http:
        for name in ("deleted", "renamed", "shrunk"):
            http.post(f"{trial.url}/{name}/next")
        steps = {(e["scenario"], e["step"]): e for e in trial.record.events if e["event"] == "step"}
    gone = {s: steps[s, 1]["holds"]["users"] - steps[s, 2]["holds"]["users"] for s in ("deleted", "renamed", "shrunk")}
    assert gone["deleted"] == steps["deleted", 2]["changed"]["users"]["deleted"] == 3
    assert gone["renamed"] == 0
    assert steps["shrunk", 2]["holds"]["users"] <= steps["shrunk", 1]["holds"]["users"] / 10
    assert steps["deleted", 2]["changed"]["enrollments"]["deleted"] > 0


def test_steps_are_moved_by_post_from_the_page_itself_alone():
    with trying("plain") as trial, httpx.Client() as http:
        assert http.get(f"{trial.url}/plain/next").status_code == 405
        elsewhere = http.post(f"{trial.url}/plain/next", headers={"sec-fetch-site": "cross-site"})
        page = http.post(f"{trial.url}/plain/next", headers={"accept": "text/html", "sec-fetch-site": "same-origin"})
        assert (elsewhere.status_code, page.status_code) == (403, 303)
        assert http.get(f"{trial.url}/nowhere/users").status_code == 404


# --- states ----------------------------------------------------------------------------------------------------------


def test_a_state_command_tells_counts_and_hashes():
    program = 'import json, os; print(json.dumps({"users": {"count": int(os.environ["DIGIONE_STEP"])}}))'
    assert checked(command(f"{sys.executable} -c {shlex.quote(program)}")("plain", 7)) == {"users": {"count": 7}}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"{sys.executable} -c 'print(1, 2)'", "printed no JSON"),
        (f"{sys.executable} -c 'raise SystemExit(3)'", "status 3"),
        ("/nowhere/at/all", "cannot be started"),
    ],
)
def test_a_command_that_tells_nothing_says_why(line, why):
    with pytest.raises(NoState, match=why):
        command(line)("plain", 1)


@pytest.mark.parametrize(
    "wrong",
    [[], {"users": {"count": -1}}, {"users": {"count": 1, "name": "Aino"}}, {"aino": 1}, {"roles": ["a b"]}, 7],
)
def test_a_state_with_anything_but_counts_and_hashes_is_refused(wrong):
    with pytest.raises(NoState) as caught:
        checked(wrong)
    assert "aino" not in str(caught.value).lower().replace("at aino", "")


def test_no_command_line_is_refused_before_anything_is_served():
    with pytest.raises(UsageError, match="state-command"):
        command("'")


# --- page ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.languages: set[str] = set()
        self.headings: set[str] = set()
        self.actions: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.languages.add(given.get("lang", ""))
        if tag == "h2":
            self.headings.add(given["id"])
        if tag == "button":
            self.actions.append(given["formaction"])


def test_the_page_says_of_every_scenario_what_to_do_in_three_languages():
    with trying() as trial:
        page = Page()
        text = httpx.get(trial.url).text
        page.feed(text)
    assert page.headings == set(scenarios())
    assert {"en", "fi", "sv"} <= page.languages
    assert set(page.actions) == {f"/{name}/{way}" for name in scenarios() for way in ("next", "again")}
    assert trial.credentials.client_secret not in text


def test_an_unknown_scenario_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError, match="plain"):
        chosen(("nowhere",))


def test_a_client_may_look_for_metadata_outside_the_service_and_is_not_blamed():
    with trying("plain") as trial, httpx.Client() as http:
        for where in ("/.well-known/oauth-authorization-server", f"{BASE}/pupils", f"{BASE}/classes/1/students"):
            http.get(f"{trial.url}/plain{where}")
        paths = [event["path"] for event in trial.record.events if event["event"] == "request"]
    assert paths == ["other", "unmatched", f"{BASE}/classes/{{classSourcedId}}/students"]


def test_the_page_shows_which_scenarios_are_done():
    with trying("plain", "busy") as trial, httpx.Client() as http:
        http.post(f"{trial.url}/busy/next")
        text = http.get(trial.url).text
    assert text.count("✓") == 1
    assert text.index('id="busy"') < text.index("✓")
