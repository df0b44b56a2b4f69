"""Bad habits of keeping: cursors, deletions, extensions, and what is held after a second pull."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.consumers.naive.plain import KINDS, Broken, Plain


class WholeEachTime(Plain):
    """Never asks for changes."""

    scenarios = ("unchanged",)
    fails = frozenset({"CON-DELTA-001"})

    def delta(self, whole: bool) -> dict[str, str]:
        return {}

    def synchronise(self, step: int) -> None:
        self.apply({k: {r["sourcedId"]: r for r in self.rows(k, {})} for k in KINDS}, whole=True)


class CursorAtTheEnd(Plain):
    """Keeps the time at which it finished, by the clock on the wall."""

    scenarios = ("unchanged", "deleted")
    fails = frozenset({"CON-DELTA-002", "CON-DELTA-004"})

    def synchronise(self, step: int) -> None:
        super().synchronise(step)
        self.cursor = datetime.now(UTC) + timedelta(hours=2)


class ActiveOnly(Plain):
    """Asks for changes of active records."""

    scenarios = ("unchanged", "deleted")
    fails = frozenset({"CON-DELTA-003", "CON-DELTA-004"})

    def delta(self, whole: bool) -> dict[str, str]:
        found = super().delta(whole)
        return {"filter": f"{found['filter']} AND status='active'"} if found else {}


class KnownRolesOnly(Plain):
    """Drops whoever has a role that it does not know, and all metadata."""

    scenarios = ("plain", "extensions")
    fails = frozenset({"CON-EXT-002"})

    def apply(self, found: dict[str, dict[str, Any]], *, whole: bool) -> None:
        for kind, rows in found.items():
            found[kind] = {
                i: {k: v for k, v in row.items() if k != "metadata"}
                for i, row in rows.items()
                if not any(role["role"].startswith("ext:") for role in row.get("roles", []))
            }
        super().apply(found, whole=whole)


class StumblesOverRoles(Plain):
    """Ends the pull at a role that it does not know."""

    scenarios = ("plain", "extensions")
    fails = frozenset({"CON-EXT-001"})

    def opened(self, answer: httpx.Response) -> list[dict[str, Any]]:
        page = super().opened(answer)
        if any(role["role"].startswith("ext:") for row in page for role in row.get("roles", [])):
            raise Broken("unknown role")
        return page


class InsertsAgain(Plain):
    """Adds what it reads to what it has, under keys of its own."""

    scenarios = ("unchanged", "renamed")
    fails = frozenset({"CON-STATE-001", "CON-STATE-005", "CON-DELTA-001"})
    runs = 0

    def delta(self, whole: bool) -> dict[str, str]:
        return {}

    def apply(self, found: dict[str, dict[str, Any]], *, whole: bool) -> None:
        self.runs += 1
        for kind, rows in found.items():
            self.held[kind] |= {f"{self.runs}/{sourced_id}": row for sourced_id, row in rows.items()}


class NeverWholeAgain(Plain):
    """Reads changes only, even when it is asked to read everything: nothing can be said of what it would have done."""

    scenarios = ("envelope", "short", "shrunk")

    def synchronise(self, step: int) -> None:
        began = datetime.now(UTC)
        found = {kind: {r["sourcedId"]: r for r in self.rows(kind, self.delta(step == 1))} for kind in KINDS}
        self.apply(found, whole=step == 1)
        self.cursor = began

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        answer = super().get(url, params)
        return answer if answer.json() else super().get(url, params)


class Unguarded(Plain):
    """Takes an answer without envelope for an empty list, a short list for a whole one, and deletes what is missing."""

    scenarios = ("envelope", "short", "shrunk")
    fails = frozenset({"CON-STATE-002", "CON-STATE-003", "CON-STATE-004"})

    def opened(self, answer: httpx.Response) -> list[dict[str, Any]]:
        return next(iter(answer.json().values()), [])

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        received = 0
        while page := self.opened(self.get(f"{self.base}/{kind}", {"offset": str(received)})):
            yield from page
            received += len(page)

    def apply(self, found: dict[str, dict[str, Any]], *, whole: bool) -> None:
        for kind, rows in found.items():
            self.held[kind] = {i: row for i, row in rows.items() if row["status"] == "active"}
