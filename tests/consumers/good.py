"""A consumer as it should be: the SDK's own client, a store in memory, nothing applied before a pull is whole."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from digione_mock_server.consumer.serving import Trial

from digione_sdk import DigiOne, NotFound
from digione_sdk._sync._compat import Clock

KINDS = ("orgs", "academic_sessions", "courses", "classes", "users")
WHOLE_AGAIN = frozenset({"envelope", "short", "shrunk"})
"""Scenarios whose second step asks for a full pull."""
_MOST_REMOVED = 0.1


class MassDeletion(Exception):
    """More would go than a program may decide."""


def client_of(trial: Trial, scenario: str) -> DigiOne:
    """Return the SDK's client at the server of a scenario; it waits by the trial's clock."""
    base = f"{trial.url}/{scenario}"
    return DigiOne(
        rostering=f"{base}/ims/oneroster/rostering/v1p2",
        token_url=f"{base}/oauth2/token",
        client_id=trial.credentials.client_id,
        client_secret=trial.credentials.client_secret,
        clock=Clock(monotonic=trial.clock, sleep=trial.skip),
    )


def look_below(api: DigiOne, class_ids: list[str]) -> None:
    """Ask for the pupils of a few classes, and go on where one is gone."""
    for class_id in class_ids[:3]:
        try:
            api.rostering.classes.students(class_id).all()
        except NotFound:
            continue


class GoodClient:
    """Reads everything first and what changed afterwards; stops where that makes no sense."""

    def __init__(self, trial: Trial, scenario: str) -> None:
        self.scenario = scenario
        self.held: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._cursor: datetime | None = None
        self._api = client_of(trial, scenario)

    def close(self) -> None:
        self._api.close()

    def synchronise(self, step: int) -> None:
        began = datetime.now(UTC)
        whole = step == 1 or self.scenario in WHOLE_AGAIN
        with ThreadPoolExecutor(4) as pool:
            found = dict(zip(KINDS, pool.map(lambda kind: self._read(kind, whole=whole), KINDS), strict=True))
        if whole:
            look_below(self._api, list(found["classes"]))
            self._guard(found)
            self.held = {kind: active(rows) for kind, rows in found.items()}
        else:
            for kind, rows in found.items():
                for sourced_id, record in rows.items():
                    if record["status"] == "active":
                        self.held[kind][sourced_id] = record
                    else:
                        self.held[kind].pop(sourced_id, None)
        self._cursor = began

    def _read(self, kind: str, *, whole: bool) -> dict[str, Any]:
        collection = getattr(self._api.rostering, kind)
        listing = collection.list() if whole or self._cursor is None else collection.changed_since(self._cursor)
        return {record.sourced_id: record.to_wire() for record in listing}

    def _guard(self, found: dict[str, dict[str, Any]]) -> None:
        for kind, rows in found.items():
            gone = len(self.held[kind].keys() - rows.keys())
            if gone > len(self.held[kind]) * _MOST_REMOVED:
                raise MassDeletion(kind)

    def state(self) -> dict[str, Any]:
        return state_of({"academicSessions" if k == "academic_sessions" else k: rows for k, rows in self.held.items()})


def active(rows: dict[str, Any]) -> dict[str, Any]:
    return {sourced_id: row for sourced_id, row in rows.items() if row["status"] == "active"}


def state_of(held: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What a state command prints: counts and hashes, no record of anybody."""
    records = [record for rows in held.values() for record in rows.values()]
    roles = {role["role"] for user in held.get("users", {}).values() for role in user.get("roles", [])}
    holdings = {
        kind: {"count": len(rows), "ids": digest(sorted(rows)), "content": digest(rows)} for kind, rows in held.items()
    }
    return {
        **holdings,
        "roles": sorted(roles),
        "metadata": sum("metadata" in record for record in records),
    }


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
