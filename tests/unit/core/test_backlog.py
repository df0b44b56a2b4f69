"""A whole list is gathered as bytes and decoded at its end, and a repeated page is met however it was counted."""

from __future__ import annotations

import gc
import json

import pytest

from digione_sdk.core.backlog import Backlog
from digione_sdk.errors import PayloadError, RepeatedPageError
from digione_sdk.model.oneroster.wrappers import OrgSet
from digione_sdk.wire.decode import Decoder
from digione_sdk.wire.partial import partial_envelope

URL = "https://h.example/orgs"
DECODER = Decoder(partial_envelope(OrgSet, frozenset({"name"})), "getAllOrgs")


def body(*ids, stamp=0):
    return json.dumps({"orgs": [{"sourcedId": sourced_id} for sourced_id in ids], "stamp": stamp}).encode()


def backlog(max_items=None):
    return Backlog(URL, DECODER, max_items=max_items, latest_only=False)


NEXT = {"link": '<?o=1>; rel="next"'}
LAST = {"link": '<?o=0>; rel="first"'}


def test_nothing_is_decoded_before_the_end_where_links_lead():
    pages = backlog()
    pages.take(NEXT, body("a"))
    assert (pages.rows, pages.due) == ([], f"{URL}?o=1")
    assert pages.is_heavy(LAST)
    assert not pages.is_heavy(NEXT)
    pages.take(LAST, body("b"))
    assert [row.sourced_id for row in pages.rows] == ["a", "b"]
    assert pages.due is None
    assert gc.isenabled()


def test_counting_by_offset_and_by_link_may_alternate():
    pages = backlog()
    for headers, ids in (({}, "ab"), (NEXT, "cd"), ({}, "e"), ({}, "f"), ({}, "")):
        assert pages.due is not None
        pages.take(headers, body(*ids))
    assert "".join(row.sourced_id for row in pages.rows) == "abcdef"
    assert pages.due is None


@pytest.mark.parametrize("between", [NEXT, {}])
def test_a_repeated_page_is_met_however_it_was_counted(between):
    pages = backlog()
    pages.take({}, body("a"))
    pages.take(between, body("b"))
    with pytest.raises(RepeatedPageError):
        pages.take({}, body("a"))


def test_the_same_rows_in_other_bytes_are_a_repeated_page():
    pages = backlog()
    pages.take({}, body("a", stamp=1))
    with pytest.raises(RepeatedPageError):
        pages.take({}, body("a", stamp=2))


def test_no_more_than_max_items_are_kept_and_none_are_fetched_for_none():
    pages = backlog(max_items=1)
    pages.take(NEXT, body("a", "b"))
    assert [row.sourced_id for row in pages.rows] == ["a"]
    assert backlog(max_items=0).due is None


def test_a_page_that_does_not_fit_is_refused_and_the_collector_is_on_again():
    pages = backlog()
    with pytest.raises(PayloadError):
        pages.take(LAST, b'{"orgs": 3}')
    assert gc.isenabled()


def test_many_rows_are_old_when_they_are_handed_over():
    pages = backlog()
    pages.take(LAST, body(*(f"id-{number}" for number in range(1_000))))
    old = {id(one) for one in gc.get_objects(generation=2)}
    assert all(id(row) in old for row in pages.rows)
