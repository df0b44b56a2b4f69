"""Bad habits about tokens: how they are asked for, sent, renewed, and what they are for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from digione_mock_server.consumer.serving import Trial

from tests.consumers.naive.plain import SCOPES, Broken, Plain


class GrantsPassword(Plain):
    """Asks for tokens by the password grant, then reads without any."""

    fails = frozenset({"CON-AUTH-001", "CON-AUTH-002"})

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        form = {"grant_type": "password", "username": "x", "password": "y"}
        self.http.post(f"{self.root}/oauth2/token", data=form)
        return self.http.get(url, params=params or None)


class TokenInQuery(Plain):
    """Sends the token as a query parameter."""

    fails = frozenset({"CON-AUTH-002", "CON-AUTH-003", "CON-ASK-002"})

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        self.token = self.token or self.login()
        return self.http.get(url, params={**(params or {}), "access_token": self.token})


class BothCredentials(Plain):
    """Sends the secret in the header and in the body, to be sure."""

    fails = frozenset({"CON-AUTH-004"})

    def login(self) -> str:
        who = self.trial.credentials
        form = {"grant_type": "client_credentials", "client_id": who.client_id, "client_secret": who.client_secret}
        self.http.post(f"{self.root}/oauth2/token", data=form, auth=(who.client_id, who.client_secret))
        return super().login()


class TokenPerRequest(Plain):
    """Gets a new token for each request."""

    fails = frozenset({"CON-AUTH-005"})

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        self.token = None
        return super().send(url, params)


class RacingRefresh(Plain):
    """Reads kinds side by side, and each that meets 401 gets a token of its own."""

    scenarios = ("expiring",)
    fails = frozenset({"CON-AUTH-006"})

    def __init__(self, trial: Trial, scenario: str) -> None:
        super().__init__(trial, scenario)
        self.own = threading.local()
        self.first = self.login()
        self.together = threading.Barrier(2)

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        token = getattr(self.own, "token", self.first)
        return self.http.get(url, params=params or None, headers={"authorization": f"Bearer {token}"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        answer = self.send(url, params)
        if answer.status_code != 401:
            return answer
        self.own.token = self.login()
        return self.send(url, params)

    def synchronise(self, step: int) -> None:
        def read(kind: str) -> int:
            self.together.wait()
            return sum(1 for _ in self.rows(kind, {}))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(read, ("users", "classes")))


class RestartsOnExpiry(Plain):
    """Takes 401 for a failed pull and begins again."""

    scenarios = ("expiring",)
    fails = frozenset({"CON-AUTH-007"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        return self.send(url, params)

    def synchronise(self, step: int) -> None:
        for _ in range(2):
            try:
                super().synchronise(step)
            except Broken:
                self.token = None
            else:
                return


class GivesUpOnExpiry(RestartsOnExpiry):
    """Takes 401 for the end."""

    fails = frozenset({"CON-AUTH-006", "CON-AUTH-007"})

    def synchronise(self, step: int) -> None:
        Plain.synchronise(self, step)


class NoScope(Plain):
    """Leaves scope out and takes what it gets."""

    scope = None
    fails = frozenset({"CON-AUTH-008", "CON-AUTH-009"})


class AllScopes(Plain):
    """Asks for every scope there is."""

    scope = " ".join(
        SCOPES + name for name in ("roster.readonly", "roster-demographics.readonly", "gradebook.readonly")
    )
    fails = frozenset({"CON-AUTH-009"})
