"""Deciding a few requirements again, and a run without a target file."""

from __future__ import annotations

import json
import tomllib
from types import SimpleNamespace

import pytest

from digione_sdk.cli.main import run as main
from tests.unit.conformance.fakes import BASE, SECRET, TOKEN_URL
from tests.unit.conformance.suite import ONE, TWO, fails, passes

QUICK = ("--base-url", BASE, "--client-id", "client-a", "--token-url", TOKEN_URL)


@pytest.fixture(name="failed_run")
def _failed_run(suite):
    suite.functions["one"] = fails
    assert suite("run", "--out", "old").exit_code == 1
    return suite


def test_a_mended_requirement_is_run_again_alone_and_told_as_better(failed_run):
    failed_run.functions["one"] = passes
    ended = failed_run("rerun", ONE, "--from", "old")
    assert ended.exit_code == 0
    assert f"better MUST   {ONE}  failed -> passed" in ended.stdout
    report = json.loads((failed_run.folder / "old" / "rerun" / "report.json").read_text())
    assert [item["id"] for item in report["requirements"]] == [ONE]
    assert TWO not in ended.stdout


def test_what_still_fails_ends_with_one(failed_run):
    ended = failed_run("rerun", ONE, "--from", "old", "--out", "new")
    assert ended.exit_code == 1
    assert "1 ended alike" in ended.stdout
    assert (failed_run.folder / "new" / "report.html").is_file()


def test_a_changed_target_file_must_be_named(failed_run, capsys):
    with (failed_run.folder / "sut.toml").open("a") as file:
        file.write("\n# mended\n")
    assert main(["rerun", ONE, "--from", "old"]) == 3
    assert "--target" in capsys.readouterr().err
    assert main(["rerun", ONE, "--from", "old", "--target", "sut.toml"]) == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["OR-ROS-NIX-001", "--from", "old"], 2),
        ([ONE, "--from", "nowhere"], 3),
        ([ONE, "--from", "old", "--out", "old"], 2),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_asked(failed_run, arguments, status):
    assert failed_run is not None
    assert main(["rerun", *arguments]) == status


# --- without a file --------------------------------------------------------------------------------------------------


def test_a_run_without_a_file_writes_the_target_without_the_secret(suite, monkeypatch):
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", SECRET)
    (suite.folder / "sut.toml").unlink()
    assert suite("run", *QUICK).exit_code == 0
    out = suite.folder / "digione-report"
    written = tomllib.loads((out / "sut.toml").read_text())
    assert written["services"] == {"rostering": BASE, "token_url": TOKEN_URL}
    assert written["tenants"]["a"] == {"client_id": "client-a", "client_secret_env": "DIGIONE_CLIENT_SECRET"}
    assert not any(SECRET.encode() in path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert suite("rerun", ONE, "--from", "digione-report").exit_code == 0


def test_the_secret_is_asked_for_without_being_shown(suite, monkeypatch):
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", "")
    asked = []
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("digione_conformance.commands.ordering.sys", terminal)
    monkeypatch.setattr("typer.prompt", lambda text, **options: asked.append((text, options)) or SECRET)
    ended = suite("run", *QUICK)
    assert ended.exit_code == 0
    assert asked == [("Client secret", {"hide_input": True, "err": True})]
    assert SECRET not in ended.output


def test_where_nobody_can_be_asked_a_missing_secret_is_an_error_of_the_set_up(suite, monkeypatch, capsys):
    assert suite is not None
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", "")
    assert main(["run", *QUICK]) == 3
    assert "DIGIONE_CLIENT_SECRET is not set" in capsys.readouterr().err


def test_the_token_endpoint_is_assumed_beside_the_service(suite, monkeypatch):
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", SECRET)
    suite("run", *QUICK[:4])
    written = tomllib.loads((suite.folder / "digione-report" / "sut.toml").read_text())
    assert written["services"]["token_url"] == "http://127.0.0.1:9/oauth2/token"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--base-url", BASE),
        ("--client-id", "x"),
        ("--token-url", TOKEN_URL),
        (*QUICK, "--target", "sut.toml"),
        ("--base-url", "no-address", "--client-id", "x"),
    ],
)
def test_half_an_address_is_refused(suite, monkeypatch, arguments):
    assert suite is not None
    monkeypatch.setenv("DIGIONE_CLIENT_SECRET", SECRET)
    assert main(["run", *arguments]) in {2, 3}


# --- the plan --------------------------------------------------------------------------------------------------------


def test_the_plan_names_limits_and_checks_that_may_change_the_target(suite):
    with (suite.folder / "sut.toml").open("a") as file:
        file.write("\n[limits]\nrequests_per_second = 5\nbudget_seconds = 60\n")
    planned = json.loads(suite("plan", "--json").stdout)
    assert planned["limits"]["requests_per_second"] == 5
    assert planned["limits"]["budget_seconds"] == 60
    assert [check["may_change_target"] for check in planned["checks"]] == [False, False]
    assert "5 requests a second, budget 60 s" in suite("plan").stdout
