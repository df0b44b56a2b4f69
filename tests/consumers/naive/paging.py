"""Bad habits of reading lists: where a client takes a page for the whole, or the wrong page for the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from tests.consumers.naive.plain import Broken, Plain


class FirstPageOnly(Plain):
    """Never pages."""

    scenarios = ("plain", "no-link", "no-total", "low-cap")
    fails = frozenset({"CON-PAGE-001", "CON-PAGE-002", "CON-PAGE-003", "CON-PAGE-004"})

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        yield from self.opened(self.get(f"{self.base}/{kind}", params))


class LinkOnly(Plain):
    """Trusts Link alone, wherever it leads."""

    scenarios = ("no-link", "circle")
    fails = frozenset({"CON-PAGE-002", "CON-PAGE-005"})

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        url: str | None = f"{self.base}/{kind}"
        for _ in range(40):  # a real one goes on for ever
            if url is None:
                return
            answer = self.get(url, params)
            yield from self.opened(answer)
            url, params = answer.links.get("next", {}).get("url"), {}


class CountOnly(Plain):
    """Trusts X-Total-Count alone."""

    scenarios = ("no-total",)
    fails = frozenset({"CON-PAGE-003"})

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        received, total = 0, 1
        while received < total:
            answer = self.get(f"{self.base}/{kind}", {**params, "offset": str(received)})
            page = self.opened(answer)
            yield from page
            received, total = received + len(page), int(answer.headers.get("x-total-count", 0))


class AskedLimit(Plain):
    """Advances by the limit it asked for, not by the rows it got."""

    scenarios = ("low-cap",)
    fails = frozenset({"CON-PAGE-004"})

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        offset, total = 0, 1
        while offset < total:
            answer = self.get(f"{self.base}/{kind}", {**params, "limit": "100", "offset": str(offset)})
            yield from self.opened(answer)
            offset, total = offset + 100, int(answer.headers["x-total-count"])


class ReadsTwice(Plain):
    """Reads users again for each class."""

    fails = frozenset({"CON-PAGE-006"})

    def below(self, classes: dict[str, Any]) -> None:
        for _ in range(2):
            list(self.rows("users", {}))


class EmptyIsFailure(Plain):
    """Takes a list without rows for a failed request."""

    scenarios = ("plain", "empty")
    fails = frozenset({"CON-PAGE-007"})

    def opened(self, answer: httpx.Response) -> list[dict[str, Any]]:
        page = super().opened(answer)
        if not page:
            raise Broken("nothing arrived")
        return page


class Impatient(Plain):
    """Waits a moment, then asks again while the first answer is still under way."""

    scenarios = ("slow",)
    timeout = 1.0
    haste = 0.3
    fails = frozenset({"CON-PAGE-008"})

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(3):
            try:
                return super().send(url, params)
            except httpx.TimeoutException:
                continue
        raise Broken("too slow")
