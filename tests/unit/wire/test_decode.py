"""Bodies become records or a clear refusal, and a refusal holds no value of the body."""

from __future__ import annotations

import gc
import json
import traceback

import pytest

from digione_sdk.errors import MissingEnvelope, PayloadError
from digione_sdk.model.oneroster import Org
from digione_sdk.model.oneroster.wrappers import OrgSet, SingleOrg
from digione_sdk.wire.decode import Decoder

ORG = {
    "sourcedId": "o1",
    "status": "active",
    "dateLastModified": "2026-08-01T00:00:00Z",
    "name": "A",
    "type": "school",
    "identifier": "1",
}
PAGES: Decoder[Org] = Decoder(OrgSet, "getAllOrgs")
SINGLE: Decoder[Org] = Decoder(SingleOrg, "getOrg")


def test_a_page_and_a_single_object():
    (org,) = PAGES.page(json.dumps({"orgs": [ORG]}).encode())
    assert org == SINGLE.single(json.dumps({"org": ORG}).encode())
    assert org.sourced_id == "o1"


def test_an_empty_list_is_an_empty_page_and_a_byte_order_mark_is_tolerated():
    assert PAGES.page(b'\xef\xbb\xbf{"orgs": []}') == ()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"orgs": null}', b'{"users": []}', b'"x"'])
def test_a_success_without_the_wrapper_key_is_never_an_empty_roster(body):
    with pytest.raises(MissingEnvelope):
        PAGES.page(body)


@pytest.mark.parametrize("body", [b"", b"{}", json.dumps(ORG).encode(), b'{"school": {}}'])
def test_a_single_object_without_its_key_is_refused(body):
    with pytest.raises(MissingEnvelope):
        SINGLE.single(body)


@pytest.mark.parametrize("body", [b"<html>", b'{"orgs": {}}', b'{"orgs": [', b'{"orgs": [1]}', b"\xff\xfe"])
def test_a_body_that_does_not_fit_is_refused(body):
    with pytest.raises(PayloadError) as caught:
        PAGES.page(body)
    assert caught.value.places


def test_a_refusal_names_places_and_no_values():
    wrong = ORG | {"name": ["CANARY"], "type": "CANARY", "status": "CANARY", "parent": {"sourcedId": "CANARY"}}
    with pytest.raises(PayloadError) as caught:
        PAGES.page(json.dumps({"orgs": [ORG, wrong]}).encode())
    assert any(place.startswith("orgs.1.status: ") for place in caught.value.places)
    assert any(place.startswith("orgs.1.parent.href: ") for place in caught.value.places)
    assert "CANARY" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.places)
    assert caught.value.__context__ is None


def test_ids_are_read_without_the_records():
    assert PAGES.ids(json.dumps({"orgs": [ORG, {"name": 3}]}).encode()) == ("o1", None)
    with pytest.raises(MissingEnvelope):
        PAGES.ids(b"{}")
    with pytest.raises(PayloadError):
        PAGES.ids(b'{"orgs": 3}')


def test_the_collector_is_on_again_after_success_and_refusal():
    PAGES.page(b'{"orgs": []}')
    with pytest.raises(PayloadError):
        PAGES.page(b"x")
    assert gc.isenabled()
