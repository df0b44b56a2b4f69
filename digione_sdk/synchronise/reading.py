"""Decides how one kind is read into the staging area: a generator that yields requests and is sent the answers.

Whether to go on, to take an interrupted list up, to fall back from a delta to a full read, or to stop is decided here;
how a list is read to its end is decided by `core.paging`, as everywhere in the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias

from digione_sdk.core.call import Call, list_call, read_call
from digione_sdk.core.delta import since as changed_since
from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.endpoints.rostering import getClass
from digione_sdk.core.http import Request, Response
from digione_sdk.core.outcome import refuse_error
from digione_sdk.core.paging import Arrived, Deliver, Fetch, Step, answered, paging
from digione_sdk.errors import BadRequest, InvalidData, StatusError, UnstableListError
from digione_sdk.synchronise.kinds import Kind
from digione_sdk.synchronise.progress import Listener, Progress, nobody
from digione_sdk.synchronise.rows import Page, instant_text, page_of
from digione_sdk.synchronise.staging import StagedPage, Staging
from digione_sdk.wire.collector import PAUSED
from digione_sdk.wire.versions import ConversionReport

_COARSE: Final = timedelta(days=1)
"""Some providers compare days, not instants: rows a little too old are no sign that the filter was ignored."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Send this request; the token must carry one of the scopes."""

    request: Request
    scopes: tuple[str, ...]


Reading: TypeAlias = Generator[Ask, Response, None]


class _FilterIgnored(Exception):
    """The provider answered a delta with rows older than it was asked for."""


class Reader:
    """Reads one kind.

    Args:
        kind: What to read.
        base_url: Base URL of its service.
        staging: Where the pages go.
        limit: Rows a page to ask for.
        now: Tells the present instant, to read a Retry-After date.
        edition: The version that the provider speaks.
        conversion: Takes the account of what is converted from it.
        listener: Is told of each page.
    """

    def __init__(
        self,
        kind: Kind,
        base_url: str,
        staging: Staging,
        *,
        limit: int | None,
        now: Callable[[], datetime],
        edition: Edition = V1P2,
        conversion: ConversionReport | None = None,
        listener: Listener = nobody,
    ) -> None:
        self._listener = listener
        self._kind = kind
        self._base_url = base_url
        self._edition = edition
        self._conversion = ConversionReport() if conversion is None else conversion
        self._staging = staging
        self._limit = limit
        self._now = now

    def read(self, since: str | None) -> Reading:
        """Read the kind to its end: what changed since the instant, or all of it.

        Raises:
            StatusError: The provider answered with an error.
            PayloadError: A page does not fit the model; `MissingEnvelope` where it has no wrapper key.
            PagingError: The list cannot be trusted to be whole.
        """
        name = self._kind.name
        if self._staging.is_done(name):
            return
        if self._staging.has_begun(name):
            since = self._staging.since(name)  # a delta that was given up stays given up
        if since is not None:
            reason = yield from self._delta(since)
            if reason is None:
                return
            self._staging.note(name, f"the provider {reason}: read in full instead")
        self._staging.start(name, since=None)
        yield from self._list(self._call(None), oldest=None)

    def _delta(self, since: str) -> Generator[Ask, Response, str | None]:
        """Read what changed; return why that was not possible, or None."""
        name = self._kind.name
        self._staging.start(name, since=since)
        instant = datetime.fromisoformat(since)
        try:
            yield from self._list(self._call(instant), oldest=instant)
        except (BadRequest, InvalidData):
            if any(page.arrived.rows for page in self._staging.pages(name)):
                raise
            return "refuses the filter on dateLastModified"
        except _FilterIgnored:
            return "ignores the filter on dateLastModified"
        return None

    def _call(self, since: datetime | None) -> Call[Any]:
        endpoint = self._kind.endpoint
        condition = None if since is None else changed_since(since, endpoint.model)
        return list_call(endpoint, self._base_url, {}, edition=self._edition, filter=condition, limit=self._limit)

    def _list(self, call: Call[Any], *, oldest: datetime | None) -> Reading:
        """Take up the list where it was left, or read it from the start."""
        name = self._kind.name
        before = self._staging.pages(name)
        steps = paging(call.url)
        step = _next_fetch(steps, next(steps, None))
        for number, page in enumerate(before, start=1):
            if step is None or step.url != page.url:
                break
            if number == len(before) and not (yield from self._is_same(call, page)):
                break
            step = _next_fetch(steps, answered(steps, page.arrived))
        else:
            yield from self._rest(call, steps, step, oldest=oldest)
            return
        self._staging.note(name, "the list had changed since the interruption: read again from its start")
        self._staging.restart(name)
        yield from self._list(call, oldest=oldest)

    def _is_same(self, call: Call[Any], page: StagedPage) -> Generator[Ask, Response, bool]:
        """Read the last page again: the list is the same if that page has the same ids and the total did not move."""
        try:
            response = yield from self._answer(call, page.url)
        except StatusError as error:
            if isinstance(error, (BadRequest, InvalidData)) or error.status in {404, 410}:
                return False  # a link of a list that the server remembers no longer
            raise
        again = yield from self._page(call, response, ConversionReport())  # its account was taken the first time
        arrived = Arrived.of(response.headers, rows=len(again.rows))
        return again.mark == page.mark and arrived.total == page.arrived.total

    def _rest(self, call: Call[Any], steps: Any, step: Fetch | None, *, oldest: datetime | None) -> Reading:
        name = self._kind.name
        number = len(self._staging.pages(name))
        totals = _Totals()
        for before in self._staging.pages(name):
            totals.take(before.arrived)
        while step is not None:
            response = yield from self._answer(call, step.url)
            page = yield from self._page(call, response, self._conversion)
            if oldest is not None and page.oldest is not None and page.oldest < oldest - _COARSE:
                raise _FilterIgnored
            arrived = Arrived.of(response.headers, rows=len(page.rows), marks=(page.mark,))
            totals.take(arrived)
            self._staging.add(name, number, StagedPage(step.url, page.mark, arrived), page)
            number += 1
            self._listener(Progress(name, totals.received, totals.announced))
            step = _next_fetch(steps, answered(steps, arrived))
        totals.check(self._staging.distinct(name))
        self._staging.finish(name)
        self._listener(Progress(name, totals.received, totals.announced, done=True))

    def _page(
        self, call: Call[Any], response: Response, conversion: ConversionReport
    ) -> Generator[Ask, Response, Page]:
        content = yield from self._told(call, response.content, conversion)
        with PAUSED:  # the records live no longer than this: nothing for the collector to look at
            return page_of(self._kind, call.decoder.page(content), content)

    def _told(self, call: Call[Any], content: bytes, conversion: ConversionReport) -> Generator[Ask, Response, bytes]:
        """Return the body as 1.2 tells it; what the version leaves out and the provider knows is asked for."""
        retold = self._edition.retold(content, call.endpoint)
        if retold is None:
            return content
        for class_id in self._edition.unknown(retold):
            one = read_call(getClass, self._base_url, {"class_id": class_id}, edition=self._edition, fields=("school",))
            self._edition.learn(class_id, (yield Ask(one.request(), one.scopes)))
        told = retold.told()
        conversion.add(retold.changes, retold.warnings)
        return told

    def _answer(self, call: Call[Any], url: str) -> Generator[Ask, Response, Response]:
        response = yield Ask(call.request(url), call.scopes)
        self._staging.note_time(server_time(response.headers))
        refuse_error(response, operation_id=call.operation_id, now=self._now())
        return response


class _Totals:
    """Watches the totals of one list, and how many rows came in all."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._last: int | None = None
        self._received = 0

    @property
    def received(self) -> int:
        """How many rows came."""
        return self._received

    @property
    def announced(self) -> int | None:
        """What the provider said last of how many there are."""
        return self._last

    def take(self, arrived: Arrived) -> None:
        """Look at a page.

        Raises:
            UnstableListError: The total is smaller than it was.
        """
        self._received += arrived.rows or 0
        if arrived.total is None:
            return
        if self._last is not None and arrived.total < self._last:
            raise UnstableListError(
                f"the total fell from {self._last} to {arrived.total} while the list was read",
                received=self._received,
                announced=arrived.total,
            )
        self._first = arrived.total if self._first is None else self._first
        self._last = arrived.total

    def check(self, distinct: int) -> None:
        """Compare the rows that came with the different records among them.

        A row that comes twice means that the rows moved between two pages, and that another may not have come at all.
        Rows that were added meanwhile explain it, and the next delta brings them; nothing else does.

        Raises:
            UnstableListError: More rows came twice than were added.
        """
        added = (self._last or 0) - (self._first or 0)
        if self._received - distinct > added:
            raise UnstableListError(
                f"{self._received - distinct} rows came twice: the order is not stable, and others may be missing",
                received=self._received,
                announced=self._last,
            )


def _next_fetch(steps: Any, step: Step | None) -> Fetch | None:
    while isinstance(step, Deliver):
        step = next(steps, None)
    return step


def server_time(headers: Mapping[str, str]) -> str | None:
    """Return the server's time (Date, RFC 9110 §6.6.1) as text in UTC, or None where it sent none that can be read."""
    try:
        return instant_text(parsedate_to_datetime(headers.get("date", "")))
    except (ValueError, TypeError, OverflowError):
        return None
