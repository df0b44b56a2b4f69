"""Every argument of a call is checked before anything is sent, and named where it is wrong."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from digione_sdk.core.call import checked_base_url, list_call, read_call
from digione_sdk.core.endpoints import rostering
from digione_sdk.errors import UsageError
from digione_sdk.model.oneroster import User
from digione_sdk.wire.where import where

BASE = "https://h.example/ims/oneroster/rostering/v1p2"


def users(**query):
    return list_call(rostering.getAllUsers, BASE, {}, **query)


def test_a_bare_call_has_a_bare_url():
    assert users().url == f"{BASE}/users"


def test_all_parameters_travel_under_their_wire_names():
    call = users(
        filter=where(User).family_name == "Mäki & Co",
        sort="family_name",
        order_by="desc",
        limit=500,
        max_items=1000,
        fields=("given_name", "familyName"),
    )
    assert parse_qs(urlsplit(call.url).query) == {
        "filter": ["familyName='Mäki & Co'"],
        "sort": ["familyName"],
        "orderBy": ["desc"],
        "limit": ["500"],
        "fields": ["sourcedId,givenName,familyName"],
    }
    assert "+" not in call.url
    assert "%20" in call.url
    assert call.max_items == 1000


def test_a_page_is_no_larger_than_what_is_wanted():
    assert "limit=3" in users(max_items=3).url
    assert "limit=100" in users(max_items=1000).url
    assert "limit" not in users(max_items=0).url


@pytest.mark.parametrize(
    ("query", "argument"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"limit": 1.0}, "limit"),
        ({"max_items": -1}, "max_items"),
        ({"sort": "nonsense"}, "sort"),
        ({"sort": 3}, "sort"),
        ({"sort": "roles.role"}, "sort"),
        ({"sort": "username", "order_by": "up"}, "order_by"),
        ({"order_by": "asc"}, "order_by"),
        ({"fields": "given_name"}, "fields"),
        ({"fields": ()}, "fields"),
        ({"fields": 3}, "fields"),
        ({"fields": ("given_name", "nonsense")}, "fields"),
        ({"fields": (None,)}, "fields"),
        ({"filter": 3}, "filter"),
        ({"filter": "nonsense='x'"}, "filter"),
    ],
)
def test_bad_input_is_refused_at_the_call_naming_the_argument(query, argument):
    with pytest.raises(UsageError, match=argument) as caught:
        users(**query)
    assert caught.value.argument == argument


def test_ids_are_one_segment_each():
    call = read_call(rostering.getUser, BASE, {"sourced_id": "a/b?ö %"})
    assert call.url == f"{BASE}/users/a%2Fb%3F%C3%B6%20%25"
    nested = list_call(rostering.getStudentsForClassInSchool, BASE, {"school_id": "{classSourcedId}", "class_id": "c"})
    assert nested.url == f"{BASE}/schools/%7BclassSourcedId%7D/classes/c/students"


@pytest.mark.parametrize("bad", ["", ".", "..", None, 3, "\ud800"])
def test_an_id_that_is_no_segment_is_refused_naming_the_argument(bad):
    with pytest.raises(UsageError, match="class_id"):
        list_call(rostering.getStudentsForClass, BASE, {"class_id": bad})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host/x",
        "ftp://h/x",
        "https://",
        "https://u:p@h/x",
        "https://h/x?a=b",
        "https://h/x#y",
        "http://h.example/x",
        "https://[",
        3,
    ],
)
def test_a_base_url_that_cannot_be_one_is_refused(url):
    with pytest.raises(UsageError, match="rostering"):
        checked_base_url(url, argument="rostering")


@pytest.mark.parametrize(
    "url", ["https://h.example/x/", "http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]/x"]
)
def test_https_is_needed_beyond_this_machine(url):
    assert checked_base_url(url, argument="rostering") == url.rstrip("/")
    assert checked_base_url("http://h.example", argument="rostering", allow_http=True) == "http://h.example"
