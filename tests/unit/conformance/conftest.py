"""What tests of the suite share: commands against a fake target, and a run that was signed."""

from __future__ import annotations

import pytest
import typer
from digione_conformance import cli, rejudging
from digione_conformance import session as running
from digione_conformance.probing.check import Registry
from digione_conformance.running import doctor
from typer.testing import CliRunner

from tests.unit.conformance.fakes import catalogue, check, requirement, target
from tests.unit.conformance.signed_runs import issued, key_in, run_into
from tests.unit.conformance.suite import ONE, TWO, FakeTransport, passes


@pytest.fixture(name="suite")
def _suite(tmp_path, monkeypatch):
    """A suite of two requirements against a fake target; returns a function that runs `digione` commands."""
    functions = {"one": passes, "two": passes}
    monkeypatch.setattr(running, "Transport", FakeTransport)
    monkeypatch.setattr(doctor, "_network", lambda _target: iter(()))
    known = catalogue(requirement(ONE), requirement(TWO, "SHOULD"))
    monkeypatch.setattr("digione_conformance.catalogue.requirement.load_catalogue", lambda: known)
    monkeypatch.setattr(running, "load_catalogue", lambda: known)
    monkeypatch.setattr(rejudging, "load_catalogue", lambda _folder=None: known)
    for place in ("digione_conformance.checks", "digione_conformance.session", "digione_conformance.rejudging"):
        monkeypatch.setattr(
            f"{place}.load_checks",
            lambda: Registry(
                {
                    "a.one": check("a.one", ONE, function=functions["one"]),
                    "a.two": check("a.two", TWO, function=functions["two"]),
                }
            ),
        )
    target(tmp_path)
    monkeypatch.chdir(tmp_path)
    app = typer.Typer(pretty_exceptions_enable=False)
    cli.register(app)

    def invoke(*arguments):
        return CliRunner().invoke(app, list(arguments))

    invoke.functions = functions
    invoke.folder = tmp_path
    return invoke


@pytest.fixture(name="signed", scope="session")
def _signed(tmp_path_factory):
    """A conformant run, its certificate and the key that signed it; tests that change files copy the folder."""
    folder = tmp_path_factory.mktemp("signed")
    report = run_into(folder, extra="[limits]\nmax_parallel = 1\n")
    key = key_in(folder)
    return report, issued(report, key), key
