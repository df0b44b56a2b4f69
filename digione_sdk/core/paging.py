"""Decides how a list is read to its end, and refuses to call a short list whole.

A generator without I/O: it yields what to fetch and how many of the rows that came to hand over, and is told what
arrived. The rules (docs/decisions, consumers.md "Silent truncation"):

1. follow `Link` rel=next;
2. else, while fewer rows arrived than the total said last, go on at the offset of the rows *received* (caps lurk);
3. with neither, only an empty page is the end; nor is a total believed that equals the only page, without `Link`;
4. a page or a link that comes again, or an end short of the total, is an error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urljoin, urlsplit

from digione_sdk.errors import PagingError, RepeatedPageError, TruncatedListError
from digione_sdk.wire.paging import links_of, total_of

REMEMBERED_PAGES: Final = 1_000
MOST_EMPTY_PAGES: Final = 20
_EDGE: Final = 4_096
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Fetch:
    """Get this URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand over the first `rows` of the rows that arrived last."""

    rows: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """One page, as far as paging is concerned.

    Attributes:
        rows: How many rows arrived; None while they are uncounted, which is allowed where a next link is given. The
            next count that is told then includes them.
        marks: Numbers that are the same for the same page; one that was met before is enough to refuse it.
        next_link: Target of `Link` rel=next, as sent.
        has_links: Whether the server sent any `Link` at all.
        total: `X-Total-Count`, where it was sent.
    """

    rows: int | None
    marks: frozenset[int]
    next_link: str | None = None
    has_links: bool = False
    total: int | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str], *, rows: int | None, marks: Iterable[int] = ()) -> Arrived:
        """Read the paging headers of an answer."""
        links = links_of(headers)
        return cls(rows, frozenset(marks), links.get("next"), bool(links), total_of(headers))


Step: TypeAlias = Fetch | Deliver
Paging: TypeAlias = Generator[Step, Arrived | None, None]


def paging(first_url: str, *, max_items: int | None = None) -> Paging:
    """Read a list from `first_url` to its end.

    Yields `Fetch`, to be answered with `Arrived`, and `Deliver`, to be answered with None.

    Args:
        first_url: Absolute URL of the first page; further offsets are appended to its query.
        max_items: Stop after this many rows; the rest is then not missing.

    Raises:
        RepeatedPageError: A page or a link came again.
        TruncatedListError: The list ended before the total that was announced last; all rows were delivered before.
        PagingError: A link leads to another origin, or through too many empty pages.
    """
    url, received, total = first_url, 0, None
    seen, empty = _Seen(), 0
    seen.again(hash(url))
    if max_items == 0:
        return
    while True:
        page = yield Fetch(url)
        assert page is not None, "a Fetch is answered with what arrived"  # noqa: S101 - contract between generator and driver
        total = page.total if page.total is not None else total
        empty = empty + 1 if page.rows == 0 else 0
        if (page.rows != 0 and seen.any_again(page.marks)) or empty > MOST_EMPTY_PAGES:
            raise RepeatedPageError("the server sent a page again", received=received, announced=total)
        if page.rows:
            wanted = page.rows if max_items is None else min(page.rows, max_items - received)
            received += page.rows
            yield Deliver(wanted)
        if max_items is not None and received >= max_items:
            return
        if page.next_link is not None:
            url = _followed(page.next_link, url, first_url, received)
            if seen.again(hash(url)):
                raise RepeatedPageError("the links lead in a circle", received=received, announced=total)
            continue
        # A `Link` without next says that this is the end; no `Link` at all says nothing.
        if received >= total if total is not None else (page.has_links or page.rows == 0):
            if page.has_links or page.rows == 0 or url != first_url:
                return
            yield from _nothing_beyond(first_url, received=received, announced=total)
            return
        if page.rows == 0:
            raise TruncatedListError(
                f"{received} rows of the {total} that the server announced", received=received, announced=total
            )
        url = _beyond(first_url, received)


def _nothing_beyond(first_url: str, *, received: int, announced: int | None) -> Paging:
    """Look beyond one page without `Link` whose rows are the total.

    Some servers put the page's own count there, and a list read from them would be short in silence: only the next page
    tells.
    """
    rest = yield Fetch(_beyond(first_url, received))
    if rest is None or rest.rows:
        raise TruncatedListError(
            f"rows beyond the {announced} that the server announced: it counts the page, not the list",
            received=received,
            announced=announced,
        )


def answered(steps: Paging, page: Arrived) -> Step | None:
    """Tell the generator what arrived; return its next step, or None at the end."""
    try:
        return steps.send(page)
    except StopIteration:
        return None


def _beyond(first_url: str, received: int) -> str:
    return f"{first_url}{'&' if urlsplit(first_url).query else '?'}offset={received}"


def page_mark(content: bytes) -> int:
    """Return a number that is the same for the same bytes.

    Both ends and the length are enough: two pages of one list never begin and end with the same records.
    """
    return hash((len(content), content[:_EDGE], content[-_EDGE:]))


def row_mark(ids: Sequence[str | None], content: bytes) -> int:
    """Return a number that is the same for the same rows, even where the server stamps each answer differently."""
    return page_mark(content) if None in ids else hash(tuple(ids))


class _Seen:
    """Marks met before, in constant memory: the last thousand, and those at powers of two.

    A circle longer than the window still meets a mark at a power of two (Brent's rule), so it always ends.
    """

    def __init__(self) -> None:
        self._recent: deque[int] = deque()
        self._lookup: set[int] = set()
        self._kept: set[int] = set()
        self._count = 0

    def any_again(self, marks: Iterable[int]) -> bool:
        """Whether one of these was met before; all are met now."""
        met = [self.again(mark) for mark in marks]  # all of them first: each is to be remembered
        return any(met)

    def again(self, mark: int) -> bool:
        """Whether this was met before; it is met now."""
        if mark in self._lookup or mark in self._kept:
            return True
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._kept.add(mark)
        self._recent.append(mark)
        self._lookup.add(mark)
        if len(self._recent) > REMEMBERED_PAGES:
            self._lookup.discard(self._recent.popleft())
        return False


def _followed(target: str, current: str, first: str, received: int) -> str:
    try:
        url = urljoin(current, target)
        same = origin(url) == origin(first)
    except ValueError:
        raise PagingError("the next link is no URL", received=received) from None
    if not same:
        # The request would carry the token: it never leaves the configured scheme, host and port.
        raise PagingError("the next link leads to another scheme, host or port", received=received)
    return url.partition("#")[0]


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of a URL, the port filled in where it is the default."""
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with user information")
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
