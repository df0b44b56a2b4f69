"""A target of our own over plain dicts: correct by default, with switches for legal dialects and for defects.

It is written from the standard alone and shares no code with the reference server, so that the checks are proved on two
servers that nobody copied from each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.family import BY_ID
from digione_conformance.probing.probe import values_at
from digione_conformance.target.claims import Claims

from tests.unit.conformance.checks.asking import Asking
from tests.unit.conformance.checks.entering import Entering
from tests.unit.conformance.checks.record_defects import RECORD_CHANGES
from tests.unit.conformance.checks.refusing import PROTECTED, TOKEN_URL, Refusal, payload
from tests.unit.conformance.checks.school import BASE, Record, School
from tests.unit.conformance.checks.slips import slipped

_BY_PATH = sorted(BY_ID.values(), key=lambda endpoint: endpoint.path.count("{"))


def _without_email(row: Record) -> Record:
    return {name: value for name, value in row.items() if name != "email"}


@dataclass
class FakeTarget(Entering, Asking):
    """Answers asks; `on` holds the names of the dialects and defects that are switched on."""

    on: frozenset[str] = frozenset()
    asked: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tenants = {name: School(t).records for t, name in enumerate("ab")}
        self.answers: dict[Ask, Exchange] = {}
        self.remembered: dict[str, Record] = {}
        self.turn = False
        for change in sorted(self.on & RECORD_CHANGES.keys()):
            RECORD_CHANGES[change](self.tenants["a"])

    def forget(self) -> None:
        self.answers.clear()

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        if fresh or ask not in self.answers:
            self.asked.append(ask)
            self.answers[ask] = slipped(self._exchange(ask), self.on)
        return self.answers[ask]

    def _exchange(self, ask: Ask) -> Exchange:
        headers = {"content-type": "application/json", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
        try:
            status, body, more = self._answer(ask)
        except Refusal as refusal:
            status, more = refusal.status, {}
            body = payload(refusal.reason, refusal.description)
            if "no reasons" in self.on:
                del body["imsx_CodeMinor"]
            if "wrapped errors" in self.on:
                body = {"imsx_StatusInfo": body}
            if status == 401 and "no challenge" not in self.on:
                more = {"www-authenticate": "Bearer"}
        content = json.dumps(body, ensure_ascii=False).encode("latin-1" if "latin-1" in self.on else "utf-8", "replace")
        if "html errors" in self.on and status >= 400:
            content, more = b"<html>Not found</html>", {"content-type": "text/html"}
        if "null fields" in self.on:
            content = content.replace(b'"givenName"', b'"middleName": null, "givenName"')
        if "keys twice" in self.on:
            content = content.replace(b'"status"', b'"status": "active", "status"')
        return Exchange(f"x{len(self.asked)}", ask, status, {**headers, **more}, content)

    # --- who and what ------------------------------------------------------------------------------------------------

    def _answer(self, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        if ask.url == TOKEN_URL:
            return self._token(ask)
        if ask.auth == "a.minimal":
            return self._as_minimal(ask)
        parts = urlsplit(ask.url)
        path = parts.path.removeprefix(urlsplit(BASE).path)
        tag = dict(ask.headers).get("If-None-Match")
        if "spare slash opens" in self.on and path.endswith("/"):
            path, ask = path[:-1], replace(ask, auth="a")
        if "tag before token" in self.on and tag:
            return 304, "", {}
        tenant, scopes = self._caller(ask)
        if ask.method != "GET":
            if "writes accepted" in self.on:
                return 201, {}, {}
            raise Refusal(405, "unauthorisedrequest")
        endpoint, found = self._route(path)
        names = {scope.short for scope in endpoint.scopes}
        if "scope by substring" in self.on:
            permitted = any("readonly" in scope for scope in scopes)
        else:
            permitted = bool(names & scopes)
        if not permitted and not ("core opens nested" in self.on and endpoint.is_nested):
            raise (
                Refusal(401, "unauthorisedrequest") if "missing scope is 401" in self.on else Refusal(403, "forbidden")
            )
        if "core needs full scope" in self.on and scopes == {"roster-core.readonly"}:
            raise Refusal(403, "forbidden")
        query = self._query(parts.query)
        if endpoint.is_collection:
            status, body, headers = self._list(endpoint, found, query, tenant, ask)
            if "pages by address" in self.on:
                body = self.remembered.setdefault(ask.url, body)
            tag_now = '"1"' if "one tag for all" in self.on else f'"{hash(json.dumps(body))}"'
            if self.on & {"tags", "one tag for all"}:
                return (304, "", {}) if tag == tag_now else (status, body, {**headers, "etag": tag_now})
            return status, body, headers
        return self._single(endpoint, found["sourcedId"], query, tenant)

    def _as_minimal(self, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        whole, everything = replace(ask, auth="a"), self.tenants
        asked = dict(parse_qsl(urlsplit(ask.url).query))
        if "fields" in asked and "minimal client gets what it asks for" in self.on:
            return self._answer(whole)
        if asked.keys() & {"filter", "sort"} and "minimal client asks in the dark" in self.on:
            status, body, headers = self._answer(whole)
            return status, {key: [_without_email(row) for row in rows] for key, rows in body.items()}, headers
        self.tenants = {**everything, "a": {k: [*map(_without_email, rows)] for k, rows in everything["a"].items()}}
        try:
            return self._answer(whole)
        finally:
            self.tenants = everything

    def _route(self, path: str) -> tuple[Any, dict[str, str]]:
        for endpoint in _BY_PATH:
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", endpoint.path)
            match = re.fullmatch(pattern, path)
            if match and not (endpoint.is_nested and "no nested reads" in self.on):
                return endpoint, {name: unquote_plus(value) for name, value in match.groupdict().items()}
        raise Refusal(404, "unknownobject")

    # --- reading -----------------------------------------------------------------------------------------------------

    def _shown(self, endpoint: Any, path: Mapping[str, str], tenant: str) -> list[Record]:
        records = list(self.tenants[tenant][endpoint.model])
        if "tenants share users" in self.on and endpoint.operation_id == "getAllUsers":
            records += [
                r for r in self.tenants["b" if tenant == "a" else "a"][endpoint.model] if "-" in r["sourcedId"][5:]
            ]
        view = endpoint.view
        filled = lambda where: [(name, path.get(value[1:-1], value)) for name, value in where]  # noqa: E731 - local word
        met = lambda record, where: all(value in values_at(record, name) for name, value in where)  # noqa: E731 - same
        if view.through is not None:
            linking = self.tenants[tenant][view.through.model]
            if "nested over the wall" in self.on:
                linking = [r for t in self.tenants.values() for r in t[view.through.model]]
                records = [r for t in self.tenants.values() for r in t[endpoint.model]]
            if "tombstones enrol" not in self.on:
                linking = [r for r in linking if r["status"] == "active"]
            where = filled(view.through.where)
            if "nested ignores role" in self.on:
                where = [pair for pair in where if pair[0] != "role"]
            if "nested ignores school" in self.on:
                where = [pair for pair in where if pair[0] != "school.sourcedId"]
            keys = {k for r in linking if met(r, where) for k in values_at(r, f"{view.through.link}.sourcedId")}
            return [r for r in records if r["sourcedId"] in keys and met(r, filled(view.where))]
        where = filled(view.where)
        if view.element:
            elements = lambda r: r[view.element][:1] if "first role only" in self.on else r[view.element]  # noqa: E731 - same
            return [r for r in records if any(met(e, where) for e in elements(r))]
        if "views show all" in self.on and not path:
            where = []
        return [r for r in records if met(r, where)]

    def _single(
        self, endpoint: Any, key: str, query: Mapping[str, str], tenant: str
    ) -> tuple[int, Any, dict[str, str]]:
        path = {"sourcedId": key}
        found = [r for r in self._shown(endpoint, path, tenant) if r["sourcedId"] == key]
        if not found and "wrong kind found" in self.on:
            found = [r for r in self.tenants[tenant][endpoint.model] if r["sourcedId"] == key]
        if not found and "foreign ids found" in self.on:
            found = [r for t in self.tenants.values() for r in t[endpoint.model] if r["sourcedId"] == key]
        if "cache without tenant" in self.on and found:
            found = [self.remembered.setdefault(f"{endpoint.path}{key}", found[0])]
        if not found:
            told = self.tenants[tenant]
            known = [r for rows in told.values() for r in rows if r["sourcedId"] == key]
            name = known[0].get("familyName", "") if known and "talkative errors" in self.on else ""
            raise Refusal(404, "unknownobject", f"Unknown Object {name}")
        wrapper = endpoint.path.split("/")[1].removesuffix("s") if "path wrapper" in self.on else endpoint.wrapper_key
        if "demographic in singular" in self.on and wrapper == "demographics":
            wrapper = "demographic"
        record = self._projected(endpoint, found[0], query)
        if "stale single reads" in self.on and "status" in record:
            record = {**record, "dateLastModified": "2020-01-01T00:00:00Z"}
        return 200, {wrapper: record}, {}

    def _list(
        self, endpoint: Any, path: Mapping[str, str], query: Mapping[str, str], tenant: str, ask: Ask
    ) -> tuple[int, Any, dict[str, str]]:
        if path and not self._parents_exist(endpoint, path, tenant) and "unknown parent is 404" in self.on:
            raise Refusal(404, "unknownobject")
        rows = self._shown(endpoint, path, tenant)
        if "hidden tombstones" in self.on and "filter" not in query:
            rows = [r for r in rows if r["status"] == "active"]
        whole = len(rows)
        if "nested reads ignore filter" not in self.on or not path:
            rows = self._filtered(endpoint, rows, query, tenant)
        if "nested reads ignore sort" not in self.on or not path:
            rows = self._sorted(rows, query)
        total = whole if "total before filter" in self.on else len(rows)
        limit, offset = self._window(query)
        if "large pages are cut" in self.on and limit > 100:
            limit, total = 5, min(total, offset + 5)
        if "nested reads ignore limit" in self.on and path:
            limit, offset = 10_000, 0
        page = rows[offset : offset + limit]
        if "sorted page by page" in self.on:
            page = self._sorted(self._filtered(endpoint, self._shown(endpoint, path, tenant), query, tenant), {})
            page = self._sorted(page[offset : offset + limit], query)
        if "unstable pages" in self.on and offset:
            page = rows[max(0, offset - 1) : offset - 1 + limit]
        shown = [self._projected(endpoint, r, query) for r in page]
        if "nested reads retell" in self.on and path:
            shown = [r | {"status": "tobedeleted"} if "status" in r else r for r in shown]
        if "sparse lists" in self.on:
            shown = [{key: value for key, value in r.items() if key != "email"} for r in shown]
        if "shuffled" in self.on:
            self.turn = not self.turn
            shown = shown[::-1] if self.turn else shown
        headers = self._rest(ask, query, total=total, limit=limit, offset=offset)
        key = endpoint.wrapper_key
        if "bare arrays" in self.on:
            return 200, shown, headers
        if "empty is 404" in self.on and not shown:
            raise Refusal(404, "unknownobject")
        return 200, {key: shown, **({"totalCount": total} if "count in the body" in self.on else {})}, headers

    def _parents_exist(self, endpoint: Any, path: Mapping[str, str], tenant: str) -> bool:
        held = {r["sourcedId"] for rows in self.tenants[tenant].values() for r in rows}
        return all(value in held for value in path.values())

    def _rest(self, ask: Ask, query: Mapping[str, str], *, total: int, limit: int, offset: int) -> dict[str, str]:
        headers = {} if "no total" in self.on else {"x-total-count": str(total)}
        if "public caches" in self.on:
            headers["cache-control"] = "public, max-age=600"
        if "total of the page" in self.on:
            headers["x-total-count"] = str(min(limit, total))
        if "no link" not in self.on and offset + limit < total:
            base, _, text = ask.url.partition("?")
            dropped = {"limit", "offset"} | ({"filter", "sort", "orderBy"} if "link drops filter" in self.on else set())
            kept = [pair for pair in text.split("&") if pair and pair.partition("=")[0] not in dropped]
            step = limit + ("link skips" in self.on)
            target = f"{base}?{'&'.join([*kept, f'limit={limit}', f'offset={offset + step}'])}"
            if "links with spaces" in self.on:
                target = target.replace("&", "& ", 1)
            if "relative links" in self.on:
                target = target.removeprefix("https://roster.invalid")
            headers["link"] = f'<{target}>; rel="next"'
        return headers

    def _window(self, query: Mapping[str, str]) -> tuple[int, int]:
        numbers = []
        for name, least, default in (("limit", 1, 100), ("offset", 0, 0)):
            text = query.get(name, str(default))
            if "bad limits guessed" in self.on and text in {"0", "-1", "abc", "1.5"}:
                text = str(default)
            if not re.fullmatch(r"-?\d{1,25}", text) or int(text) < least:
                if "crash on bad limit" in self.on:
                    raise Refusal(500, "internal_server_error")
                raise Refusal(400, "invaliddata")
            numbers.append(int(text))
        limit, offset = numbers
        if "limit ignored" in self.on:
            limit = 10_000
        if "offset ignored" in self.on:
            offset = 0
        if "default of ten" in self.on and "limit" not in query:
            limit = 10
        return min(limit, 5 if "low cap" in self.on else 10_000), offset


def claims(
    *, tenants: tuple[str, ...] = ("a", "b"), clients: tuple[str, ...] = ("a.minimal",), page_size: int = 1000
) -> Claims:
    """Return the claims of the fake target."""
    return Claims(
        {"rostering": BASE},
        TOKEN_URL,
        tenants,
        clients,
        page_size=page_size,
        synthetic=True,
        fixture_ids={"protected": (PROTECTED,)},
    )


def target(*on: str) -> FakeTarget:
    """Return a fake target with these dialects and defects switched on."""
    return FakeTarget(frozenset(on))
