"""The SDK's own synchronisation as a consumer under test: `digione_sdk.synchronise` into a SQLite file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from digione_mock_server.consumer.serving import Trial

from digione_sdk import DigiOne, NotFound
from digione_sdk._sync._compat import Clock
from digione_sdk.synchronise import Settings, SQLiteStore, synchronise
from tests.consumers.good import WHOLE_AGAIN, state_of

KINDS = ("orgs", "academicSessions", "courses", "classes", "users")


class Synchroniser:
    """Full first, by changes afterwards; asks for the pupils of a few classes besides, so that it meets a 404."""

    def __init__(self, trial: Trial, scenario: str) -> None:
        base = f"{trial.url}/{scenario}"
        self.scenario = scenario
        self._folder = tempfile.TemporaryDirectory(prefix="digione-consumer-")
        self._store = SQLiteStore(Path(self._folder.name) / "roster.sqlite")
        self._api = DigiOne(
            rostering=f"{base}/ims/oneroster/rostering/v1p2",
            token_url=f"{base}/oauth2/token",
            client_id=trial.credentials.client_id,
            client_secret=trial.credentials.client_secret,
            clock=Clock(monotonic=trial.clock, sleep=trial.skip),
        )

    def close(self) -> None:
        self._api.close()
        self._folder.cleanup()

    def synchronise(self, step: int) -> None:
        whole = step == 1 or self.scenario in WHOLE_AGAIN
        synchronise(self._api, self._store, Settings(mode="full" if whole else "delta", kinds=KINDS, parallel=4))
        if whole:
            for held in list(self._store.held(("classes",)))[:3]:
                try:
                    self._api.rostering.classes.students(held.sourced_id).all()
                except NotFound:
                    continue

    def state(self) -> dict[str, Any]:
        held: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for record in self._store.held(KINDS):
            held[record.kind][record.sourced_id] = json.loads(record.body)
        return state_of(held)
