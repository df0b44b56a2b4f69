"""An exchange: what a body says is the same, however little of it is read."""

from __future__ import annotations

import gc
import json
import weakref

import pytest
from digione_conformance.evidence.exchange import Ask, Exchange, _ReadLast
from digione_conformance.evidence.stand_in import RedactedExchange
from digione_conformance.probing.listing import Listing
from digione_conformance.probing.probe import operation
from digione_conformance.relations.order import selected
from digione_conformance.relations.sampling import counted
from hypothesis import example, given
from hypothesis import strategies as st

from digione_sdk.wire.filter import Clause, Predicate

USERS = operation("getAllUsers")
ASK = Ask("GET", "https://sis.example/users")
WHOLE = b'{"users":[{"sourcedId":"a","n":[1,{"sourcedId":"q"}],"t":"\xc3\xa4\\u00e4"},{"sourcedId":"b"}],"more":-0.1}'
PIECES = (
    b"NaN", b"-Infinity", b"01", b"1.", b"1e999", b"-", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b"\\x", b"\x01",
    b"\t", b",", b"}", b"]", b'"', b"\\", b"null", b'"users":[{"sourcedId":"z"}],', b'"users":5,', b'"sourcedId":"w",',
    b'"sourcedId":3,', b'"sourcedId":null,', b'"sourced\\u0049d":"e",', b"\xef\xbb\xbf", b"9" * 4301,
)  # fmt: skip
SPOILED = st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 3), st.sampled_from(PIECES)), max_size=3)


def exchange(body):
    return Exchange("x", ASK, 200, {}, body)


def spoiled(changes):
    body = WHOLE
    for place, lost, piece in changes:
        body = body[:place] + piece + body[place + lost :]
    return body


def said(body, field):
    document = exchange(body).json
    rows = document.get("users") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    return [row[field] for row in rows if field in row], [str(row.get("sourcedId")) for row in rows]


@given(SPOILED)
@example([])
@example([(0, 0, b"\xef\xbb\xbf")])
@example([(len(WHOLE) - 5, 4, b"9" * 4301)])
@example([(47, 2, b"\xff")])
def test_ids_and_columns_read_alone_are_those_of_the_whole_document(changes):
    body = spoiled(changes)
    for field in ("sourcedId", "n", "t"):
        whole = said(body, field)
        column, ids = exchange(body).told("users", field), exchange(body).listed("users")
        assert (ids is None) is (whole is None)
        assert (column is None) is (whole is None)
        if whole is not None:
            assert repr(list(column)) == repr(whole[0])
            assert list(ids) == whole[1]


@given(SPOILED)
def test_a_body_is_json_exactly_where_it_is_json_in_utf_8(changes):
    body = spoiled(changes)

    def refuse(token):
        raise ValueError(token)

    try:
        json.loads(body.decode("utf-8"), parse_constant=refuse, parse_int=len)
        expected = True
    except ValueError:
        expected = False
    assert exchange(body).is_json is expected


@pytest.mark.parametrize("digits", [4300, 4301, 100_000])
def test_a_number_of_any_length_is_json(digits):
    assert exchange(b'{"n":' + b"9" * digits + b"}").is_json


def test_redacted_answers_are_never_read_past_their_stand_ins():
    body = json.dumps({"users": [{"sourcedId": "p-0123456789ab", "familyName": "p-ba9876543210"}]}).encode()
    (told,) = RedactedExchange("x", ASK, 200, {}, body).told("users", "familyName")
    assert type(told).__name__ == "StandIn"


def test_what_is_derived_from_a_list_goes_with_the_list():
    page = exchange(WHOLE)
    listing = Listing(USERS, (page,), None, complete=True)
    counted(listing.records, "sourcedId")
    selected(listing.records, Clause("sourcedId", Predicate.EQ, "a"))
    assert listing.records.derived(("groups", "sourcedId"), pytest.fail)
    gone = [weakref.ref(page), weakref.ref(listing)]
    del page, listing
    gc.collect()
    assert [reference() for reference in gone] == [None, None]


def test_a_document_that_was_let_go_says_the_same_when_it_is_read_again(monkeypatch):
    monkeypatch.setattr("digione_conformance.evidence.exchange._READ_LAST", _ReadLast(4 * len(WHOLE)))
    answers = [exchange(WHOLE.replace(b'"a"', b'"a%d"' % number)) for number in range(6)]
    redacted = RedactedExchange(**vars(exchange(WHOLE.replace(b'"a"', b'"p-0123456789ab"'))))
    first = [(one.is_json, json.dumps(one.json), one.listed("users"), one.told("users", "t")) for one in answers]
    stood_in = redacted.json["users"][0]["sourcedId"]
    held = ["_parsed" in vars(one) for one in answers]
    assert held == [False, False, False, False, True, True]
    assert [
        (one.is_json, json.dumps(one.json), one.listed("users"), one.told("users", "t")) for one in answers
    ] == first
    assert "_parsed" not in vars(redacted)
    assert redacted.json["users"][0]["sourcedId"] == stood_in
