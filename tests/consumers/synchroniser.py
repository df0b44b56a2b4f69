"""The SDK's own synchronisation as a consumer under test: `digione_sdk.synchronise` into a SQLite file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from digione_mock_server.consumer.serving import Trial

from digione_sdk.synchronise import Settings, SQLiteStore, synchronise
from tests.consumers.good import WHOLE_AGAIN, client_of, look_below, state_of

KINDS = ("orgs", "academicSessions", "courses", "classes", "users")


class Synchroniser:
    """Full first, by changes afterwards; asks for the pupils of a few classes besides, so that it meets a 404."""

    def __init__(self, trial: Trial, scenario: str) -> None:
        self.scenario = scenario
        self._folder = tempfile.TemporaryDirectory(prefix="digione-consumer-")
        self._store = SQLiteStore(Path(self._folder.name) / "roster.sqlite")
        self._api = client_of(trial, scenario)

    def close(self) -> None:
        self._api.close()
        self._folder.cleanup()

    def synchronise(self, step: int) -> None:
        whole = step == 1 or self.scenario in WHOLE_AGAIN
        synchronise(self._api, self._store, Settings(mode="full" if whole else "delta", kinds=KINDS, parallel=4))
        if whole:
            look_below(self._api, [held.sourced_id for held in self._store.held(("classes",))])

    def state(self) -> dict[str, Any]:
        held: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for record in self._store.held(KINDS):
            held[record.kind][record.sourced_id] = json.loads(record.body)
        return state_of(held)
