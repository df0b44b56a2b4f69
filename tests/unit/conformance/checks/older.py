"""A provider of OneRoster 1.1 beside the fake target of 1.2, over the same records: correct, with defects to switch.

Like the fake of 1.2 it is written from what implementers state alone, and shares no code with the reference server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import OLDER as FAMILIES
from digione_conformance.probing.family import collections
from digione_conformance.probing.probe import DEMOGRAPHICS
from digione_conformance.relations.asking import CATEGORIES, LINE_ITEMS, RESOURCES, RESULTS
from digione_conformance.target.claims import Claims

from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.model.facts import fields_of
from digione_sdk.model.oneroster import AcademicSession, Class, LineItem, Resource, Result, User
from digione_sdk.model.oneroster.v1p1 import MODELS
from digione_sdk.wire.filter import Clause, parse
from tests.unit.conformance.checks.fake import FakeTarget, target
from tests.unit.conformance.checks.fake import claims as claims_of_1_2
from tests.unit.conformance.checks.refusing import TOKEN_URL, Refusal
from tests.unit.conformance.checks.school import BASE, Record

OLDER = "https://roster.invalid/ims/oneroster/v1p1"
MARKBOOK = "https://roster.invalid/ims/oneroster/gradebook/v1p2"
MATERIALS = "https://roster.invalid/ims/oneroster/resources/v1p2"
_LISTS = {e.path: e for family in FAMILIES for e in (*family.collections, *collections(DEMOGRAPHICS))}
_WORDED = {"role", "scoreStatus", "importance"}
_VIEWS = {
    "/schools": ("type", "school"),
    "/students": ("role", "student"),
    "/teachers": ("role", "teacher"),
    "/terms": ("type", "term"),
    "/gradingPeriods": ("type", "gradingPeriod"),
}
_SPELT = {"unknownobject": "unknown object", "unauthorisedrequest": "unauthorized"}

_MADE = {"status": "active", "dateLastModified": "2026-09-01T00:00:00Z"}

_FIRST = "success told first"
"""A dialect: the set of statuses begins with one that says that all went well."""
_CALM = "says all is well, and warns"


@dataclass
class OlderTarget:
    """Answers asks of either version; `on` holds the names of the defects that are switched on."""

    on: frozenset[str] = frozenset()
    newer: FakeTarget = field(default_factory=target)
    total: int = 0

    def __post_init__(self) -> None:
        if "sessions of its own" in self.on:
            self.newer.tenants["a"][AcademicSession][1]["type"] = "ext:jakso"
        for number, user in enumerate(self.newer.tenants["a"][User]):
            user["username"] = f"login{number}"

    def forget(self) -> None:
        self.newer.forget()

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        if ask.url == TOKEN_URL:
            return self._exchange(ask, *self._token(ask))
        for base, lists in ((MARKBOOK, (RESULTS, LINE_ITEMS, CATEGORIES)), (MATERIALS, (RESOURCES,))):
            for endpoint in lists:
                if ask.url.startswith(base + endpoint.path):
                    return self._exchange(ask, 200, {endpoint.wrapper_key: self._stored(endpoint.path)})
        if not ask.url.startswith(OLDER):
            return self.newer.ask(ask, check=check, fresh=fresh)
        try:
            status, body = 200, self._answer(ask)
        except Refusal as refusal:
            status, body = refusal.status, {"statusInfoSet": [self._status(refusal.reason, "failure", "error")]}
        return self._exchange(ask, status, body)

    def _exchange(self, ask: Ask, status: int, body: Any) -> Exchange:
        headers = {"content-type": "application/json", "x-total-count": str(self.total)}
        return Exchange("x", ask, status, headers, json.dumps(body).encode())

    def _token(self, ask: Ask) -> tuple[int, Record]:
        scopes = dict(parse_qsl((ask.content or b"").decode())).get("scope", "").split()
        known = [] if "scopes of 1.2 alone" in self.on else [scope for scope in scopes if scope in set(ScopeV1P1)]
        if not known:
            return 400, {"error": "invalid_scope"}
        told = [scope.replace("v1p1", "v1p2") for scope in known] if "scopes told in 1.2" in self.on else known
        return 200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(told)}

    def _status(self, reason: str, major: str, severity: str) -> Record:
        word = reason if "reasons of 1.2" in self.on else _SPELT.get(reason, reason)
        return {"imsx_codeMajor": major, "imsx_severity": severity, "imsx_codeMinor": word}

    def _answer(self, ask: Ask) -> Record:
        if ask.auth == "none":
            raise Refusal(401, "unauthorisedrequest")
        parts = urlsplit(ask.url)
        path = parts.path.removeprefix(urlsplit(OLDER).path)
        if path not in _LISTS or ("no categories" in self.on and path == CATEGORIES.path):
            raise Refusal(404, "unknownobject")
        endpoint, query = _LISTS[path], dict(parse_qsl(parts.query, keep_blank_values=True))
        rows = self._told(path)
        warnings = ["invalid_selection_field"] if self.on & {"always warns", _CALM} else []
        known = {fact.wire_name for fact in fields_of(MODELS[endpoint.model]).values()}
        if query.get("sort") and query["sort"] not in known:
            if "unknown sort is 400" in self.on:
                raise Refusal(400, "invalid_sort_field")
            warnings.append("invalid_sort_field")
            rows = rows[::-1] if "unknown sort turns the order" in self.on else rows
        rows = self._filtered(rows, query, known)
        self.total, offset = len(rows), int(query.get("offset", 0))
        rows = rows[offset : offset + int(query.get("limit", 100))]
        if "fields" in query:
            rows, unknown = self._selected(rows, query["fields"].split(","), known)
            warnings += ["invalid_selection_field"] if unknown else []
        if "results cut after counting" in self.on and path == RESULTS.path:
            self.total += 1
        return {endpoint.wrapper_key: rows} | self._said(warnings)

    def _filtered(self, rows: list[Record], query: Mapping[str, str], known: set[str]) -> list[Record]:
        if "filter" not in query:
            return rows
        clause = parse(query["filter"])
        assert isinstance(clause, Clause)  # nothing else is asked by what 1.1 has of its own
        if clause.field not in known or ("words are unknown" in self.on and clause.field in _WORDED):
            raise Refusal(400, "invalid_filter_field")
        if "words of 1.2 are found" in self.on and clause.value == "administrator":
            return []
        return [row for row in rows if row.get(clause.field) == clause.value]

    def _said(self, reasons: list[str]) -> Record:
        if not reasons or "no warnings" in self.on:
            return {}
        reasons = ["fullsuccess"] if "warnings without a reason" in self.on else reasons
        said = [self._status(reason, "success", "warning") for reason in reasons]
        first = [self._status("fullsuccess", "success", "status")] if self.on & {_FIRST, _CALM} else []
        return {"statusInfoSet": [*first, *said]}

    def _selected(self, rows: list[Record], names: list[str], known: set[str]) -> tuple[list[Record], bool]:
        if not all(names):
            if "blank fields are nothing" in self.on:
                return rows, False
            reason = "invalid_selection_field" if "blank is unknown" in self.on else "invalid_blank_selection_field"
            raise Refusal(400, reason)
        unknown = not known.issuperset(names)
        if unknown and "unknown fields are 400" in self.on:
            raise Refusal(400, "invalid_selection_field")
        if unknown and "unknown fields left out" not in self.on:
            return rows, True
        return [{key: row[key] for key in ("sourcedId", *names) if key in row} for row in rows], unknown

    # --- objects -----------------------------------------------------------------------------------------------------

    def _told(self, path: str) -> list[Record]:
        endpoint = _LISTS[path]
        stored = self._told_marks() if path == RESULTS.path else self._stored(path)
        rows = [self._retold(endpoint.model, dict(row)) for row in stored]
        name, word = _VIEWS.get(path, ("", ""))
        rows = [row for row in rows if not name or row[name] == word]
        if "a record less" in self.on and endpoint.model in {Class, Result, Resource}:
            rows = rows[1:]
        return rows

    def _stored(self, path: str) -> list[Record]:
        """Return what 1.2 holds."""
        own = {
            LINE_ITEMS.path: self._line_items,
            RESULTS.path: self._marks,
            CATEGORIES.path: lambda: [{**_MADE, "sourcedId": "c1", "title": "Kokeet"}],
            RESOURCES.path: lambda: [
                {**_MADE, "sourcedId": f"r{n}", "vendorResourceId": f"v{n}", "importance": "primary"} for n in (1, 2)
            ],
        }
        return own[path]() if path in own else self.newer.tenants["a"][_LISTS[path].model]

    def _marks(self) -> list[Record]:
        """The results of 1.2: one of them has no number."""
        base = {**_MADE, "scoreStatus": "fully graded"}
        link = lambda kind, key: {"href": f"{MARKBOOK}/{kind}s/{key}", "sourcedId": key, "type": kind}  # noqa: E731 - local word
        marked = base | {
            "lineItem": link("lineItem", "item-1"),
            "student": link("user", "user-1"),
            "scoreDate": "2026-10-01",
        }
        return [
            marked | {"sourcedId": "result-1", "score": 9},
            marked | {"sourcedId": "result-2", "score": 7.5},
            marked | {"sourcedId": "result-3", "textScore": "S"},
        ]

    def _told_marks(self) -> list[Record]:
        rows = [{key: value for key, value in row.items() if key != "textScore"} for row in self._marks()]
        if "zero for no score" in self.on:
            return [row | {"score": row.get("score", 0)} for row in rows]
        return rows if "results without score" in self.on else [row for row in rows if "score" in row]

    def _line_items(self) -> list[Record]:
        taught, (*_, period) = self.newer.tenants["a"][Class][0], self.newer.tenants["a"][AcademicSession]
        link = lambda kind, key: {"href": f"{BASE}/{kind}/{key}", "sourcedId": key}  # noqa: E731 - local word
        item = {
            "sourcedId": "item-1", "status": "active", "dateLastModified": "2026-09-01T00:00:00Z", "title": "Koe",
            "assignDate": "2026-09-01T00:00:00Z", "dueDate": "2026-09-02T00:00:00Z",
            "class": link("classes", taught["sourcedId"]) | {"type": "class"}, "school": taught["school"],
            "category": link("categories", "c1") | {"type": "category"},
            "gradingPeriod": link("academicSessions", period["sourcedId"]) | {"type": "academicSession"},
            "resultValueMin": 4, "resultValueMax": 10,
        }  # fmt: skip
        if "no grading period" in self.on:
            del item["gradingPeriod"]
        if "bounds turned round" in self.on:
            item |= {"resultValueMin": 10, "resultValueMax": 4}
        return [item]

    def _retold(self, model: type, row: Record) -> Record:
        if model is LineItem and "line items of 1.2" not in self.on:
            del row["school"]
        for name, word in (("scoreStatus", "ext:arvioitu"), ("importance", "ext:tärkeä")):
            if name in row and "words of its own" in self.on:
                row[name] = word
        if model is User and "users of 1.2" not in self.on:
            row.pop("userProfiles", None)
            roles = row["roles"] if "roles stay" in self.on else row.pop("roles")
            administrator = "ext:rehtori" if "words of its own" in self.on else "administrator"
            row["role"] = {"principal": administrator}.get(roles[0]["role"], roles[0]["role"])
            row["orgs"] = [] if "no orgs" in self.on else [role["org"] for role in roles]
        if model is AcademicSession and str(row["type"]).startswith("ext:"):
            row["type"] = "term"
        if "stamp of the export" in self.on:
            row["dateLastModified"] = "2026-11-23T00:00:00Z"
        if "names cut" in self.on and "familyName" in row:
            row["familyName"] = row["familyName"][:3]
        base = BASE if "links into 1.2" in self.on else OLDER
        base = "https://elsewhere.invalid" if "links elsewhere" in self.on else base
        text = json.dumps(row).replace(BASE, base)
        return dict(json.loads(text if "links into 1.2" in self.on else text.replace(MARKBOOK, base)))


def claims(**more: Any) -> Claims:
    """Return the claims of a target that names both versions."""
    found = claims_of_1_2(**more)
    return replace(
        found, services={**found.services, "oneroster_1_1": OLDER, "gradebook": MARKBOOK, "resources": MATERIALS}
    )


def older(*on: str) -> OlderTarget:
    """Return a provider with these defects switched on."""
    return OlderTarget(frozenset(on))


def alone(known: Claims) -> Claims:
    """Return the claims of a target that names 1.1 alone."""
    services: Mapping[str, str] = {key: url for key, url in known.services.items() if key == "oneroster_1_1"}
    return replace(known, services=services)
