"""A record is judged by the suite's one engine: the same reports, replay and certificate as for a provider."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.catalogue.verdict import Exit, Outcome, Verdict
from digione_conformance.certificate.issuing import issue
from digione_conformance.certificate.keys import make_key
from digione_conformance.checks import load_checks
from digione_conformance.probing.traffic import scenario_steps
from digione_conformance.rejudging import rejudge
from digione_conformance.report.formats import FORMATS
from digione_conformance.running.plan import make_plan
from digione_conformance.scoring import score
from digione_conformance.session import certify, opened, suite_version
from digione_conformance.target.file import load_target
from digione_mock_server.consumer.scenario import scenarios
from typer.testing import CliRunner

from digione_sdk.cli.application import application
from digione_sdk.errors import ConfigurationError
from tests.consumers.naive.paging import AskedLimit
from tests.consumers.naive.plain import Plain
from tests.consumers.trial import gone_through

PROFILE = "oneroster-1.2-consumer"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Path:
    """The folder of a client that went through two scenarios, and paged wrongly in one."""
    folder = tmp_path_factory.mktemp("scoring") / "record"
    gone_through(AskedLimit, folder, "plain", "low-cap", out=folder / "report")
    return folder


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "record"))


def found(folder: Path) -> dict[str, dict]:
    report = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    return {each["id"]: each for each in report["requirements"]}


def test_every_format_of_the_report_is_written_and_says_whom_it_is_about(recorded: Path):
    assert {form.file for form in FORMATS} <= {path.name for path in (recorded / "report").iterdir()}
    assert json.loads((recorded / "report" / "report.json").read_text("utf-8"))["target"]["role"] == "consumer"
    page = (recorded / "report" / "report.html").read_text("utf-8")
    assert "consumer: reads OneRoster" in page
    assert "CON-PAGE-004" in page


def test_what_was_not_gone_through_is_left_out_by_name_and_the_run_is_not_whole(recorded: Path):
    report = json.loads((recorded / "report" / "report.json").read_text("utf-8"))
    reasons = {each["id"]: each["reason"] for each in report["not_planned"]}
    assert reasons["CON-BUSY-001"] == "scenario not gone through: busy"
    assert (report["whole"], report["profiles"][0]["verdict"]) == (False, "incomplete")
    assert found(recorded)["CON-PAGE-004"]["outcome"] == "warning"
    assert found(recorded)["CON-AUTH-001"]["outcome"] == "passed"


def test_findings_lead_to_lines_of_the_record(recorded: Path):
    lines = (recorded / "traffic.jsonl").read_text("utf-8").splitlines()
    for each in found(recorded)["CON-PAGE-004"]["evidence"]:
        number = int(each["exchange"].removeprefix("line-"))
        event = json.loads(lines[number - 1])
        assert (event["scenario"], event["method"], event["status"]) == ("low-cap", each["method"], each["status"])


def test_the_evidence_judged_again_says_the_same(recorded: Path):
    again = rejudge(recorded / "report")
    assert again.differences == ()
    assert again.result.plan.role == "consumer"
    assert again.result.verdict(PROFILE) is Verdict.INCOMPLETE


def test_a_part_of_the_scenarios_makes_no_certificate(recorded: Path, tmp_path: Path):
    key, _ = make_key(tmp_path / "key.pem")
    report = json.loads((recorded / "report" / "report.json").read_text("utf-8"))
    now = datetime.fromisoformat(report["finished_at"])
    envelope = issue(recorded / "report", key, catalogue=load_catalogue(), registry=load_checks(), now=now)
    assert envelope.payload["kind"] == "result"
    assert envelope.payload["subject"]["role"] == "consumer"
    assert {must["id"][:4] for must in envelope.payload["musts"]} == {"CON-"}


# --- roles -----------------------------------------------------------------------------------------------------------


def test_a_plan_for_one_role_never_holds_a_requirement_of_another():
    known, checks = load_catalogue(), load_checks()
    for profile in known.profiles:
        plan = make_plan(known, checks, claimed=[profile], suite="0")
        assert {requirement.role for requirement in plan.requirements} <= {plan.role}


def test_profiles_of_both_roles_are_refused_together():
    with pytest.raises(ConfigurationError, match="judged apart"):
        make_plan(load_catalogue(), load_checks(), claimed=[PROFILE, "oneroster-1.2-rostering"], suite="0")


def test_a_consumer_is_not_asked_anything(folder: Path):
    target = load_target(folder / "consumer.toml")
    plan = make_plan(load_catalogue(), load_checks(), claimed=target.profiles, suite=suite_version())
    with opened(target) as through, pytest.raises(ConfigurationError, match="digione consumer serve"):
        certify(through, plan)


def test_checks_name_scenarios_that_there_are_and_every_scenario_is_of_use():
    named = {name for check in load_checks().checks.values() for name in check.scenarios}
    assert named == set(scenarios()) == set(scenario_steps())


# --- records that are none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "does not begin with what was served"),
        ("{}\n", "line 1"),
        ('{"event": "again", "at": 1, "scenario": "plain"}\n', "does not begin"),
        ("nonsense\n", "line 1: is no JSON"),
    ],
)
def test_a_file_that_is_no_record_is_named_with_its_line(folder: Path, content: str, why: str):
    (folder / "traffic.jsonl").write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=why):
        score(folder)


def test_a_line_that_was_cut_off_is_left_out_and_one_that_was_changed_is_refused(folder: Path):
    path = folder / "traffic.jsonl"
    whole = path.read_text("utf-8")
    path.write_text(whole[:-20], "utf-8")
    assert score(folder).result.requirements
    path.write_text(whole.replace('"status": 200', '"status": "fine"', 1), "utf-8")
    with pytest.raises(ConfigurationError, match=r"line \d+: is no event"):
        score(folder)


def test_a_scenario_that_was_started_over_counts_from_there(folder: Path):
    path = folder / "traffic.jsonl"
    last = json.loads(path.read_text("utf-8").splitlines()[-1])["at"]
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"event": "again", "at": last, "scenario": "low-cap"}) + "\n")
    outcomes = {item.id: item.outcome for item in score(folder).result.requirements}
    assert "CON-PAGE-004" not in outcomes
    assert outcomes["CON-PAGE-001"] is not Outcome.UNTESTED


def test_statements_under_attest_are_shown(folder: Path):
    with (folder / "consumer.toml").open("a", encoding="utf-8") as stream:
        stream.write('[attest]\nCON-LOG-001 = "reviewed by the security team, 2026-11-20"\n')
    told = {item.id: item for item in score(folder).result.requirements}
    assert told["CON-LOG-001"].message == "stated: reviewed by the security team, 2026-11-20"


def test_the_scenarios_hold_nobody_real_and_the_file_cannot_say_otherwise(folder: Path):
    path = folder / "consumer.toml"
    path.write_text(path.read_text("utf-8").replace("synthetic = true", "synthetic = false"), "utf-8")
    with pytest.raises(ConfigurationError, match="synthetic"):
        score(folder)


def test_the_command_scores_prints_and_exits_by_the_verdict(folder: Path):
    told = CliRunner().invoke(application(), ["consumer", "score", str(folder), "--json", "--language", "fi"])
    assert told.exit_code == Exit.CONFORMANT  # a chosen part is judged by that part, as with --only
    assert json.loads(told.stdout)["target"]["role"] == "consumer"
    assert '<html lang="fi">' in (folder / "report" / "report.html").read_text("utf-8")


def test_a_whole_good_record_is_conformant_and_certified(tmp_path: Path):
    scored = gone_through(Plain, tmp_path / "record", out=tmp_path / "report")
    assert scored.result.verdict(PROFILE) is Verdict.CONFORMANT
    assert scored.result.exit is Exit.CONFORMANT
    envelope = issue(
        tmp_path / "report",
        make_key(tmp_path / "key.pem")[0],
        catalogue=load_catalogue(),
        registry=load_checks(),
        now=scored.result.finished_at,
    )
    assert envelope.payload["kind"] == "certificate"
