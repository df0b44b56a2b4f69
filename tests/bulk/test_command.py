"""`digione csv validate`: exit statuses, JSON for machines, words for people."""

from __future__ import annotations

import json

import pytest

from digione_sdk.bulk.findings import LANGUAGES
from digione_sdk.cli.main import run
from tests.bulk import small


@pytest.fixture(name="faulty")
def _faulty(tmp_path):
    rows = small.school()
    rows["orgs"][0]["type"] = "kunta"
    rows["enrollments"] += [rows["enrollments"][1] | {"sourcedId": f"x-{n}", "userSourcedId": "u-9"} for n in range(9)]
    return small.in_zip(tmp_path / "faulty.zip", small.files(rows))


@pytest.fixture(name="clean")
def _clean(tmp_path):
    return small.in_zip(tmp_path / "clean.zip", small.files(small.school()))


def test_a_clean_package_exits_0(clean, capsys) -> None:
    assert run(["csv", "validate", str(clean)]) == 0
    said = capsys.readouterr().out
    assert said == "clean.zip: OneRoster CSV 1.2.1, 8 data files, 14 rows\nNo findings.\n"


def test_a_faulty_package_exits_1_and_its_findings_are_json(faulty, capsys) -> None:
    assert run(["csv", "validate", str(faulty), "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["files"] == 8
    assert printed["rows"] == 23
    assert printed["findings"][0] == {
        "rule": "CSV-ROW-010",
        "severity": "error",
        "file": "orgs.csv",
        "row": 2,
        "column": "type",
        "value": "kunta",
        "message": "type is none of: department, district, local, national, school, state, ext:....",
        "consequence": False,
    }
    assert printed["counts"] == {"CSV-ROW-010": 1, "CSV-REF-001": 9}
    assert "u-9" not in json.dumps(printed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_it_in_their_language_and_only_some_of_it(language, faulty, capsys) -> None:
    assert run(["csv", "validate", str(faulty), "--lang", language]) == 1
    said = capsys.readouterr().out
    assert {"en": "row 4, userSourcedId", "fi": "rivi 4, userSourcedId", "sv": "rad 4, userSourcedId"}[language] in said
    assert {"en": "... and 4 more", "fi": "... ja 4 muuta", "sv": "... och 4 till"}[language] in said
    assert {"en": "10 errors, 0 w", "fi": "10 virhettä, 0 v", "sv": "10 fel, 0 v"}[language] in said
    assert "u-9" not in said


def test_what_is_kept_is_bounded_and_the_rest_is_counted(faulty, capsys) -> None:
    assert run(["csv", "validate", str(faulty), "--json", "--keep", "2"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert len(printed["findings"]) == 3
    assert printed["counts"]["CSV-REF-001"] == 9
    assert run(["csv", "validate", str(faulty), "--keep", "2"]) == 1
    assert "... and 7 more" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--version", "1.3"], ["--lang", "de"], ["--keep", "0"], ["--nix"]])
def test_wrong_use_exits_2(options, clean) -> None:
    assert run(["csv", "validate", str(clean), *options]) == 2


def test_another_version_than_the_manifest_says_can_be_asked(clean) -> None:
    assert run(["csv", "validate", str(clean), "--version", "1.2.1"]) == 0
    assert run(["csv", "validate", str(clean), "--version", "1.1"]) == 1


def test_what_is_no_package_exits_3(tmp_path, capsys) -> None:
    path = tmp_path / "none.zip"
    path.write_bytes(b"PK")
    assert run(["csv", "validate", str(path)]) == 3
    assert capsys.readouterr().err == "digione: none.zip: no zip: a package is a zip, or a folder\n"
