"""A list is read to its end, whatever the server leaves out, or it is refused."""

from __future__ import annotations

import pytest

from digione_sdk.core.paging import Arrived, Deliver, Fetch, answered, origin, page_mark, paging, row_mark
from digione_sdk.errors import PagingError, RepeatedPageError, TruncatedListError

URL = "https://h.example/base/users?limit=100"


def run(answers, *, url=URL, max_items=None):
    """Feed one answer to each Fetch; return URLs fetched and rows delivered."""
    steps, urls, delivered = paging(url, max_items=max_items), [], []
    answers = iter(answers)
    step = next(steps, None)
    while step is not None:
        if isinstance(step, Fetch):
            urls.append(step.url)
            step = answered(steps, next(answers))
        else:
            assert isinstance(step, Deliver)
            delivered.append(step.rows)
            step = next(steps, None)
    return urls, delivered


def page(rows, mark, *, next_link=None, total=None, links=False):
    return Arrived(rows, frozenset({mark}), next_link, links or next_link is not None, total)


def test_links_are_followed_relative_ones_too():
    urls, delivered = run(
        [
            page(100, 1, next_link="?limit=100&offset=100"),
            page(100, 2, next_link="https://H.example:443/base/users?offset=200"),
            page(50, 3, links=True),
        ]
    )
    assert urls[1:] == [
        "https://h.example/base/users?limit=100&offset=100",
        "https://H.example:443/base/users?offset=200",
    ]
    assert delivered == [100, 100, 50]


def test_without_links_the_offset_is_the_number_of_rows_received():
    urls, delivered = run([page(70, 1, total=150), page(70, 2, total=150), page(10, 3, total=150)])
    assert urls[1:] == [f"{URL}&offset=70", f"{URL}&offset=140"]
    assert sum(delivered) == 150


def test_an_offset_begins_a_query_that_there_was_not():
    urls, _ = run([page(1, 1), page(0, 2)], url="https://h.example/users")
    assert urls[1] == "https://h.example/users?offset=1"


def test_with_neither_link_nor_total_only_an_empty_page_is_the_end():
    urls, delivered = run([page(100, 1), page(3, 2), page(0, 3)])
    assert len(urls) == 3
    assert delivered == [100, 3]


def test_a_link_header_without_next_is_the_end():
    assert run([page(100, 1, links=True)]) == ([URL], [100])


def test_a_link_that_is_dropped_midway_is_made_good_by_the_offset():
    urls, delivered = run([page(5, 1, next_link="?o=5"), page(5, 2), page(5, 3), page(0, 4)])
    assert urls[2:] == [f"{URL}&offset=10", f"{URL}&offset=15"]
    assert sum(delivered) == 15


def test_a_list_short_of_its_total_is_refused_after_its_rows():
    steps = paging(URL)
    next(steps)
    assert steps.send(page(90, 1, total=100)) == Deliver(90)
    assert isinstance(next(steps), Fetch)
    with pytest.raises(TruncatedListError) as caught:
        steps.send(page(0, 2, total=100))
    assert (caught.value.received, caught.value.announced) == (90, 100)


def test_a_growing_total_is_followed_and_a_shrinking_one_ends_the_list():
    assert sum(run([page(100, 1, total=150), page(60, 2, total=160)])[1]) == 160
    assert sum(run([page(100, 1, total=250), page(90, 2, total=190)])[1]) == 190


def test_a_repeated_page_is_refused_before_its_rows_are_handed_over():
    steps = paging(URL)
    next(steps)
    steps.send(page(100, 1, total=300))
    next(steps)
    with pytest.raises(RepeatedPageError):
        steps.send(page(100, 1, total=300))


def test_links_in_a_circle_are_refused():
    with pytest.raises(RepeatedPageError, match="circle"):
        run([page(1, 1, next_link="?a"), page(1, 2, next_link="?b"), page(1, 3, next_link="?a")])
    with pytest.raises(RepeatedPageError):
        run([page(1, 1, next_link="?limit=100")])


def test_a_circle_longer_than_the_memory_is_refused_too():
    length = 2_500
    endless = (page(1, n % length, next_link=f"?n={n}") for n in range(10**6))
    with pytest.raises(RepeatedPageError):
        run(endless)


def test_empty_pages_that_lead_on_for_ever_are_refused():
    with pytest.raises(RepeatedPageError):
        run(page(0, 0, next_link=f"?n={n}") for n in range(10**6))


def test_some_empty_pages_that_lead_on_are_followed():
    _, delivered = run([page(0, 0, next_link="?a"), page(0, 0, next_link="?b"), page(2, 1, links=True)])
    assert delivered == [2]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "http://h.example/base",
        "//evil.example/x",
        "https://h.example:8443/x",
        "https://u@h.example/x",
        "https://[x",
    ],
)
def test_a_link_to_another_origin_is_never_followed(target):
    with pytest.raises(PagingError) as caught:
        run([page(1, 1, next_link=target)])
    assert "evil" not in str(caught.value)


def test_max_items_cuts_the_last_page_and_is_no_truncation():
    urls, delivered = run([page(100, 1, total=1000), page(100, 2, total=1000)], max_items=150)
    assert delivered == [100, 50]
    assert len(urls) == 2
    assert run([], max_items=0) == ([], [])


def test_uncounted_pages_are_made_good_by_a_later_count():
    _, delivered = run([page(None, 1, next_link="?a"), page(None, 2, next_link="?b"), page(250, 3, total=250)])
    assert delivered == [250]


def test_marks_tell_pages_apart_by_rows_where_ids_are_known():
    assert row_mark(["a", "b"], b"x") == row_mark(("a", "b"), b"y")
    assert row_mark([None], b"x") == page_mark(b"x") != page_mark(b"y")


def test_origins_fill_in_the_default_port():
    assert origin("https://H.example/x") == origin("https://h.example:443/y")
    assert origin("http://h.example") != origin("https://h.example")


def test_a_total_that_may_be_the_pages_own_count_is_not_believed_without_a_link():
    urls, delivered = run([page(100, 1, total=100, links=False), page(0, 2, total=100, links=False)])
    assert (len(urls), sum(delivered)) == (2, 100)
    with pytest.raises(TruncatedListError, match="counts the page"):
        run([page(100, 1, total=100, links=False), page(100, 2, total=100, links=False)])
