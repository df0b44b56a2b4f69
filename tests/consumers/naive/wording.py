"""Bad habits of asking: addresses, parameters, headers and load that no server can do well by."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from digione_mock_server.consumer.serving import Trial

from tests.consumers.naive.plain import Broken, Plain


class OldPaths(Plain):
    """Reads an address of its own making, and tries to write."""

    fails = frozenset({"CON-ASK-001"})

    def below(self, classes: dict[str, Any]) -> None:
        self.send(f"{self.base}/students/enrollments/active")
        self.http.post(f"{self.base}/users", headers={"authorization": f"Bearer {self.token}"}, json={})


class PageNumbers(Plain):
    """Pages by page and pageSize."""

    fails = frozenset({"CON-ASK-002", "CON-PAGE-001"})

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        for page in range(1, 4):
            yield from self.opened(self.get(f"{self.base}/{kind}", {"page": str(page), "pageSize": "100"}))


class LimitZero(Plain):
    """Asks for limit=0, meaning everything."""

    fails = frozenset({"CON-ASK-003"})

    def synchronise(self, step: int) -> None:
        self.get(f"{self.base}/users", {"limit": "0"})
        self.get(f"{self.base}/users", {"offset": "-1"})
        super().synchronise(step)


class BareApostrophe(Plain):
    """Puts a name into a filter as it stands."""

    fails = frozenset({"CON-ASK-004"})

    def below(self, classes: dict[str, Any]) -> None:
        self.get(f"{self.base}/users", {"filter": "familyName='O'Brien'"})


class OwnNames(Plain):
    """Spells properties as its own database does."""

    fails = frozenset({"CON-ASK-005"})

    def below(self, classes: dict[str, Any]) -> None:
        self.get(f"{self.base}/users", {"filter": "last_name='Virtanen'"})
        self.get(f"{self.base}/users", {"sort": "familyname"})
        self.get(f"{self.base}/users", {"fields": "sourcedid"})


class NoAccept(Plain):
    """Sends no Accept."""

    fails = frozenset({"CON-ASK-006"})

    def __init__(self, trial: Trial, scenario: str) -> None:
        super().__init__(trial, scenario)
        del self.http.headers["accept"]


class FollowsHref(Plain):
    """Resolves links by their href, token and all."""

    scenarios = ("plain", "elsewhere")
    fails = frozenset({"CON-ASK-007"})

    def below(self, classes: dict[str, Any]) -> None:
        for row in list(classes.values())[:3]:
            href = row["course"]["href"]
            if not href.startswith(self.base):
                raise Broken("would send its token to another host")
            self.get(href)


class TwentyThreads(Plain):
    """Reads twenty pages side by side."""

    fails = frozenset({"CON-LOAD-001"})
    haste = 20.0  # a server slow enough for all of them to be under way at once, however busy this machine is

    def synchronise(self, step: int) -> None:
        self.token = self.login()
        with ThreadPoolExecutor(20) as pool:
            offsets = range(0, 2000, 100)
            list(pool.map(lambda offset: self.send(f"{self.base}/enrollments", {"offset": str(offset)}), offsets))


class TinyPages(Plain):
    """Reads twenty rows at a time."""

    limit = 20
    fails = frozenset({"CON-LOAD-002"})
