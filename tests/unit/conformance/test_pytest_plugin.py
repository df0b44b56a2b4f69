"""The pytest plugin: one test per requirement, outcomes as pytest knows them, and never a certificate."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from xml.etree import ElementTree as ET

import pytest
from digione_conformance import session as running
from digione_conformance.catalogue.undecided import CantTell, Inapplicable
from digione_conformance.probing.check import Registry
from digione_conformance.running import doctor
from digione_mock_server.target import write_target
from digione_mock_server.testing import serving

from tests.unit.conformance.fakes import PROFILE, FakeWire, catalogue, check, requirement, target
from tests.unit.conformance.signed_runs import rows
from tests.unit.conformance.suite import fails, passes

pytest_plugins = ["pytester"]

NAMES = ("MET", "FAILED", "WARNED", "UNTESTED", "INAPPLICABLE", "CANTTELL", "ATTEST")
IDS = {name: f"OR-ROS-AAA-{number:03}" for number, name in enumerate(NAMES, start=1)}


def looks_at_nothing(_probe):
    yield from ()


def inapplicable(_probe):
    raise Inapplicable("not claimed")
    yield


def cannot_tell(_probe):
    raise CantTell("no network")
    yield


FUNCTIONS = {
    "MET": passes,
    "FAILED": fails,
    "WARNED": fails,
    "UNTESTED": looks_at_nothing,
    "INAPPLICABLE": inapplicable,
    "CANTTELL": cannot_tell,
}


class Wires(list):
    """Counts the transports that runs open."""


@pytest.fixture(name="suite")
def _suite(pytester, monkeypatch):
    """A suite of one requirement per outcome against a fake target; returns pytest run with its target file."""
    known = catalogue(
        *(
            requirement(
                identity,
                "SHOULD" if name == "WARNED" else "MUST",
                **({"verification": "attest", "reason": "state it"} if name == "ATTEST" else {}),
            )
            for name, identity in IDS.items()
        )
    )
    checks = Registry({f"a.{name}": check(f"a.{name}", IDS[name], function=run) for name, run in FUNCTIONS.items()})
    wires = Wires()

    class Transport:
        def __init__(self, _connection):
            self.send = FakeWire(rows)
            wires.append(self.send)

        def close(self):
            pass

    monkeypatch.setattr(running, "Transport", Transport)
    monkeypatch.setattr(doctor, "_network", lambda _target: iter(()))
    for place in (
        "digione_conformance.catalogue.requirement.load_catalogue",
        "digione_conformance.session.load_catalogue",
    ):
        monkeypatch.setattr(place, lambda: known)
    monkeypatch.setattr("digione_conformance.checks.load_checks", lambda: checks)
    target(pytester.path)

    def run(*arguments):
        given = ("--digione-target", "sut.toml", "--pyargs", "digione_conformance", "-p", "no:cacheprovider")
        return pytester.runpytest_inprocess(*given, *arguments)

    run.wires = wires
    run.path = pytester.path
    return run


def test_every_outcome_becomes_one_that_pytest_knows(suite):
    ended = suite("-rs")
    ended.assert_outcomes(passed=2, failed=1, skipped=3, errors=1)
    assert ended.ret == 1
    assert len(suite.wires) == 1
    ended.stdout.fnmatch_lines_random(
        [
            f"*digione: Fake; {PROFILE}; 7 requirements",
            "*SKIPPED*untested: nothing to compare*",
            "*SKIPPED*inapplicable: not claimed*",
            "*SKIPPED*attest: *state it*",
            f"MUST {IDS['FAILED']}: *",
            "1 seen, 2 expected",
            "would have passed: An answer as ruled.",
            "fix: Mend it.",
            "no network",
            f"warning: SHOULD {IDS['WARNED']}: 1 seen, 2 expected",
            "A pytest run never certifies*",
        ]
    )
    ended.stdout.no_fnmatch_line("*Traceback*")


def test_a_warning_passes_with_its_text_in_the_report(suite):
    ended = suite("-k", IDS["WARNED"], "-rP")
    ended.assert_outcomes(passed=1)
    ended.stdout.fnmatch_lines(["*Captured warning call*", "1 seen, 2 expected"])


def test_junit_carries_requirement_level_and_outcome(suite):
    suite("--junitxml", "junit.xml", "-o", "junit_family=xunit2")
    cases = list(ET.parse(suite.path / "junit.xml").iter("testcase"))  # noqa: S314 - written by the line above
    assert [case.get("name") for case in cases] == list(IDS.values())
    found = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    assert [properties["requirement"] for properties in found] == list(IDS.values())
    assert found[1] | {"title": ""} == {
        "requirement": IDS["FAILED"],
        "level": "MUST",
        "profiles": PROFILE,
        "title": "",
        "outcome": "failed",
    }


def test_one_requirement_is_chosen_by_its_id_and_decided_alone(suite):
    suite("-k", IDS["UNTESTED"]).assert_outcomes(skipped=1, deselected=len(IDS) - 1)
    alone = sum(len(wire.reads()) for wire in suite.wires)
    suite("-k", IDS["MET"]).assert_outcomes(passed=1, deselected=len(IDS) - 1)
    assert sum(len(wire.reads()) for wire in suite.wires) == 2 * alone + 1, "the doctor's reads, and one by the check"


def test_collecting_asks_the_target_nothing(suite):
    ended = suite("--collect-only", "-q")
    assert suite.wires == []
    ended.stdout.fnmatch_lines([f"*digione_conformance::{IDS['MET']}"])


def test_a_red_doctor_is_an_error_of_every_test_and_asked_once(suite):
    (suite.path / "a.secret").unlink()
    ended = suite()
    ended.assert_outcomes(errors=len(IDS))
    assert len(suite.wires) == 1
    ended.stdout.fnmatch_lines(["*tenants.a*"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("--digione-target", "absent.toml", "--pyargs", "digione_conformance"),
            "*absent.toml: there is no such file*",
        ),
        (
            ("--digione-target", "sut.toml", "--digione-profile", "nix", "--pyargs", "digione_conformance"),
            "*--profile: nix*",
        ),
        (
            ("--digione-target", "sut.toml", "--digione-stage", "nix", "--pyargs", "digione_conformance"),
            "*--stage: nix*",
        ),
        (("--digione-target", "sut.toml"), "*--pyargs digione_conformance*"),
        (
            ("--digione-target", "sut.toml", "--pyargs", "digione_conformance", "-n", "2"),
            "*not run under pytest-xdist*",
        ),
    ],
)
def test_wrong_usage_is_said_in_one_line(suite, pytester, arguments, says):
    ended = pytester.runpytest_inprocess(*arguments)
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines([says])
    assert suite.wires == []


def test_without_the_option_the_package_is_like_any_other(pytester):
    ended = pytester.runpytest_inprocess("--pyargs", "digione_conformance.catalogue")
    assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    ended.stdout.no_fnmatch_line("*digione:*")


def test_markers_are_strict_and_ordinary_tests_run_beside_the_suite(suite, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.requirement('X')\ndef test_own(): pass")
    suite("--strict-markers", "-k", f"test_own or {IDS['MET']}", ".").assert_outcomes(passed=2)


def test_the_plugin_announces_itself_and_imports_nothing_heavy():
    assert [entry.value for entry in entry_points(group="pytest11", name="digione")] == [
        "digione_conformance.pytest_plugin"
    ]
    program = "import sys, digione_conformance.pytest_plugin; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    for heavy in ("pydantic", "httpx", "typer", "jsonschema_rs", "schemathesis", "hypothesis", "digione_sdk"):
        assert heavy not in loaded


def test_the_reference_server_passes_what_is_chosen(pytester):
    with serving() as server:
        write_target(pytester.path / "sut.toml", server.settings, server.register, ca_file=None)
        ended = pytester.runpytest_inprocess(
            "--digione-target", "sut.toml", "--digione-stage", "core", "--pyargs", "digione_conformance",
            "-k", "OR-ROS-PAGE-00", "-p", "no:cacheprovider",
        )  # fmt: skip
    outcomes = ended.parseoutcomes()
    assert outcomes["passed"] >= 3
    assert set(outcomes) <= {"passed", "deselected", "skipped"}
