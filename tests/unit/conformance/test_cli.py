"""The commands of the suite: options, exit statuses, and what they print."""

from __future__ import annotations

import json

import pytest
from digione_conformance import session as running

from digione_sdk.cli.main import run as main
from tests.unit.conformance.fakes import SECRET, TOKEN
from tests.unit.conformance.suite import ONE, TWO, FakeTransport, fails, looks_at_nothing, passes


@pytest.mark.parametrize(
    ("one", "two", "status"),
    [(passes, passes, 0), (fails, passes, 1), (passes, fails, 0), (looks_at_nothing, passes, 4)],
)
def test_run_ends_with_the_status_of_its_verdict(suite, one, two, status):
    suite.functions.update(one=one, two=two)
    ended = suite("run")
    assert ended.exit_code == status
    assert "digione-report" in ended.stdout
    folder = suite.folder / "digione-report"
    assert {path.name for path in folder.iterdir()} >= {"report.html", "report.json", "evidence"}


def test_the_summary_names_what_failed_and_why(suite):
    suite.functions["one"] = fails
    said = suite("run").stdout
    assert ONE in said
    assert "1 seen, 2 expected" in said
    assert "NOT CONFORMANT" in said
    assert "no OneRoster certification" in said


def test_json_output_is_the_report_and_nothing_else(suite):
    ended = suite("run", "--json", "--out", "elsewhere")
    printed = json.loads(ended.stdout)
    assert printed == json.loads((suite.folder / "elsewhere" / "report.json").read_text())


def test_two_runs_give_equal_reports_but_for_times(suite):
    suite.functions["one"] = fails

    def report():
        found = json.loads(suite("run", "--json").stdout)
        return {key: value for key, value in found.items() if not key.endswith("_at")}

    assert report() == report()


def test_a_red_doctor_ends_the_run_with_three_before_anything_is_written(suite):
    (suite.folder / "a.secret").unlink()
    ended = suite("run")
    assert ended.exit_code == 3
    assert "[tenants.a]" in ended.output
    assert not (suite.folder / "digione-report" / "report.json").exists()
    assert suite("doctor").exit_code == 3


def test_doctor_prints_items_as_json(suite):
    ended = suite("doctor", "--json")
    assert ended.exit_code == 0
    assert {item["health"] for item in json.loads(ended.stdout)["items"]} <= {"ok", "warn"}


def test_only_is_judged_by_itself(suite):
    suite.functions["one"] = fails
    assert suite("run", "--only", TWO).exit_code == 0
    assert suite("run", "--only", ONE).exit_code == 1


def test_plan_asks_nothing_and_prints_its_hash(suite):
    before = len(FakeTransport.wire.sent)
    planned = json.loads(suite("plan", "--json").stdout)
    assert len(FakeTransport.wire.sent) == before
    assert [r["id"] for r in planned["requirements"]] == [ONE, TWO]
    assert planned["plan_hash"] in suite("plan").stdout


def test_explain_and_catalogue_know_every_requirement(suite):
    said = suite("explain", ONE, "--language", "fi").stdout
    assert f"Sääntö {ONE}" in said
    assert "Mend it." in said
    assert json.loads(suite("explain", ONE, "--json").stdout)["id"] == ONE
    listed = json.loads(suite("catalogue", "--json").stdout)
    assert [entry["id"] for entry in listed["requirements"]] == [ONE, TWO]
    assert TWO in suite("catalogue").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "nix"),
        ("run", "--language", "xx"),
        ("rejudge", "x", "--language", "xx"),
        ("explain", ONE, "--language", "xx"),
        ("run", "--nix"),
        ("explain",),
    ],
)
def test_wrong_usage_is_two(suite, arguments):
    assert suite(*arguments).exit_code == 2


def test_nothing_printed_holds_a_secret(suite):
    suite.functions["one"] = fails
    for arguments in (("run",), ("run", "--json"), ("doctor",), ("plan",)):
        said = suite(*arguments).output
        assert SECRET not in said
        assert TOKEN not in said


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["run", "--target", "absent.toml"], 3),
        (["run", "--only", "OR-ROS-NIX-001"], 2),
        (["run", "--stage", "nix"], 2),
        (["nix"], 2),
    ],
)
def test_the_whole_command_turns_errors_into_one_line_and_a_status(suite, capsys, arguments, status):
    assert suite is not None
    assert main(arguments) == status
    assert "Traceback" not in capsys.readouterr().err


def test_an_interrupt_is_one_hundred_and_thirty(suite, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    assert suite is not None
    monkeypatch.setattr("digione_conformance.session.certify", interrupted)
    assert main(["run"]) == 130


def test_a_crash_is_five_and_tells_nothing_but_its_kind(suite, monkeypatch, capsys):
    def crash(*_arguments, **_options):
        raise RuntimeError("canary")

    assert suite is not None
    monkeypatch.delenv("DIGIONE_DEBUG", raising=False)
    monkeypatch.setattr("digione_conformance.session.certify", crash)
    assert main(["run"]) == 5
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "canary" not in said


def test_a_folder_that_cannot_be_written_is_a_configuration_error(suite, monkeypatch):
    assert suite is not None
    monkeypatch.delenv("DIGIONE_DEBUG", raising=False)
    (suite.folder / "taken").write_text("a file")
    assert main(["run", "--out", "taken"]) == 3


def test_judging_for_the_matrix_tells_outcomes_and_ends_early_when_costs_are_known(suite):
    suite.functions["two"] = fails
    whole = running.judge(suite.folder / "sut.toml")
    assert {name: outcome for name, (outcome, _) in whole.items()} == {ONE: "passed", TWO: "warning"}
    first = running.judge(suite.folder / "sut.toml", costs={ONE: 9.0, TWO: 1.0})
    assert first[TWO][0] == "warning"
