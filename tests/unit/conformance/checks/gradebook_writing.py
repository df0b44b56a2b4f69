"""How the fake gradebook answers PUT, POST and DELETE."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from digione_conformance.evidence.exchange import Ask
from digione_conformance.probing.probe import values_at
from digione_conformance.probing.schema import Schemas

from digione_sdk.core.endpoints.base import Endpoint, Shape
from tests.unit.conformance.checks.gradebook_reading import Reading
from tests.unit.conformance.checks.gradebook_records import ROSTERED, fields
from tests.unit.conformance.checks.refusing import PROTECTED, Refusal
from tests.unit.conformance.checks.school import Record

SCHEMAS = Schemas()
_COLLECTIONS = {
    "category": "categories", "scoreScale": "scoreScales", "lineItem": "lineItems",
    "assessmentLineItem": "assessmentLineItems",
}  # fmt: skip


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


class Writing(Reading):
    """Answers writes; `on` holds the names of what is switched on."""

    asked: list[Ask]
    busy: bool

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
        for name in fields(endpoint):
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
        tenants = self.tenants if "links reach anybody" in self.on else (tenant,)
        for value in made.values():
            if not isinstance(value, dict) or "href" not in value:
                continue
            key, name = value.get("sourcedId"), _COLLECTIONS.get(value.get("type", ""))
            held = [row["sourcedId"] for one in tenants for row in self.tenants[one].get(name or "", ())]
            if key not in (held if name else ROSTERED):
                raise Refusal(422, "invaliddata")

    def _slowly(self) -> None:
        if self.busy:
            raise Refusal(500, "internal_server_error")
        self.busy = True
        time.sleep(0.01)
        self.busy = False

    def _read_id(self, key: str) -> str:
        if "uuids only" in self.on and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key):
            raise Refusal(422, "invaliddata")
        if "ids lose their case" in self.on:
            return key.lower()
        return key.rpartition(".")[0] or key if "ids cut at dots" in self.on else key

    def _put(self, endpoint: Endpoint[Any], key: str, tenant: str, ask: Ask) -> tuple[int, Any, dict[str, str]]:
        headers = dict(ask.headers)
        given = self._replacement(endpoint, ask.content or b"", headers)
        if given.get("sourcedId", key) != key:
            if "body names the object" in self.on:
                key = given["sourcedId"]
            elif "path wins" not in self.on:
                raise Refusal(422, "invaliddata")
        if "writes collide" in self.on:
            self._slowly()
        if "no extensions" in self.on and str(given.get("scoreStatus")).startswith("ext:"):
            raise Refusal(422, "invaliddata")
        key = self._read_id(key)
        old = self.find(endpoint, key, tenant)
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
        self._keep(self.rows(endpoint, tenant), old, made)
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
        place = self.base if "Location of the base" in self.on else urlsplit(ask.url).path
        return told, None, {"location": place} if told == 201 else {}

    def _replacement(self, endpoint: Endpoint[Any], content: bytes, headers: Mapping[str, str]) -> Record:
        if "no charsets" in self.on and headers.get("Content-Type") != "application/json":
            raise Refusal(415, "invaliddata")
        given = self._body(endpoint, content)
        if "protected is forbidden" in self.on and given.get("student", {}).get("sourcedId") == PROTECTED:
            raise Refusal(403, "forbidden")
        if "commas end numbers" in self.on and isinstance(given.get("score"), str):
            given["score"] = int(given["score"][0]) if given["score"][0].isdigit() else 0
        if "unknown properties dropped" in self.on:
            given.pop("suiteProperty", None)
        return given

    def _keep(self, rows: list[Record], old: Record | None, made: Record) -> None:
        if "touches all" in self.on:
            for row in rows:
                row["dateLastModified"] = self._stamp()
        if old is not None:
            self.before[old["sourcedId"]] = dict(old)
        if "one result a pupil" in self.on and old is None and "student" in made:
            rows[:] = [row for row in rows if not self._is_namesake(row, made)]
        if old is None or "copies" in self.on:
            rows.append(made)
        elif "ignores the second" not in self.on:
            rows[rows.index(old)] = made

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
            if "titles are keys" in self.on:
                key = next((row["sourcedId"] for _, row in made if row.get("title") == one.get("title")), key)
            if "posts are counted" in self.on:
                key = f"posted-{len(self.rows(endpoint, tenant)) + number}"
                if there := self.find(endpoint, key, tenant):
                    self.rows(endpoint, tenant).remove(there)
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
        if old is None and "deletes any kind" in self.on:
            rows = next((r for r in self.tenants[tenant].values() if any(x["sourcedId"] == key for x in r)), rows)
            old = next((row for row in rows if row["sourcedId"] == key), None)
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
