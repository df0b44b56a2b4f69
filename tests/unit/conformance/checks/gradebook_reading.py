"""How the fake gradebook answers reads, soon after a write and later."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from digione_conformance.probing.probe import values_at
from digione_conformance.relations.order import instant

from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.wire.filter import Clause, Combination, Filter, Predicate, parse
from tests.unit.conformance.checks.gradebook_records import ROSTERED
from tests.unit.conformance.checks.refusing import Refusal
from tests.unit.conformance.checks.school import Record


class Reading:
    """Answers GET; `on` holds the names of what is switched on."""

    on: frozenset[str]
    endpoints: tuple[Endpoint[Any], ...]
    tenants: dict[str, dict[str, list[Record]]]
    now: datetime
    deleted: set[tuple[str, str]]
    former: dict[type, list[Record]]
    remembered: dict[str, list[Record]]
    unseen: dict[str, int]
    before: dict[str, Record]

    def _stamp(self) -> str:
        if "local stamps" in self.on:
            return (self.now + timedelta(hours=2)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def rows(self, endpoint: Endpoint[Any], tenant: str) -> list[Record]:
        name = next(
            e.path[1:]
            for e in self.endpoints
            if e.model is endpoint.model and e.is_collection and not e.path_parameters
        )
        return self.tenants[tenant][name]

    def find(self, endpoint: Endpoint[Any], key: str, tenant: str) -> Record | None:
        return next((row for row in self.rows(endpoint, tenant) if row["sourcedId"] == key), None)

    def _known(self, key: Any, tenant: str) -> bool:
        return key in ROSTERED or any(r["sourcedId"] == key for rows in self.tenants[tenant].values() for r in rows)

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
