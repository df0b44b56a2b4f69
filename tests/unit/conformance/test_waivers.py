"""A waiver excuses one known failure until a day; one that excuses nothing, or no longer, fails the run."""

from __future__ import annotations

import json

import pytest
from digione_conformance.running.waiver import FILE, load_waivers

from digione_sdk.cli.main import run as main
from digione_sdk.errors import ConfigurationError
from tests.unit.conformance.suite import ONE, TWO, fails, looks_at_nothing, passes


def waive(suite, requirement=ONE, *, expires="2999-01-31", more=""):
    (suite.folder / FILE).write_text(
        f'[[waiver]]\nrequirement = "{requirement}"\nowner = "integration team"\nreason = "known"\n'
        f"expires = {expires}\n{more}"
    )


def test_a_valid_waiver_makes_a_failed_must_waived_and_is_shown_everywhere(suite):
    suite.functions["one"] = fails
    waive(suite, more='issue = "https://tracker.example.org/1"\n')
    ended = suite("run")
    assert ended.exit_code == 4  # the one MUST is excused, and no other was met
    assert f"waiver of {ONE}: used; integration team, until 2999-01-31" in ended.stdout
    assert "1 seen, 2 expected" in ended.stdout
    folder = suite.folder / "digione-report"
    report = json.loads((folder / "report.json").read_text())
    outcomes = {item["id"]: item["outcome"] for item in report["requirements"]}
    assert outcomes == {ONE: "waived", TWO: "passed"}
    assert report["waivers"][0]["requirement"] == ONE
    assert "integration team" in (folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("requirement", "expires", "one", "use"),
    [
        (ONE, "2999-01-01", passes, "unused"),
        (ONE, "2020-01-01", fails, "expired"),
        ("OR-ROS-NIX-001", "2999-01-01", passes, "unknown"),
        (TWO, "2999-01-01", passes, "not a MUST"),
    ],
)
def test_a_waiver_that_excuses_nothing_fails_the_run(suite, requirement, expires, one, use):
    suite.functions["one"] = one
    waive(suite, requirement, expires=expires)
    ended = suite("run")
    assert ended.exit_code == 1
    assert f"waiver of {requirement}: {use}" in ended.stdout
    assert "this fails the run" in ended.stdout


def test_an_undecided_or_unchosen_requirement_does_not_make_its_waiver_faulty(suite):
    waive(suite)
    suite.functions["one"] = looks_at_nothing
    assert suite("run").exit_code == 4
    ended = suite("run", "--only", TWO)
    assert ended.exit_code == 0
    assert "not in this run" in ended.stdout


def test_replay_applies_the_waivers_of_the_run(suite):
    suite.functions["one"] = fails
    waive(suite)
    suite("run")
    (suite.folder / FILE).unlink()
    ended = suite("rejudge", "digione-report")
    assert "Equal to the run" in ended.stdout
    assert "waiver of" in ended.stdout


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\n",
        'x = "1"\n',
        "waiver = 3\n",
        "no toml",
        '[[waiver]]\nrequirement="A"\nowner="o"\nreason="r"\nexpires="soon"\n',
        '[[waiver]]\nrequirement="A"\nowner=""\nreason="r"\nexpires=2999-01-01\n',
        '[[waiver]]\nrequirement="A"\nowner="o"\nreason="r"\nexpires=2999-01-01\n' * 2,
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigurationError, match=FILE):
        load_waivers(tmp_path / FILE)


def test_no_file_is_no_waiver(tmp_path):
    assert load_waivers(tmp_path / FILE) == ()


def test_a_statement_about_what_nobody_is_asked_to_state_is_a_configuration_error(suite, capsys):
    path = suite.folder / "sut.toml"
    path.write_text(path.read_text() + f'\n[attest]\n{ONE} = "yes, the vendor, 2026-11-23"\n')
    assert main(["run"]) == 3
    assert f"[attest] {ONE}" in capsys.readouterr().err
