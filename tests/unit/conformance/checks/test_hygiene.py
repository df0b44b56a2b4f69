"""What the checks of hygiene leave alone: refusals that only quote what the asker said anyway."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from digione_conformance.catalogue.verdict import Outcome
from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask, Exchange
from digione_conformance.probing.probe import Survey
from digione_conformance.running.engine import run_check
from digione_conformance.target.claims import Claims

from tests.unit.conformance.checks.refusing import TOKEN_URL, payload


class _Quoting:
    """Refuses everything, and says where: behind the address of the service, plus `suffix`."""

    def __init__(self, suffix: str = "") -> None:
        self._suffix = suffix

    def ask(self, ask: Ask, *, check: str, fresh: bool) -> Exchange:
        told = payload("unknownobject", f"Nothing at {urlsplit(ask.url).path}{self._suffix}")
        return Exchange(f"{check}-{fresh}", ask, 404, {}, json.dumps(told).encode())

    def forget(self) -> None:
        return


def _outcome(door: _Quoting) -> Outcome:
    claims = Claims({"rostering": "https://roster.invalid/app/school/v1p2"}, TOKEN_URL, ("a",), synthetic=True)
    (check,) = load_checks().deciding("OR-ROS-HYG-003")
    return run_check(check, Survey(door, claims)).outcome


def test_the_address_that_was_asked_is_no_path_of_the_server() -> None:
    assert _outcome(_Quoting()) is Outcome.PASSED


def test_a_file_of_the_server_is_one() -> None:
    assert _outcome(_Quoting(" in /app/roster/views.py")) is Outcome.FAILED
