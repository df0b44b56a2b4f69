"""Requests are signed as RFC 5849 says, over path and query; the secret shows nowhere."""

from __future__ import annotations

import hmac
import logging
import re
import sys
from base64 import b64encode
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digione_sdk.core.http import Request
from digione_sdk.core.oauth1 import OAuth1
from digione_sdk.errors import ConfigurationError, UsageError

SECRET = "kd94hf93k423kf44&%"
BASE = "https://h.example/ims/oneroster/v1p1/users"


def header(url, *, method="GET", **options):
    signer = OAuth1(consumer_key="dpf43f3p2l4k3l03", consumer_secret=SECRET, **options)
    signed = signer.signed(Request(method, url, {"accept": "application/json"}), timestamp="137131202", nonce="chapoH")
    assert signed.url == url
    assert signed.headers["accept"] == "application/json"
    kind, _, parameters = signed.headers["authorization"].partition(" ")
    assert kind == "OAuth"
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', parameters)}


def escaped(text):
    return quote(text, safe="~")


def by_hand(url, fields, *, method, digest):
    """Sign as RFC 5849 §3.4 says, step by step, without a library."""
    parts = urlsplit(url)
    parameters = parse_qsl(parts.query, keep_blank_values=True) + [
        it for it in fields.items() if it[0] != "oauth_signature"
    ]
    normal = "&".join("=".join(pair) for pair in sorted((escaped(name), escaped(value)) for name, value in parameters))
    host = parts.netloc.lower().removesuffix(":443")
    base = "&".join(escaped(part) for part in (method, f"https://{host}{parts.path}", normal))
    return b64encode(hmac.digest(f"{escaped(SECRET)}&".encode(), base.encode(), digest)).decode()


@pytest.mark.parametrize(("method", "digest"), [("HMAC-SHA1", "sha1"), ("HMAC-SHA256", "sha256")])
@pytest.mark.parametrize(
    "url",
    [
        BASE,
        f"{BASE}/a%2Fb",
        f"{BASE}?limit=100&offset=0",
        f"{BASE}?filter=familyName%3D%27M%C3%A4ki%20%26%20Co%27&fields=sourcedId,givenName",
        f"{BASE}?filter=dateLastModified>'2026-01-01'&limit=1",
        f"{BASE}?filter=email%3D%27a%2Bb%40example.org%27",
        f"{BASE}?a=&b=2&a=1",
        "https://H.Example:443/ims/oneroster/v1p1/users?x=1",
        "https://h.example:8443/ims/oneroster/v1p1/users?x=1",
    ],
)
def test_the_signature_is_that_of_the_rfc(url, method, digest):
    fields = header(url, signature_method=method)
    assert fields["oauth_signature"] == by_hand(url, fields, method="GET", digest=digest)
    assert fields["oauth_signature_method"] == method
    assert fields["oauth_consumer_key"] == "dpf43f3p2l4k3l03"
    assert fields["oauth_version"] == "1.0"
    assert "oauth_token" not in fields


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4), st.sampled_from(["GET", "PUT", "DELETE"]))
@settings(max_examples=100, deadline=None)
def test_any_query_is_signed(query, method):
    text = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in query.items())
    url = f"{BASE}?{text}" if text else BASE
    fields = header(url, method=method)
    assert fields["oauth_signature"] == by_hand(url, fields, method=method, digest="sha256")


def test_each_signature_is_made_anew():
    signer = OAuth1(consumer_key="key", consumer_secret=SECRET)
    request = Request("GET", BASE)
    assert signer.signed(request).headers != signer.signed(request).headers


def test_nothing_of_it_is_shown_or_logged(caplog):
    signer = OAuth1(consumer_key="the-key", consumer_secret=SECRET)
    with caplog.at_level(logging.DEBUG):
        signer.signed(Request("GET", f"{BASE}?filter=familyName%3D%27Testi%27"))
    assert caplog.text == ""
    assert repr(signer) == "<OAuth1>"


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"consumer_key": ""}, "consumer_key"),
        ({"consumer_secret": None}, "consumer_secret"),
        ({"signature_method": "PLAINTEXT"}, "signature_method"),
    ],
)
def test_a_bad_value_is_named(options, argument):
    with pytest.raises(UsageError, match=f"^{argument}: "):
        OAuth1(**({"consumer_key": "key", "consumer_secret": SECRET} | options))


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "oauthlib", None)
    with pytest.raises(ConfigurationError, match=r"digione-sdk\[oauth1\]"):
        OAuth1(consumer_key="key", consumer_secret=SECRET)
