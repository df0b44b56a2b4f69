"""A fixed set of requests, written without a look at any check, by which every fault must be seen to act."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import quote

from digione_mock_server.app import state_of
from digione_mock_server.source import SeedSource

from digione_sdk.core.endpoints import SERVICES
from digione_sdk.core.scopes import Scope, ScopeV1P1
from tests.unit.server import grading, marking
from tests.unit.server.corpus_reads import GETS, GETS_V1P1
from tests.unit.server.small import BASE, Answer, Door, open_door

SOURCE = SeedSource(size="school", seed=1, today=date(2026, 11, 23))
BASE_V1P1 = "/ims/oneroster/v1p1"
NOT_COMPARED = {"etag", "x-request-id"}  # random in each server

Compared = tuple[Any, ...]
Step = Callable[["Replay"], Iterator[Answer]]


@dataclass
class Replay:
    """One server, its doors opened on first use."""

    faults: tuple[str, ...] = ()
    _doors: dict[str, Door] = field(default_factory=dict)

    @cached_property
    def anyone(self) -> Door:
        return open_door(faults=self.faults, source=SOURCE, control_token="control")

    def client(self, tenant: str = "a", exposure: str = "default", *scopes: StrEnum) -> Door:
        """A client of its own token; the fault may be that a token request fails, so none is asked for."""
        name = f"{tenant}-{exposure}-{scopes}"
        if name not in self._doors:
            state, known = state_of(self.anyone.app), self.anyone.register.credentials[tenant, exposure]
            client = state.clients.get(known.client_id)
            assert client is not None
            token = state.tokens.issue(client, frozenset(scope.value for scope in scopes or tuple(Scope)))
            self._doors[name] = Door(self.anyone.app, self.anyone.register, token)
        return self._doors[name]

    def control(self, method: str, path: str, wire: Any = None) -> Answer:
        body = json.dumps(wire).encode() if wire is not None else b""
        headers = {"Authorization": "Bearer control"}
        return self.anyone.send(method, "/digione/test-control/v1" + path, headers=headers, body=body)

    def close(self) -> None:
        state_of(self.anyone.app).close()


def known_ids() -> dict[str, str]:
    """The values that fill the places of GETS, read from a server without faults."""
    replay = Replay()
    whole, mine, theirs = replay.client("a", "entitled"), replay.client(), replay.client("b")
    rows = {name: whole.get(f"/{name}", limit=10_000).json[name] for name in ("users", "enrollments", "classes")}
    (protected,) = SOURCE.protected(0)
    known = {row["sourcedId"] for row in rows["users"]}
    enrolments = [e for e in rows["enrollments"] if e["role"] == "student"]
    left = next(e for e in enrolments if e["status"] == "tobedeleted")
    schools = [org["sourcedId"] for org in mine.get("/schools").json["orgs"] if org["status"] == "active"]
    group = next(c for c in rows["classes"] if any(e["class"]["sourcedId"] == c["sourcedId"] for e in enrolments))
    school = group["school"]["sourcedId"]
    user = next(u for u in rows["users"] if u["roles"][0]["role"] == "student" and u["status"] == "active")
    named = next(u for u in rows["users"] if any(a["sourcedId"] == protected for a in u.get("agents", ())))
    nordic = next(u["familyName"] for u in rows["users"] if "ä" in u["familyName"])
    start = mine.get("/terms").json["academicSessions"][0]
    found = {
        "demographics": mine.get("/demographics").ids("demographics")[0],
        "term": start["sourcedId"],
        "start": start["startDate"],
        "school": school,
        "other_school": next(one for one in schools if one != school),
        "class": group["sourcedId"],
        "student": user["sourcedId"],
        "stamp": user["dateLastModified"],
        "stamp_elsewhere": user["dateLastModified"].replace("Z", "%2B02:00"),
        "guardian": named["sourcedId"],
        "protected": protected,
        "protected_class": next(e["class"]["sourcedId"] for e in enrolments if e["user"]["sourcedId"] == protected),
        "left_class": left["class"]["sourcedId"],
        "stranger": next(one for one in theirs.get("/users").ids("users") if one not in known),
        "strange_school": next(one for one in theirs.get("/schools").ids("orgs") if one not in schools),
        "nordic": nordic,
        "folded": nordic.replace("ä", "a").replace("ö", "o").replace("å", "a"),
        "long": "x" * 1_200,
    }
    found |= grading.known_ids(whole, theirs, protected=protected)
    replay.close()
    return found


def steps(ids: dict[str, str]) -> list[Step]:
    """Everything that is asked, in order, changes last; each step yields its answers."""
    writes = [_bind(write, ids) for write in (*_WRITES, *marking.WRITES)]
    return [*SCENES, *reads(ids), *reads_v1p1(ids), *writes]


def reads(ids: dict[str, str]) -> list[Step]:
    """The plain reads among them."""
    rostering = [_get(line.format(**ids)) for line in GETS.split("\n") if line]
    return [*rostering, *(_get(target, "") for target in grading.targets(ids))]


def reads_v1p1(ids: dict[str, str]) -> list[Step]:
    """The same for OneRoster 1.1."""
    return [_get(line.format(**ids), BASE_V1P1, *ScopeV1P1) for line in GETS_V1P1.split("\n") if line]


def answers(replay: Replay, step: Step) -> list[Compared]:
    """What a server answers in a step, without what is random."""
    return [_compared(answer) for answer in step(replay)]


def _compared(answer: Answer) -> Compared:
    headers = {name: value for name, value in answer.headers.items() if name not in NOT_COMPARED}
    body: Any = answer.body
    if b"access_token" in body:
        body, _ = answer.json | {"access_token": ""}, headers.pop("content-length", None)
    return (answer.status, sorted(headers.items()), body)


def _get(target: str, base: str = BASE, *scopes: StrEnum) -> Step:
    path, _, query = target.partition("?")
    raw = base + path + ("?" + quote(query, safe="=&'%+,!~<>:") if query else "")
    return lambda replay: iter([replay.client("a", "default", *scopes).send("GET", raw)])


def _tokens(replay: Replay) -> Iterator[Answer]:
    known = replay.anyone.register.credentials["a", "default"]
    body = {"client_id": known.client_id, "client_secret": known.client_secret, "grant_type": "client_credentials"}
    yield replay.anyone.post_form("/oauth2/token", body)
    yield replay.anyone.post_form("/oauth2/token", {**body, "scope": Scope.ROSTER_CORE})
    yield replay.anyone.post_form("/oauth2/token", {**body, "scope": f"{Scope.ROSTER_CORE} urn:x"})
    yield replay.anyone.post_form("/oauth2/token", {**body, "scope": ScopeV1P1.ROSTER})
    yield replay.anyone.post_form("/oauth2/token", {**body, "client_secret": "wrong"})
    yield replay.anyone.post_form("/oauth2/token", {**body, "grant_type": "password"})
    basic = base64.b64encode(f"{known.client_id}:{known.client_secret}".encode()).decode()
    form = {"grant_type": "client_credentials"}
    yield replay.anyone.post_form("/oauth2/token", form, Authorization=f"Basic {basic}")


def _scopes(replay: Replay) -> Iterator[Answer]:
    for scope in Scope:
        for path in ("/users", "/demographics", "/schools/x/classes"):
            yield replay.client("a", "default", scope).get(path, limit=1)


def _bad_tokens(replay: Replay) -> Iterator[Answer]:
    yield replay.anyone.get("/users")
    yield replay.anyone.get("/orgs")
    yield replay.anyone.get("/schools/x/classes")
    for path in ("/scoreScales", "/assessmentLineItems"):
        yield replay.anyone.send("GET", f"{grading.GRADEBOOK}{path}?limit=1")
    yield replay.anyone.send("GET", f"{grading.RESOURCES}/resources?limit=1")
    token = replay.client().token or ""
    yield replay.anyone.send("GET", f"{BASE}/users?limit=1&access_token={token}")
    head, claims, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for forged in (f"{head}.{claims}.{signature[::-1]}", f"{none}.{claims}.", "rubbish"):
        yield replay.anyone.get("/users", {"Authorization": f"Bearer {forged}"}, limit=1)


def _tenants(replay: Replay) -> Iterator[Answer]:
    yield replay.client().get("/terms")
    yield replay.client("b").get("/terms")
    yield replay.client("a").get("/terms", {"X-Tenant": "b"})
    tag = replay.client("a").get("/orgs").headers.get("etag", "")
    yield replay.client("b").get("/orgs", {"If-None-Match": tag})


def _exposures(replay: Replay) -> Iterator[Answer]:
    minimal = replay.client("a", "minimal")
    yield minimal.get("/teachers", limit=5, fields="email")
    yield minimal.get("/teachers", limit=5, filter="email~'@'")
    yield minimal.get("/teachers", limit=5, sort="email")


def _conditional(replay: Replay) -> Iterator[Answer]:
    tag = replay.client().get("/orgs").headers.get("etag", "")
    yield replay.client().get("/orgs", {"If-None-Match": tag})
    yield replay.client().get("/orgs", {"If-None-Match": tag}, filter="type='school'")
    yield replay.client().get("/users", {"Accept-Encoding": "gzip"}, limit=20)


def _methods(replay: Replay) -> Iterator[Answer]:
    for method in ("POST", "DELETE", "HEAD", "TRACE"):
        yield replay.client().send(method, f"{BASE}/orgs")
    for service in SERVICES:
        yield replay.anyone.send("GET", f"{service.base_path}/discovery/{service.discovery_names[0]}")


def _expiry(replay: Replay) -> Iterator[Answer]:
    clock = state_of(replay.anyone.app).clock
    door = replay.client()
    clock.advance(timedelta(hours=2))
    yield door.get("/orgs", limit=1)
    clock.reset()


def _v1p1_scopes(replay: Replay) -> Iterator[Answer]:
    for scope in (*ScopeV1P1, Scope.ROSTER):
        for path in ("/users", "/demographics", "/schools/x/classes"):
            yield replay.client("a", "default", scope).send("GET", f"{BASE_V1P1}{path}?limit=1")
    yield replay.anyone.send("GET", f"{BASE_V1P1}/orgs?limit=1")


SCENES: tuple[Step, ...] = (
    _tokens, _scopes, _v1p1_scopes, _bad_tokens, _tenants, _exposures, _conditional, _methods, _expiry, grading.scopes,
)  # fmt: skip


def _change(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """A property changes; its old page, tag and stamp must not survive."""
    door, path = replay.client(), f"/users/{ids['student']}"
    before = door.get(path)
    wire = {**before.json["user"], "givenName": "Toinen"}
    yield replay.control("PUT", f"/tenants/a/objects{path}", wire)
    yield _still(door.get(path, {"If-None-Match": before.headers.get("etag", "")}), "dateLastModified")


def _relation(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """Only an array changes; the stamp moves all the same."""
    door, path = replay.client(), f"/users/{ids['student']}"
    wire = door.get(path).json["user"]
    yield replay.control("PUT", f"/tenants/a/objects{path}", {**wire, "grades": ["1", "2"]})
    moved = door.get(path).json["user"]["dateLastModified"] != wire["dateLastModified"]
    yield Answer(status=int(moved))


def _creation(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """A new object is in the list."""
    door = replay.client()
    before = door.get("/schools").headers.get("x-total-count", "")
    wire = {"name": "Uusi koulu", "type": "school", "identifier": "99098"}
    yield replay.control("PUT", "/tenants/a/objects/orgs/new", wire)
    yield Answer(status=int(door.get("/schools").headers.get("x-total-count", "") != before))


def _removal(replay: Replay, ids: dict[str, str]) -> Iterator[Answer]:
    """A deleted object, the one created before, is a tombstone with a new stamp."""
    door, path = replay.client(), "/orgs/new"
    before = door.get(path).json["org"]["dateLastModified"]
    yield replay.control("DELETE", f"/tenants/a/objects{path}")
    after = door.get(path)
    yield Answer(status=after.status)
    yield Answer(status=int(after.json["org"]["dateLastModified"] != before))


def _v1p1_write(replay: Replay, _ids: dict[str, str]) -> Iterator[Answer]:
    """A line item goes back as it came."""
    door = replay.client("a", "default", *ScopeV1P1)
    answer = door.send("GET", f"{BASE_V1P1}/lineItems?limit=1")
    item = answer.json["lineItems"][0]
    body, kind = json.dumps({"lineItem": item}).encode(), {"Content-Type": "application/json"}
    yield door.send("PUT", f"{BASE_V1P1}/lineItems/{item['sourcedId']}", body=body, headers=kind)


def _v1p1_lifetime(replay: Replay, _ids: dict[str, str]) -> Iterator[Answer]:
    """A line item comes, is read and goes; what is wrong, or lacks a right, is refused."""
    door, kind = replay.client("a", "default", *ScopeV1P1), {"Content-Type": "application/json"}
    item = door.send("GET", f"{BASE_V1P1}/lineItems?limit=1").json["lineItems"][0]
    below, path = f"{BASE_V1P1}/classes/{item['class']['sourcedId']}/lineItems", f"{BASE_V1P1}/lineItems/older"
    body = json.dumps({"lineItem": item | {"sourcedId": "older", "description": "Sanallinen kuvaus"}}).encode()
    yield Answer(status=len(door.send("GET", below).json["lineItems"]))
    yield door.send("PUT", path, body=b"{}", headers=kind)
    for scopes in ((ScopeV1P1.GRADEBOOK,), (ScopeV1P1.GRADEBOOK_CREATEPUT,)):
        narrow = replay.client("a", "default", *scopes)
        yield narrow.send("PUT", path, body=body, headers=kind)
        yield narrow.send("DELETE", path)
    yield _still(door.send("GET", path), "dateLastModified")
    yield Answer(status=len(door.send("GET", below).json["lineItems"]))
    yield door.send("DELETE", path)
    yield Answer(status=len(door.send("GET", below).json["lineItems"]))


_WRITES = (_change, _relation, _creation, _removal, _v1p1_write, _v1p1_lifetime)
CHANGES = len(_WRITES) + len(marking.WRITES)


def _still(answer: Answer, name: str) -> Answer:
    """The answer without a property that tells the time."""
    if answer.body:
        wire = answer.json
        for row in wire.values():
            row.pop(name, None)
        answer.body = json.dumps(wire).encode()
    answer.headers = {}
    return answer


def _bind(write: Callable[[Replay, dict[str, str]], Iterator[Answer]], ids: dict[str, str]) -> Step:
    return lambda replay: write(replay, ids)
