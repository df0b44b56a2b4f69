"""Consumers as they are met: one plain httpx client that does well enough, and one subclass for each bad habit."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
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


# --- tokens ----------------------------------------------------------------------------------------------------------


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


# --- wording ---------------------------------------------------------------------------------------------------------


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


# --- paging ----------------------------------------------------------------------------------------------------------


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


# --- trouble ---------------------------------------------------------------------------------------------------------


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


# --- changes ---------------------------------------------------------------------------------------------------------


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


def habits() -> list[type[Plain]]:
    """Every bad habit that can be noticed, in the order of this file."""
    found, waiting = [], [Plain]
    while waiting:
        below = waiting.pop(0).__subclasses__()
        found += [habit for habit in below if habit.fails]
        waiting += below
    return found
