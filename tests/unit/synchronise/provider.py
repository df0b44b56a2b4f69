"""A provider made of dictionaries, truthful unless told to lie, and a run driven against it without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.http import Request, Response
from digione_sdk.errors import ScopeNotGranted
from digione_sdk.synchronise import KINDS, Guard, Report, Run, Settings, SQLiteStore, Store
from digione_sdk.synchronise.progress import nobody

URL = "https://roster.example/ims/oneroster/rostering/v1p2"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 08:00:00 GMT"
Wire = dict[str, Any]
Lie = Callable[[str, int, Response], Response]
"""Given the kind, the number of the request within it, and the true answer: the answer that is sent."""


def stamp(hour: int = 0, *, day: int = 1) -> str:
    return f"2026-11-{day:02}T{hour:02}:00:00.000Z"


def base(sourced_id: str, *, modified: str | None = None, status: str = "active") -> Wire:
    return {"sourcedId": sourced_id, "status": status, "dateLastModified": modified or stamp()}


def link(token: str, sourced_id: str) -> Wire:
    return {"href": f"https://roster.example/{token}/{quote(sourced_id)}", "sourcedId": sourced_id, "type": token}


def org(sourced_id: str, **more: Any) -> Wire:
    stamps = {name: more.pop(name) for name in ("modified", "status") if name in more}
    return {
        **base(sourced_id, **stamps),
        "name": f"Koulu {sourced_id}",
        "type": "school",
        "identifier": sourced_id,
        **more,
    }


def user(sourced_id: str, *, at: str = "o1", **more: Any) -> Wire:
    stamps = {name: more.pop(name) for name in ("modified", "status") if name in more}
    return {
        **base(sourced_id, **stamps),
        "enabledUser": "true",
        "givenName": "Testi",
        "familyName": "Malli",
        "roles": [{"roleType": "primary", "role": "student", "org": link("org", at)}],
        **more,
    }


@dataclass
class Provider:
    """Serves records by kind, ordered by id; every request is noted."""

    records: dict[str, dict[str, Wire]] = field(default_factory=dict)
    date: str | None = DATE
    totals: bool = True
    links: bool = True
    lie: Lie = lambda _kind, _number, response: response
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, kind: str, *wires: Wire) -> None:
        self.records.setdefault(kind, {}).update({wire["sourcedId"]: wire for wire in wires})

    def answer(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        kind = parts.path.rpartition("/")[2]
        self.asked.append((kind, query))
        number = sum(1 for asked, _ in self.asked if asked == kind)
        return self.lie(kind, number, self._truth(kind, query))

    def _truth(self, kind: str, query: dict[str, str]) -> Response:
        rows = [wire for _, wire in sorted(self.records.get(kind, {}).items())]
        if "filter" in query:
            since = query["filter"].removeprefix("dateLastModified>='").removesuffix("'")
            rows = [row for row in rows if moment(row["dateLastModified"]) >= moment(since)]
        limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
        headers = {"date": self.date} if self.date else {}
        if self.totals:
            headers["x-total-count"] = str(len(rows))
        if self.links:
            more = f"&filter={quote(query['filter'])}" if "filter" in query else ""
            following = f'<{URL}/{kind}?limit={limit}{more}&offset={offset + limit}>; rel="next"'
            first = f'<{URL}/{kind}?limit={limit}{more}>; rel="first"'
            headers["link"] = f"{following}, {first}" if offset + limit < len(rows) else first
        return Response(200, headers, json.dumps({kind: rows[offset : offset + limit]}).encode())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def refused(status: int = 400) -> Response:
    return Response(status, {"date": DATE}, b"{}")


def school(*, users: int = 25) -> Provider:
    """One school with so many pupils."""
    provider = Provider()
    provider.put("orgs", org("o1"), org("o2"))
    provider.put("users", *(user(f"u{number:03}") for number in range(users)))
    return provider


def sync(provider: Provider, store: Store, **settings: Any) -> Report:
    """Run to the end."""
    with opened(store, **settings) as run:
        drive(run, provider)
        return run.finished()


def opened(store: Store, **settings: Any) -> Run:
    settings.setdefault("limit", 10)
    guard = {name: settings.pop(name) for name in ("allow", "allow_replaced", "share", "floor") if name in settings}
    if guard:
        settings["guard"] = Guard(**guard)
    listener = settings.pop("listener", nobody)
    return Run(store, Settings(**settings), base_urls={"rostering": URL}, now=lambda: NOW, listener=listener)


def drive(run: Run, provider: Provider, *, pages: int | None = None, forbidden: str = "") -> None:
    """Carry answers; after so many of them the process is as good as dead. The token does not permit one kind."""
    for kind, reading in run.readings():
        ask = next(reading, None)
        if kind.name == forbidden:
            run.refused(kind, ScopeNotGranted("no", needed=()))
            continue
        while ask is not None:
            if pages is not None:
                pages -= 1
                if pages < 0:
                    raise KilledError
            try:
                ask = reading.send(provider.answer(ask.request))
            except StopIteration:
                break


class KilledError(Exception):
    """The process ended here."""


def state(store: Store) -> list[tuple[str, str, str, str]]:
    return [(row.kind, row.sourced_id, row.modified, row.body) for row in store.held(KINDS)]


def ids(store: SQLiteStore, kind: str) -> list[str]:
    return [row.sourced_id for row in store.held([kind])]


def left_behind(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def whole_collections() -> Iterable[str]:
    return [e.path for e in ENDPOINTS if e.is_collection and e.view.whole and not e.path_parameters]
