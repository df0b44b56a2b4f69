"""The report of a package: the formats of a run, from one masked value; nothing out of sight is called met."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import jsonschema_rs
import pytest
from digione_conformance.packages import package_content
from digione_conformance.report.formats import FORMATS
from digione_conformance.report.places import MOST_PLACES

from digione_sdk.bulk import LANGUAGES, Mode, Version, validate
from digione_sdk.cli.main import run
from digione_sdk.specs import specs_root
from tests.bulk import small

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SCHEMA = jsonschema_rs.validator_for(json.loads((specs_root() / "report" / "report-1.json").read_text()))
SECRETS = ("u-9999", "salasana", "Aino", "Veikko")


def reported(folder, written, *, lang="en", keep=100):
    """The files of a report by name, and the exit status of the command that wrote them."""
    path = small.in_zip(folder / "roster.zip", written)
    status = run(["csv", "validate", str(path), "--report", str(folder / "out"), "--lang", lang, "--keep", str(keep)])
    return {file.name: file.read_text(encoding="utf-8") for file in (folder / "out").iterdir()}, status


def faulty():
    rows = small.school(gradebook=True)
    rows["orgs"][0]["type"] = "kunta"
    rows["users"][1]["password"] = "salasana"
    rows["enrollments"] += [
        rows["enrollments"][1] | {"sourcedId": f"x-{n}", "userSourcedId": "u-9999"} for n in range(9)
    ]
    return small.files(rows)


@pytest.fixture(name="report")
def _report(tmp_path):
    files, status = reported(tmp_path, faulty())
    assert status == 1
    return files


def outcomes(report):
    return {one["id"]: one["outcome"] for one in json.loads(report["report.json"])["requirements"]}


def test_a_package_is_reported_in_every_format_of_a_run(report) -> None:
    assert sorted(report) == sorted(form.file for form in FORMATS)
    SCHEMA.validate(json.loads(report["report.json"]))


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("mode", [Mode.BULK, Mode.DELTA])
def test_a_clean_package_of_every_version_and_mode_is_conformant(version, mode, tmp_path, capsys) -> None:
    rows = small.school(version)
    if mode is Mode.DELTA:
        for row in (row for found in rows.values() for row in found):
            row |= {"status": "active", "dateLastModified": "2026-08-11T06:00:00.000Z"}
    files, status = reported(tmp_path, small.files(rows, version, mode))
    told = json.loads(files["report.json"])
    SCHEMA.validate(told)
    assert status == 0
    assert [(one["id"], one["verdict"]) for one in told["profiles"]] == [(f"csv-{version}", "conformant")]
    assert set(outcomes(files).values()) == {"passed", "inapplicable"}
    assert {one["mode"] for one in told["package"]["files"]} == {str(mode)}
    assert capsys.readouterr().out.endswith("report.html\n")


def test_outcomes_follow_the_levels_of_the_rules(report) -> None:
    found = outcomes(report)
    assert found["CSV-ROW-010"] == "failed"
    assert found["CSV-PRIV-001"] == "warning"
    assert found["CSV-MODE-002"] == "inapplicable"
    assert Counter(found.values())["failed"] == 2


def test_a_place_is_named_in_every_format(report) -> None:
    place = "enrollments.csv, row 4, userSourcedId: userSourcedId refers to nothing in users.csv."
    assert place in report["junit.xml"]
    assert place in report["earl.jsonld"]
    assert "enrollments.csv, row 4, userSourcedId" in report["report.md"]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(report["report.csv"].removeprefix("\ufeff")))}
    assert place in rows["CSV-REF-001"]["message"]
    assert rows["CSV-REF-001"]["findings"] == "9"
    (result, *_) = [
        one for one in json.loads(report["report.sarif"])["runs"][0]["results"] if one["ruleId"] == "CSV-REF-001"
    ]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "enrollments.csv"},
        "region": {"startLine": 4},
    }
    (asked,) = [one for one in json.loads(report["report.json"])["requirements"] if one["id"] == "CSV-ROW-010"]
    assert asked["places"][0]["row"] == 2
    assert asked["places"][0]["value"] == "kunta"
    assert set(asked["places"][0]["message"]) == set(LANGUAGES)


def test_junit_and_sarif_count_what_is_wrong(report) -> None:
    root = fromstring(report["junit.xml"])  # noqa: S314 - our own output
    assert root.get("failures") == "3"  # two rules and the verdict
    results = json.loads(report["report.sarif"])["runs"][0]["results"]
    assert Counter(one["ruleId"] for one in results) == {"CSV-ROW-010": 1, "CSV-REF-001": 9, "CSV-PRIV-001": 1}
    prints = [tuple(one["partialFingerprints"].values()) for one in results]
    assert len(set(prints)) == len(prints)


def test_no_format_shows_a_value_of_a_person(report) -> None:
    for name, text in report.items():
        for secret in SECRETS:
            assert secret not in text, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_the_language_of_the_command_and_tells_places_in_all(language, tmp_path) -> None:
    files, _ = reported(tmp_path, faulty(), lang=language)
    page = files["report.html"]
    assert f'<html lang="{language}">' in page
    for one in ("refers to nothing", "ei viittaa mihinkään", "hänvisar inte till något"):
        assert one in page


def test_a_rule_that_a_lost_file_kept_out_of_sight_is_not_called_met(tmp_path) -> None:
    written = small.files(small.school())
    written["classes.csv"] = written["classes.csv"].decode().encode("utf-16")
    files, status = reported(tmp_path, written)
    found = outcomes(files)
    assert status == 1
    assert found["CSV-FILE-001"] == "failed"
    assert found["CSV-KEY-001"] == "untested"
    assert found["CSV-FILE-007"] == "untested"
    assert found["CSV-MAN-003"] == "passed"
    assert {one["file"]: one["rows"] for one in json.loads(files["report.json"])["package"]["files"]}[
        "classes.csv"
    ] is None


def test_without_a_manifest_its_rules_are_untested(tmp_path) -> None:
    written = small.files(small.school())
    del written["manifest.csv"]
    found = outcomes(reported(tmp_path, written)[0])
    assert found["CSV-MAN-001"] == "failed"
    assert {outcome for name, outcome in found.items() if name.startswith("CSV-MAN") and name != "CSV-MAN-001"} == {
        "untested"
    }


def test_places_are_bounded_and_all_are_counted(tmp_path) -> None:
    rows = small.school()
    rows["enrollments"] += [
        rows["enrollments"][1] | {"sourcedId": f"x-{n}", "userSourcedId": "u-9999", "role": "guru"} for n in range(150)
    ]
    files, _ = reported(tmp_path, small.files(rows), keep=200)
    told = {one["id"]: one for one in json.loads(files["report.json"])["requirements"]}
    assert len(told["CSV-REF-001"]["places"]) == MOST_PLACES
    assert told["CSV-REF-001"]["finding_count"] == 150
    assert '<p class="small">130 ' in files["report.html"]


def test_a_hostile_name_reaches_no_format_as_it_is(tmp_path) -> None:
    written = small.files(small.school())
    written["<script>alert(1)</script>.csv"] = b"x"
    written["\u202eevil.csv"] = b"x"
    files, _ = reported(tmp_path, written)
    assert "<script>alert" not in files["report.html"]
    assert "<script>alert" not in files["report.md"]
    assert all("\u202e" not in text for text in files.values())


def test_one_validation_gives_the_same_value_twice(tmp_path) -> None:
    path = small.in_zip(tmp_path / "roster.zip", faulty())
    one, other = (package_content(validate(path), started_at=NOON, finished_at=NOON) for _ in range(2))
    assert one == other


def test_a_folder_that_cannot_be_written_exits_3(tmp_path, capsys) -> None:
    (tmp_path / "taken").write_text("a file")
    path = small.in_zip(tmp_path / "roster.zip", small.files(small.school()))
    assert run(["csv", "validate", str(path), "--report", str(tmp_path / "taken")]) == 3
    assert "taken" in capsys.readouterr().err


def test_what_is_no_package_leaves_no_report(tmp_path) -> None:
    (tmp_path / "none.zip").write_bytes(b"PK")
    assert run(["csv", "validate", str(tmp_path / "none.zip"), "--report", str(tmp_path / "out")]) == 3
    assert not (tmp_path / "out").exists()
