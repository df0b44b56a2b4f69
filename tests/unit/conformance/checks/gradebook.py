"""A gradebook of our own over plain dicts that takes writes: correct by default, with dialects and defects to switch.

Like the fake of Rostering it is written from the standard alone and shares no code with the reference server.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.probe import values_at
from digione_conformance.probing.schema import Schemas
from digione_conformance.relations.order import instant
from digione_conformance.target.claims import Claims

from digione_sdk.core.endpoints import v1p1
from digione_sdk.core.endpoints.base import Endpoint, Shape
from digione_sdk.core.endpoints.gradebook import ENDPOINTS
from digione_sdk.core.scopes import PREFIX
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.oneroster.v1p1 import MODELS
from digione_sdk.wire.filter import Clause, Combination, Filter, Predicate, parse
from tests.unit.conformance.checks.fake import PROTECTED, TOKEN_URL, Refusal, payload
from tests.unit.conformance.checks.school import Record

BASE = "https://roster.invalid/ims/oneroster/gradebook/v1p2"
CONTROL = "https://roster.invalid/digione/test-control/v1"
ROSTER = "https://roster.invalid/ims/oneroster/rostering/v1p2"
OLDER = "https://roster.invalid/ims/oneroster/v1p1"
OLDER_ENDPOINTS = tuple(e for e in v1p1.ENDPOINTS if e.operation_id in {known.operation_id for known in ENDPOINTS})
SCHEMAS = Schemas()
_START = datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)
_ROSTERED = ("class-1", "class-2", "school-1", "user-1", "user-2", "period-1", "term-1", "course-1")


def _fields(endpoint: Endpoint[Any]) -> Mapping[str, FieldFacts]:
    """Return the fields of a kind in the version of an operation, by wire name."""
    model = MODELS[endpoint.model] if endpoint.service is v1p1.ONEROSTER_V1P1 else endpoint.model
    return {facts.wire_name: facts for facts in fields_of(model).values()}


def _retold(tenant: Mapping[str, list[Record]]) -> dict[str, list[Record]]:
    """Return what 1.1 has of a gradebook, in its words and below its address."""
    lists = {e.path[1:]: e for e in OLDER_ENDPOINTS if e.is_collection and not e.path_parameters}
    told = {
        name: [{k: v for k, v in row.items() if k in _fields(endpoint)} for row in tenant[name]]
        for name, endpoint in lists.items()
    }
    found: dict[str, list[Record]] = json.loads(json.dumps(told).replace(BASE, OLDER).replace(ROSTER, OLDER))
    return found


def _said(reason: str, description: str) -> Record:
    """Return a refusal as 1.1 words it."""
    word = {"unknownobject": "unknown object", "unauthorisedrequest": "unauthorized", "invaliddata": "invalid data"}
    status = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": description}
    return {"statusInfoSet": [{**status, "imsx_codeMinor": word.get(reason, reason)}]}


def link(collection: str, kind: str, key: str) -> Record:
    base = ROSTER if key in _ROSTERED else BASE
    return {"href": f"{base}/{collection}/{key}", "sourcedId": key, "type": kind}


def records() -> dict[str, list[Record]]:
    """Return a small gradebook, by collection."""
    in_class, school = link("classes", "class", "class-1"), link("orgs", "org", "school-1")
    objectives = [{"source": "case", "learningObjectiveIds": ["lo-1", "lo-2"]}]
    reached = [
        {"source": "case", "learningObjectiveResults": [{"learningObjectiveId": "lo-1", "score": 1.5}]},
    ]
    flags = {"inProgress": "false", "incomplete": "false", "late": "true", "missing": "false"}
    graded = {"score": 8.5, "textScore": "8½", "scoreDate": "2026-10-01", "scoreStatus": "fully graded"} | flags
    student, scale = link("users", "user", "user-1"), link("scoreScales", "scoreScale", "scale-1")
    bounds = {"resultValueMin": 4, "resultValueMax": 10, "learningObjectiveSet": objectives, "scoreScale": scale}
    value = {"itemValueLHS": "9", "itemValueRHS": "kiitettävä"}
    dates = {"assignDate": "2026-09-01T06:00:00.000Z", "dueDate": "2026-10-01T06:00:00.000Z"}
    rows: dict[str, list[Record]] = {
        "categories": [{"sourcedId": "category-1", "title": "Kokeet", "weight": 40}],
        "scoreScales": [
            {"sourcedId": "scale-1", "title": "4-10", "type": "fi.digione.numero", "class": in_class,
             "course": link("courses", "course", "course-1"), "scoreScaleValue": [value]},
        ],
        "lineItems": [
            {"sourcedId": f"line-item-{n}", "title": f"Koe {n}", "description": "Luvut ja yhtälöt", "class": in_class,
             "school": school, "category": link("categories", "category", "category-1"),
             "gradingPeriod": link("academicSessions", "academicSession", "period-1"), **dates, **bounds}
            for n in (1, 2)
        ],
        "results": [
            {"sourcedId": "result-1", "lineItem": link("lineItems", "lineItem", "line-item-1"), "student": student,
             "class": in_class, "scoreScale": scale, "comment": "Hyvä", "learningObjectiveSet": reached, **graded},
        ],
        "assessmentLineItems": [
            {"sourcedId": "assessment-1", "title": "Kansallinen koe", "description": "Osa A", "class": in_class,
             **bounds},
        ],
        "assessmentResults": [
            {"sourcedId": "assessment-result-1", "student": student, "comment": "Hyvä", "scorePercentile": 71.5,
             "assessmentLineItem": link("assessmentLineItems", "assessmentLineItem", "assessment-1"),
             "scoreScale": scale, "learningObjectiveSet": reached, **graded},
        ],
    }  # fmt: skip
    stamp = "2026-11-01T06:00:00.000Z"
    return {
        name: [{"status": "active", "dateLastModified": stamp, **row} for row in found] for name, found in rows.items()
    }


class NotAllowed(Refusal):
    """The address has no such method."""

    def __init__(self) -> None:
        super().__init__(405, "unauthorisedrequest")


@dataclass
class FakeGradebook:
    """Answers asks; `on` holds the names of the dialects and defects that are switched on.

    As an `older` one it is a gradebook of 1.1: the same, without what 1.2 added, in other words and at another address.
    """

    on: frozenset[str] = frozenset()
    older: bool = False
    asked: list[Ask] = field(default_factory=list)
    waited: float = 0.0

    def __post_init__(self) -> None:
        self.endpoints: tuple[Endpoint[Any], ...] = OLDER_ENDPOINTS if self.older else ENDPOINTS
        self.base = OLDER if self.older else BASE
        self.tenants = {name: _retold(records()) if self.older else records() for name in ("a", "b")}
        self.now = _START
        self.deleted: set[tuple[str, str]] = set()
        self.former: dict[type, list[Record]] = {}
        self.remembered: dict[str, list[Record]] = {}
        self.unseen: dict[str, int] = {}
        self.before: dict[str, Record] = {}
        if "required only" in self.on:
            for name, rows in self.tenants["a"].items():
                endpoint = next(e for e in self.endpoints if e.path == f"/{name}")
                wanted = {field for field, facts in _fields(endpoint).items() if facts.required}
                rows[:] = [{k: v for k, v in row.items() if k in wanted} for row in rows]

    def forget(self) -> None:
        """Nothing is remembered."""

    def pause(self, seconds: float) -> None:
        self.waited += seconds

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        self.asked.append(ask)
        self.now += timedelta(seconds=1)
        headers = {"content-type": "application/json", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
        try:
            status, body, more = self._answer(ask)
        except Refusal as refusal:
            status, more = refusal.status, {}
            if isinstance(refusal, NotAllowed) and "405 without a word" not in self.on:
                more = {"allow": "GET, PUT, DELETE"}
            body = (_said if self.older else payload)(refusal.reason, refusal.description)
            if "words of 1.2" in self.on:
                body = {"statusInfoSet": [{**body["statusInfoSet"][0], "imsx_codeMinor": refusal.reason}]}
            if "refusals echo" in self.on and ask.content:
                (body["statusInfoSet"][0] if self.older else body)["imsx_description"] = (
                    f"cannot read {ask.content.decode('utf-8', 'replace')[:4000]}"
                )
            if "bare refusals" in self.on and ask.method != "GET":
                body = {"error": "refused"}
            if "says created" in self.on and status == 422:
                status, body = 201, None
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return Exchange(f"x{len(self.asked)}", ask, status, {**headers, **more}, content)

    # --- who and what ------------------------------------------------------------------------------------------------

    def _answer(self, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        if ask.url == TOKEN_URL:
            scope = dict(parse_qsl((ask.content or b"").decode())).get("scope", "")
            return 200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": scope}, {}
        if ask.auth == "control":
            return 200, None, {}  # what it lays no client may see: here it is not even there
        tenant, _, scopes = ask.auth.partition(":")
        parts = urlsplit(ask.url)
        endpoint, path = self._route(ask.method, parts.path.removeprefix(urlsplit(self.base).path))
        if (ask.auth == "none" or ask.auth.startswith("raw:")) and "open door" not in self.on:
            raise Refusal(401, "unauthorisedrequest")
        tenant = tenant if tenant in self.tenants else "a"
        granted = {scope if ":" in scope else PREFIX + scope for scope in scopes.split(",") if scope}
        if granted and "writing needs reading" in self.on and not any("readonly" in scope for scope in granted):
            raise Refusal(403, "forbidden")
        if granted and not granted & set(endpoint.scopes) and not self._lets_in(endpoint, granted):
            raise (
                Refusal(401, "unauthorisedrequest") if "missing scope is 401" in self.on else Refusal(403, "forbidden")
            )
        if "one wall less" in self.on and not endpoint.is_read:
            tenant = "a"
        if endpoint.is_read:
            query = dict(parse_qsl(parts.query))
            return (
                self._list(endpoint, path, query, tenant)
                if endpoint.is_collection
                else self._single(path, endpoint, tenant)
            )
        if endpoint.method == "DELETE":
            return self._delete(endpoint, path, tenant, dict(ask.headers))
        if endpoint.method == "POST":
            return self._post(endpoint, path, tenant, ask.content or b"")
        return self._put(endpoint, path["sourcedId"], tenant, ask)

    def _lets_in(self, endpoint: Endpoint[Any], granted: set[str]) -> bool:
        names = {scope.rpartition(".")[2] for scope in granted}
        if "any scope writes" in self.on:
            return True
        if "createput deletes" in self.on and endpoint.method == "DELETE":
            return "createput" in names
        if "service is not told" in self.on:
            return bool(names & {scope.rpartition(".")[2] for scope in endpoint.scopes})
        return "refused writes are done" in self.on and not endpoint.is_read

    def _route(self, method: str, path: str) -> tuple[Endpoint[Any], dict[str, str]]:
        known = False
        for endpoint in sorted(self.endpoints, key=lambda one: one.path.count("{")):
            match = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", endpoint.path), path)
            lacking = "no categories" in self.on and endpoint.path.startswith("/categories")
            if match is None or lacking or (endpoint.is_nested and "no nested reads" in self.on):
                continue
            known = True
            offered = method == "GET" or not (self.on & {"pull only", f"no {method}"})
            if endpoint.method == method and offered:
                return endpoint, {name: unquote(value) for name, value in match.groupdict().items()}
        if known and "missing is 404" not in self.on:
            raise NotAllowed
        raise Refusal(404, "unknownobject")

    def rows(self, endpoint: Endpoint[Any], tenant: str) -> list[Record]:
        name = next(
            e.path[1:]
            for e in self.endpoints
            if e.model is endpoint.model and e.is_collection and not e.path_parameters
        )
        return self.tenants[tenant][name]

    def find(self, endpoint: Endpoint[Any], key: str, tenant: str) -> Record | None:
        return next((row for row in self.rows(endpoint, tenant) if row["sourcedId"] == key), None)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _single(self, path: Mapping[str, str], endpoint: Endpoint[Any], tenant: str) -> tuple[int, Any, dict[str, str]]:
        key = path["sourcedId"]
        found = self.find(endpoint, key, tenant)
        if found is None and "other tenants see" in self.on:
            found = next((r for t in self.tenants for r in [self.find(endpoint, key, t)] if r), None)
        waits = self.unseen.get(key, 0)
        if waits:
            self.unseen[key] = waits - 1
            found = self.before.get(key)
        if found is None or ("deleted hidden in singles" in self.on and (tenant, key) in self.deleted):
            raise Refusal(404, "unknownobject")
        if "reads touch" in self.on:
            found["dateLastModified"] = self._stamp()
        told = self._told(found)
        headers = (
            {} if "no tags" in self.on else {"etag": '"1"' if "one tag" in self.on else f'"{hash(json.dumps(told))}"'}
        )
        return 200, {endpoint.wrapper_key: told}, headers

    def _told(self, record: Record) -> Record:
        told = copy.deepcopy(record)
        if "singles lose the comment" in self.on:
            told.pop("comment", None)
            told.pop("description", None)
        return told

    def _list(
        self, endpoint: Endpoint[Any], path: Mapping[str, str], query: Mapping[str, str], tenant: str
    ) -> tuple[int, Any, dict[str, str]]:
        former = self.former.get(endpoint.model, []) if path and "nested lists keep deleted" in self.on else []
        rows = [r for r in (*self.rows(endpoint, tenant), *former) if self._in_view(endpoint, r, path, tenant)]
        if "graded ones alone" in self.on:
            rows = [r for r in rows if r.get("scoreStatus", "fully graded") == "fully graded"]
        if path and not all(self._known(value, tenant) for value in path.values()):
            raise Refusal(404, "unknownobject")
        waiting = {key: waits for key, waits in self.unseen.items() if waits}
        self.unseen |= {key: waits - 1 for key, waits in waiting.items()}
        rows = [self.before.get(r["sourcedId"]) if r["sourcedId"] in waiting else r for r in rows]
        rows = [r for r in rows if r is not None]
        if "lists lag for ever" in self.on:
            rows = [self.before.get(r["sourcedId"], r) for r in rows]
        if "deleted hidden in lists" in self.on:
            rows = [r for r in rows if (tenant, r["sourcedId"]) not in self.deleted]
        if "filter" in query:
            expression = parse(query["filter"])
            rows = [r for r in rows if self._meets(r, expression)]
        total = len(rows)
        if "count sticks" in self.on and "filter" not in query:
            total = 7
        if path and "nested lists remember" in self.on:
            rows = self.remembered.setdefault(f"{endpoint.path} {path} {query}", rows)
        limit = int(query.get("limit", "100"))
        shown = [copy.deepcopy(r) for r in rows[:limit]]
        if "lists cut titles" in self.on:
            shown = [{k: v[:4] if k == "title" else v for k, v in r.items()} for r in shown]
        return 200, {endpoint.wrapper_key: shown}, {} if "no total" in self.on else {"x-total-count": str(total)}

    def _in_view(self, endpoint: Endpoint[Any], record: Record, path: Mapping[str, str], tenant: str) -> bool:
        view = endpoint.view
        met = lambda r, where: all(path.get(v[1:-1], v) in values_at(r, name) for name, v in where)  # noqa: E731 - local word
        if path and self.on & {"nested lists forget"} and record["sourcedId"] not in {"result-1", "line-item-1"}:
            return False
        if path and "lists by the class of the result" in self.on and endpoint.wrapper_key == "results":
            return path["classSourcedId"] in values_at(record, "class.sourcedId")
        if endpoint.operation_id == "getCategoriesForClass":
            former = self.former.get(view.through.model, []) if "deleted items count" in self.on else []
            items = [i for i in (*self.tenants[tenant]["lineItems"], *former) if i["status"] == "active"]
            counted = (i for i in items if met(i, view.through.where))
            return record["sourcedId"] in {k for i in counted for k in values_at(i, "category.sourcedId")}
        if view.via is not None and view.via.model is not None:
            above = next(iter(values_at(record, f"{view.via.link}.sourcedId")), None)
            held = [r for rows in self.tenants[tenant].values() for r in rows if r["sourcedId"] == above]
            if endpoint.operation_id != "getScoreScalesForSchool" and not any(met(r, view.via.where) for r in held):
                return False
        return met(record, view.where)

    def _meets(self, row: Record, expression: Filter) -> bool:
        if isinstance(expression, Combination):
            return all(self._meets(row, part) for part in expression.parts)
        if "stale index" in self.on and expression.field in {"title", "comment"}:
            row = self.before.get(row["sourcedId"], row)
        value, literal = row.get(expression.field), expression.value
        return self._compares(value, literal, expression)

    @staticmethod
    def _compares(value: Any, literal: str, clause: Clause) -> bool:
        if clause.field == "dateLastModified":
            left, right = instant(value), instant(literal)
            return left is not None and right is not None and left > right
        return (value == literal) is (clause.predicate is Predicate.EQ)

    # --- writing -----------------------------------------------------------------------------------------------------

    def _stamp(self) -> str:
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _body(self, endpoint: Endpoint[Any], content: bytes) -> Any:
        if "crash on bad bodies" in self.on and not content:
            raise Refusal(500, "internal_server_error")
        try:
            body = json.loads(content.decode("utf-8"))
        except ValueError:
            raise Refusal(400, "invaliddata") from None
        if "no wrapper needed" in self.on and isinstance(body, dict) and "sourcedId" in body:
            return body
        if not isinstance(body, dict) or list(body) != [endpoint.body_key]:
            raise Refusal(422, "invaliddata")
        found = body[endpoint.body_key]
        if not isinstance(found, dict if endpoint.method == "PUT" else list):
            raise Refusal(422, "invaliddata")
        return found

    def _strict(self, endpoint: Endpoint[Any], given: Record, key: str, tenant: str) -> Record:
        made = {"status": "active", "dateLastModified": self._stamp(), **given, "sourcedId": key}
        made = {name: value for name, value in made.items() if value is not None or "nulls kept" in self.on}
        for name in _fields(endpoint):
            value = made.get(name)
            if isinstance(value, dict) and set(value) == {"sourcedId"}:
                if "bare links refused" in self.on:
                    raise Refusal(422, "invaliddata")
                held = next(
                    (v for rows in self.tenants[tenant].values() for r in rows for v in values_at(r, name)),
                    {},
                )
                made[name] = {**held, **value}
        if "anything is stored" not in self.on and self._errors(endpoint, made):
            raise Refusal(422, "invaliddata")
        if "links unchecked" not in self.on:
            self._check_links(made, tenant)
        return self._spoilt(made)

    def _errors(self, endpoint: Endpoint[Any], record: Record) -> tuple[str, ...]:
        single = next(e for e in self.endpoints if e.model is endpoint.model and e.shape is Shape.SINGLE)
        return SCHEMAS.of_response(single).errors({single.wrapper_key: record})

    def _spoilt(self, made: Record) -> Record:
        changes = {name: spoil for name, spoil in _SPOILT.items() if name in self.on}
        for spoil in changes.values():
            made = {**made, **spoil(made)}
        return {name: value for name, value in made.items() if value is not None or "nulls kept" in self.on}

    def _check_links(self, made: Record, tenant: str) -> None:
        for value in made.values():
            if isinstance(value, dict) and "href" in value and not self._known(value.get("sourcedId"), tenant):
                raise Refusal(422, "invaliddata")

    def _known(self, key: Any, tenant: str) -> bool:
        return key in _ROSTERED or any(r["sourcedId"] == key for rows in self.tenants[tenant].values() for r in rows)

    def _put(self, endpoint: Endpoint[Any], key: str, tenant: str, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        headers = dict(ask.headers)
        if "no charsets" in self.on and headers.get("Content-Type") != "application/json":
            raise Refusal(415, "invaliddata")
        given = self._body(endpoint, ask.content or b"")
        if "protected is forbidden" in self.on and given.get("student", {}).get("sourcedId") == PROTECTED:
            raise Refusal(403, "forbidden")
        if "commas end numbers" in self.on and isinstance(given.get("score"), str):
            given["score"] = int(given["score"][0]) if given["score"][0].isdigit() else 0
        if "unknown properties dropped" in self.on:
            given.pop("suiteProperty", None)
        if given.get("sourcedId", key) != key:
            if "body names the object" in self.on:
                key = given["sourcedId"]
            elif "path wins" not in self.on:
                raise Refusal(422, "invaliddata")
        rows, old = self.rows(endpoint, tenant), self.find(endpoint, key, tenant)
        self._check_tag(endpoint, old, headers)
        if old is not None and "creates only" in self.on:
            raise Refusal(409, "invaliddata")
        if (tenant, key) in self.deleted and "ids stay taken" in self.on:
            raise Refusal(422, "invaliddata")
        made = self._strict(endpoint, given, key, tenant)
        if old is None or "keeps stamps" not in self.on:
            made["dateLastModified"] = self._stamp()
        if "merges" in self.on and old is not None:
            made = {**old, **made}
        if "touches all" in self.on:
            for row in rows:
                row["dateLastModified"] = self._stamp()
        if old is not None:
            self.before[key] = dict(old)
        if "one result a pupil" in self.on and old is None and "student" in made:
            rows[:] = [row for row in rows if not self._is_namesake(row, made)]
        if old is None or "copies" in self.on:
            rows.append(made)
        elif "ignores the second" not in self.on:
            rows[rows.index(old)] = made
        if (tenant, key) in self.deleted and "comes back deleted" in self.on:
            made["status"] = "tobedeleted"
        self.deleted.discard((tenant, key))
        if "seen later" in self.on:
            self.unseen[key] = 2
        told = 201 if old is None or "always 201" in self.on else 200
        told = 200 if "always 200" in self.on else told
        if "202 to all" in self.on:
            told = 202
        if "204 to all" in self.on:
            told = 204
        return told, None, {}

    def _check_tag(self, endpoint: Endpoint[Any], old: Record | None, headers: Mapping[str, str]) -> None:
        if self.on & {"conditions ignored", "no tags"}:
            return
        tag = f'"{hash(json.dumps(self._told(old)))}"' if old else None
        if "If-Match" in headers and headers["If-Match"] != tag:
            raise Refusal(412, "invaliddata")
        if headers.get("If-None-Match") == "*" and old is not None:
            raise Refusal(412, "invaliddata")

    def _post(
        self, endpoint: Endpoint[Any], path: Mapping[str, str], tenant: str, content: bytes
    ) -> tuple[int, Any, dict[str, str]]:
        if not all(self._known(value, tenant) for value in path.values()) and "any parent" not in self.on:
            raise Refusal(404, "unknownobject")
        given = self._body(endpoint, content)
        made: list[tuple[str, Record]] = []
        for number, one in enumerate(given):
            if not isinstance(one, dict):
                raise Refusal(422, "invaliddata")
            key = f"posted-{len(self.asked)}-{number}"
            if "supplied ids kept" in self.on and self.find(endpoint, str(one.get("sourcedId")), tenant) is None:
                key = str(one.get("sourcedId"))
            if "posts replace" in self.on and (there := self.find(endpoint, str(one.get("sourcedId")), tenant)):
                self.rows(endpoint, tenant).remove(there)
                key = there["sourcedId"]
            if "one id for all" in self.on:
                key = f"posted-{len(self.asked)}"
            if "half is stored" in self.on:
                self.rows(endpoint, tenant).extend(row for _, row in made[-1:])
            placed = one | {"status": "active"}
            if "path ignored" not in self.on:
                self._check_place(endpoint, placed, path)
            made.append((str(one.get("sourcedId")), self._strict(endpoint, placed, key, tenant)))
        for _, row in made:
            row["dateLastModified"] = self._stamp()
            if "posts are lost" not in self.on:
                self.rows(endpoint, tenant).append(row)
            if "posted twice" in self.on:
                self.rows(endpoint, tenant).append({**row, "sourcedId": f"{row['sourcedId']}-again"})
        pairs = [{"suppliedSourcedId": theirs, "allocatedSourcedId": row["sourcedId"]} for theirs, row in made]
        return 201, {"sourcedIdPairs": self._paired(pairs)}, {}

    def _paired(self, pairs: list[Record]) -> list[Record]:
        if "pairs backwards" in self.on:
            pairs.reverse()
        if "pairs crossed" in self.on and len(pairs) > 1:
            allocated = [pair["allocatedSourcedId"] for pair in pairs]
            pairs = [{**p, "allocatedSourcedId": a} for p, a in zip(pairs, allocated[::-1], strict=True)]
        if "pairs of no schema" in self.on:
            pairs = [{**pair, "status": "created"} for pair in pairs]
        if "pairs missing" in self.on:
            pairs = pairs[:1]
        if "pairs swapped" in self.on:
            pairs = [dict(zip(pair, reversed(pair.values()), strict=True)) for pair in pairs]
        return pairs

    def _check_place(self, endpoint: Endpoint[Any], one: Record, path: Mapping[str, str]) -> None:
        for name, value in endpoint.view.where:
            if path.get(value[1:-1]) not in values_at(one, name):
                raise Refusal(422, "invaliddata")

    def _delete(
        self, endpoint: Endpoint[Any], path: Mapping[str, str], tenant: str, headers: Mapping[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        key, rows = path["sourcedId"], self.rows(endpoint, tenant)
        old = self.find(endpoint, key, tenant)
        if (
            old is None
            or old["status"] != "active"
            or ((tenant, key) in self.deleted and "delete counts again" not in self.on)
        ):
            if old is None and "unknown deleted too" in self.on:
                return 204, None, {}
            raise Refusal(500 if "crash on second delete" in self.on else 404, "unknownobject")
        self._check_tag(endpoint, old, headers)
        if "categories leave line items" not in self.on:
            self._refuse_use(key, tenant)
        if "delete does nothing" in self.on:
            return 204, None, {}
        self.deleted.add((tenant, key))
        self.former.setdefault(endpoint.model, []).append(old)
        if "deletes namesakes" in self.on and "student" in old:
            rows[:] = [row for row in rows if row is old or not self._is_namesake(row, old)]
        if "deletes the neighbour" in self.on:
            rows.remove(next((row for row in reversed(rows) if row is not old), old))
        if self.on & {"tombstones", "stamp stays on tombstones"}:
            at = self._stamp() if "tombstones" in self.on else old["dateLastModified"]
            rows[rows.index(old)] = {**old, "status": "tobedeleted", "dateLastModified": at}
        elif not self.on & {"deleted hidden in lists", "deleted hidden in singles"}:
            rows.remove(old)
            if "orphans stay" not in self.on:
                self._delete_below(key, tenant)
        return (200 if "delete is 200" in self.on else 204), None, {}

    def _delete_below(self, key: str, tenant: str) -> None:
        for rows in self.tenants[tenant].values():
            for row in [row for row in rows if key in self._parents(row)]:
                rows.remove(row)

    @staticmethod
    def _is_namesake(row: Record, other: Record) -> bool:
        names = ("student", "lineItem", "assessmentLineItem")
        return all(row.get(name, {}).get("sourcedId") == other.get(name, {}).get("sourcedId") for name in names)

    @staticmethod
    def _parents(row: Record) -> Iterator[str]:
        for name in ("lineItem", "assessmentLineItem"):
            if isinstance(row.get(name), dict):
                yield row[name]["sourcedId"]

    def _refuse_use(self, key: str, tenant: str) -> None:
        """Refuse to delete what line items and others link to; results go with their parents."""
        linking = [row for rows in self.tenants[tenant].values() for row in rows if row["status"] == "active"]
        names = ("category", "scoreScale")
        if any(isinstance(r.get(name), dict) and r[name]["sourcedId"] == key for r in linking for name in names):
            raise Refusal(422, "deletefailure")


def _when(field: str, change: Callable[[Any], Any]) -> Callable[[Record], Record]:
    return lambda record: {field: change(record[field])} if field in record else {}


def _ascii(record: Record) -> Record:
    texts = {name: record[name] for name in ("title", "comment") if name in record}
    return {name: text.encode("ascii", "replace").decode() for name, text in texts.items()}


_SPOILT: Mapping[str, Callable[[Record], Record]] = {
    "titles cut": _when("title", lambda text: text[:100]),
    "ascii only": _ascii,
    "rounds": _when("score", lambda score: round(score, 1)),
    "zero is none": _when("score", lambda score: score or None),
    "negative is zero": _when("score", lambda score: max(score, 0)),
    "text scores in ascii": _when("textScore", lambda text: text.encode("ascii", "replace").decode()),
    "scales sorted": _when("scoreScaleValue", lambda steps: sorted(steps, key=str)),
    "clips": _when("score", lambda score: min(score, 100)),
    "exempt is zero": lambda r: {"score": 0} if r.get("scoreStatus") == "exempt" else {},
    "shifts days": _when("scoreDate", lambda day: day.replace("2026-03-29", "2026-03-28")),
    "drops zones": _when("assignDate", lambda moment: re.sub(r"[+]\d\d:\d\d$", "Z", moment)),
    "drops metadata": lambda _: {"metadata": None},
    "flattens objectives": _when("learningObjectiveSet", lambda _: []),
    "words mixed up": _when("scoreStatus", lambda word: word.replace("not submitted", "submitted")),
}


def claims(
    *,
    tenants: tuple[str, ...] = ("a", "b"),
    fixtures: str = "create",
    environment: str = "test",
    older: bool = False,
) -> Claims:
    """Return the claims of the fake gradebook."""
    return Claims(
        {"oneroster_1_1": OLDER} if older else {"gradebook": BASE},
        TOKEN_URL,
        tenants,
        fixtures=fixtures,
        environment=environment,
        synthetic=True,
        control_url=CONTROL,
        fixture_ids={"protected": (PROTECTED,)},
    )
