"""The door: one request for equal asks, no token to strangers, pacing, and replay."""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import parse_qs

import pytest
from digione_conformance.catalogue.undecided import Untested
from digione_conformance.evidence.door import LiveDoor, Pace, ReplayDoor
from digione_conformance.evidence.exchange import Ask
from digione_conformance.evidence.recorder import Recorder
from digione_conformance.evidence.redaction import Redactor
from digione_conformance.evidence.tokens import BAD_AUTHORISATION

from digione_sdk.core.endpoints import scopes_of
from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.core.http import Response
from digione_sdk.core.scopes import Scope
from digione_sdk.errors import ConnectionFailed
from tests.unit.conformance.fakes import BASE, SECRET, TOKEN, TOKEN_URL, FakeWire, target

USERS = f"{BASE}/users"


def door(tmp_path, wire, *, evidence=None, pace=None, extra="", synthetic=True):
    made = target(tmp_path, extra=extra, synthetic=synthetic)
    recorder = Recorder(made.claims(), Redactor(keep_ids=synthetic), evidence)
    return LiveDoor(made, wire, recorder, pace or Pace(sleep=lambda _s: None))


def ask(live, url=USERS, auth="a", *, check="t.one", fresh=False, **more):
    return live.ask(Ask(more.pop("method", "GET"), url, auth, **more), check=check, fresh=fresh)


def test_the_same_ask_of_two_checks_is_one_request(tmp_path):
    wire = FakeWire()
    live = door(tmp_path, wire)
    assert ask(live, check="t.one") is ask(live, check="t.two")
    assert len(wire.reads()) == 1


def test_the_same_ask_of_many_threads_is_one_request_and_one_token(tmp_path):
    gate = threading.Event()

    def slow(_request):
        gate.wait(5)
        return Response(200, {}, b"{}")

    wire = FakeWire(slow)
    live = door(tmp_path, wire)
    threads = [threading.Thread(target=ask, args=(live,), kwargs={"check": f"t.{n}"}) for n in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(5)
    assert len(wire.reads()) == 1
    assert len(wire.sent) == 2


def test_a_fresh_ask_is_sent_again_under_a_name_of_its_own(tmp_path):
    wire = FakeWire()
    live = door(tmp_path, wire)
    names = {ask(live).id, ask(live, fresh=True).id, ask(live, fresh=True).id}
    assert len(names) == 3
    assert len(wire.reads()) == 3


def test_after_a_change_everything_is_asked_anew(tmp_path):
    wire = FakeWire()
    live = door(tmp_path, wire)
    first = ask(live).id
    live.forget()
    assert ask(live).id != first
    assert len(wire.reads()) == 2


def test_each_tenant_and_scope_has_a_token_of_its_own(tmp_path):
    wire = FakeWire()
    live = door(tmp_path, wire)
    for auth in ("a", "a:roster-core.readonly", "b", "a", "a:roster-core.readonly"):
        ask(live, auth=auth, fresh=True)
    asked = [request for request in wire.sent if request.url == TOKEN_URL]
    assert len(asked) == 3
    scopes = [parse_qs((request.content or b"").decode())["scope"][0] for request in asked]
    assert scopes[1] == Scope.ROSTER_CORE.value
    assert scopes[0].split() == list(scopes_of(ROSTERING))
    assert asked[0].headers["Authorization"] == f"Basic {base64.b64encode(f'client-a:{SECRET}'.encode()).decode()}"


def test_auth_labels_become_authorisation_headers(tmp_path):
    wire = FakeWire()
    live = door(tmp_path, wire)
    for auth in ("a", "none", "raw:garbage", "raw:tampered"):
        ask(live, auth=auth)
    sent = [request.headers.get("Authorization") for request in wire.reads()]
    assert sent[:3] == [f"Bearer {TOKEN}", None, BAD_AUTHORISATION["garbage"]]
    assert sent[3] != sent[0]
    assert len(sent[3]) == len(sent[0])


def test_a_token_in_the_address_is_sent_but_not_recorded(tmp_path):
    wire = FakeWire()
    exchange = ask(door(tmp_path, wire), auth="raw:in-query")
    (sent,) = wire.reads()
    assert sent.url.endswith(f"access_token={TOKEN}")
    assert "Authorization" not in sent.headers
    assert TOKEN not in exchange.ask.url


def test_the_unsigned_token_of_an_opaque_one_is_an_unsigned_jwt(tmp_path):
    wire = FakeWire()
    ask(door(tmp_path, wire), auth="raw:unsigned")
    (sent,) = wire.reads()
    assert sent.headers["Authorization"] == BAD_AUTHORISATION["alg-none"]


@pytest.mark.parametrize(
    "url", ["http://evil.invalid/users", "https://127.0.0.1:9/users", "http://127.0.0.1:10/users", "http://127.0.0.1/x"]
)
@pytest.mark.parametrize("auth", ["a", "none", "raw:garbage", "control", "client:a:basic"])
def test_nothing_is_sent_to_another_origin(tmp_path, url, auth):
    wire = FakeWire()
    exchange = ask(door(tmp_path, wire), url, auth)
    assert exchange.trouble
    assert "nothing was sent" in exchange.trouble
    assert not wire.reads()


def test_client_credentials_go_to_the_token_endpoint_alone(tmp_path):
    wire = FakeWire()
    assert ask(door(tmp_path, wire), USERS, "client:a:body", method="POST").trouble
    assert not wire.sent


def test_a_token_answer_reaches_checks_without_the_token(tmp_path):
    live = door(tmp_path, FakeWire())
    exchange = ask(live, TOKEN_URL, "client:a:body", method="POST", content=b"grant_type=client_credentials")
    assert exchange.ok
    assert TOKEN.encode() not in exchange.body
    assert exchange.json["access_token"].startswith("token-")


def test_a_lost_connection_is_tried_once_more_for_reads_only(tmp_path):
    calls = []

    def broken(request):
        calls.append(request.method)
        raise ConnectionFailed("127.0.0.1: no complete answer (ReadError)")

    live = door(tmp_path, FakeWire(broken))
    assert ask(live).trouble
    assert ask(live, method="POST").trouble
    assert calls == ["GET", "GET", "POST"]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_a_bounded_number_of_times(tmp_path, status):
    waited = []
    wire = FakeWire(lambda _request: Response(status, {"retry-after": "2"}, b""))
    live = door(tmp_path, wire, pace=Pace(sleep=waited.append))
    assert ask(live).status == status
    assert waited == [2.0, 2.0, 2.0]
    assert len(wire.reads()) == 4


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {"retry-after": "9999"}), (503, {}), (503, {"retry-after": "soon"})]
)
def test_a_wait_that_is_too_long_or_that_a_503_does_not_name_is_the_answer(tmp_path, status, headers):
    wire = FakeWire(lambda _request: Response(status, headers, b""))
    assert ask(door(tmp_path, wire)).status == status
    assert len(wire.reads()) == 1


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}])
def test_a_429_that_names_no_wait_is_asked_again_a_second_later(tmp_path, headers):
    waited = []
    answers = iter([Response(429, headers, b""), Response(200, {}, b"{}")])
    wire = FakeWire(lambda _request: next(answers))
    assert ask(door(tmp_path, wire, pace=Pace(sleep=waited.append))).status == 200
    assert waited == [1.0]


def test_the_rate_is_kept(tmp_path):
    clock = [100.0]

    def sleep(seconds):
        clock[0] += seconds

    pace = Pace(requests_per_second=2, clock=lambda: clock[0], sleep=sleep)
    live = door(tmp_path, FakeWire(), pace=pace)
    for _ in range(4):
        ask(live, fresh=True)
    assert clock[0] - 100 == pytest.approx(2.0)  # token and four reads: five slots, four gaps


def test_a_spent_budget_ends_asking(tmp_path):
    clock = [0.0]
    pace = Pace(budget_seconds=10, clock=lambda: clock[0], sleep=lambda _s: None)
    live = door(tmp_path, FakeWire(), pace=pace)
    assert ask(live).ok
    clock[0] = 11
    assert "budget" in ask(live, fresh=True).trouble


def test_an_unknown_tenant_is_trouble_and_not_a_crash(tmp_path):
    assert "[tenants.c]" in ask(door(tmp_path, FakeWire()), auth="c").trouble


def test_a_refused_token_is_trouble_that_names_the_error_only(tmp_path):
    def refuse(request):
        body = {"error": "invalid_client", "error_description": "canary"}
        return Response(401, {}, json.dumps(body).encode())

    trouble = ask(door(tmp_path, refuse)).trouble
    assert "401" in trouble
    assert "invalid_client" in trouble
    assert "canary" not in trouble


def test_replay_answers_what_was_recorded_and_nothing_else(tmp_path):
    wire = FakeWire(lambda request: Response(200, {"x-total-count": "0"}, request.url.encode()))
    live = door(tmp_path, wire, evidence=tmp_path / "evidence")
    seen = [ask(live), ask(live, fresh=True), ask(live, auth="none")]
    live.forget()
    seen.append(ask(live))
    live.recorder.close({})
    replay = ReplayDoor.of(tmp_path / "evidence")
    again = [ask(replay), ask(replay, fresh=True), ask(replay, auth="none")]
    replay.forget()
    again.append(ask(replay))
    assert [(e.id, e.status, dict(e.headers), e.body) for e in again] == [
        (e.id, e.status, dict(e.headers), e.body) for e in seen
    ]
    with pytest.raises(Untested, match="not in the evidence"):
        ask(replay, f"{BASE}/orgs")


def test_checks_see_no_more_than_evidence_keeps(tmp_path):
    def leaky(_request):
        return Response(200, {"set-cookie": "s=canary", "x-echo": TOKEN}, f'{{"echo": "{TOKEN}"}}'.encode())

    live = door(tmp_path, FakeWire(leaky), evidence=tmp_path / "evidence")
    seen = ask(live)
    assert seen.json == {"echo": "[secret]"}
    assert seen.headers == {"set-cookie": "[left out]", "x-echo": "[secret]"}
    live.recorder.close({})
    again = ask(ReplayDoor.of(tmp_path / "evidence"))
    assert (again.body, dict(again.headers)) == (seen.body, dict(seen.headers))


def test_names_after_a_change_tell_which_change_it_was(tmp_path):
    control = f"{BASE.rpartition('/ims')[0]}/control"
    extra = f'\n[control]\nurl = "{control}"\n'
    names = []
    for change in ("/reset", "/clock/advance"):
        live = door(tmp_path, FakeWire(), extra=extra)
        ask(live, control + change, "control", method="POST", fresh=True)
        live.forget()
        names.append(ask(live).id)
    assert names[0] != names[1]


def test_requests_that_may_have_changed_the_target_are_counted(tmp_path):
    wire = FakeWire(lambda request: Response(405 if request.method == "DELETE" else 200, {}, b"{}"))
    live = door(tmp_path, wire)
    for method in ("GET", "HEAD", "POST", "DELETE"):
        ask(live, method=method)
    assert live.recorder.writes == 1


def test_reading_through_the_control_before_a_run_renames_nothing(tmp_path):
    # The doctor reads the clock of the control; a replay starts without a doctor, and must find the same names.
    control = f"{BASE.rpartition('/ims')[0]}/control"
    extra = f'\n[control]\nurl = "{control}"\n'
    names = []
    for looked in (True, False):
        live = door(tmp_path, FakeWire(), extra=extra)
        if looked:
            ask(live, control + "/clock", "control", fresh=True)
        live.forget()
        names.append(ask(live).id)
    assert names[0] == names[1]
