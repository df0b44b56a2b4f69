"""Whatever is wrong with a server, judging its evidence again says what the run said, requirement by requirement."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.checks import load_checks
from digione_conformance.rejudging import rejudge
from digione_conformance.running.plan import make_plan
from digione_conformance.session import certify, opened, suite_version, write_reports
from digione_conformance.target.file import load_target
from digione_mock_server.faults import FAULTS
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SETS = st.sets(st.sampled_from(sorted(FAULTS)), max_size=4)


def holds_for(faults: set[str], *, every: int = 1) -> None:
    with serving(faults=faults, control=True) as server, TemporaryDirectory() as name:
        out = Path(name) / "out"
        path = Path(name) / "sut.toml"
        write_target(path, server.settings, server.register, ca_file=None)
        target = load_target(path)
        known = load_catalogue()
        chosen = [requirement.id for requirement in known if requirement.status == "active"][::every]
        plan = make_plan(
            known, load_checks(), claimed=target.profiles, suite=suite_version(), only=chosen, stages=("core",)
        )
        with opened(target, evidence=out / "evidence") as through:
            result = certify(through, plan)
            write_reports(result, through, out)
        again = rejudge(out)
        assert again.differences == ()
        assert again.result.exit == result.exit


def test_rejudging_equals_the_run_on_a_server_with_mistakes_of_many_layers() -> None:
    by_layer = {fault.layer: fault.id for fault in FAULTS.values()}
    holds_for(
        {by_layer[layer] for layer in ("sort", "pager", "errors", "headers", "views") if layer in by_layer}, every=3
    )


@pytest.mark.soak
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SETS)
def test_rejudging_equals_the_run_on_any_server(faults: set[str]) -> None:
    holds_for(faults)
