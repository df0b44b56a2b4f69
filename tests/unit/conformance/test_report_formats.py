"""Formats for programs: each tells the eight outcomes apart by its own means, and none makes a bad run look good."""

from __future__ import annotations

import csv
import io
import json
from xml.etree.ElementTree import fromstring

import pytest
from digione_conformance.report.content import content
from digione_conformance.report.csv_report import COLUMNS
from digione_conformance.report.formats import FORMATS, write_all

from digione_sdk.errors import ConfigurationError
from tests.unit.conformance import reporting
from tests.unit.conformance.fakes import PROFILE
from tests.unit.conformance.reporting import (
    ATTEST,
    CANT_TELL,
    FAILED,
    INAPPLICABLE,
    PASSED,
    PENDING,
    UNTESTED,
    WAIVED,
    WARNING,
    said,
    written,
)


def parsed(text):
    return fromstring(text)  # noqa: S314 - our own output


@pytest.fixture(name="files")
def _files(tmp_path):
    with reporting.every_outcome(tmp_path) as finished:
        yield written(said(*finished))


def test_a_run_writes_every_format_and_nothing_else(tmp_path):
    with reporting.every_outcome(tmp_path) as (result, through):
        write_all(result, tmp_path / "out", target=through.target, recorder=through.recorder)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(form.file for form in FORMATS)
    assert {form.file for form in FORMATS} == {
        "report.html", "report.json", "junit.xml", "report.sarif", "earl.jsonld", "report.md", "report.csv",
    }  # fmt: skip


def test_a_folder_that_cannot_be_written_is_a_configuration_error(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with reporting.conformant(tmp_path) as (result, through), pytest.raises(ConfigurationError, match="taken"):
        write_all(result, tmp_path / "taken", target=through.target, recorder=through.recorder)


def test_two_reports_of_one_result_are_equal_byte_by_byte(tmp_path):
    with reporting.every_outcome(tmp_path) as (result, through):
        assert written(said(result, through)) == written(content(result, through.target, through.recorder))


# --- JUnit ------------------------------------------------------------------------------------------------------------


def test_junit_has_one_case_per_requirement_with_its_id_and_level(files):
    suite = parsed(files["junit.xml"]).find("testsuite[@name='requirements']")
    cases = {case.get("name").split()[0]: case for case in suite.findall("testcase")}
    assert list(cases) == [FAILED, PASSED, UNTESTED, WARNING, CANT_TELL, INAPPLICABLE, ATTEST, WAIVED, PENDING]
    kinds = {name: [child.tag for child in case if child.tag != "properties"] for name, case in cases.items()}
    assert kinds == {
        FAILED: ["failure"], PASSED: [], UNTESTED: ["skipped"], WARNING: ["system-out"], CANT_TELL: ["error"],
        INAPPLICABLE: ["skipped"], ATTEST: ["skipped"], WAIVED: ["skipped"], PENDING: ["skipped"],
    }  # fmt: skip
    named = {p.get("name"): p.get("value") for p in cases[WARNING].iter("property")}
    assert named["level"] == "SHOULD"
    assert named["outcome"] == "warning"
    assert named["profiles"] == PROFILE
    assert cases[UNTESTED].find("skipped").get("message").startswith("untested: nothing to compare")
    assert "curl -i" in cases[FAILED].find("failure").text


def test_junit_counts_what_it_holds(files):
    root = parsed(files["junit.xml"])
    for node in (root, *root.findall("testsuite")):
        assert int(node.get("tests")) == len(list(node.iter("testcase")))
        assert int(node.get("failures")) == len(list(node.iter("failure")))
        assert int(node.get("errors")) == len(list(node.iter("error")))
        if node is not root:
            assert int(node.get("skipped")) == len(list(node.iter("skipped")))


def test_in_junit_a_profile_with_skipped_requirements_is_not_green(tmp_path):
    with reporting.interrupted(tmp_path) as finished:
        root = parsed(written(said(*finished))["junit.xml"])
    verdict = root.find(f"testsuite[@name='verdicts']/testcase[@name='{PROFILE}']")
    assert verdict.find("error").get("message").startswith("incomplete")


def test_in_junit_verdicts_and_faulty_waivers_are_cases(files):
    verdicts = parsed(files["junit.xml"]).find("testsuite[@name='verdicts']")
    assert verdicts.find(f"testcase[@name='{PROFILE}']/failure") is not None
    assert verdicts.find(f"testcase[@name='waiver of {PASSED}']/failure").get("message").startswith("expired")
    assert verdicts.find(f"testcase[@name='waiver of {WAIVED}']/failure") is None


# --- SARIF ------------------------------------------------------------------------------------------------------------


def test_sarif_has_a_rule_per_requirement_and_a_result_per_deviation(files):
    log = json.loads(files["report.sarif"])
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in rules] == [
        FAILED, PASSED, UNTESTED, WARNING, CANT_TELL, INAPPLICABLE, ATTEST, WAIVED,
    ]  # fmt: skip
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        (FAILED, "error"), (WARNING, "warning"), (WAIVED, "error"),
    ]  # fmt: skip
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["logicalLocations"][0]["name"] == "getAllUsers"
    assert [bool(result.get("suppressions")) for result in run["results"]] == [False, False, True]


def test_sarif_tells_what_is_not_known_as_notifications(files):
    (invocation,) = json.loads(files["report.sarif"])["runs"][0]["invocations"]
    told = {note["associatedRule"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"]}
    assert told == {UNTESTED: "warning", CANT_TELL: "warning"}
    assert invocation["executionSuccessful"] is True


def test_a_fingerprint_depends_on_target_and_requirement_alone(tmp_path):
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        with reporting.every_outcome(folder) as finished:
            results = json.loads(written(said(*finished))["report.sarif"])["runs"][0]["results"]
            found.append([result["partialFingerprints"] for result in results])
    assert found[0] == found[1]
    assert len({json.dumps(prints) for prints in found[0]}) == 3


def test_rules_link_to_the_documentation_where_there_is_one(tmp_path, monkeypatch):
    for module in ("sarif_report", "earl_report", "html_report"):
        monkeypatch.setattr(f"digione_conformance.report.{module}.documentation", lambda: "https://docs.example.org/")
    with reporting.conformant(tmp_path) as finished:
        files = written(said(*finished))
    page = f"https://docs.example.org/reference/requirements/{PASSED.lower()}/"
    assert json.loads(files["report.sarif"])["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] == page
    assert page in files["earl.jsonld"]


# --- EARL -------------------------------------------------------------------------------------------------------------


def test_earl_asserts_every_requirement_in_its_own_five_outcomes(files):
    graph = json.loads(files["earl.jsonld"])["@graph"]
    assertions = {a["earl:test"]["dct:identifier"]: a for a in graph if a["@type"] == "earl:Assertion"}
    outcomes = {name: a["earl:result"]["earl:outcome"]["@id"] for name, a in assertions.items()}
    assert outcomes == {
        FAILED: "earl:failed", PASSED: "earl:passed", UNTESTED: "earl:untested", WARNING: "earl:failed",
        CANT_TELL: "earl:cantTell", INAPPLICABLE: "earl:inapplicable", ATTEST: "earl:untested", WAIVED: "earl:failed",
    }  # fmt: skip
    assert assertions[ATTEST]["earl:mode"]["@id"] == "earl:manual"
    assert assertions[WARNING]["earl:test"]["digione:level"] == "SHOULD"
    for name in (WARNING, WAIVED, ATTEST):
        assert assertions[name]["earl:result"]["digione:note"]["@value"]
    ids = {node["@id"] for node in graph if "@id" in node}
    for assertion in assertions.values():
        assert {assertion["earl:assertedBy"]["@id"], assertion["earl:subject"]["@id"]} <= ids


# --- Markdown and CSV -------------------------------------------------------------------------------------------------


def test_markdown_says_the_verdict_first_and_folds_what_passed(files):
    text = files["report.md"]
    order = ["**not conformant**", "## Failed", "## Warnings", "## Untested", "<details>", "Passed (1)"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "&lt;b&gt;1&lt;/b&gt; seen" in text
    assert "expired: fails the run" in text


def test_every_format_prints_every_waiver_with_owner_reason_and_expiry(files):
    for name, text in files.items():
        for told in ("integration team", "rebuilt soon", "2027-01-31", "was broken", "2026-01-31", "expired"):
            # A page says its words in three languages, and the reason as it was given.
            assert told in text, (name, told)


def test_csv_has_one_row_per_requirement(files):
    assert files["report.csv"].startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(files["report.csv"].lstrip("\ufeff"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["id"], row["outcome"]) for row in rows][::7] == [(FAILED, "failed"), (WAIVED, "waived")]
    waivers = [(row["id"], row["outcome"]) for row in rows if row["level"] == "waiver"]
    assert waivers == [(WAIVED, "used"), (PASSED, "expired")]
    assert rows[-3]["outcome"] == "not planned"
    assert rows[0]["title_fi"] == f"Sääntö {FAILED}"
    assert rows[0]["clause"] == "OneRoster 1.2 OpenAPI, §1"
