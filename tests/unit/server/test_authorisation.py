"""Tokens, scopes and refusals: who gets in, and what those get who do not."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from digione_mock_server.app import state_of
from digione_mock_server.auth import Client, hashed

from digione_sdk.core.endpoints import SERVICES, endpoints_of
from digione_sdk.core.scopes import Scope
from digione_sdk.model.status import StatusInfo
from tests.unit.server.small import BASE, Door
from tests.unit.server.test_reads import PARAMETERS, READS, SINGLES

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_a_token_is_granted_by_basic_and_by_body(anyone: Door):
    known = anyone.register.credentials["a", "default"]
    for headers, form in (
        (basic(known.client_id, known.client_secret), {}),
        ({}, {"client_id": known.client_id, "client_secret": known.client_secret}),
    ):
        answer = anyone.post_form("/oauth2/token", {"grant_type": "client_credentials", **form}, **headers)
        assert answer.status == 200
        assert answer.json["token_type"] == "Bearer"
        assert answer.json["expires_in"] == 3600
        assert set(answer.json["scope"].split()) == set(Scope)
        assert answer.headers["cache-control"] == "no-store"


def test_basic_credentials_are_form_decoded(opening):
    odd = Client("id:with colon", hashed("p+ä%:ss"), 0)
    door = opening()
    state_of(door.app).clients._clients[odd.client_id] = odd
    answer = door.post_form("/oauth2/token", {"grant_type": "client_credentials"}, **basic("id:with colon", "p+ä%:ss"))
    assert answer.status == 200


def test_scopes_are_what_was_asked_for_and_is_registered(anyone: Door):
    known = anyone.register.credentials["a", "default"]
    state_of(anyone.app).clients._clients["narrow"] = Client(
        "narrow", hashed("s"), 0, scopes=frozenset({Scope.ROSTER_CORE.value})
    )
    narrow = {"grant_type": "client_credentials", "client_id": "narrow", "client_secret": "s"}
    both = anyone.post_form("/oauth2/token", {**narrow, "scope": f"{Scope.ROSTER_CORE} {Scope.ROSTER} nonsense"})
    assert both.json["scope"] == Scope.ROSTER_CORE
    none = anyone.post_form("/oauth2/token", {**narrow, "scope": Scope.ROSTER})
    assert (none.status, none.json["error"]) == (400, "invalid_scope")
    assert known.client_id == "tenant-a"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "client_credentials", "client_secret": "wrong", "client_id": "tenant-a"},
            400,
            "invalid_request",
        ),
    ],
)
def test_wrong_token_requests_get_the_errors_of_the_standard(anyone: Door, form, status, error):
    known = anyone.register.credentials["a", "default"]
    answer = anyone.post_form("/oauth2/token", form, **basic(known.client_id, known.client_secret))
    assert (answer.status, answer.json["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [{}, basic("tenant-a", "wrong"), basic("nobody", ""), {"Authorization": "Basic !!"}, {"Authorization": "Bearer x"}],
)
def test_unknown_clients_are_refused(anyone: Door, headers):
    answer = anyone.post_form("/oauth2/token", {"grant_type": "client_credentials"}, **headers)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_token_request_with_an_empty_body_is_a_dialect(anyone: Door, opening):
    for door, status in ((anyone, 400), (opening(dialects=["empty-body-token"]), 200)):
        known = door.register.credentials["a", "default"]
        answer = door.send("POST", "/oauth2/token", headers=basic(known.client_id, known.client_secret))
        assert answer.status == status


def test_only_post_reaches_the_token_endpoint(anyone: Door):
    answer = anyone.send("GET", "/oauth2/token")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_without_a_good_token_every_read_is_401(anyone: Door, opening):
    foreign = opening().as_client().token
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": f"Bearer {foreign}"}, basic("a", "b")):
        answer = anyone.get("/users", headers=headers)
        assert (answer.status, answer.reason) == (401, "unauthorisedrequest")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        StatusInfo.model_validate_json(answer.body)


def test_an_unsigned_token_is_refused(client: Door):
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    assert client.token is not None
    forged = f"{header}.{client.token.split('.')[1]}."
    assert client.get("/users", headers={"Authorization": f"Bearer {forged}"}).status == 401


def test_a_token_expires_even_when_remembered(client: Door):
    assert client.get("/users").status == 200
    state_of(client.app).clock.advance(timedelta(seconds=3599))
    assert client.get("/users").status == 200
    state_of(client.app).clock.advance(timedelta(seconds=2))
    assert client.get("/users").status == 401


@pytest.mark.parametrize("scope", list(Scope), ids=lambda scope: scope.short)
def test_any_one_scope_of_the_table_opens_an_endpoint_and_no_other_does(anyone: Door, scope):
    reader = anyone.as_client(scopes=[scope])
    anyone_else = anyone.as_client()
    for endpoint in READS:
        parameters = {**PARAMETERS, "sourcedId": SINGLES.get(endpoint.operation_id, "")}
        assert anyone_else.read(endpoint, **parameters).status == 200  # remembered now, and must not leak by that
        answer = reader.read(endpoint, **parameters)
        assert answer.status == (200 if scope in endpoint.scopes else 403), endpoint.operation_id
        if answer.status == 403:
            assert answer.reason == "forbidden"
            assert "insufficient_scope" in answer.headers["www-authenticate"]


def test_the_public_key_is_published(anyone: Door):
    (key,) = anyone.send("GET", "/.well-known/jwks.json").json["keys"]
    assert key["kty"] == "OKP"
    assert "d" not in key


@pytest.mark.parametrize("path", ["/", "/nowhere", f"{BASE}/nothings", f"{BASE}/users/a/b", "/%00"])
def test_an_unknown_address_is_404_with_a_status_payload(anyone: Door, path):
    answer = anyone.send("GET", path)
    assert (answer.status, answer.reason) == (404, "unknownobject")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_undeclared_methods_are_405_with_allow(anyone: Door, method):
    for path in ("/users", "/users/pupil1", "/schools/school1/classes"):
        answer = anyone.send(method, BASE + path)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
        assert answer.json["imsx_codeMajor"] == "unsupported"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_discovery_is_open_and_names_this_server_and_all_that_it_offers(anyone: Door, service):
    first, second = (anyone.send("GET", f"{service.base_path}/discovery/{name}") for name in service.discovery_names)
    assert first.status == second.status == 200
    assert first.body == second.body
    assert first.json["servers"][0]["url"] == f"http://roster.example{service.base_path}"
    assert b"http://roster.example/oauth2/token" in first.body
    described = {(method.upper(), path) for path, found in first.json["paths"].items() for method in found}
    assert described == {(endpoint.method, endpoint.path) for endpoint in endpoints_of(service)}
