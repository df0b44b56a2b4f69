"""The two commands as a vendor types them: serve in one process, score in another, files between them."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from digione_sdk.cli.application import application
from digione_sdk.cli.main import run

STATE = """
import json, os
print(json.dumps({"users": {"count": 5, "ids": os.environ["DIGIONE_SCENARIO"]}}))
"""


@pytest.fixture
def served(tmp_path: Path):
    """Two scenarios in a process of their own: the address that it printed, and its folder."""
    command = tmp_path / "state.py"
    command.write_text(STATE, encoding="utf-8")
    folder = tmp_path / "trial"
    words = ["consumer", "serve", "--record", str(folder), "--port", "0", "--name", 'Example "LMS"']
    words += ["--scenario", "plain", "--scenario", "unchanged", "--state-command", f"{sys.executable} {command}"]
    words = [sys.executable, "-m", "digione_sdk.cli.main", *words]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        yield line.rpartition("open ")[2].strip().rstrip("/"), folder
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_what_is_served_in_one_process_is_scored_in_another(served):
    url, folder = served
    target = tomllib.loads((folder / "consumer.toml").read_text("utf-8"))
    assert target["target"]["name"] == 'Example "LMS"'
    assert target["services"]["rostering"].startswith(f"{url}/plain/")
    secret = folder / target["tenants"]["a"]["client_secret_file"]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with httpx.Client() as http:
        assert "Testa en klient" in http.get(url).text
        for name, steps in (("plain", 1), ("unchanged", 2)):
            root = f"{url}/{name}"
            form = {"grant_type": "client_credentials"}
            answer = http.post(f"{root}/oauth2/token", data=form, auth=("consumer", secret.read_text("utf-8")))
            token = {"authorization": f"Bearer {answer.json()['access_token']}"}
            for _ in range(steps):
                http.get(f"{root}/ims/oneroster/rostering/v1p2/orgs", headers=token)
                http.post(f"{root}/next")
    scored = CliRunner().invoke(application(), ["consumer", "score", str(folder), "--json"])
    assert scored.exit_code == 0
    found = {each["id"]: each["outcome"] for each in json.loads(scored.stdout)["requirements"]}
    assert found["CON-STATE-001"] == "passed"
    assert found["CON-AUTH-001"] == "passed"
    assert found["CON-AUTH-008"] == "warning"
    assert "CON-PAGE-002" not in found


@pytest.mark.parametrize(
    ("options", "status", "why"),
    [
        (["--scenario", "nowhere"], 2, "nowhere is unknown"),
        (["--state-command", '"'], 2, "state-command"),
        (["--public-url", "roster.example"], 2, "public_url"),
        (["--host", "no.such.host.invalid"], 3, "cannot listen"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_written(tmp_path: Path, options, status, why, capsys):
    folder = tmp_path / "trial"
    assert run(["consumer", "serve", "--record", str(folder), "--port", "0", *options]) == status
    assert why in capsys.readouterr().err
    assert not folder.exists()


def test_what_a_vendor_wrote_into_the_target_file_is_not_written_over(tmp_path: Path):
    (tmp_path / "consumer.toml").write_text("[attest]\n", "utf-8")
    assert run(["consumer", "serve", "--record", str(tmp_path), "--port", "0"]) == 2
    assert (tmp_path / "consumer.toml").read_text("utf-8") == "[attest]\n"


def test_a_folder_without_a_record_cannot_be_scored(tmp_path: Path):
    told = CliRunner().invoke(application(), ["consumer", "score", str(tmp_path)])
    assert "consumer.toml" in str(told.exception)
