"""Token requests follow RFC 6749; answers are read tolerantly, and only a bearer token is a grant."""

from __future__ import annotations

import json
from base64 import b64decode
from urllib.parse import parse_qs

import pytest

from digione_sdk.core.auth import LIFETIME_UNSAID, ClientCredentials, Grant, own_token, read_grant
from digione_sdk.core.http import Response
from digione_sdk.core.scopes import Scope
from digione_sdk.errors import ScopeNotGranted, TokenRequestFailed, UsageError

ASKED = (Scope.ROSTER.value,)


def credentials(**changed):
    return ClientCredentials(**{"token_url": "https://h/t", "client_id": "a:b", "client_secret": "p ä%", **changed})


def answer(status=200, **body):
    return Response(status, {}, json.dumps(body).encode())


def test_basic_form_encodes_id_and_secret_before_base64():
    request = credentials().token_request([Scope.ROSTER])
    assert b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"a%3Ab:p+%C3%A4%25"
    assert parse_qs(request.content.decode()) == {"grant_type": ["client_credentials"], "scope": [Scope.ROSTER.value]}


def test_body_sends_them_in_the_form_and_no_header():
    request = credentials(auth="body").token_request([])
    assert "authorization" not in request.headers
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["a:b"],
        "client_secret": ["p ä%"],
    }


def test_a_gateway_may_call_scopes_otherwise():
    names = {Scope.ROSTER: "one-roster-api:x"}
    request = credentials(scope_names=names).token_request([Scope.ROSTER, Scope.ROSTER_CORE])
    assert parse_qs(request.content.decode())["scope"] == [f"one-roster-api:x {Scope.ROSTER_CORE.value}"]
    Grant("t", frozenset({"one-roster-api:x"})).permit([Scope.ROSTER], names=names)


@pytest.mark.parametrize(
    ("changed", "argument"),
    [({"client_id": ""}, "client_id"), ({"client_secret": None}, "client_secret"), ({"auth": "digest"}, "auth")],
)
def test_incomplete_credentials_are_refused(changed, argument):
    with pytest.raises(UsageError, match=argument):
        credentials(**changed)


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_the_token_type_is_compared_without_case(kind):
    assert read_grant(answer(access_token="t", token_type=kind), asked=ASKED, now=0).header == "Bearer t"


@pytest.mark.parametrize(
    ("body", "renew_at"),
    [
        ({"expires_in": 3600}, 3570),
        ({"expires_in": "3600"}, 3570),
        ({"expires_in": 40}, 30),
        ({"expires_in": 0}, 0),
        ({}, LIFETIME_UNSAID - 30),
        ({"expires_in": None}, LIFETIME_UNSAID - 30),
        ({"expires_in": "soon"}, LIFETIME_UNSAID - 30),
        ({"expires_in": -5}, LIFETIME_UNSAID - 30),
        ({"expires_in": 1e999}, LIFETIME_UNSAID - 30),
    ],
)
def test_a_token_is_renewed_a_little_before_its_end(body, renew_at):
    grant = read_grant(answer(access_token="t", **body), asked=ASKED, now=100)
    assert grant.renew_at == 100 + renew_at
    assert not grant.is_fresh(100 + renew_at)


def test_a_missing_scope_means_as_asked():
    assert read_grant(answer(access_token="t"), asked=ASKED, now=0).scopes == frozenset(ASKED)
    assert read_grant(answer(access_token="t", scope=""), asked=ASKED, now=0).scopes == frozenset(ASKED)
    assert read_grant(answer(access_token="t"), asked=(), now=0).scopes is None


def test_any_one_of_the_needed_scopes_is_enough_and_none_is_told_at_the_call():
    grant = read_grant(answer(access_token="t", scope=Scope.ROSTER_CORE.value), asked=ASKED, now=0)
    grant.permit([Scope.ROSTER, Scope.ROSTER_CORE], names={})
    with pytest.raises(ScopeNotGranted, match=r"roster\.readonly") as caught:
        grant.permit([Scope.ROSTER], names={})
    assert caught.value.needed == (Scope.ROSTER.value,)
    own_token("t").permit([Scope.ROSTER], names={})


@pytest.mark.parametrize(
    "response",
    [
        answer(400, error="invalid_client", error_description="CANARY"),
        answer(500),
        answer(),
        answer(access_token=""),
        answer(access_token="CANARY\r\nx: y"),
        answer(access_token=["CANARY"]),
        answer(access_token="CANARY", token_type="mac"),
        Response(200, {}, b"<html>CANARY"),
        Response(200, {}, b"[]"),
        Response(302, {"location": "CANARY"}, b""),
    ],
)
def test_what_is_no_token_is_refused_without_repeating_it(response):
    with pytest.raises(TokenRequestFailed) as caught:
        read_grant(response, asked=ASKED, now=0)
    assert "CANARY" not in f"{caught.value} {caught.value!r}"


def test_the_reason_of_a_refusal_is_kept_where_it_is_of_the_vocabulary():
    with pytest.raises(TokenRequestFailed, match="invalid_scope") as caught:
        read_grant(answer(400, error="invalid_scope"), asked=ASKED, now=0)
    assert (caught.value.status, caught.value.error) == (400, "invalid_scope")
    with pytest.raises(TokenRequestFailed) as caught:
        read_grant(answer(400, error="CANARY"), asked=ASKED, now=0)
    assert caught.value.error is None


@pytest.mark.parametrize("token", ["", "a b", None, "ä", 3])
def test_a_token_of_ones_own_must_be_usable(token):
    with pytest.raises(TokenRequestFailed):
        own_token(token)


def test_no_repr_shows_a_secret():
    assert "CANARY" not in repr(credentials(client_secret="CANARY")) + repr(own_token("CANARY"))
