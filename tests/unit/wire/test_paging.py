"""Paging headers are read as servers send them."""

from __future__ import annotations

import pytest

from digione_sdk.wire.paging import links_of, total_of


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ('<https://h/x?offset=5>; rel="next"', {"next": "https://h/x?offset=5"}),
        ("</x?a=1,2>;rel=next,<y>; rel=last", {"next": "/x?a=1,2", "last": "y"}),
        ('<a>; title="x, <b>; rel=no"; REL="next last"', {"next": "a", "last": "a"}),
        ('<a>; rel="next", <b>; rel="next"', {"next": "a"}),
        ("<a>", {}),
        ("nonsense; rel=next", {}),
        ("", {}),
    ],
)
def test_link_headers(header, links):
    assert links_of({"link": header}) == links


@pytest.mark.parametrize(
    ("header", "total"),
    [
        ("250", 250),
        (" 0 ", 0),
        ("250, 250", 250),
        ("250, 251", None),
        ("-1", None),
        ("1e3", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_totals(header, total):
    assert total_of({"x-total-count": header}) == total


def test_a_missing_total_is_none():
    assert total_of({}) is None
