"""One run from the first request to the applied difference, without a socket: both drivers only carry answers.

Pull into the staging area, validate, compare, guard, apply in one transaction, note the cursor, remove the staging
area. Nothing reaches the store before everything has come and been looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from digione_sdk.core.editions import V1P2, Edition
from digione_sdk.core.limits import MAX_PARALLEL
from digione_sdk.errors import (
    AuthorisationError,
    ConfigurationError,
    DigiOneError,
    ScopeNotGranted,
    ServerError,
    SynchronisationStopped,
    TokenRequestFailed,
    TooManyRequests,
    TransportError,
    Unauthorised,
    UsageError,
)
from digione_sdk.synchronise.cursor import Cursor, read_cursors, since_after, write_cursors
from digione_sdk.synchronise.difference import Difference
from digione_sdk.synchronise.guard import Guard
from digione_sdk.synchronise.kinds import Kind, chosen
from digione_sdk.synchronise.progress import Listener, nobody
from digione_sdk.synchronise.reading import Reader, Reading
from digione_sdk.synchronise.report import Report
from digione_sdk.synchronise.staging import Staging
from digione_sdk.synchronise.store import Store, Summary, summary_of
from digione_sdk.wire.versions import ConversionReport

PAGE_ROWS: Final = 1_000
MOST_PARALLEL: Final = 5
"""More pulls at once hurt a school's system in school hours (pitfall 67)."""

_PASSING: Final = (
    TransportError,
    AuthorisationError,
    ServerError,
    TooManyRequests,
    Unauthorised,
    ConfigurationError,
)
"""Failures that say nothing against what was read so far: the next run goes on at the same page."""


class Mode(StrEnum):
    """What a run reads."""

    FULL = "full"
    """Everything; what no longer comes is deleted."""
    DELTA = "delta"
    """What changed since the last run; only tombstones delete. A kind that was never read is read in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to synchronise.

    Attributes:
        mode: What to read.
        kinds: Names of the kinds, as `users`; None takes all that the token permits.
        guard: How much may be deleted without being asked.
        dry_run: Compare only.
        strict_references: Stop where links lead to records that are not there, instead of reporting them.
        limit: Rows a page to ask for; None leaves it to the server.
        parallel: Kinds that are read at once, at most five.
        name_ids: Name in the report the records whose ids were replaced, and those that share an id of a person. Their
            sourcedIds are personal data: for whoever has to match them, and for nobody's log.
    """

    mode: Mode | Literal["full", "delta"] = Mode.FULL
    kinds: Iterable[str] | None = None
    guard: Guard = field(default_factory=Guard)
    dry_run: bool = False
    strict_references: bool = False
    limit: int | None = PAGE_ROWS
    parallel: int = 1
    name_ids: bool = False

    def __post_init__(self) -> None:
        if self.mode not in set(Mode):
            raise UsageError("full or delta", argument="mode")
        object.__setattr__(self, "mode", Mode(self.mode))
        if isinstance(self.kinds, str):
            raise UsageError("several names, not one text", argument="kinds")
        if self.kinds is not None:
            object.__setattr__(self, "kinds", tuple(self.kinds))
        if not 1 <= self.parallel <= min(MOST_PARALLEL, MAX_PARALLEL):
            raise UsageError(f"from 1 to {MOST_PARALLEL}", argument="parallel")
        if self.limit is not None and self.limit < 1:
            raise UsageError("at least 1", argument="limit")


class Run:
    """One run; use it as a context manager, drive every reading to its end, then call `finished`.

    Args:
        store: Where records end up.
        settings: How to synchronise.
        base_urls: Name of a service -> its base URL.
        now: Tells the present instant, to read a Retry-After date.
        edition: The version that the provider speaks; what it tells is converted.
        listener: Is told of each page that was read.

    Raises:
        UsageError: A kind is unknown; `Inexpressible` where the version has none of that name.
        ConfigurationError: Another run is under way, or the files beside the store cannot be used.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        base_urls: Mapping[str, str],
        now: Callable[[], datetime],
        edition: Edition = V1P2,
        listener: Listener = nobody,
    ) -> None:
        self._store = store
        self._listener = listener
        self._settings = settings
        self._base_urls = dict(base_urls)
        self._now = now
        self._edition = edition
        self._conversion = ConversionReport()
        self._kinds = list(chosen(settings.kinds, base_urls, edition))
        self._cursor_path = Path(f"{store.memory}.cursor")
        self._source = {kind.endpoint.service.name: base_urls[kind.endpoint.service.name] for kind in self._kinds}
        self._cursors = read_cursors(self._cursor_path, source=self._source)
        self._since: dict[str, str | None] = {kind.name: None for kind in self._kinds}
        self._strange: list[str] = []
        if settings.mode is Mode.DELTA:
            self._go_on_from(summary_of(store, self._since))
        self._left_out: list[str] = []
        self._staging = Staging(Path(f"{store.memory}.staging"), run=self._description())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # What a lying provider sent is not kept, nor what was applied; what a failing one sent is what the next run
        # goes on from, and so is what an interrupted or faulty process had.
        lied = isinstance(error, DigiOneError) and not isinstance(error, _PASSING)
        if error is None or lied:
            self._staging.discard()
        else:
            self._staging.close()

    def readings(self) -> list[tuple[Kind, Reading]]:
        """Return what to drive: a reading for each kind."""
        return [(kind, self._reader(kind).read(self._since[kind.name])) for kind in self._kinds]

    def refused(self, kind: Kind, error: ScopeNotGranted | TokenRequestFailed) -> None:
        """Take it that no token permits a kind: where nobody asked for it by name, it is left out.

        Raises:
            ScopeNotGranted: It was asked for by name, or a part of it had come.
            TokenRequestFailed: The same, or the token endpoint refused more than the scope.
        """
        by_scope = isinstance(error, ScopeNotGranted) or error.error == "invalid_scope"  # RFC 6749 §5.2
        if not by_scope or self._settings.kinds is not None or self._staging.pages(kind.name):
            raise error
        self._kinds.remove(kind)
        self._left_out.append(kind.name)

    def finished(self) -> Report:
        """Compare, guard and apply.

        Raises:
            SynchronisationStopped: Somebody should look first; its report tells what would have been done.
        """
        if not self._kinds:
            raise UsageError("no token permits any of them", argument="kinds")
        if not all(self._staging.is_done(kind.name) for kind in self._kinds):
            raise UsageError("drive every reading to its end first", argument="run")
        difference = Difference(self._staging, self._store, self._kinds)
        kinds = difference.reports(name_ids=self._settings.name_ids)
        report = Report(
            kinds=kinds,
            dry_run=self._settings.dry_run,
            resumed=self._staging.resumed,
            stopped=tuple(self._settings.guard.objections(kinds, strict_references=self._settings.strict_references)),
            notes=tuple(self._notes()),
            conversion=self._conversion,
        )
        if self._settings.dry_run:
            return report
        if report.stopped:
            raise SynchronisationStopped("; ".join(report.stopped), report=report)
        difference.apply()
        self._note_cursors()
        return replace(report, applied=True)

    def _go_on_from(self, found: Mapping[str, Summary]) -> None:
        """Take the cursors of the kinds whose records are those that the last run left."""
        for name in self._since:
            cursor = self._cursors.get(name)
            if cursor is not None and cursor.left == found[name]:
                self._since[name] = cursor.since
            elif cursor is not None:
                self._strange.append(name)

    def _description(self) -> str:
        """What is read, as text: an interrupted run is taken up by one that reads the same."""
        names = [kind.name for kind in self._kinds]
        read = [self._source, names, self._since, self._settings.limit, self._edition.version]
        return json.dumps(read, sort_keys=True)

    def _reader(self, kind: Kind) -> Reader:
        base_url = self._base_urls[kind.endpoint.service.name]
        return Reader(
            kind,
            base_url,
            self._staging,
            limit=self._settings.limit,
            now=self._now,
            edition=self._edition,
            conversion=self._conversion,
            listener=self._listener,
        )

    def _notes(self) -> Iterable[str]:
        for name in self._left_out:
            yield f"{name}: left out, the token does not permit it"
        for name, text in self._staging.notes():
            yield f"{name}: {text}"
        if self._settings.mode is Mode.DELTA:
            for kind in self._kinds:
                if kind.name in self._strange:
                    yield f"{kind.name}: read in full, the store is not as the last run left it"
                elif self._since[kind.name] is None:
                    yield f"{kind.name}: read in full, there was no earlier run to go on from"
        if self._staging.began is None:
            yield "the server sends no Date: the next delta has nothing new to go on from"

    def _note_cursors(self) -> None:
        since = since_after(self._staging.began)
        left = summary_of(self._store, [kind.name for kind in self._kinds])
        fresh = dict(self._cursors)
        for name, summary in left.items():
            if since is not None:
                fresh[name] = Cursor(since, summary)
            elif name in fresh and name not in self._strange:
                fresh[name] = Cursor(fresh[name].since, summary)  # older than it could be, and therefore right
        write_cursors(self._cursor_path, fresh, source=self._source)
