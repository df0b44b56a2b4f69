"""The committed specs are what the code says, byte for byte, and texts stay texts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import yaml

from digione_sdk.core.endpoints.rostering import ROSTERING
from digione_sdk.openapi import service_document, yaml_text

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "build_specs.py"


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_the_text_reads_back_as_the_same_document():
    document = service_document(ROSTERING)
    assert yaml.safe_load(yaml_text(document)) == document


def test_the_text_is_the_same_every_time():
    assert yaml_text(service_document(ROSTERING)) == yaml_text(service_document(ROSTERING))


def test_texts_that_look_like_something_else_stay_texts():
    treacherous = {"a": ["true", "false", "1.2", "2026-11-23", "null", "no", "on", "0x1", "", "~", "a: b", "404"]}
    text = yaml_text(treacherous)
    assert yaml.safe_load(text) == treacherous
    assert "'true'" in text


def test_the_header_says_where_the_file_comes_from():
    assert "not published by 1EdTech" in yaml_text({}).splitlines()[1]


def test_committed_specs_are_what_the_code_builds():
    answer = build("--check")
    assert answer.returncode == 0, answer.stdout


def test_check_names_stale_files_and_shows_the_difference(tmp_path):
    assert build("--specs", str(tmp_path)).returncode == 0
    committed = tmp_path / "policy" / "classification.json"
    committed.write_text(committed.read_text().replace('"personal"', '"private"', 1))
    (tmp_path / "oneroster" / "rostering-v1p2.yaml").unlink()
    answer = build("--check", "--specs", str(tmp_path))
    assert answer.returncode == 1
    assert "stale: specs/policy/classification.json" in answer.stdout
    assert '-    "private",' in answer.stdout
    assert "stale: specs/oneroster/rostering-v1p2.yaml" in answer.stdout
    assert len(answer.stdout.splitlines()) < 40


def test_classification_covers_every_field_by_model_path():
    shipped = json.loads((ROOT / "specs" / "policy" / "classification.json").read_text(encoding="utf-8"))
    assert shipped["fields"]["User.givenName"] == ["personal"]
    assert shipped["fields"]["User.agents"] == ["minorRelated", "personal"]
    assert shipped["fields"]["Org.name"] == []
    assert len(shipped["fields"]) == 286
    assert {flag for flags in shipped["fields"].values() for flag in flags} <= set(shipped["flags"])
