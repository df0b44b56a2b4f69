"""Takes a consumer through scenarios, as a vendor would, and judges the record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from digione_conformance.scoring import Scored, score
from digione_mock_server.consumer.scenario import scenarios
from digione_mock_server.consumer.serving import Trial, trying

from digione_sdk import DigiOneError
from tests.consumers.good import MassDeletion
from tests.consumers.naive.plain import ROOTS, Broken

Maker = Callable[[Trial, str], Any]


def gone_through(make: Maker, folder: Path, *names: str, out: Path | None = None, haste: float = 0.05) -> Scored:
    """Let a client go through scenarios; return what its record says."""
    clients: dict[str, Any] = {}
    with (
        httpx.Client(verify=ROOTS) as http,
        trying(*names, folder=folder, haste=haste, state_of_client=lambda name, _step: clients[name].state()) as trial,
    ):
        for name, scenario in scenarios().items():
            if names and name not in names:
                continue
            clients[name] = make(trial, name)
            for step in range(1, len(scenario.step) + 1):
                # A pull that stops is a decision of the client; the record tells whether it was a good one.
                with suppress(DigiOneError, MassDeletion, Broken):
                    clients[name].synchronise(step)
                http.post(f"{trial.url}/{name}/next").raise_for_status()
            clients[name].close()
    return score(folder, out)
