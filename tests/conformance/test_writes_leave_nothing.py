"""After a run that writes, every list of the gradebook is what it was, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from digione_conformance.checks import load_checks
from digione_conformance.evidence.exchange import Ask
from digione_conformance.probing.family import WRITABLE
from digione_conformance.probing.probe import Probe, Survey
from digione_conformance.running.engine import run_check
from digione_conformance.session import opened
from digione_conformance.target.file import load_target
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving


def _lists(survey: Survey) -> dict[str, bytes]:
    """Return the pages of every list that can be written to, by address."""
    found: dict[str, bytes] = {}
    for family in WRITABLE:
        probe = Probe(survey, "test", family)
        for kind in family.kinds:
            url = probe.url(kind, query={"limit": "10000"})
            found[url] = probe.ask(Ask("GET", url), fresh=True).body
    return found


def test_every_list_is_what_it_was_before_the_writes() -> None:
    writing = [check for check in load_checks().checks.values() if check.family in WRITABLE and check.alone]
    with tempfile.TemporaryDirectory(prefix="digione-writes-") as folder, serving(control=False) as server:
        path = Path(folder) / "sut.toml"
        write_target(path, server.settings, server.register, ca_file=None)
        path.write_text(path.read_text(encoding="utf-8").replace('"readonly"', '"create"'), encoding="utf-8")
        with opened(load_target(path)) as through:
            survey = Survey(through.door, through.recorder.claims, pause=through.door.pace.sleep)
            before = _lists(survey)
            for check in writing:
                survey.forget()
                assert not run_check(check, survey).findings
            assert survey.ledger.open == ()
            assert _lists(survey) == before
    assert len(writing) > 30
