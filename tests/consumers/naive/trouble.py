"""Bad habits in trouble: what a client does when a server is busy, fails, or no longer has something."""

from __future__ import annotations

from typing import Any

import httpx

from tests.consumers.naive.plain import Broken, Plain


class IgnoresRetryAfter(Plain):
    """Asks again at once after 429."""

    scenarios = ("busy",)
    fails = frozenset({"CON-BUSY-001"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(6):
            answer = self.send(url, params)
            if answer.status_code != 429:
                return answer
            self.trial.skip(0.5)
        raise Broken("busy")


class RestartsWhenBusy(Plain):
    """Waits after 429, then begins the whole pull again."""

    scenarios = ("busy",)
    fails = frozenset({"CON-BUSY-002"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        return self.send(url, params)

    def synchronise(self, step: int) -> None:
        try:
            super().synchronise(step)
        except Broken:
            self.trial.skip(3)
            super().synchronise(step)


class GivesUpOnFailure(Plain):
    """Ends the pull at the first 503."""

    scenarios = ("failing",)
    fails = frozenset({"CON-ERR-001"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        return self.send(url, params)


class AbortsOnUnknown(Plain):
    """Ends the pull at an object that is gone."""

    scenarios = ("plain", "parent")
    fails = frozenset({"CON-ERR-002"})

    def below(self, classes: dict[str, Any]) -> None:
        for class_id in list(classes)[:3]:
            self.opened(self.get(f"{self.base}/classes/{class_id}/students"))


class RepeatsWhatIsWrong(Plain):
    """Tries whatever failed five times over."""

    scenarios = ("plain",)
    fails = frozenset({"CON-ERR-003", "CON-ASK-005"})

    def below(self, classes: dict[str, Any]) -> None:
        for _ in range(5):
            self.send(f"{self.base}/users", {"filter": "lastName='Virtanen'"})
