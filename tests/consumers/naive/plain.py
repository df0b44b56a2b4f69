"""A consumer as it is met: a plain httpx client that does well enough, and that every bad habit is a subclass of."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from digione_mock_server.consumer.serving import Trial

from tests.consumers.good import WHOLE_AGAIN, state_of

SCOPES = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
KINDS = ("orgs", "courses", "classes", "users")
ROOTS = ssl.create_default_context()  # once: it takes longer than a scenario


class Broken(Exception):
    """The pull cannot go on."""


class Plain:
    """Sequential, follows Link, else counts; renews on 401, waits on 429, tries again on 503, guards deletions."""

    scenarios: tuple[str, ...] = ("plain",)
    fails: frozenset[str] = frozenset()
    scope: str | None = f"{SCOPES}roster.readonly"
    limit: int | None = None
    timeout = 5.0
    haste = 0.05

    def __init__(self, trial: Trial, scenario: str) -> None:
        self.trial, self.scenario = trial, scenario
        self.root = f"{trial.url}/{scenario}"
        self.base = f"{self.root}/ims/oneroster/rostering/v1p2"
        self.token: str | None = None
        self.http = httpx.Client(timeout=self.timeout, verify=ROOTS, headers={"accept": "application/json"})
        self.held: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.cursor: datetime | None = None

    def close(self) -> None:
        self.http.close()

    # --- token and requests ------------------------------------------------------------------------------------------

    def login(self) -> str:
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        who = self.trial.credentials
        answer = self.http.post(f"{self.root}/oauth2/token", data=form, auth=(who.client_id, who.client_secret))
        return str(answer.json()["access_token"])

    def send(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        if self.token is None:
            self.token = self.login()
        return self.http.get(url, params=params or None, headers={"authorization": f"Bearer {self.token}"})

    def get(self, url: str, params: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(4):
            answer = self.send(url, params)
            if answer.status_code == 401:
                self.token = None
            elif answer.status_code == 429:
                self.trial.skip(float(answer.headers["retry-after"]))
            elif answer.status_code != 503:
                return answer
        raise Broken("the server does not recover")

    # --- lists -------------------------------------------------------------------------------------------------------

    def rows(self, kind: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        url, received, seen = f"{self.base}/{kind}", 0, set()
        asked: dict[str, str] = dict(params) | ({"limit": str(self.limit)} if self.limit else {})
        first = dict(asked)
        while True:
            answer = self.get(url, asked)
            page = self.opened(answer)
            yield from page
            received += len(page)
            following = answer.links.get("next", {}).get("url")
            total = answer.headers.get("x-total-count")
            if following is not None:
                if following in seen:
                    raise Broken("a circle of links")
                seen.add(following)
                url, asked = following, {}
            elif total is not None and received < int(total):
                if not page:
                    raise Broken("a short list")
                url, asked = f"{self.base}/{kind}", {**first, "offset": str(received)}
            else:
                return

    def opened(self, answer: httpx.Response) -> list[dict[str, Any]]:
        if answer.status_code != 200:
            raise Broken(str(answer.status_code))
        lists = [value for value in answer.json().values() if isinstance(value, list)]
        if len(lists) != 1:
            raise Broken("no envelope")
        return lists[0]

    # --- synchronising -----------------------------------------------------------------------------------------------

    def synchronise(self, step: int) -> None:
        began = datetime.now(UTC)
        whole = step == 1 or self.scenario in WHOLE_AGAIN
        found = {kind: {row["sourcedId"]: row for row in self.rows(kind, self.delta(whole))} for kind in KINDS}
        if whole:
            self.below(found["classes"])
        self.apply(found, whole=whole)
        self.cursor = began

    def delta(self, whole: bool) -> dict[str, str]:
        if whole or self.cursor is None:
            return {}
        return {"filter": f"dateLastModified>='{self.cursor.isoformat(timespec='milliseconds')}'"}

    def below(self, classes: dict[str, Any]) -> None:
        for class_id in list(classes)[:3]:
            answer = self.get(f"{self.base}/classes/{class_id}/students")
            if answer.status_code not in {200, 404}:
                raise Broken(str(answer.status_code))

    def apply(self, found: dict[str, dict[str, Any]], *, whole: bool) -> None:
        for kind, rows in found.items():
            if whole and len(self.held[kind].keys() - rows.keys()) > len(self.held[kind]) * 0.1:
                raise Broken("a mass deletion")
        for kind, rows in found.items():
            held = {} if whole else dict(self.held[kind])
            for sourced_id, row in rows.items():
                if row["status"] == "active":
                    held[sourced_id] = row
                else:
                    held.pop(sourced_id, None)
            self.held[kind] = held

    def state(self) -> dict[str, Any]:
        return state_of(self.held)
